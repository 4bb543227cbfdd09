"""Tables for print: the reference series and published counts, each figure in a row of its own with all it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tsunagu.counting.breaks import breaks_within
from tsunagu.counting.names import Language, name_of, share_text
from tsunagu.counting.reference import Reference, references
from tsunagu.domain.figure import Figure, Period, Share, Unit

Cell = str | int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it is printed.

    Attributes:
        title: what it is.
        columns: the headings.
        rows: the cells; a number is an int, everything else text.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Arrangement(StrEnum):
    """Which figures of the reference series are shown, and in which order."""

    YEAR = "year"
    HALF_YEAR = "half-year"
    CONDUCT = "conduct"
    ALL = "all"


_COLUMNS = (
    *("period", "population", "category", "definition", "number", "unit", "precision", "share", "status", "vintage"),
    *("certainty", "breaks", "source", "note"),
)


def chosen(
    arrangement: Arrangement,
    *,
    unit: Unit | None = None,
    population: str | None = None,
    category: str | None = None,
    all_vintages: bool = False,
) -> tuple[Reference, ...]:
    """Return figures of the reference series: by period, population, category, definition, then vintage.

    Args:
        arrangement: years, half-years, the cases of each conduct (by category, then period), or all.
        unit: of this unit alone.
        population: of this population alone.
        category: of this category and its parts alone.
        all_vintages: with those that were changed later; otherwise the newest of each figure.
    """
    found = [
        one
        for one in references()
        if unit in {None, one.figure.unit}
        and population in {None, one.figure.population}
        and (category is None or one.figure.category == category or one.figure.category.startswith(category + "/"))
        and _is_shown(one, arrangement)
    ]
    if not all_vintages:
        newest = {_key(one): one for one in sorted(found, key=lambda one: one.figure.vintage)}
        found = list(newest.values())
    by_category = arrangement is Arrangement.CONDUCT
    return tuple(sorted(found, key=lambda one: _order(one, by_category=by_category)))


def share_of(one: Reference) -> Share | None:
    """Return what a figure is of its whole, the next larger category of the same status; None where there is none."""
    figure = one.figure
    wanted = (figure.category.rpartition("/")[0], *_of_one_table(figure))
    whole = _wholes().get(wanted) if one.is_vouched_for else None
    return Share(figure, whole) if whole is not None and 0 < whole.number >= figure.number else None


@cache
def _wholes() -> dict[tuple[object, ...], Figure]:
    figures = [one.figure for one in references() if one.is_vouched_for]
    return {(one.category, *_of_one_table(one)): one for one in figures}


def _of_one_table(figure: Figure) -> tuple[object, ...]:
    return figure.population, figure.period, figure.definition, figure.status


def reference_grid(shown: Sequence[Reference], language: Language) -> Grid:
    """Return figures of the reference series as a table, a row each, in their order."""
    return Grid(
        name_of("word:reference-series", language),
        tuple(name_of(f"word:{column}", language) for column in _COLUMNS),
        tuple(_row(one, language) for one in shown),
    )


def _row(one: Reference, language: Language) -> tuple[Cell, ...]:
    figure = one.figure
    share = share_of(one)
    return (
        str(figure.period),
        name_of(figure.population, language),
        name_of(figure.category, language),
        name_of(figure.definition.value, language),
        figure.number,
        name_of(figure.unit.value, language),
        name_of(one.precision.value, language),
        share_text(share, language) if share else "",
        name_of(figure.status.value, language),
        str(figure.vintage),
        name_of(one.certainty.value, language),
        " ".join(name_of(met.code, language) for met in breaks_within(figure.period, figure.category)),
        one.source,
        one.note,
    )


def _is_shown(one: Reference, arrangement: Arrangement) -> bool:
    period = one.figure.period
    is_year = period == Period.year(period.last.year)
    if arrangement is Arrangement.YEAR:
        return is_year
    if arrangement is Arrangement.HALF_YEAR:
        return any(period == Period.half(period.last.year, half) for half in (1, 2))
    return arrangement is Arrangement.ALL or (one.figure.unit is Unit.CASES and one.figure.category.startswith("csam"))


def _key(one: Reference) -> tuple[object, ...]:
    figure = one.figure
    return figure.population, figure.category, figure.period, figure.definition


def _order(one: Reference, *, by_category: bool) -> tuple[object, ...]:
    figure = one.figure
    period = (figure.period.last, str(figure.period))
    place = (figure.population, figure.category, figure.definition.value)
    return (*((*place, *period) if by_category else (*period, *place)), figure.vintage)
