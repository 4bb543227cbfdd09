"""`list import`, `list mapping`, `list resolve`, `list review` and `list status`: a shop's list within a case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tsunagu.cli import seized_mappings
from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.new_files import new_file
from tsunagu.cli.output import complaints, print_json, print_table, screen
from tsunagu.cli.progress import progress_bar
from tsunagu.cli.seized_mappings import mapping_in
from tsunagu.cli.seized_options import case_option, list_option
from tsunagu.cli.seized_places import prefecture
from tsunagu.domain.errors import InputError
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.seized import ListStage, RowPair, SeizedList
from tsunagu.exchange.seized.mapping import mapping_text
from tsunagu.services.house import House
from tsunagu.services.seized.lists import ListView, list_seized
from tsunagu.services.seized.saved_mappings import saved_mapping

REFUSED = 2
Command = Callable[..., None]
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("mapping")
@click.argument("file", type=FILE)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The mapping, a new file; - for a pipe.")
@click.pass_obj
def mapping(house: House, *, file: Path, out: Path) -> None:
    """Propose how FILE is read: which column says what, in which encoding. Look at it, change it, and import by it."""
    from tsunagu.exchange.seized.opening import proposed  # noqa: PLC0415 - no other command needs it

    with file.open("rb") as stream:
        text = mapping_text(proposed(stream, readers=house.tables))
    with new_file(out) as written:
        written.write(text.encode())
    complaints.print("The mapping is written. Look at it before you import by it: it is a proposal.")


@click.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--mapping",
    "mapping_named",
    required=True,
    help="How the list is read: a file, see `list mapping`; or the name of one that you keep, see `list mappings`.",
)
@case_option
@click.option("--exhibit", help="Reference of the exhibit that it is; by default it is called by its SHA-256.")
@purpose_option
@json_option
@click.pass_obj
def import_(
    house: House,
    *,
    file: Path,
    mapping_named: str,
    reference: str,
    exhibit: str | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Seal a shop's list within a case, and keep its rows; after a crash the same command goes on.

    Each row keeps its place and its own bytes. Rows in are rows imported and rows refused, which are told with their
    reason. Exit status: 0, or 2 when any row was refused.
    """
    from tsunagu.services.seized.imports import OfferedFileOfRows, import_seized  # noqa: PLC0415 - no other needs it

    read = mapping_in(Path(mapping_named)) if Path(mapping_named).is_file() else None
    with signed_in(house, purpose) as desk, file.open("rb") as stream, progress_bar("import", 0, unit="rows") as bar:
        if read is None:
            read = saved_mapping(name=mapping_named, **desk.parts)
        offered = OfferedFileOfRows(stream, file.name, read, exhibit)
        done = import_seized(reference=reference, offered=offered, readers=house.tables, told=bar, **desk.parts)
    one = done.seized
    if as_json:
        print_json({**list_json(one), "was_done": done.was_done})
    else:
        _print_import(one, was_done=done.was_done)
    if one.refused:
        raise click.exceptions.Exit(REFUSED)


@click.command("resolve")
@case_option
@list_option
@purpose_option
@json_option
@click.pass_obj
def resolve(house: House, *, reference: str, number: int | None, purpose: str | None, as_json: bool) -> None:
    """Compare the rows of a list with each other: which of them name one person, and in which prefecture he lives.

    The machine proposes. Pairs that it leaves to people wait for `list review`.
    """
    from tsunagu.services.seized.resolving import resolve_seized  # noqa: PLC0415 - no other command needs it

    with signed_in(house, purpose) as desk:
        done = resolve_seized(reference=reference, number=number, **desk.parts)
    if as_json:
        print_json(
            {
                "case": done.case,
                "list": done.number,
                "rows": done.rows,
                "persons": done.persons,
                "pairs_linked": done.linked,
                "pairs_to_people": done.to_people,
                "too_common_keys": done.too_common,
                "links_not_joined": done.not_joined,
                "model": done.model,
            }
        )
        return
    screen.print(
        f"{done.rows:,} rows name {done.persons:,} persons; {done.to_people:,} pairs wait for people "
        "(`tsunagu list review`)."
    )
    for key, count in ((key, count) for key, count in done.too_common.items() if count):
        screen.print(f"{count:,} keys of the kind {key} are shared by too many rows to be compared.")
    if done.not_joined:
        screen.print(f"{done.not_joined:,} links would have joined two people, and were left out.")


@click.command("review")
@case_option
@list_option
@click.option("--pair", nargs=2, type=int, help="Numbers of two rows; without it, pairs that wait for you are listed.")
@click.option("--answer", type=click.Choice([one.value for one in Judgement]), help="none-yet takes your answer back.")
@click.option("--reason", help="Why you answer so; kept with the answer, erased with the list.")
@click.option("--most", default=10, show_default=True, type=click.IntRange(1, 50), help="How many pairs are listed.")
@click.option("--disputed", is_flag=True, help="List those that you and others have answered, and not alike.")
@purpose_option
@json_option
@click.pass_obj
def review(
    house: House,
    *,
    reference: str,
    number: int | None,
    pair: tuple[int, int] | None,
    answer: str | None,
    reason: str | None,
    most: int,
    disputed: bool,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Look at pairs of rows side by side, and say whether they name one person.

    What two people say alike outweighs the machine, both ways; nobody is told what another one said before both have.
    """
    from tsunagu.services.seized import review as service  # noqa: PLC0415 - loads NumPy

    if answer is not None:
        if pair is None or reason is None:
            raise InputError("an answer needs a pair (--pair) and a reason (--reason)")
        with signed_in(house, purpose) as desk:
            settled = service.answer_pair(
                pair=_ordered(pair),
                answer=Judgement(answer),
                reason=reason,
                reference=reference,
                number=number,
                **desk.parts,
            )
        if as_json:
            print_json({"rows": sorted(pair), "answer": answer, "settled": settled.value})
        else:
            screen.print("It is kept." if settled is Judgement.NONE_YET else f"Two people say alike: {settled.value}.")
        return
    with signed_in(house, purpose) as desk:
        if pair is not None:
            one = service.view_pair(pair=_ordered(pair), reference=reference, number=number, **desk.parts)
            view = service.PairsView((one,), 0)
        else:
            view = service.list_pairs(most=most, disputed=disputed, reference=reference, number=number, **desk.parts)
    for one in view.pairs:
        _tell_pair(one, as_json=as_json)
    if not as_json and pair is None:
        screen.print(_waiting(view.waiting, disputed=disputed))


@click.command("status")
@click.option("--case", "reference", help="Reference of one case; without it, all of yours.")
@purpose_option
@json_option
@click.pass_obj
def status(house: House, *, reference: str | None, purpose: str | None, as_json: bool) -> None:
    """Tell how far seized lists are: every stage with its unit, and of how many."""
    with signed_in(house, purpose) as desk:
        views = list_seized(reference=reference, **desk.parts)
    for view in views:
        if as_json:
            print_json({**list_json(view.seized), "stages": [stage_json(one) for one in view.stages]})
        else:
            _print_status(view)
    if not views and not as_json:
        screen.print("No case of yours has a seized list.")


def list_json(one: SeizedList) -> dict[str, Any]:
    """Return a list for machines."""
    return {
        "case": one.case,
        "list": one.number,
        "file": one.name,
        "sha256": one.sha256.hex(),
        "bytes": one.size_bytes,
        "rows": one.rows,
        "imported": one.imported,
        "refused": dict(one.refused),
        "oddities": dict(one.oddities),
        "whole": one.imported_at is not None,
        "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
    }


def stage_json(one: ListStage) -> dict[str, Any]:
    """Return a stage for machines: never a count without its unit."""
    return {
        "stage": one.stage,
        "count": one.count,
        "unit": one.unit.value,
        "of": one.of or None,
        "denominator": one.whole,
        "parts": dict(one.parts),
    }


def _waiting(count: int, *, disputed: bool) -> str:
    if disputed:
        return f"{count:,} pairs are disputed." if count else "No pair that you have answered is disputed."
    return f"{count:,} pairs wait for you." if count else "No pair waits for you."


def _ordered(pair: tuple[int, int]) -> tuple[int, int]:
    return min(pair), max(pair)


def _print_import(one: SeizedList, *, was_done: bool) -> None:
    if was_done:
        screen.print("This list was imported before; nothing was done.")
    screen.print(f"{one.rows:,} rows: {one.imported:,} imported, {one.rows - one.imported:,} refused.")
    for reason, count in sorted(one.refused.items()):
        screen.print(f"refused, {reason}: {count:,}", markup=False)
    for what, count in sorted(one.oddities.items()):
        screen.print(f"{what}: {count:,} cells", markup=False)


def _print_status(view: ListView) -> None:
    one = view.seized
    screen.print(f"{one.case}, list {one.number}", markup=False)
    rows = [
        (each.stage, f"{each.count:,} {each.unit}", f"of {each.whole:,} ({each.of})" if each.whole is not None else "")
        for each in view.stages
    ]
    print_table(("stage", "count", "of"), rows, empty="")


def _tell_pair(one: RowPair, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "rows": [one.one, one.other],
                "zone": one.zone,
                "cells": {told.value: list(both) for told, both in one.cells.items()},
                "reasons": [
                    {"field": name, "agreement": how, "bits": round(bits, 2)} for name, how, bits in one.reasons
                ],
                "bits": round(one.total_bits, 2),
                "own": one.own.value,
                "said": one.said,
                "settled": one.settled.value,
                "answers": [each.value for each in one.answers],
            }
        )
        return
    rows = [(told.value, *both) for told, both in one.cells.items()]
    print_table(("", f"row {one.one}", f"row {one.other}"), rows, empty="")
    for name, how, bits in one.reasons:
        screen.print(f"  {name}: {how} ({bits:+.1f})", markup=False)
    if one.answers:
        screen.print(f"  answered: {', '.join(each.value for each in one.answers)}; your answer stands first")
    screen.print(f"  together {one.total_bits:+.1f} bits; the machine proposes: {one.zone}", markup=False)


COMMANDS = (mapping, *seized_mappings.COMMANDS, import_, resolve, review, prefecture, status)
