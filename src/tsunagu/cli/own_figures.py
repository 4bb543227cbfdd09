"""`statistics freeze`, `vintages` and `own`: the agency's own figures, counted from acts and outcomes, and kept."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.new_files import new_file
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.counting.breaks import breaks_within
from tsunagu.counting.export import csv_bytes, excel_bytes
from tsunagu.counting.names import Language
from tsunagu.counting.own_grids import figures_of, own_grid, yearly_report
from tsunagu.domain.figure import Figure, FigureStatus
from tsunagu.exchange.typesetting import Typesetter
from tsunagu.exchange.yearly_report import report_pdf
from tsunagu.services.figures import own_figures as service
from tsunagu.services.figures.own_figures import VintageSummary
from tsunagu.services.house import House

_SHOWN = 8
"""How many columns a screen shows; files tell of breaks as well."""
_YEAR = click.IntRange(service.FIRST_YEAR, 9999)


@click.command("freeze")
@click.option("--year", required=True, type=_YEAR, help="The calendar year.")
@click.option("--status", required=True, type=click.Choice([one.value for one in FigureStatus]))
@purpose_option
@json_option
@click.pass_obj
def freeze(house: House, *, year: int, status: str, purpose: str | None, as_json: bool) -> None:
    """Count what your agency did and was told of, and keep the tables of a year as they are known today.

    Nothing of it is ever changed: what is corrected later makes a new vintage.
    """
    with signed_in(house, purpose) as desk:
        made = service.freeze_figures(year=year, status=FigureStatus(status), **desk.parts)
    if as_json:
        print_json({**_summary_json(made), "unread": made.unread})
        return
    screen.print(f"Frozen: {made.year}, as known on {made.known_on.isoformat()}, {made.status.value}.")
    if made.unread:
        screen.print(f"{made.unread} packages could not be read: what became of them counts without a conduct.")


@click.command("vintages")
@purpose_option
@json_option
@click.pass_obj
def vintages(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the vintages of your agency's own figures, the newest first."""
    with signed_in(house, purpose) as desk:
        found = service.list_vintages(**desk.parts)
    if as_json:
        for one in found:
            print_json(_summary_json(one))
        return
    rows = [(one.year, one.known_on, one.status, f"{one.frozen_at:%Y-%m-%d %H:%M}") for one in found]
    print_table(("year", "as known on", "status", "frozen at (UTC)"), rows, empty="Nothing was frozen yet.")


@click.command("own")
@click.argument("year", type=_YEAR)
@click.option("--known-on", type=click.DateTime(["%Y-%m-%d"]), help="The day of the vintage; the newest when left out.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write a new CSV file instead; - for a pipe.")
@click.option("--excel", "excel_file", type=click.Path(path_type=Path), help="Write a new Excel file instead.")
@click.option("--pdf", "pdf_file", type=click.Path(path_type=Path), help="Write the yearly report (PDF) instead.")
@click.option("--language", type=click.Choice([one.value for one in Language]), default="en", help="en by default.")
@purpose_option
@json_option
@click.pass_obj
def own(
    house: House,
    *,
    year: int,
    known_on: datetime | None,
    csv_file: Path | None,
    excel_file: Path | None,
    pdf_file: Path | None,
    language: str,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Show your agency's own figures of a year, as they were frozen. The same vintage is always the same bytes.

    Where a number is small, or one could be worked out, it says `kept back`; `--json` says null.
    """
    typesetter = None if pdf_file is None else Typesetter()
    spoken, day = Language(language), None if known_on is None else known_on.date()
    with signed_in(house, purpose) as desk:
        read = service.read_vintage(year=year, known_on=day, **desk.parts)
    vintage, grid = read.vintage, own_grid(read.vintage, spoken)
    for path, made in ((csv_file, csv_bytes), (excel_file, excel_bytes)):
        if path is not None:
            with new_file(path) as file:
                file.write(made(grid))
    if pdf_file is not None and typesetter is not None:
        name = read.agency.local_name if spoken is Language.JAPANESE and read.agency.local_name else read.agency.name
        with new_file(pdf_file) as file:
            told = yearly_report(vintage, name, spoken)
            file.write(report_pdf(told, typesetter, known_on=vintage.known_on))
    if as_json:
        for figure, is_told in figures_of(vintage):
            print_json(_figure_json(figure, is_told=is_told))
    elif csv_file is None and excel_file is None and pdf_file is None:
        print_table(grid.columns[:_SHOWN], [row[:_SHOWN] for row in grid.rows], empty="")


def _summary_json(one: VintageSummary) -> dict[str, Any]:
    known_on: date = one.known_on
    return {
        "year": one.year,
        "known_on": known_on.isoformat(),
        "status": one.status.value,
        "frozen_at": one.frozen_at.isoformat(),
    }


def _figure_json(figure: Figure, *, is_told: bool) -> dict[str, Any]:
    return {
        "number": figure.number if is_told else None,
        "unit": figure.unit.value,
        "population": figure.population,
        "category": figure.category,
        "definition": figure.definition.value,
        "period": str(figure.period),
        "status": figure.status.value,
        "vintage": str(figure.vintage),
        "breaks": [met.code for met in breaks_within(figure.period, figure.category)],
    }


COMMANDS = (freeze, vintages, own)
