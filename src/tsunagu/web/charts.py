"""Charts of figures: one for each unit, since units are never drawn on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsunagu.counting.reference import Reference
from tsunagu.counting.series import COLUMNS, Column, SeriesRow
from tsunagu.counting.suppression import Published
from tsunagu.counting.tables import Breakdown
from tsunagu.domain.figure import Figure

WIDTH, HEIGHT = 720.0, 150.0
"""Units across and down the drawing, without the line of labels beneath."""
_HEAD = 16.0
"""Units above the tallest bar, for its number."""
_FILLED = 0.66
"""What part of its place a bar fills."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One period in a chart.

    Attributes:
        label: the period; of half a year the year alone.
        half: which half it is, such as `H1`, beneath its year; empty otherwise.
        reference: the figure; None where nothing was published.
        x, y, width, height: the rectangle, in units of the drawing.
        middle: where its labels stand.
        edge: where its place begins, and a break is drawn.
        breaks: the codes of the breaks within the period.
    """

    label: str
    half: str
    reference: Reference | None
    x: float
    y: float
    width: float
    height: float
    middle: float
    edge: float
    breaks: tuple[str, ...]

    @property
    def label_y(self) -> float:
        """Where its number stands: above it."""
        return self.y - 4


@dataclass(frozen=True, slots=True)
class Chart:
    """The wholes of one unit.

    Attributes:
        column: what is drawn.
        bars: by time, one for each period, also where nothing was published.
    """

    column: Column
    bars: tuple[Bar, ...]


def drawn_series(rows: Sequence[SeriesRow]) -> tuple[Chart, ...]:
    """Return a chart for each whole: cases, persons, victims; each on a scale of its own, from 0."""
    wholes = [(place, column) for place, column in enumerate(COLUMNS) if "/" not in column.category]
    return tuple(Chart(column, _bars(rows, place)) for place, column in wholes)


def _bars(rows: Sequence[SeriesRow], place: int) -> tuple[Bar, ...]:
    newest = [row.cells[place].newest for row in rows]
    shown = [one if one is not None and one.is_vouched_for else None for one in newest]
    most = max((one.figure.number for one in shown if one is not None), default=1)
    step = WIDTH / max(len(rows), 1)
    bars = []
    for number, (row, one) in enumerate(zip(rows, shown, strict=True)):
        height = 0.0 if one is None else (HEIGHT - _HEAD) * one.figure.number / max(most, 1)
        middle = (number + 0.5) * step
        codes = tuple(met.code for met in row.breaks)
        width = step * _FILLED
        label, _, half = str(row.period).partition("-")
        bars.append(
            Bar(label, half, one, middle - width / 2, HEIGHT - height, width, height, middle, number * step, codes)
        )
    return tuple(bars)


@dataclass(frozen=True, slots=True)
class RowBar:
    """One row of a table in a chart.

    Attributes:
        code: of the force or category.
        label: what stands beneath the bar.
        figure: None where it is kept back.
        x, y, width, height, middle: as of a `Bar`.
    """

    code: str
    label: str
    figure: Figure | None
    x: float
    y: float
    width: float
    height: float
    middle: float

    @property
    def label_y(self) -> float:
        """Where its number stands: above it."""
        return self.y - 4


def drawn_rows(table: Published) -> tuple[RowBar, ...]:
    """Return a bar for each row of a table, by its last column, from 0; nothing where a row is kept back."""
    rows, last = table.counts.names, len(table.counts.periods) - 1
    by_force = table.heading.breakdown is Breakdown.FORCE
    cells = [table.cell(row, last) for row in rows]
    most = max((one.number for one in cells if one is not None), default=0)
    step, bars = WIDTH / max(len(rows), 1), list[RowBar]()
    for number, (row, one) in enumerate(zip(rows, cells, strict=True)):
        height = 0.0 if one is None else (HEIGHT - _HEAD) * one.number / max(most, 1)
        middle, width = (number + 0.5) * step, step * _FILLED
        code, label = (f"force:{row}", row) if by_force else (row, "")
        bars.append(RowBar(code, label, one, middle - width / 2, HEIGHT - height, width, height, middle))
    return tuple(bars)
