"""Whether a count can be: equal to a published one, a misreading of another, a part of a whole, or none of these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from tsunagu.counting.reference import Certainty, Precision, Reference, leeway, references
from tsunagu.counting.statements import Statement
from tsunagu.counting.verdicts import UNKNOWN, Reason, Verdict, impossible, possible, right
from tsunagu.domain.figure import NATIONWIDE, SEIZED_LIST, Definition, FigureStatus, Period, Unit

_SUBJECT = "csam"
"""What a statement is about that names no category."""
_MISREAD_FROM = 100
"""Smaller numbers are equal by chance too often to call one a misreading of another."""


def judge_count(statement: Statement) -> Verdict:
    """Return whether a count can be, and why."""
    if statement.is_forecast:
        return _forecast(statement)
    here = candidates(statement)
    meant = [one for one in here if _is_meant(one, statement)]
    same = [one for one in meant if _agrees(one, statement)]
    if same:
        return _confirmed(statement, same)
    mistaken = _mistaken(statement, here, meant) or _misread(statement)
    if mistaken is not None:
        return mistaken
    is_stated = statement.category is not None or statement.definition is not None
    if is_stated and meant:
        return impossible(Reason.DIFFERS, *meant)
    is_in_order = statement.unit is not Unit.ROWS and any(one.figure.period.is_cumulative for one in here)
    return _in_order(statement, here) if is_in_order else _within_whole(statement, here or _nationwide(statement))


def _mistaken(statement: Statement, here: list[Reference], meant: list[Reference]) -> Verdict | None:
    """Return that the number was published here of another category or by another rule; None when it was not."""
    if statement.category is None and statement.definition is None:
        return None
    equal = [one for one in here if _agrees(one, statement) and one not in meant]
    other_rule = [one for one in equal if statement.category in {None, one.figure.category}]
    return impossible(Reason.WRONG_DEFINITION if other_rule else Reason.WRONG_CATEGORY, *equal) if equal else None


def candidates(statement: Statement) -> list[Reference]:
    """Return the vouched-for figures of the same unit, population and period; of cumulative ones every date."""
    return [
        one
        for one in references()
        if one.is_vouched_for
        and one.figure.unit is statement.unit
        and one.figure.population == statement.population
        and (one.figure.period.is_cumulative or one.figure.period == statement.period)
    ]


def _is_meant(one: Reference, statement: Statement) -> bool:
    """Whether a figure is of the category, rule and day that the statement names, as far as it names them."""
    figure, period = one.figure, one.figure.period
    is_its_day = (
        not period.is_cumulative
        or figure.unit is Unit.ROWS
        or period.last == statement.period.last
        or (statement.period.first is not None and statement.period.covers(period.last))
    )
    return (
        is_its_day
        and statement.category in {None, figure.category}
        and statement.definition in {None, figure.definition}
    )


def _agrees(one: Reference, statement: Statement) -> bool:
    value = statement.number.value
    return value == int(value) and one.agrees_with(int(value), statement.number.precision)


def _confirmed(statement: Statement, same: list[Reference]) -> Verdict:
    """Return a verdict on a count that equals a published one: right, unless it claims another status."""
    wholes = [one for one in same if one.figure.category == _SUBJECT]
    found = sorted(wholes or same, key=lambda one: one.figure.vintage)
    newest = found[-1]
    later = [one for one in references() if _key(one) == _key(newest) and one.figure.vintage > newest.figure.vintage]
    if statement.status is not None and all(one.figure.status is not statement.status for one in found):
        return impossible(Reason.WRONG_STATUS, newest, *later)
    if later and statement.status is not FigureStatus.PROVISIONAL:
        return right(Reason.SUPERSEDED, newest, *later)
    is_exact = Precision.EXACT in {statement.number.precision, newest.precision}
    if statement.number.precision is not Precision.EXACT and (
        is_exact or newest.figure.number != statement.number.value
    ):
        return possible(Reason.APPROXIMATE, newest)
    return right(Reason.DERIVED if newest.certainty is Certainty.DERIVED else Reason.PUBLISHED, newest)


def _key(one: Reference) -> tuple[object, ...]:
    figure = one.figure
    return figure.population, figure.category, figure.period, figure.definition


def _misread(statement: Statement) -> Verdict | None:
    """Return that the number was published, but of another unit, population or year; None when it was not."""
    if only := _happened_once(statement):
        return impossible(Reason.WRONG_PERIOD, *only)
    number = statement.number
    if number.value < _MISREAD_FROM or number.precision is not Precision.EXACT:
        return None
    equal = [one for one in references() if one.is_vouched_for and one.figure.number == number.value]
    for reason, is_so in _MISREADINGS:
        found = [one for one in equal if is_so(one, statement)]
        if found:
            return impossible(reason, *found)
    return None


def _happened_once(statement: Statement) -> list[Reference]:
    """Return what was published of one period alone, where a statement puts the same number into another."""
    periods: dict[Definition, set[Period]] = defaultdict(set)
    of_it = [
        one
        for one in references()
        if one.figure.population == statement.population
        and one.figure.unit is statement.unit
        and statement.definition in {None, one.figure.definition}
    ]
    for one in of_it:
        periods[one.figure.definition].add(one.figure.period)
    return [
        one
        for one in of_it
        if len(periods[one.figure.definition]) == 1
        and not one.figure.period.is_cumulative
        and one.figure.period != statement.period
        and _agrees(one, statement)
    ]


def _is_of_other_unit(one: Reference, statement: Statement) -> bool:
    figure = one.figure
    is_here = (figure.population, figure.period) == (statement.population, statement.period)
    return is_here and figure.unit is not statement.unit


def _is_of_other_population(one: Reference, statement: Statement) -> bool:
    figure = one.figure
    is_at_a_force = figure.population.startswith("force:") or statement.population.startswith("force:")
    # A list is counted from its beginning: whoever gives a number to it may give it any day.
    is_then = figure.period == statement.period or SEIZED_LIST in {figure.population, statement.population}
    return (
        is_then and not is_at_a_force and (figure.unit is statement.unit and figure.population != statement.population)
    )


def _is_of_other_year(one: Reference, statement: Statement) -> bool:
    figure = one.figure
    return (
        figure.category == (statement.category or _SUBJECT)
        and figure.unit is statement.unit
        and figure.population == statement.population
        and not figure.period.is_cumulative
        and bool(figure.period.halves) == bool(statement.period.halves)
        and figure.period != statement.period
    )


_MISREADINGS: tuple[tuple[Reason, Callable[[Reference, Statement], bool]], ...] = (
    (Reason.WRONG_UNIT, _is_of_other_unit),
    (Reason.WRONG_POPULATION, _is_of_other_population),
    (Reason.WRONG_PERIOD, _is_of_other_year),
)


def _in_order(statement: Statement, here: list[Reference]) -> Verdict:
    """Return whether a count from the beginning lies between those of the days before and after."""
    number = int(statement.number.value)
    spare = leeway(number, statement.number.precision)
    stages = sorted((one for one in here if one.figure.period.is_cumulative), key=lambda one: one.figure.period.last)
    first, last = statement.period.first or statement.period.last, statement.period.last
    before = [one for one in stages if one.figure.period.last <= first]
    after = [one for one in stages if one.figure.period.last >= last and one.most is not None]
    if not after and first <= stages[-1].figure.period.last:
        after = stages[-1:]
    if before and number + spare < before[-1].figure.number - leeway(before[-1].figure.number, before[-1].precision):
        return impossible(Reason.OUT_OF_ORDER, before[-1])
    if not after:
        return UNKNOWN
    most_ever = stages[-1].most
    if most_ever is not None and number - spare > most_ever:
        return impossible(Reason.EXCEEDS_POPULATION, stages[-1])
    if after[0].most is not None and number - spare > after[0].most:
        return impossible(Reason.OUT_OF_ORDER, after[0])
    return possible(Reason.WITHIN_WHOLE, after[0])


def _nationwide(statement: Statement) -> list[Reference]:
    """Return the nationwide figures that a force's own cannot exceed; for any other population none."""
    if not statement.population.startswith("force:"):
        return []
    return candidates(replace(statement, population=NATIONWIDE))


def _within_whole(statement: Statement, wholes: list[Reference]) -> Verdict:
    """Return whether a count is no more than the largest one that it may be a part of."""
    subject = (statement.category or _SUBJECT).partition("/")[0]
    meant = [
        one
        for one in wholes
        if one.figure.whole == subject
        and (one.figure.definition is not Definition.JUDGED_UNDER_18 or one.figure.definition is statement.definition)
        and (one.figure.category == subject or one.figure.unit is Unit.ROWS)
    ]
    if not meant:
        return UNKNOWN
    largest = max(meant, key=lambda one: one.figure.number)
    lowest = statement.number.value - leeway(int(statement.number.value), statement.number.precision)
    if largest.most is not None and lowest > largest.most:
        return impossible(Reason.EXCEEDS_WHOLE, largest)
    return possible(Reason.WITHIN_WHOLE, largest)


def _forecast(statement: Statement) -> Verdict:
    """Return whether what is expected is possible: no more than the rows that were judged workable, or unknown."""
    rows = [
        one
        for one in references()
        if one.figure.population == statement.population and one.figure.definition is Definition.WORKABLE_ROWS
    ]
    if not rows:
        return UNKNOWN
    if rows[0].most is not None and statement.number.value > rows[0].most:
        return impossible(Reason.EXCEEDS_WHOLE, rows[0])
    return possible(Reason.FORECAST, rows[0])
