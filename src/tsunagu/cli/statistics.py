"""`statistics`: the published figures as a table, which statements about figures can be, and the agency's own ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from tsunagu.cli import own_figures
from tsunagu.cli.house import json_option
from tsunagu.cli.new_files import new_file
from tsunagu.cli.output import print_json, print_table
from tsunagu.counting.breaks import breaks_within
from tsunagu.counting.checking import check_table
from tsunagu.counting.export import csv_bytes, excel_bytes
from tsunagu.counting.grids import Arrangement, chosen, reference_grid, share_of
from tsunagu.counting.names import Language, name_of, share_text
from tsunagu.counting.reference import Reference
from tsunagu.counting.statement_tables import MOST_BYTES, read_rows
from tsunagu.counting.verdicts import Verdict
from tsunagu.domain.figure import Share, Unit

NOT_ALL_POSSIBLE = 1
_SHOWN = 10
"""How many columns a screen shows; files have the sources and notes as well."""
language_option = click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default="en",
    help="In which language, en by default.",
)


@click.group()
def statistics() -> None:
    """Figures with unit, population, period, status and vintage. What others published needs no sign-in."""


@statistics.command("table")
@click.option(
    "--by",
    "arrangement",
    type=click.Choice([one.value for one in Arrangement]),
    default="year",
    help="Years (the default), half-years, the cases of each conduct, or all.",
)
@click.option("--unit", type=click.Choice([one.value for one in Unit]), help="Figures of this unit alone.")
@click.option("--population", help="Of this population alone: nationwide, seized-list, force:14, …")
@click.option("--category", help="Of this category and its parts alone: csam, csam/production, …")
@click.option("--vintages", is_flag=True, help="Also what was changed later.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write a new CSV file instead; - for a pipe.")
@click.option("--excel", "excel_file", type=click.Path(path_type=Path), help="Write a new Excel file instead.")
@language_option
@json_option
def table(
    *,
    arrangement: str,
    unit: str | None,
    population: str | None,
    category: str | None,
    vintages: bool,
    csv_file: Path | None,
    excel_file: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Show the published national figures, the newest vintage of each, with their source and how sure it is.

    These are what others published, not what this installation counts. Exit status: 0, or 1 when there are none such.
    """
    shown = chosen(
        Arrangement(arrangement),
        unit=None if unit is None else Unit(unit),
        population=population,
        category=category,
        all_vintages=vintages,
    )
    grid = reference_grid(shown, Language(language))
    for path, made in ((csv_file, csv_bytes), (excel_file, excel_bytes)):
        if path is not None:
            with new_file(path) as file:
                file.write(made(grid))
    if as_json:
        for one in shown:
            print_json(_reference_json(one))
    elif csv_file is None and excel_file is None:
        rows = [row[:_SHOWN] for row in grid.rows]
        print_table(grid.columns[:_SHOWN], rows, empty="Nothing such was published.")
    sys.exit(0 if shown else NOT_ALL_POSSIBLE)


@statistics.command("check")
@click.argument("file", type=click.File("rb"))
@language_option
@json_option
def check(*, file: BinaryIO, language: str, as_json: bool) -> None:
    """Say of each figure in FILE whether it can be, and why. FILE is CSV or JSON; - reads a pipe.

    Columns: number (1,216, 42.4 %, +316, +15.1 %, x2.72, ~870, 200+), unit (cases, persons, victims, rows), population
    (nationwide, from the list, a police force, …), period (2017, 2017-H1, until 2018-06-30, …); and if you like
    category, definition (cleared, arrested, referred, …), status, than (of a change, the period before).

    Exit status: 0 all are possible, 1 any is impossible or cannot be held against anything, 2 the table was refused.
    """
    data = file.read(MOST_BYTES + 1)
    rows = read_rows(data)
    verdicts = check_table(rows)
    spoken = Language(language)
    if as_json:
        for number, (row, verdict) in enumerate(zip(rows, verdicts, strict=True), start=1):
            print_json(_verdict_json(number, row, verdict, spoken))
    else:
        heads = ("row", "figure", "verdict", "why", "published")
        cells = [
            _verdict_cells(number, row, one, spoken)
            for number, (row, one) in enumerate(zip(rows, verdicts, strict=True), 1)
        ]
        print_table(heads, cells, empty="There are no figures.", whole=("row", "figure"))
    sys.exit(0 if all(one.is_possible for one in verdicts) else NOT_ALL_POSSIBLE)


def _verdict_cells(number: int, row: dict[str, str], verdict: Verdict, language: Language) -> tuple[object, ...]:
    stated = " ".join(row.get(column, "") for column in ("number", "unit", "population", "period", "category"))
    published = [share_text(share, language) for share in verdict.shares]
    published += [
        f"{one.text}, {name_of(one.figure.category, language)}, {name_of(one.figure.population, language)}, "
        f"{one.figure.period}, {name_of(one.figure.status.value, language)}"
        for one in verdict.references
    ]
    printable = "".join(one if one.isprintable() else " " for one in stated)
    why = name_of(f"reason:{verdict.reason.value}", language)
    return number, " ".join(printable.split()), name_of(verdict.standing.value, language), why, "; ".join(published)


def _verdict_json(number: int, row: dict[str, str], verdict: Verdict, language: Language) -> dict[str, Any]:
    return {
        "row": number,
        "figure": row,
        "possible": verdict.is_possible,
        "verdict": verdict.standing.value,
        "reason": verdict.reason.value,
        "why": name_of(f"reason:{verdict.reason.value}", language),
        "published": [_reference_json(one) for one in verdict.references],
        "shares": [_share_json(one) for one in verdict.shares],
    }


def _reference_json(one: Reference) -> dict[str, Any]:
    figure = one.figure
    share = share_of(one)
    return {
        "number": figure.number,
        "precision": one.precision.value,
        "unit": figure.unit.value,
        "population": figure.population,
        "category": figure.category,
        "definition": figure.definition.value,
        "period": str(figure.period),
        "status": figure.status.value,
        "vintage": str(figure.vintage),
        "certainty": one.certainty.value,
        "share": None if share is None else _share_json(share),
        "breaks": [met.code for met in breaks_within(figure.period, figure.category)],
        "source": one.source,
        "note": one.note,
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "percent": round(share.percent, 2),
        "numerator": share.part.number,
        "denominator": share.whole.number,
        "unit": share.whole.unit.value,
        "category": share.part.category,
        "of": share.whole.category,
        "period": str(share.whole.period),
        "population": share.whole.population,
    }


for command in own_figures.COMMANDS:
    statistics.add_command(command)
COMMANDS = (statistics,)
