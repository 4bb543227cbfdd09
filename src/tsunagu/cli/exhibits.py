"""`exhibit`: what concerns one exhibit as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from tsunagu.cli.house import now, purpose_option, signed_in
from tsunagu.cli.new_files import check_is_new
from tsunagu.cli.output import counted, screen
from tsunagu.domain.erasure import WITHDRAWAL_GROUNDS, Consequences, ErasureGround
from tsunagu.records.keys.exhibit_keys import key_to_file
from tsunagu.records.keys.private_files import create_private
from tsunagu.services.cases.life import withdraw_exhibit, withdrawal_consequences
from tsunagu.services.house import House
from tsunagu.services.intake.exhibit_keys import LIFETIME, give_exhibit_key


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


@exhibit.command("withdraw")
@click.option("--case", "case_reference", required=True, help="The case's reference.")
@click.option("--exhibit", "exhibit_reference", required=True, help="The exhibit's reference.")
@click.option(
    "--ground",
    required=True,
    type=click.Choice([one.value for one in WITHDRAWAL_GROUNDS]),
    help="Why; the ledger keeps it.",
)
@click.option("--yes", is_flag=True, help="Do it; without this the consequences are told, and nothing is done.")
@click.pass_obj
def withdraw(house: House, *, case_reference: str, exhibit_reference: str, ground: str, yes: bool) -> None:
    """Take an exhibit out of a case for good, with everything that was learnt of it.

    Places, contents that you hold nowhere else, fingerprints, intakes and hits go, and cannot be brought back; the
    files themselves stay where they lie. The ledger keeps a proof without content.
    """
    with signed_in(house, None) as desk:
        if not yes:
            would = withdrawal_consequences(reference=case_reference, exhibit=exhibit_reference, **desk.parts)
            print_consequences(would)
            screen.print("Add --yes to do it.")
            return
        withdraw_exhibit(
            reference=case_reference,
            exhibit=exhibit_reference,
            ground=ErasureGround(ground),
            queue=desk.rooms.queue,
            **desk.parts,
        )
    screen.print("The exhibit is withdrawn, and what was learnt of it is erased.")


def print_consequences(would: Consequences) -> None:
    """Print what would go."""
    screen.print(
        f"{counted(would.exhibits, 'exhibit', 'exhibits')} with {counted(would.places, 'place', 'places')} would go, "
        f"and {counted(would.items, 'content', 'contents')} held nowhere else with all fingerprints."
    )
    if would.rows:
        rows = counted(would.rows, "row", "rows")
        screen.print(f"{rows} of seized lists would go, with the persons whom they name and all answers.")
    if would.reports:
        screen.print(f"{counted(would.reports, 'report', 'reports')} that were merged into the case would go.")
    screen.print(
        f"The case was told of {counted(would.overlaps, 'overlap', 'overlaps')}: those that rest on nothing else end, "
        "and the other sides see that. Nothing brings it back."
    )


COMMANDS = (exhibit,)
