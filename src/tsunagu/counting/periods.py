"""Periods as people write them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date

from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Period

_EARLY_ENDS_IN_MONTH = 3
_ERAS = {"令和": 2018, "平成": 1988}
_ORDER = ("first", "second")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}


def parse_period(text: str) -> Period:
    """Return the period that a text names.

    Known are 2017, 2017-H1, H1 2017, first half of 2017, 2017-06, 2017-06-30, June 2018, early 2018 (its first
    quarter); FROM/TO of any two of them; `until`, `by` or `as of` one of them; 平成29年 and 2017年, both with 上半期,
    下半期 or a month.

    Raises:
        InputError: it is none of these.
    """
    plain = " ".join(text.strip().lower().replace("\u2013", "-").split())
    cumulative = re.fullmatch(r"(?:until|by|to|up to|as of|as at)(?: the)?(?: end(?: of)?)? (.+)", plain)
    if cumulative:
        return Period(None, _single(cumulative[1]).last)
    ends = re.fullmatch(r"(?:end of|end)[ -](.+)", plain)
    if ends:
        last = _single(ends[1]).last
        return Period(last, last)
    first, found, last_text = plain.partition("/" if "/" in plain else "..")
    if not found:
        return _single(plain)
    return Period(_single(first.strip()).first, _single(last_text.strip()).last)


def _single(text: str) -> Period:
    for pattern, made in _FORMS:
        match = re.fullmatch(pattern, text)
        if match:
            try:
                return made(match)
            except ValueError as error:
                raise InputError("there is no such day") from error
    raise InputError("this is no period that is known here, such as 2017, 2017-H1, 2018-06-30 or until 2018-06-30")


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _of_month_name(match: re.Match[str]) -> Period:
    month = next((number for name, number in _MONTHS.items() if name.startswith(match[1])), None)
    if month is None:
        raise InputError("there is no such month")
    return _month(int(match[2]), month)


def _of_japanese(match: re.Match[str]) -> Period:
    era, number, rest = match.groups()
    year = int(number) + _ERAS.get(era, 0)
    if rest in {"", "中"}:
        return Period.year(year)
    if rest in {"上半期", "下半期"}:
        return Period.half(year, 1 if rest == "上半期" else 2)
    return _month(year, int(rest.removesuffix("月")))


_FORMS: tuple[tuple[str, Callable[[re.Match[str]], Period]], ...] = (
    (r"(?:fy ?)?(\d{4})(?: ?fy)?", lambda match: Period.year(int(match[1]))),
    (r"(\d{4})[- ]?h([12])", lambda match: Period.half(int(match[1]), int(match[2]))),
    (r"(first|second) half(?: of)? (\d{4})", lambda match: Period.half(int(match[2]), _ORDER.index(match[1]) + 1)),
    (r"(\d{4}) (first|second) half", lambda match: Period.half(int(match[1]), _ORDER.index(match[2]) + 1)),
    (r"h([12])[- ]?(\d{4})", lambda match: Period.half(int(match[2]), int(match[1]))),
    (r"(\d{4})-(\d\d)", lambda match: _month(int(match[1]), int(match[2]))),
    (r"(\d{4})-(\d\d)-(\d\d)", lambda match: Period(*[date(*map(int, match.groups()))] * 2)),
    (
        r"early[- ](\d{4})",
        lambda match: Period(date(int(match[1]), 1, 1), _month(int(match[1]), _EARLY_ENDS_IN_MONTH).last),
    ),
    (r"([a-z]{3,9}) (\d{4})", _of_month_name),
    (r"(令和|平成|)(\d{1,4})年(上半期|下半期|中|\d{1,2}月|)", _of_japanese),
)
