"""E-mail addresses, telephones and dates as lists hold them after years in shops and spreadsheets."""

from __future__ import annotations

from datetime import date

import pytest

from tsunagu.resolution.dates import date_of, excel_day
from tsunagu.resolution.mail import mail_of
from tsunagu.resolution.phones import phone_of


@pytest.mark.parametrize("text", ["taro..x@docomo.ne.jp", "ab.@ezweb.ne.jp", ".k-_-k.@softbank.ne.jp"])
def test_addresses_that_break_the_standard_and_are_real_are_kept_as_they_are(text: str) -> None:
    found = mail_of(text)
    assert found is not None
    assert found.key == text
    assert found.is_carrier


def test_dots_are_no_difference_at_one_provider_and_are_one_at_others() -> None:
    one, other = mail_of("Ta.Ro+shop@Gmail.com"), mail_of("taro@googlemail.com")
    assert one is not None
    assert other is not None
    assert one.key != other.key
    assert one.extra == other.extra == "taro@gmail.com"
    a, b = mail_of("ta.ro@docomo.ne.jp"), mail_of("taro@docomo.ne.jp")
    assert a is not None
    assert b is not None
    assert a.extra != b.extra


def test_a_carrier_that_moved_its_domain_keeps_its_customers() -> None:
    old, new = mail_of("hanako@ezweb.ne.jp"), mail_of("hanako@au.com")
    assert old is not None
    assert new is not None
    assert (old.key != new.key, old.extra == new.extra) == (True, True)


def test_a_domain_in_japanese_is_one_with_its_ascii_form() -> None:
    one, other = mail_of("a@例え.jp"), mail_of("ａ@xn--r8jz45g.jp")
    assert one == other
    assert one is not None


def test_addresses_that_last_minutes_are_told() -> None:
    found = mail_of("x@yopmail.com")
    assert found is not None
    assert found.is_disposable


@pytest.mark.parametrize("text", ["", "none", "@docomo.ne.jp", "a@", "a@b"])
def test_what_is_no_address_has_no_key(text: str) -> None:
    assert mail_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["090-0123-4567", "０９０（０１２３）４５６７", "9001234567", "+81 90 0123 4567", "81-90-0123-4567", "9001234567.0",
     "9.001234567E+09", "9.001234567e9", "090 0123 4567", "+81 (0)90 0123 4567"],
)  # fmt: skip
def test_one_mobile_number_in_every_form_it_comes_in(text: str) -> None:
    found = phone_of(text)
    assert found is not None
    assert (found.digits, found.is_mobile) == ("09001234567", True)


def test_a_lost_zero_is_put_back_and_told() -> None:
    found = phone_of("301234567")
    assert found is not None
    assert (found.digits, found.is_mobile, found.is_mended) == ("0301234567", False, True)


@pytest.mark.parametrize("text", ["9.00E+09", "9.0012E+09", "12345", "", "なし", "090-0123-456", "0000000000"])
def test_a_number_that_is_not_whole_is_none(text: str) -> None:
    assert phone_of(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [("平成29年5月1日", date(2017, 5, 1)), ("H29.5.1", date(2017, 5, 1)), ("令和元年5月1日", date(2019, 5, 1)),
     ("昭和64年1月7日", date(1989, 1, 7)), ("S60/03/02", date(1985, 3, 2)), ("平成31年6月1日", date(2019, 6, 1)),
     ("２０１５年７月１５日", date(2015, 7, 15)), ("2015/7/15 10:30", date(2015, 7, 15)),
     ("20150715", date(2015, 7, 15))],
)  # fmt: skip
def test_dates_of_eras_and_of_the_western_calendar(text: str, day: date) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize("text", ["平成29年2月30日", "2015-13-01", "42200", "", "昭和"])
def test_what_is_in_no_calendar_is_no_date_and_a_bare_number_is_none_either(text: str) -> None:
    assert date_of(text) is None


def test_one_number_of_days_is_two_dates_in_the_two_calendars_of_spreadsheets() -> None:
    assert excel_day(1, is_1904=False) == date(1900, 1, 1)
    assert excel_day(61, is_1904=False) == date(1900, 3, 1)
    assert excel_day(60, is_1904=False) is None
    assert excel_day(42200, is_1904=False) == date(2015, 7, 15)
    assert excel_day(42200 - 1462, is_1904=True) == date(2015, 7, 15)
    assert date_of("40738", is_1904=True) == date_of("42200", is_1904=False)
