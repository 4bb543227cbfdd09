"""`list`: what is done with a shop's seized list of customers, and inventing one to try the work on."""

from __future__ import annotations

from pathlib import Path

import click

from tsunagu.cli.new_files import TO_PIPE, check_is_new, new_file
from tsunagu.cli.output import complaints
from tsunagu.cli.progress import progress_bar
from tsunagu.cli.seized_lists import COMMANDS as OF_A_CASE
from tsunagu.domain.errors import InputError


@click.group("list")
def lists() -> None:
    """Work with a seized list of customers: its rows are leads, and name nobody guilty."""


@lists.command("generate")
@click.option("--rows", default=7000, show_default=True, type=click.IntRange(1, 2_000_000))
@click.option("--seed", default=1, show_default=True, type=int, help="The same seed gives the same bytes.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The list, a new file; - for a pipe.")
@click.option("--truth", required=True, type=click.Path(path_type=Path), help="What is true of each row, a new file.")
@click.option("--encoding", default="cp932", show_default=True, type=click.Choice(["cp932", "utf-8"]))
def generate(*, rows: int, seed: int, out: Path, truth: Path, encoding: str) -> None:
    """Invent a shop's list of customers, for trying and teaching: nobody in it is real.

    It has the mistakes of real ones. What is true of its rows goes into a file of its own.
    """
    from tsunagu.resolution.invented.writing import write_list  # noqa: PLC0415 - loads the tables of places

    if truth in {TO_PIPE, out}:
        raise InputError("the truth goes into a file of its own")
    check_is_new(truth)
    with new_file(out) as list_file, new_file(truth) as truth_file, progress_bar("invent", rows, unit="rows") as bar:
        write_list(rows, seed, out=list_file, truth=truth_file, encoding=encoding, told=bar)
    complaints.print("The list is written, and what is true of it beside it.")


for one in OF_A_CASE:
    lists.add_command(one)
COMMANDS = (lists,)
