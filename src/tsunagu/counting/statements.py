"""Statements about figures, as somebody wrote them down: a number, what it counts, of whom, when, and perhaps more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from tsunagu.counting.reference import Precision
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Definition, FigureStatus, Period, Unit


class StatementKind(StrEnum):
    """What a number says."""

    COUNT = "count"
    SHARE = "share"
    CHANGE = "change"
    CHANGE_PERCENT = "change-percent"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written.

    Attributes:
        value: what it is; of a share or a change in per cent, the per cent.
        decimals: how many places after the point were written.
        precision: whether it claims to be exact.
        kind: what its own form says, such as `+15.1 %`; a plain number is a count.
    """

    value: float
    decimals: int
    precision: Precision
    kind: StatementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One figure that somebody states.

    Attributes:
        number: the number as written.
        unit: what it counts.
        population: of whom, as a code.
        period: when.
        category: what part was counted; None where that is not said.
        definition: by which rule; None where that is not said.
        status: what it is said to be; None where that is not said.
        is_forecast: True for what is only expected.
        than: of a change, the period that it is compared with.
    """

    number: Number
    unit: Unit
    population: str
    period: Period
    category: str | None = None
    definition: Definition | None = None
    status: FigureStatus | None = None
    is_forecast: bool = False
    than: Period | None = None


_ABOUT = ("about", "approximately", "approx.", "around", "nearly", "almost", "some", "circa", "ca.", "~", "≈", "約")
_AT_LEAST = ("more than", "over", "at least", ">=", "≥", ">")
_WRITTEN = re.compile(r"(?P<sign>[+\-−x×]?)\s*(?P<digits>\d[\d,]*)(?P<decimals>\.\d+)?\s*(?P<rest>[%+]?|倍|以上)")  # noqa: RUF001
_TIMES = {"doubled": "x2", "tripled": "x3", "quadrupled": "x4"}


def parse_number(text: str) -> Number:
    """Return a number with what its form says: 1,216, 42.4 %, +316, +15.1 %, x2.72, ~870, about 10 %, 200+, tripled.

    Raises:
        InputError: it is no number.
    """
    plain = text.strip().casefold()
    precision = Precision.EXACT
    for words, meant in ((_ABOUT, Precision.ABOUT), (_AT_LEAST, Precision.AT_LEAST)):
        word = next((one for one in words if plain.startswith(one)), None)
        if word is not None:
            plain, precision = plain.removeprefix(word).strip(), meant
    plain = _TIMES.get(plain, plain).replace("percent", "%").replace("per cent", "%").replace("％", "%")  # noqa: RUF001
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        raise InputError("this is no number")
    if match["rest"] in {"+", "以上"}:
        precision = Precision.AT_LEAST
    decimals = match["decimals"] or ""
    value = float(match["digits"].replace(",", "") + decimals)
    if not isfinite(value):
        raise InputError("this is no number")
    kind = _kind(match["sign"], match["rest"])
    is_down = match["sign"] in {"-", "−"}  # noqa: RUF001
    return Number(-value if is_down else value, max(len(decimals) - 1, 0), precision, kind)


def _kind(sign: str, rest: str) -> StatementKind:
    if sign in {"x", "×"} or rest == "倍":  # noqa: RUF001
        return StatementKind.RATIO
    if sign:
        return StatementKind.CHANGE_PERCENT if rest == "%" else StatementKind.CHANGE
    return StatementKind.SHARE if rest == "%" else StatementKind.COUNT
