"""Dates as lists have them: by eras, by either of Excel's two calendars, with any mark between."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from tsunagu.resolution.writing import plain

_ERAS: Final = (
    ("明治", "M", date(1868, 10, 23)), ("大正", "T", date(1912, 7, 30)), ("昭和", "S", date(1926, 12, 25)),
    ("平成", "H", date(1989, 1, 8)), ("令和", "R", date(2019, 5, 1)),
)  # fmt: skip
_ERA: Final = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])\.?\s*(元|[0-9]{1,2})(?:年|[./-])([0-9]{1,2})(?:月|[./-])([0-9]{1,2})日?",
    re.IGNORECASE,
)
_WESTERN: Final = re.compile(r"([0-9]{4})(?:年|[./-])\s?([0-9]{1,2})(?:月|[./-])\s?([0-9]{1,2})日?(?:[ T].*)?")
_TOGETHER: Final = re.compile(r"(1[89]|20)[0-9]{6}")
_SERIAL: Final = re.compile(r"[0-9]{4,5}(?:\.[0-9]+)?")
_1900: Final = date(1899, 12, 30)
_1904: Final = date(1904, 1, 1)
_LEAP_THAT_NEVER_WAS: Final = 60


def date_of(text: str, *, is_1904: bool | None = None) -> date | None:
    """Return a date, or None for what is none or exists in no calendar.

    Args:
        text: as the list has it. A day outside its era is taken: people write 平成31年 of a day in 令和.
        is_1904: for a bare number of days, which calendar of Excel's it counts in; without it a number is no date.
    """
    text = plain(text)
    if found := _ERA.fullmatch(text):
        began = next(first for name, letter, first in _ERAS if found[1].upper() in {name, letter})
        year = began.year + (1 if found[2] == "元" else int(found[2])) - 1
        return _day(year, int(found[3]), int(found[4]))
    if found := _WESTERN.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if _TOGETHER.fullmatch(text):
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if is_1904 is not None and _SERIAL.fullmatch(text):
        return excel_day(int(float(text)), is_1904=is_1904)
    return None


def excel_day(days: int, *, is_1904: bool) -> date | None:
    """Return the date of Excel's day number; None for 1900-02-29, day 60, which its calendar has and ours has not.

    Source: ECMA-376 part 1, 5th edition, 18.17.4.1 (date systems 1900 and 1904).
    """
    if is_1904:
        return _1904 + timedelta(days)
    if days < 1 or days == _LEAP_THAT_NEVER_WAS:
        return None
    return _1900 + timedelta(days if days > _LEAP_THAT_NEVER_WAS else days + 1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
