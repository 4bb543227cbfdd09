"""A vintage of an agency's own figures for print: as one long table, and as the tables of the yearly report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tsunagu.counting.breaks import SeriesBreak, breaks_within
from tsunagu.counting.grids import Cell, Grid
from tsunagu.counting.names import Language, name_of
from tsunagu.counting.suppression import Published
from tsunagu.counting.tables import Breakdown
from tsunagu.counting.vintages import FrozenVintage
from tsunagu.domain.figure import Figure, Period

_COLUMNS = ("period", "population", "category", "definition", "number", "unit", "status", "known-on", "breaks")
NOTES = ("counted", "not-nationwide", "kept-apart", "kept-back", "persons", "measures", "stated", "status")
"""What is to be known of every table, as names of `names.tsv`."""


def own_grid(vintage: FrozenVintage, language: Language) -> Grid:
    """Return a vintage as a table: a row a figure, each with all it needs; what is kept back says so in its place."""
    rows = [_row(figure, language, is_told=is_told) for figure, is_told in figures_of(vintage)]
    title = f"{name_of('word:own-figures', language)} {vintage.year}"
    return Grid(title, tuple(name_of(f"word:{one}", language) for one in _COLUMNS), tuple(rows))


def figures_of(vintage: FrozenVintage) -> Iterator[tuple[Figure, bool]]:
    """Yield every figure and whether it is told; the number of one that is not must not be printed."""
    for table in vintage.tables:
        for row in (*table.counts.names, None):
            for column in range(len(table.counts.periods)):
                yield table.counts.figure(row, column), table.cell(row, column) is not None
    for stage in vintage.stages:
        yield stage.figure, not stage.is_kept_back


def breaks_of(year: int) -> tuple[SeriesBreak, ...]:
    """Return the breaks that figures of a year meet."""
    return breaks_within(Period.year(year), "csam")


def yearly_report(vintage: FrozenVintage, agency: str, language: Language) -> dict[str, Any]:
    """Return what the yearly report says, as plain data: title, tables, notes; the same for the same vintage."""
    return {
        "language": language.value,
        "title": f"{name_of('word:report-title', language)} {vintage.year}",
        "agency": agency,
        "cover": [
            [name_of("word:period", language), str(vintage.year)],
            [name_of("word:status", language), name_of(vintage.status.value, language)],
            [name_of("word:known-on", language), vintage.known_on.isoformat()],
            [name_of("word:population", language), name_of("own", language)],
        ],
        "tables": [_table(one, language) for one in vintage.tables],
        "funnel": {
            "heading": name_of("word:funnel", language),
            "rows": [
                [
                    name_of(one.figure.definition.value, language),
                    name_of("word:kept-back", language) if one.is_kept_back else _with_unit(one.figure, language),
                ]
                for one in vintage.stages
            ],
        },
        "notes_heading": name_of("word:how-counted", language),
        "notes": [name_of(f"note:{one}", language) for one in NOTES],
        "breaks_heading": name_of("word:breaks-heading", language),
        "breaks": [name_of(one.code, language) for one in breaks_of(vintage.year)],
    }


def _table(table: Published, language: Language) -> dict[str, Any]:
    heading = table.heading
    by_force = heading.breakdown is Breakdown.FORCE
    unit, definition = (name_of(one, language) for one in (heading.definition.unit.value, heading.definition.value))
    category = name_of(heading.whole, language)
    names = {row: name_of(f"force:{row}" if by_force else row, language) for row in table.counts.names}
    return {
        "heading": f"{category}: {definition} ({unit}), {name_of(f'word:breakdown-{heading.breakdown}', language)}",
        "columns": [name_of("word:row", language), *map(str, table.counts.periods)],
        "rows": [[names[row], *_cells(table, row, language)] for row in table.counts.names],
        "total": [name_of("word:total", language), *_cells(table, None, language)],
    }


def _cells(table: Published, row: str | None, language: Language) -> list[str]:
    cells = (table.cell(row, column) for column in range(len(table.counts.periods)))
    return [name_of("word:kept-back", language) if one is None else f"{one.number:,}" for one in cells]


def _with_unit(figure: Figure, language: Language) -> str:
    return figure.text if language is Language.ENGLISH else f"{figure.number:,}{name_of(figure.unit.value, language)}"


def _row(figure: Figure, language: Language, *, is_told: bool) -> tuple[Cell, ...]:
    return (
        str(figure.period),
        name_of(figure.population, language),
        name_of(figure.category, language),
        name_of(figure.definition.value, language),
        figure.number if is_told else name_of("word:kept-back", language),
        name_of(figure.unit.value, language),
        name_of(figure.status.value, language),
        str(figure.vintage),
        " ".join(name_of(met.code, language) for met in breaks_within(figure.period, figure.category)),
    )
