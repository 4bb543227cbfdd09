"""Tables of one year as they were known on one day: a breakdown by force, conduct or age, and its totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tsunagu.counting.rules import Counted, counted
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import NATIONWIDE, Definition, Figure, FigureStatus, Period, Unit, Vintage
from tsunagu.domain.outcome import AgeBand, HarmMethod, SchoolBand
from tsunagu.domain.stat_event import NOT_RECORDED, Facet, StatEvent


class Breakdown(StrEnum):
    """By what the rows of a table differ."""

    FORCE = "force"
    CATEGORY = "category"
    OFFENDER = Facet.OFFENDER.value
    SCHOOL = Facet.SCHOOL.value
    METHOD = Facet.METHOD.value

    @property
    def facet(self) -> Facet | None:
        """What is stated of each person or child, by which rows differ; None where they differ by something else."""
        return None if self in {Breakdown.FORCE, Breakdown.CATEGORY} else Facet(self.value)


_STATED: Mapping[Facet, tuple[str, ...]] = MappingProxyType(
    {Facet.OFFENDER: tuple(AgeBand), Facet.SCHOOL: tuple(SchoolBand), Facet.METHOD: tuple(HarmMethod)}
)


def rows_stated(whole: str, facet: Facet) -> tuple[str, ...]:
    """Return the rows of a table by what is stated, in their order; last whoever it is not recorded of."""
    return tuple(f"{whole}/{facet}:{value}" for value in (*_STATED[facet], NOT_RECORDED))


@dataclass(frozen=True, slots=True)
class Heading:
    """What all cells of a table have in common.

    Attributes:
        definition: by which rule they were counted.
        whole: the category of the statistic, such as `csam`.
        breakdown: what a row stands for.
        year: the calendar year.
        population: of whom the totals are; a row of a force is of that force.
    """

    definition: Definition
    whole: str
    breakdown: Breakdown
    year: int
    population: str = NATIONWIDE

    @property
    def periods(self) -> tuple[Period, ...]:
        """The columns: both halves and the year; of persons no second half, which is no difference of the two.

        A person cleared in both halves counts in each and once in the year. A table that told all three would tell
        how many were cleared twice, a number of a handful nearly everywhere.
        """
        first, second = Period.half(self.year, 1), Period.half(self.year, 2)
        year = Period.year(self.year)
        return (first, year) if self.definition.unit is Unit.PERSONS else (first, second, year)


@dataclass(frozen=True, slots=True)
class Counts:
    """A table before anything is kept back; it is not for publication.

    Attributes:
        heading: what it counts.
        known_on: the day of its vintage.
        status: whether it may still change.
        periods: its columns, those that were over on that day.
        rows: the counts of each row in the order of `periods`, by force or category.
    """

    heading: Heading
    known_on: date
    status: FigureStatus
    periods: tuple[Period, ...]
    rows: dict[str, tuple[int, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The rows in the order in which they are printed."""
        facet = self.heading.breakdown.facet
        return tuple(sorted(self.rows)) if facet is None else rows_stated(self.heading.whole, facet)

    @property
    def totals(self) -> tuple[int, ...]:
        """The counts over all rows, in the order of `periods`."""
        return tuple(map(sum, zip(*self.rows.values(), strict=True)))

    def figure(self, row: str | None, column: int) -> Figure:
        """Return one cell as a figure; `row` None for the total."""
        by_force = self.heading.breakdown is Breakdown.FORCE
        return Figure(
            number=self.totals[column] if row is None else self.rows[row][column],
            unit=self.heading.definition.unit,
            population=f"force:{row}" if row and by_force else self.heading.population,
            category=row if row and not by_force else self.heading.whole,
            period=self.periods[column],
            status=self.status,
            vintage=Vintage.of(self.known_on),
            definition=self.heading.definition,
        )


def count_table(
    events: Iterable[StatEvent], heading: Heading, *, known_on: date, status: FigureStatus, rows: Iterable[str]
) -> Counts:
    """Return one table, counted from acts and outcomes alone.

    Args:
        events: acts, outcomes and retractions.
        heading: what is counted, and by what it is broken down.
        known_on: the day of the vintage; columns that were not over on it are left out.
        status: whether its figures may still change.
        rows: every force or category that has a row, also where nothing is counted; categories must not lie
            within each other.

    Raises:
        InputError: no column was over, or something counts in none of the rows.
    """
    periods = tuple(one for one in heading.periods if one.last <= known_on)
    if not periods:
        raise InputError("no period of this year was over on the day of this vintage")
    names = sorted(set(rows))
    every = list(events)
    columns = [_column(every, heading, period, known_on, names) for period in periods]
    return Counts(heading, known_on, status, periods, {name: tuple(one[name] for one in columns) for name in names})


def _column(
    events: list[StatEvent], heading: Heading, period: Period, known_on: date, names: list[str]
) -> Counter[str]:
    things = counted(events, definition=heading.definition, period=period, known_on=known_on, whole=heading.whole)
    column: Counter[str] = Counter()
    for one in things:
        place = _place(one, heading)
        row = next((name for name in names if place == name or place.startswith(name + "/")), None)
        if row is None:
            raise InputError("something counts in none of the rows of this table")
        column[row] += 1
    return column


def _place(one: Counted, heading: Heading) -> str:
    """Return the row, or the part of one, in which something counts."""
    facet = heading.breakdown.facet
    if facet is not None:
        return f"{heading.whole}/{facet}:{one.facets.get(facet, NOT_RECORDED)}"
    return one.force if heading.breakdown is Breakdown.FORCE else one.category
