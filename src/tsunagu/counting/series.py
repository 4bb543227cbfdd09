"""The reference series as people read it: a row a period, a column for what was counted, every vintage in its cell."""

from __future__ import annotations

from dataclasses import dataclass

from tsunagu.counting.breaks import SeriesBreak, breaks_within
from tsunagu.counting.grids import Arrangement, chosen, share_of
from tsunagu.counting.reference import Reference
from tsunagu.domain.figure import NATIONWIDE, SEIZED_LIST, Definition, Period, Share


@dataclass(frozen=True, slots=True)
class Column:
    """What a column counts.

    Attributes:
        category: what was counted.
        definition: by which rule; the column has its unit.
    """

    category: str
    definition: Definition


@dataclass(frozen=True, slots=True)
class SeriesCell:
    """What was published of one period and column.

    Attributes:
        vintages: every vintage, the newest last; empty where nothing was published.
    """

    vintages: tuple[Reference, ...]

    @property
    def newest(self) -> Reference | None:
        """The newest vintage, or None."""
        return self.vintages[-1] if self.vintages else None

    @property
    def earlier(self) -> tuple[Reference, ...]:
        """The vintages that were changed later."""
        return self.vintages[:-1]

    @property
    def share(self) -> Share | None:
        """What the newest is of its whole, where it is a part."""
        return share_of(self.vintages[-1]) if self.vintages else None


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One period.

    Attributes:
        period: which.
        cells: in the order of `COLUMNS`.
        breaks: what changed within it; a comparison across it needs care.
    """

    period: Period
    cells: tuple[SeriesCell, ...]
    breaks: tuple[SeriesBreak, ...]


COLUMNS = (
    Column("csam", Definition.CLEARED_CASES),
    Column("csam/production", Definition.CLEARED_CASES),
    Column("csam/provision-display", Definition.CLEARED_CASES),
    Column("csam/possession-etc", Definition.CLEARED_CASES),
    Column("csam", Definition.CLEARED_PERSONS),
    Column("csam", Definition.IDENTIFIED_VICTIMS),
    Column("csam/method:selfie", Definition.IDENTIFIED_VICTIMS),
)


def national_series(arrangement: Arrangement) -> tuple[SeriesRow, ...]:
    """Return the national figures of every year, or first half-year, of which any was published, by time."""
    found = chosen(arrangement, population=NATIONWIDE, category="csam", all_vintages=True)
    cells: dict[tuple[Period, Column], tuple[Reference, ...]] = {}
    for one in sorted(found, key=lambda one: one.figure.vintage):
        place = one.figure.period, Column(one.figure.category, one.figure.definition)
        cells[place] = (*cells.get(place, ()), one)
    periods = sorted({period for period, column in cells if column in COLUMNS}, key=lambda one: one.last)
    return tuple(
        SeriesRow(
            period,
            tuple(SeriesCell(cells.get((period, column), ())) for column in COLUMNS),
            breaks_within(period, "csam"),
        )
        for period in periods
    )


def list_funnel() -> tuple[Reference, ...]:
    """Return the stages of the seized list: its rows, what was workable of them, and how many were cleared by when."""
    stages = chosen(Arrangement.ALL, population=SEIZED_LIST)
    order = (Definition.IMPORTED_ROWS, Definition.WORKABLE_ROWS, Definition.CLEARED_PERSONS)
    return tuple(sorted(stages, key=lambda one: (order.index(one.figure.definition), one.figure.period.last)))
