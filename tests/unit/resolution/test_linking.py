"""Rows of one list, proposed as one person with reasons; never by a name alone, and never against the names."""

from __future__ import annotations

import numpy as np
import pytest

from tsunagu.resolution.linking.blocking import LARGEST_BLOCK, candidates
from tsunagu.resolution.linking.linking import link
from tsunagu.resolution.linking.observed import observed
from tsunagu.resolution.linking.zones import Zone

from .lists import AT, KANA, NAME, crowd, linked, pair_of, said


@pytest.mark.parametrize("more", [{"mail": "t.watanabe@gmail.com"}, {"phone": "090-0123-4567"}, AT])
def test_one_name_with_one_thing_more_is_linked(more: dict[str, str]) -> None:
    found = pair_of(said(kana=KANA, **more), said("渡邉太郎", KANA, **more))
    assert found is not None
    zone, reasons = found
    assert zone == "link"
    assert reasons["name"].agreement == "same writing"


def test_a_name_alone_is_not_even_compared() -> None:
    assert pair_of(said(kana=KANA), said(kana=KANA)) is None


def test_namesakes_who_contradict_each_other_in_all_else_stay_apart() -> None:
    one = said(kana=KANA, mail="a@docomo.ne.jp", phone="09001111111", born="1970/1/1", **AT)
    other = said(
        kana=KANA,
        mail="b@docomo.ne.jp",
        phone="09002222222",
        born="1980/1/1",
        postcode="1600023",
        address="新宿区西新宿7-1-1",
    )
    found = pair_of(one, other)
    assert found is None or found[0] == "apart"


def test_father_and_son_at_one_address_with_one_telephone_are_never_linked() -> None:
    shared = {"phone": "03-1234-5678", **AT}
    found = pair_of(said(NAME, KANA, **shared), said("渡辺 健一", "ワタナベ ケンイチ", **shared))
    assert found is not None
    assert found[0] != "link"
    assert found[1]["name"].agreement == "family name only"


def test_a_son_in_romaji_is_not_his_father_in_kanji() -> None:
    shared = {"phone": "090-0123-4567", "mail": "family@nifty.com", **AT}
    found = pair_of(
        said("渡辺 健一", **shared), said("WATANABE TARO", **shared), said("渡辺 健一", "ワタナベ ケンイチ")
    )
    assert found is not None
    assert (found[0], found[1]["name"].agreement) == ("review", "family name only")


def test_a_thiefs_mailbox_joins_nobody_whose_name_he_used() -> None:
    thief = {"mail": "d34db33f@yopmail.com"}
    found = pair_of(said("大西 明", "オオニシ アキラ", **thief), said("田中 誠", "タナカ マコト", **thief))
    assert found is not None
    assert found[0] != "link"


def test_names_that_cannot_be_compared_need_the_mailbox_and_what_no_family_shares() -> None:
    kanji, roman = "五十嵐 穣", "SATO JIRO"
    for more, zone in (
        (AT, "not linked"),
        ({"mail": "one@nifty.com", "phone": "03-1234-5678", **AT}, "not linked"),
        ({"mail": "one@nifty.com", "phone": "090-0123-4567"}, "link"),
        ({"mail": "one@nifty.com", "born": "1970/1/1"}, "link"),
    ):
        found = pair_of(said(kanji, **more), said(roman, **more))
        assert found is not None
        assert (found[0] == "link") == (zone == "link")


def test_two_days_of_birth_are_two_people_or_a_mistake_that_a_person_looks_at() -> None:
    same = {"mail": "t.watanabe@gmail.com", **AT}
    found = pair_of(said(kana=KANA, born="1970/1/1", **same), said(kana=KANA, born="S46.1.1", **same))
    assert found is not None
    assert found[0] == "review"


@pytest.mark.parametrize("roman", ["Watanabe Taro", "TARO WATANABE", "Tarou Watanabe"])
def test_romaji_meet_kana(roman: str) -> None:
    found = pair_of(said(kana=KANA, mail="t@nifty.com"), said(roman, mail="t@nifty.com"))
    assert found is not None
    assert (found[0], found[1]["name"].agreement) == ("link", "same sound")


def test_kanji_meet_romaji_where_the_list_itself_knows_the_reading() -> None:
    known = said("五十嵐 穣", "イガラシ ミノル", mail="other@nifty.com")
    rows = (said("五十嵐 穣", mail="m@nifty.com"), said("MINORU IGARASHI", mail="m@nifty.com"))
    found = pair_of(*rows, known)
    assert found is not None
    assert (found[0], found[1]["name"].agreement) == ("link", "possible reading")
    unknown = pair_of(*rows)
    assert unknown is not None
    assert unknown[1]["name"].agreement == "not comparable"


def test_one_wrong_letter_is_near_and_needs_the_mailbox() -> None:
    rows = said("渡辺 太一郎", "ワタナベ タイチロウ", **AT), said("WATANABE TAICHIRU", **AT)
    found = pair_of(*rows)
    assert found is not None
    assert found[1]["name"].agreement == "nearly same sound"
    assert found[0] != "link"
    by_mail = pair_of(*(one._replace(mail="t@nifty.com") for one in rows))
    assert by_mail is not None
    assert by_mail[0] == "link"


def test_a_room_that_is_missing_is_not_another_room() -> None:
    one = said(kana=KANA, postcode="1600023", address="新宿区西新宿2-8-1 メゾン101")
    found = pair_of(one, one._replace(address="東京都新宿区西新宿2丁目8番1号"))
    assert found is not None
    assert (found[0], found[1]["address"].agreement) == ("link", "same house room missing")
    found = pair_of(one, one._replace(address="新宿区西新宿2-8-1 メゾン205"))
    assert found is not None
    assert found[1]["address"].agreement == "other room"


def test_a_frequent_name_weighs_less_than_a_rare_one() -> None:
    others, _ = crowd()
    frequent = max({one.name for one in others}, key=[one.name for one in others].count)
    weights = []
    for name in (frequent, "九鬼 穣之介"):
        found = pair_of(said(name, mail="x@nifty.com"), said(name, mail="x@nifty.com"))
        assert found is not None
        weights.append(found[1]["name"].bits)
    assert weights[0] < weights[1]


def test_what_very_many_rows_share_leads_to_no_comparison_and_is_told() -> None:
    rows = observed([said(f"某{at}", mail="none@none.jp") for at in range(LARGEST_BLOCK + 1)])
    found = candidates(rows)
    assert len(found.pairs) == 0
    assert found.too_common["mailbox"] == 1
    assert len(candidates(observed([said(f"某{at}", mail="none@none.jp") for at in range(4)])).pairs) == 6


def test_the_reasons_add_up_to_what_the_pair_weighs() -> None:
    found, _ = linked()
    at = int(np.flatnonzero(found.zones == Zone.LINK)[0])
    assert sum(one.bits for one in found.reasons(at)) + found.prior == pytest.approx(found.total_bits(at), abs=1e-3)


def test_nothing_missing_weighs_anything() -> None:
    found = pair_of(said(kana=KANA, mail="t@nifty.com"), said(kana=KANA, mail="t@nifty.com"))
    assert found is not None
    assert {found[1][field].bits for field in ("telephone", "address", "birth")} == {0}


def test_an_empty_list_and_a_list_of_one_row_have_no_pairs() -> None:
    for rows in ([], [said(**AT)]):
        found = link(observed(rows))
        assert (len(found.pairs), len(found.clusters().labels)) == (0, len(rows))


def test_an_invented_list_that_nothing_was_tuned_on_is_linked_right() -> None:
    rows, people = crowd(2000, 4242)
    labels = link(observed(rows)).clusters().labels
    proposed = {(a, b) for a, b in _pairs(labels.tolist())}
    true = {(a, b) for a, b in _pairs(list(people))}
    assert len(proposed & true) / len(proposed) >= 0.995
    assert len(proposed & true) / len(true) >= 0.95


def _pairs(labels: list[int]) -> list[tuple[int, int]]:
    members: dict[int, list[int]] = {}
    for row, label in enumerate(labels):
        members.setdefault(label, []).append(row)
    return [(one, other) for those in members.values() for one in those for other in those if one < other]
