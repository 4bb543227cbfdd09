"""`bank import` and `bank export`: lists of others brought into a bank, and a bank written as one."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.new_files import new_file
from tsunagu.cli.output import complaints, counted, print_json, screen
from tsunagu.cli.progress import progress_bar
from tsunagu.domain.bank import BankSemantics
from tsunagu.exchange.reading import Of256Bits, Stated
from tsunagu.exchange.registry import READERS
from tsunagu.services.banks.category_tables import tables_of, told_tables
from tsunagu.services.banks.exports import ListFormat, export_bank
from tsunagu.services.banks.imported_lists import ImportReport, ListToImport
from tsunagu.services.house import House

REFUSED = 2


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "format_name", required=True, type=click.Choice(sorted(READERS)))
@click.option("--semantics", required=True, type=click.Choice([one.value for one in BankSemantics]))
@click.option("--bank", "name", help="The bank; opened where there is none. By default it is called as the file is.")
@click.option("--ground", help="The legal ground, where the bank is opened; `bank change` states it later.")
@click.option(
    "--hex-is", type=click.Choice([one.value for one in Of256Bits]), help="What 64 unnamed hexadecimal digits are."
)
@click.option(
    "--categories",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='What categories mean, as JSON: {"context/version": {"1": "meaning"}}. Without it they stay unmapped.',
)
@json_option
@click.pass_obj
def import_list(house: House, /, file: Path, *, name: str | None, as_json: bool, **stated: Any) -> None:
    """Bring a list of others into a bank, streamed; after a crash the same command goes on.

    Until the list's end none of its rows answers. What is near too much of what you declared benign, or asked for
    lately, goes into quarantine. Exit status: 0, or 2 when any row was refused.
    """
    with signed_in(house, None) as desk, file.open("rb") as stream:
        from tsunagu.services.banks.imports import import_list as bring_in  # noqa: PLC0415 - loads the kernels

        table = stated["categories"]
        coming = ListToImport(
            stream,
            stated["format_name"],
            Stated(
                Of256Bits(stated["hex_is"]) if stated["hex_is"] else None,
                tables_of(told_tables(table.read_text(encoding="utf-8", errors="replace") if table else "")),
            ),
            name or file.stem,
            BankSemantics(stated["semantics"]),
            stated["ground"],
        )
        rooms = desk.rooms
        with progress_bar("import", file.stat().st_size >> 20, unit="MiB") as bar:
            report = bring_in(
                actor=desk.actor,
                coming=coming,
                known=rooms.known(),
                clock=now,
                keys=rooms.keys,
                ledger=rooms.ledger,
                queue=rooms.queue,
                told=lambda _, read: bar(read >> 20),
            )
    if as_json:
        print_json(asdict(report))
    else:
        _print_import(report)
    sys.exit(REFUSED if report.refused else 0)


def _print_import(report: ImportReport) -> None:
    if report.was_done:
        screen.print("This list was imported before: nothing was done.")
    screen.print(f"{counted(report.rows_in, 'row', 'rows')}, {report.imported:,} new to the bank {report.bank!r}.")
    if report.repeated:
        screen.print(f"{report.repeated:,} were there already.")
    for reason, count in sorted(report.refused.items()):
        screen.print(Text(f"refused {count:,}: {reason}", style="yellow"))
    for field, count in sorted(report.lost_fields.items()):
        screen.print(Text(f"left behind {count:,}: {field}", style="yellow"))
    if report.held:
        screen.print(Text(f"in quarantine {report.held:,}: see `tsunagu bank show`", style="yellow"))
    if report.is_unfounded:
        screen.print(Text("No legal ground was stated: `tsunagu bank change --ground` states it.", style="yellow"))


@click.command("export")
@click.argument("name")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The list, a new file; - for a pipe.")
@click.option("--format", "format_name", required=True, type=click.Choice([one.value for one in ListFormat]))
@click.pass_obj
def export_list(house: House, name: str, *, out: Path, format_name: str) -> None:
    """Write a bank as a list that others read; what cannot travel in that format is told."""
    with signed_in(house, None) as desk, new_file(out) as file:
        report = export_bank(name=name, format_=ListFormat(format_name), out=file, **desk.parts)
    for field, count in sorted(report.lost.items()):
        complaints.print(Text(f"left behind {count:,}: {field}", style="yellow"))
    complaints.print("The bank is written.")
