"""A vintage of an agency's own figures of one year: its tables as they were known on one day, kept for good.

It holds the acts that it was counted from, too: opaque, without a name. So the next vintage knows them also where what
told them is erased by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tsunagu.counting.acts import COLUMNS, WHOLE, Known
from tsunagu.counting.names import force_codes
from tsunagu.counting.rules import figure
from tsunagu.counting.suppression import SMALL_BELOW, Published, publish
from tsunagu.counting.tables import Breakdown, Heading, count_table, rows_stated
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.figure import NATIONWIDE, OWN, SEIZED_LIST, Definition, Figure, FigureStatus, Period, Vintage

STAGES = (Definition.IMPORTED_ROWS, Definition.SENT_PERSONS, Definition.CLEARED_PERSONS)
"""What is told of seized lists: rows that came in, persons named to the force of where they live, persons cleared."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of what became of seized lists, counted from the beginning up to a day.

    Attributes:
        is_kept_back: it is small, lies a small number below the stage before or below all persons cleared, or has
            changed by one since it was told.
    """

    figure: Figure
    is_kept_back: bool


@dataclass(frozen=True, slots=True)
class FrozenVintage:
    """What does not change any more.

    Attributes:
        year: the calendar year.
        known_on: the day on which it was frozen.
        status: whether a later vintage may say otherwise.
        salt: by which the keys of its acts were made; the next vintage goes on with it.
        known: all that was known, of every year.
        tables: cases and persons, also those referred and those arrested, by force and by conduct; persons by age;
            victims by force, by age and by method.
        stages: the seized lists.
        agency, local_name: as it was called on that day, which is printed.
    """

    year: int
    known_on: date
    status: FigureStatus
    salt: bytes
    known: Known
    tables: tuple[Published, ...]
    stages: tuple[Stage, ...]
    agency: str = ""
    local_name: str = ""


def headings(year: int) -> tuple[Heading, ...]:
    """Return what the tables of a year count."""
    return tuple(
        Heading(definition, WHOLE, breakdown, year, OWN)
        for definition, breakdown in (
            (Definition.CLEARED_CASES, Breakdown.FORCE),
            (Definition.CLEARED_CASES, Breakdown.CATEGORY),
            (Definition.CLEARED_PERSONS, Breakdown.FORCE),
            (Definition.CLEARED_PERSONS, Breakdown.CATEGORY),
            (Definition.CLEARED_PERSONS, Breakdown.OFFENDER),
            (Definition.REFERRED_PERSONS, Breakdown.FORCE),
            (Definition.REFERRED_PERSONS, Breakdown.CATEGORY),
            (Definition.ARRESTED_PERSONS, Breakdown.FORCE),
            (Definition.ARRESTED_PERSONS, Breakdown.CATEGORY),
            (Definition.IDENTIFIED_VICTIMS, Breakdown.FORCE),
            (Definition.IDENTIFIED_VICTIMS, Breakdown.SCHOOL),
            (Definition.IDENTIFIED_VICTIMS, Breakdown.METHOD),
        )
    )


_WIDER = {
    Definition.REFERRED_PERSONS: (Definition.CLEARED_PERSONS,),
    Definition.ARRESTED_PERSONS: (Definition.CLEARED_PERSONS, Definition.REFERRED_PERSONS),
}
"""Of which definitions another counts a part, or nearly so: they are told one beside the other."""


def frozen(
    known: Known,
    *,
    year: int,
    known_on: date,
    status: FigureStatus,
    salt: bytes,
    earlier: Iterable[FrozenVintage],
) -> FrozenVintage:
    """Return the vintage of a year as it is known on a day, with enough kept back in the light of the earlier ones.

    Args:
        known: all that is known.
        year: of which the tables are.
        known_on: the day.
        status: provisional or final.
        salt: by which the keys of the acts were made.
        earlier: every earlier vintage, of whatever year: what is told of seized lists is of no one year.

    Raises:
        InputError: no half of the year is over; or it is to be final, and the year is not over.
        Conflict: it is to be provisional, and an earlier one is final.
    """
    if status is FigureStatus.FINAL and known_on <= Period.year(year).last:
        raise InputError("figures are final once their year is over")
    before = list(earlier)
    of_year = [one for one in before if one.year == year]
    if status is FigureStatus.PROVISIONAL and any(one.status is FigureStatus.FINAL for one in of_year):
        raise Conflict("an earlier vintage of this year is final: what corrects it is final, too")
    tables: list[Published] = []
    for heading in headings(year):
        counts = count_table(known.acts, heading, known_on=known_on, status=status, rows=_rows(heading))
        told = [table for one in of_year for table in one.tables if table.heading == heading]
        wider = [replace(heading, definition=one) for one in _WIDER.get(heading.definition, ())]
        within = [
            [*(table for one in of_year for table in one.tables if table.heading == now.heading), now]
            for now in tables
            if now.heading in wider
        ]
        tables.append(publish(counts, earlier=told, within=within))
    stages = _stages(known, known_on, status, [one.stages for one in before])
    return FrozenVintage(year, known_on, status, salt, known, _agreeing(tables), stages)


def _rows(heading: Heading) -> tuple[str, ...]:
    facet = heading.breakdown.facet
    if facet is not None:
        return rows_stated(heading.whole, facet)
    return force_codes() if heading.breakdown is Breakdown.FORCE else COLUMNS


def _agreeing(tables: Sequence[Published]) -> tuple[Published, ...]:
    """Return the tables with the totals of a definition kept back in each, where they are in one: they are the same.

    A part of what is kept back is kept back, too.
    """
    secret = {one.heading.definition for one in tables if one.totals_kept_back}
    secret |= {part for part, wider in _WIDER.items() if secret.intersection(wider)}
    return tuple(
        replace(one, kept_back=frozenset(one.counts.rows), totals_kept_back=True)
        if one.heading.definition in secret
        else one
        for one in tables
    )


def stage_figure(definition: Definition, number: int, known_on: date, status: FigureStatus) -> Figure:
    """Return the figure of one stage of seized lists, from the beginning up to a day."""
    return Figure(
        number=number,
        unit=definition.unit,
        population=SEIZED_LIST,
        category=WHOLE,
        period=Period(None, known_on),
        status=status,
        vintage=Vintage.of(known_on),
        definition=definition,
    )


def _stages(
    known: Known, known_on: date, status: FigureStatus, earlier: Sequence[Sequence[Stage]]
) -> tuple[Stage, ...]:
    cleared, everybody = (
        figure(
            known.acts,
            definition=Definition.CLEARED_PERSONS,
            period=Period(None, known_on),
            known_on=known_on,
            status=status,
            population=population,
        )
        for population in (SEIZED_LIST, NATIONWIDE)
    )
    made: list[Stage] = []
    for place, (definition, number) in enumerate(
        zip(STAGES, (sum(known.lists.values()), len(known.sent), cleared.number), strict=True)
    ):
        steps = [number, *(number - one[place].figure.number for one in earlier if not one[place].is_kept_back)]
        before = made[-1].figure if made else None
        if before is not None and before.unit is definition.unit:
            steps.append(before.number - number)
        if definition is cleared.definition:
            steps.append(everybody.number - number)  # the tables by force and by conduct tell of everybody
        is_kept_back = any(0 < abs(step) < SMALL_BELOW for step in steps)
        made.append(Stage(stage_figure(definition, number, known_on, status), is_kept_back))
    return tuple(made)
