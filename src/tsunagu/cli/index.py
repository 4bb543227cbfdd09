"""`index`: the index of what banks know; how it stands, built anew, compared with the record."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.look_ups import hit_json
from tsunagu.cli.output import complaints, print_json, screen
from tsunagu.domain.errors import Unavailable
from tsunagu.domain.look_up import PDQ, Query
from tsunagu.domain.purpose import Purpose
from tsunagu.services.house import House
from tsunagu.services.look_ups.asking import LookedUp, look_up


@click.group()
def index() -> None:
    """The index of what banks know: for the operator, without content."""


@index.command()
@json_option
@click.pass_obj
def status(house: House, *, as_json: bool) -> None:
    """Say how many fingerprints are searched, and how much the published snapshot lacks."""
    with house.open() as rooms:
        began = time.perf_counter()
        state = rooms.known().state()
        opened_s = time.perf_counter() - began
    if as_json:
        print_json(
            {
                "entries": state.entries,
                "snapshot": state.snapshot,
                "position": state.position,
                "pending": state.pending,
                "size_bytes": state.size_bytes,
                "opened_s": round(opened_s, 3),
            }
        )
        return
    screen.print(f"{state.entries:,} fingerprints, {state.size_bytes / 2**20:,.0f} MiB, opened in {opened_s:.1f} s")
    published = "No snapshot is published." if state.snapshot is None else f"The snapshot is number {state.snapshot}."
    screen.print(f"{published} {state.pending:,} changes have come since: they are searched as well.")


@index.command()
@json_option
@click.pass_obj
def build(house: House, *, as_json: bool) -> None:
    """Build a snapshot from the record and publish it: every process takes it within seconds, none waits."""
    with house.open() as rooms, complaints.status("building"):
        began = time.perf_counter()
        position = rooms.known().publish()
        took_s = time.perf_counter() - began
        entries = rooms.known().state().entries
    if as_json:
        print_json({"snapshot": position, "entries": entries, "build_s": round(took_s, 3)})
        return
    screen.print(f"Snapshot {position} of {entries:,} fingerprints is published, built in {took_s:.1f} s.")


@index.command()
@json_option
@click.pass_obj
def verify(house: House, *, as_json: bool) -> None:
    """Compare the newest snapshot with the record, row by row. Exit status: 0 it is whole and agrees, 7 it does not."""
    with house.open() as rooms, complaints.status("comparing"):
        problem = rooms.known().verify()
    if as_json:
        print_json({"ok": problem is None, "problem": problem})
    elif problem is None:
        screen.print("The snapshot is whole, and what the record holds.")
    if problem is not None:
        raise Unavailable(f"{problem}: `tsunagu index build` makes a new one")


@index.command()
@click.argument("fingerprints", nargs=-1, required=True, metavar="HEX...")
@click.option("--purpose", required=True, type=click.Choice([one.value for one in Purpose]), help="Why you ask.")
@json_option
@click.pass_obj
def search(house: House, fingerprints: tuple[str, ...], *, purpose: str, as_json: bool) -> None:
    """Search PDQ fingerprints in the banks that answer you: `ask` for many at once, each on a line."""
    queries = [Query.of_hex(one, PDQ) for one in fingerprints]
    with signed_in(house, purpose) as desk:
        print_known(fingerprints, look_up(queries=queries, known=desk.rooms.known(), **desk.parts), as_json=as_json)


def print_known(fingerprints: Sequence[str], answered: LookedUp, *, as_json: bool) -> None:
    """Print for each fingerprint what the banks that answer know."""
    for one, answer in zip(fingerprints, answered.answers, strict=True):
        hits = [hit_json(hit) for hit in answer.known]
        if as_json:
            print_json({"pdq": one, "searched": "all", "index_version": answered.index_version, "hits": hits})
        else:
            screen.print(f"{one}  {', '.join(hit.bank for hit in answer.known) or 'not known'}", highlight=False)


COMMANDS = (index,)
