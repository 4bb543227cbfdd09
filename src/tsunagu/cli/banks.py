"""`bank`: named sets of known content."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.media import Examined, Refusal
from tsunagu.media.walk import walk
from tsunagu.services.banks import extend_bank, list_banks, open_bank
from tsunagu.services.examination import examine_all
from tsunagu.services.house import House

REFUSED = 2


@click.group()
def bank() -> None:
    """Banks: named sets of known content. A benign bank silences collisions."""


@bank.command("open")
@click.argument("name")
@click.option("--semantics", required=True, type=click.Choice([one.value for one in BankSemantics]))
@click.option("--ground", required=True, help="The legal ground on which your agency may keep it.")
@click.pass_obj
def open_(house: House, name: str, *, semantics: str, ground: str) -> None:
    """Open an empty bank."""
    with signed_in(house, None) as desk:
        open_bank(
            actor=desk.actor,
            name=name,
            semantics=BankSemantics(semantics),
            legal_ground=ground,
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
        )
    screen.print("The bank is open. Next: `tsunagu bank add` fills it.")


@bank.command("add")
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes))
@click.pass_obj
def add(house: House, name: str, paths: tuple[bytes, ...]) -> None:
    """Add the digests and fingerprints of files to a bank; the files are not stored.

    What a benign bank holds silences hits, also those of overlaps that are not shared yet, and cannot be taken back
    here: look at the files first. How many of the hits that you see it silences is told.

    Exit status: 0, or 2 when any file was refused.
    """
    with signed_in(house, None) as desk, house.decoder() as decoder:
        refused: Counter[Refusal] = Counter()
        examined = examine_all(walk(paths), decoder=decoder, workers=house.workers)
        added = extend_bank(
            actor=desk.actor,
            name=name,
            examined=_told_of((item for _, items in examined for item in items), refused),
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
            queue=desk.rooms.queue,
        )
    screen.print(f"{counted(added.entries, 'digest or fingerprint', 'digests and fingerprints')} given.")
    hits = counted(added.silenced, "hit", "hits")
    screen.print(f"{hits} that you see {'is' if added.silenced == 1 else 'are'} silenced by that, on both sides.")
    for reason, count in refused.items():
        screen.print(Text(f"refused {count:,}: {reason}", style="yellow"))
    sys.exit(REFUSED if refused else 0)


def _told_of(examined: Iterable[Examined], refused: Counter[Refusal]) -> Iterator[Examined]:
    for one in examined:
        if one.refused:
            refused[one.refused] += 1
        yield one


@bank.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the banks of your agency."""
    with signed_in(house, purpose) as desk:
        found = list_banks(actor=desk.actor, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger)
    if as_json:
        for one in found:
            print_json(
                {"bank": one.name, "semantics": one.semantics.value, "ground": one.legal_ground, "entries": one.entries}
            )
        return
    rows = [(one.name, one.semantics, one.entries, one.legal_ground) for one in found]
    columns = ("bank", "semantics", "entries", "ground")
    print_table(columns, rows, empty="Your agency has no bank yet: `tsunagu bank open`.", whole=("bank",))


COMMANDS = (bank,)
