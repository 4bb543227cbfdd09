"""`exhibit`: what concerns one exhibit as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from tsunagu.cli.house import now, purpose_option, signed_in
from tsunagu.cli.new_files import check_is_new
from tsunagu.cli.output import screen
from tsunagu.records.keys.exhibit_keys import key_to_file
from tsunagu.records.keys.private_files import create_private
from tsunagu.services.exhibit_keys import LIFETIME, give_exhibit_key
from tsunagu.services.house import House


@click.group()
def exhibit() -> None:
    """Exhibits of the cases you work on."""


@exhibit.command("key")
@click.option("--case", "case_reference", required=True, help="The case's reference.")
@click.option("--exhibit", "exhibit_reference", required=True, help="The exhibit's reference, registered if it is new.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new file that takes the key.")
@purpose_option
@click.pass_obj
def key(house: House, *, case_reference: str, exhibit_reference: str, out: Path, purpose: str | None) -> None:
    """Give out a key by which `scan` signs what it learns of this exhibit elsewhere.

    Whoever has the file can sign scans of this one exhibit until it expires, so keep it with the exhibit.
    """
    check_is_new(out)
    with signed_in(house, purpose) as desk:
        made = give_exhibit_key(
            actor=desk.actor,
            case_reference=case_reference,
            exhibit_reference=exhibit_reference,
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
        )
    create_private(out, key_to_file(made))
    screen.print(f"The key vouches for scans of this exhibit for {LIFETIME.days} days.")


COMMANDS = (exhibit,)
