"""The published national figures, as a reference series: each with its source, and how sure it is that it says so.

They are what others published. Nothing here is ever counted with what this installation counts.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from tsunagu.counting.periods import parse_period
from tsunagu.domain.figure import Definition, Figure, FigureStatus, Unit, Vintage


class Precision(StrEnum):
    """How a number is to be read."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at-least"


class Certainty(StrEnum):
    """How sure it is that a figure was published like this."""

    SOURCE_READ = "A"
    ONE_COPY = "B"
    DERIVED = "C"
    FROM_MEMORY = "D"


@dataclass(frozen=True, slots=True)
class Reference:
    """One published figure.

    Attributes:
        figure: the number with all that it needs.
        precision: whether it is exact.
        certainty: `FROM_MEMORY` is shown, and never held against anything.
        source: where it was read.
        note: what to know of it, empty for nothing.
    """

    figure: Figure
    precision: Precision
    certainty: Certainty
    source: str
    note: str

    @property
    def is_vouched_for(self) -> bool:
        """Whether other figures may be held against it."""
        return self.certainty is not Certainty.FROM_MEMORY

    def agrees_with(self, number: int, precision: Precision) -> bool:
        """Return whether a number, as exact as it claims to be, says the same."""
        mine = self.figure.number
        if self.precision is Precision.AT_LEAST:
            return number == mine
        if precision is Precision.AT_LEAST:
            return number <= mine
        return abs(number - mine) <= max(leeway(number, precision), leeway(mine, self.precision))

    @property
    def most(self) -> int | None:
        """The largest count that it allows for, or None where it allows for any."""
        if self.precision is Precision.AT_LEAST:
            return None
        return self.figure.number + leeway(self.figure.number, self.precision)

    @property
    def text(self) -> str:
        """The figure with its unit, as exact as it is, such as `~870 persons`."""
        before, after = {"exact": ("", ""), "about": ("~", ""), "at-least": ("", "+")}[self.precision.value]
        return f"{before}{self.figure.number:,}{after} {self.figure.unit.value}"


def leeway(number: int, precision: Precision) -> int:
    """Return how far an approximate number may lie from the exact one: half its last digit that is not 0.

    At most a quarter of the number, so that `about 1,000` does not cover 600.
    """
    if precision is not Precision.ABOUT or number == 0:
        return 0
    digits = str(number)
    return min(int("1" + "0" * (len(digits) - len(digits.rstrip("0")))) // 2, number // 4)


@cache
def references() -> tuple[Reference, ...]:
    """Return the reference series, in the order of its file: by population, category, definition, period, vintage."""
    text = files("tsunagu.counting").joinpath("reference.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(_reference(row) for row in rows)


def _reference(row: dict[str, str]) -> Reference:
    figure = Figure(
        number=int(row["number"]),
        unit=Unit(row["unit"]),
        population=row["population"],
        category=row["category"],
        period=parse_period(row["period"]),
        status=FigureStatus(row["status"]),
        vintage=Vintage(row["vintage"]),
        definition=Definition(row["definition"]),
    )
    certainty = Certainty(row["certainty"])
    return Reference(figure, Precision(row["precision"]), certainty, row["source"], row["note"])
