"""Whether a share can be: some published part of the whole that it names, divided by that whole, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsunagu.counting.reference import Precision, Reference, references
from tsunagu.counting.statements import Number, Statement
from tsunagu.counting.verdicts import UNKNOWN, Reason, Verdict, impossible, possible, right
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Share

_PRINTED_WITHIN = 0.1
"""Percentages are rounded and truncated unevenly where they are printed: 62 of 570 is 10.88, and printed as 10.8."""
_ROUNDING = 1e-9


def judge_share(statement: Statement) -> Verdict:
    """Return whether a share in per cent can be, and of which two counts it is."""
    then = [
        one
        for one in references()
        if one.is_vouched_for and one.figure.period == statement.period and one.precision is Precision.EXACT
    ]
    here = [one for one in then if one.figure.population == statement.population]
    own = [one for one in here if one.figure.unit is statement.unit]
    of_own = list(_shares(own, statement))
    found = _saying(of_own, statement)
    if found:
        is_exact = statement.number.precision is Precision.EXACT
        return (right if is_exact else possible)(Reason.DERIVED if is_exact else Reason.APPROXIMATE, shares=found)
    elsewhere = [one for one in here if one.figure.unit is not statement.unit]
    if found := _saying(_shares(elsewhere, statement), statement):
        return impossible(Reason.WRONG_UNIT, shares=found)
    if mixed := _mixed(here, own, statement):
        return impossible(Reason.MIXED_UNITS, *mixed)
    if statement.category is not None and of_own:
        return impossible(Reason.DIFFERS, shares=tuple(of_own))
    others = [one for one in then if one.figure.population != statement.population]
    if found := _saying(_shares(others, statement), statement):
        return impossible(Reason.WRONG_POPULATION, shares=found)
    return UNKNOWN


def is_printed_as(exact: float, number: Number) -> bool:
    """Return whether a number may be printed for what is exactly `exact`."""
    if number.precision is Precision.AT_LEAST:
        return exact >= number.value
    half = 0.5 * float(f"1e-{number.decimals}")
    spare = max(half, abs(number.value) / 4) if number.precision is Precision.ABOUT else half
    return abs(exact - number.value) <= spare + _ROUNDING


def is_printed_percent(exact: float, number: Number) -> bool:
    """Return whether a percentage may be printed for what is exactly `exact`: as printed, or within 0.1."""
    return is_printed_as(exact, number) or (
        number.precision is Precision.EXACT and abs(exact - number.value) <= _PRINTED_WITHIN + _ROUNDING
    )


def _shares(figures: Iterable[Reference], statement: Statement) -> Iterator[Share]:
    """Yield what the published figures are of their wholes, as far as the statement means them."""
    among = list(figures)
    for one in among:
        if statement.category not in {None, one.figure.category}:
            continue
        for whole in among:
            is_whole = one.figure.category.startswith(whole.figure.category + "/")
            if is_whole and one.figure.status is whole.figure.status:
                try:
                    yield Share(one.figure, whole.figure)
                except InputError:
                    continue


def _saying(shares: Iterable[Share], statement: Statement) -> tuple[Share, ...]:
    return tuple(one for one in shares if is_printed_percent(one.percent, statement.number))


def _mixed(here: list[Reference], own: list[Reference], statement: Statement) -> tuple[Reference, ...]:
    """Return a part of one unit and a whole of another that give the percentage, which then means nothing."""
    for whole in (one for one in own if one.figure.category == one.figure.whole and one.figure.number):
        for part in (one for one in here if one.figure.unit is not statement.unit):
            is_meant = statement.category in {None, part.figure.category}
            if is_meant and is_printed_percent(100 * part.figure.number / whole.figure.number, statement.number):
                return part, whole
    return ()
