"""The prefecture somebody lives in: right, or unanswered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.resolution.addresses import address_of
from tsunagu.resolution.postcodes import is_firms, postcode_of, postcode_prefectures
from tsunagu.resolution.prefectures import prefectures
from tsunagu.resolution.residence import Confidence, Method, residence_of


@pytest.mark.parametrize(
    ("postcode", "name"),
    [("811-5301", "長崎県"), ("817-0001", "長崎県"), ("811-0201", "福岡県"), ("618-0071", "京都府"),
     ("618-0091", "京都府"), ("498-0801", "三重県"), ("684-0101", "島根県"), ("684-0411", "島根県"),
     ("684-0001", "鳥取県"), ("520-0461", "京都府"), ("520-0001", "滋賀県"), ("848-0401", "長崎県"),
     ("648-0300", "奈良県"), ("647-1321", "三重県"), ("647-1271", "奈良県"), ("630-0271", "大阪府"),
     ("630-0272", "大阪府"), ("563-0801", "兵庫県"), ("939-0171", "石川県"), ("922-0679", "福井県"),
     ("018-5501", "青森県"), ("185501", "青森県"), ("10010", "北海道")],
)  # fmt: skip
def test_all_seven_digits_of_a_postcode_tell(postcode: str, name: str) -> None:
    found = residence_of(postcode=postcode, address="")
    assert found.prefecture is not None
    assert prefectures()[found.prefecture].name == name
    assert (found.method, found.confidence) == (Method.POSTCODE, Confidence.FIRM)


@pytest.mark.parametrize(
    ("postcode", "those"), [("498-0000", ("23", "24")), ("618-0000", ("26", "27")), ("871-0000", ("40", "44"))]
)
def test_a_code_that_spans_two_prefectures_is_for_a_person(postcode: str, those: tuple[str, ...]) -> None:
    found = residence_of(postcode=postcode, address="")
    assert (found.prefecture, found.alternatives, found.needs_a_person) == (None, those, True)
    told = residence_of(postcode=postcode, address=prefectures()[those[0]].name)
    assert (told.prefecture, told.alternatives) == (those[0], those[1:])


@pytest.mark.parametrize("text", ["81", "811", "8115", "000-0000", "9999999", "なし", ""])
def test_part_of_a_postcode_or_one_that_was_never_given_out_tells_nothing(text: str) -> None:
    assert residence_of(postcode=text, address="").method is Method.NONE


@given(st.integers(0, 9_999_999))
def test_no_code_is_both_a_towns_and_a_firms(code: int) -> None:
    assert not (is_firms(f"{code:07}") and postcode_prefectures(f"{code:07}"))


@pytest.mark.parametrize("postcode", ["100-8111", "163-8001", "1378686"])
def test_nobody_lives_at_a_firms_postcode(postcode: str) -> None:
    found = residence_of(postcode=postcode, address="東京都千代田区千代田1-1")
    assert (found.prefecture, found.method) == (None, Method.NOT_A_HOME)


@pytest.mark.parametrize(
    "address",
    ["東京都港区芝1-2-3 芝商事株式会社", "大阪市北区梅田1-1 ㈱見本", "東京中央郵便局 私書箱 12号", "渋谷郵便局留め",
     "横浜市西区高島2-1 セブンイレブン高島店"],
)  # fmt: skip
def test_a_firm_a_box_or_a_shop_is_no_home(address: str) -> None:
    assert residence_of(postcode="", address=address).method is Method.NOT_A_HOME


def test_a_postcode_and_an_address_that_contradict_each_other_are_for_a_person() -> None:
    found = residence_of(postcode="160-0023", address="大阪府大阪市北区梅田1-1")
    assert (found.prefecture, found.method, found.alternatives) == (None, Method.CONFLICT, ("13", "27"))
    assert found.needs_a_person


def test_a_prefecture_and_a_municipality_that_contradict_each_other_are_for_a_person() -> None:
    assert residence_of(postcode="", address="千葉県横浜市西区1-1").method is Method.CONFLICT


@pytest.mark.parametrize("address", ["府中市緑町1-2", "伊達市末永町3", "北区1-2", "港区芝2-1", "中央区大手町5"])
def test_a_municipality_of_several_prefectures_is_for_a_person(address: str) -> None:
    found = residence_of(postcode="", address=address)
    assert (found.prefecture, found.needs_a_person) == (None, True)


@pytest.mark.parametrize(
    ("address", "code"),
    [("広島県府中市鵜飼町1", "34"), ("京都市左京区下鴨1-1", "26"), ("横浜市西区高島2", "14"),
     ("妹背牛町妹背牛1番地", "01"), ("雨竜郡妹背牛町字妹背牛1", "01"), ("鎌ケ谷市新鎌ヶ谷1", "12"),
     ("鎌が谷市新鎌ケ谷1", "12"), ("東京都", "13"), ("世田谷区代沢1", "13")],
)  # fmt: skip
def test_an_address_tells_by_its_prefecture_or_by_a_municipality_that_is_the_only_one(address: str, code: str) -> None:
    assert residence_of(postcode="", address=address).prefecture == code


@pytest.mark.parametrize("address", ["大和町1-2-3", "浦和市高砂1", "メゾン101"])
def test_a_street_or_a_city_that_is_no_more_tells_nothing(address: str) -> None:
    assert residence_of(postcode="", address=address).method is Method.NONE


def test_a_telephone_tells_weakly_and_last_and_a_mobile_one_nothing() -> None:
    found = residence_of(postcode="", address="", phone="052-012-3456")
    assert (found.prefecture, found.method, found.confidence) == ("23", Method.PHONE, Confidence.WEAK)
    assert residence_of(postcode="1600023", address="", phone="052-012-3456").prefecture == "13"
    assert residence_of(postcode="", address="", phone="06-6012-3456").needs_a_person
    assert residence_of(postcode="", address="", phone="090-0123-4567").method is Method.NONE


@pytest.mark.parametrize(
    "text",
    ["東京都新宿区西新宿2丁目8番1号 メゾン西新宿101号室", "新宿区西新宿二丁目8-1 メゾン101", "西新宿２－８－１－１０１",
     "東京都新宿区 西新宿2丁目8番地の1 101号"],
)  # fmt: skip
def test_one_home_in_several_ways_of_writing_has_one_house_and_one_room(text: str) -> None:
    told = address_of(text)
    assert (told.place.removeprefix("新宿区"), told.house, told.room) == ("西新宿", "2-8-1", "101")


def test_a_county_and_an_oaza_are_no_difference() -> None:
    assert address_of("大分県速見郡日出町大字川崎12番地").place == address_of("日出町川崎12").place


def test_every_prefecture_is_there_under_its_code() -> None:
    assert list(prefectures()) == [f"{code:02}" for code in range(1, 48)]


@pytest.mark.parametrize(
    ("text", "code"), [("〒160-0023", "1600023"), ("１６００023", "1600023"), ("600000", "0600000"), ("12", "")]
)
def test_postcodes_in_every_form(text: str, code: str) -> None:
    assert postcode_of(text) == code
