"""`backup`, `restore`, `upgrade`, `status`: what keeps an installation alive for years. None of it prints content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tsunagu.cli.house import json_option
from tsunagu.cli.operator import print_checks
from tsunagu.cli.output import complaints, counted, print_json, screen
from tsunagu.records.ledger.signing import root_fields, root_to_json
from tsunagu.records.s3 import SCHEME
from tsunagu.services.erasures.replaying import Replayed
from tsunagu.services.house import House

folder = click.Path(path_type=Path, file_okay=False)


class _Place(click.Path):
    """A folder, or a place in a bucket."""

    name = "folder or s3://bucket/prefix"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a folder as a path, and a place in a bucket as it was typed."""
        if isinstance(value, str) and value.startswith(SCHEME):
            return value
        return super().convert(value, param, ctx)


place = _Place(path_type=Path, file_okay=False)


@click.command()
@click.option("--to", "target", type=place, help="The backup makes a folder of its own in it.")
@json_option
@click.pass_obj
def backup(house: House, *, target: Path | str | None, as_json: bool) -> None:
    """Copy the database, encrypted, and the ledger's signed roots, while others go on working.

    Without --to it goes where the settings say, to `backup_folder` or `backup_bucket`. A place in a bucket is written
    s3://bucket/prefix; its server and key come from the settings. The keys are not in a backup: without the
    custodians' shares (`tsunagu keys export`) nobody can read it. Standard output is the ledger's root alone, one
    line, to be kept elsewhere: a restore asks for it.
    """
    taken = house.operator().back_up(target)
    if as_json:
        print_json(
            {
                "backup": taken.place,
                "entries": taken.manifest.entries,
                "size_bytes": sum(one.size_bytes for one in taken.manifest.files.values()),
                "root": root_fields(taken.root) if taken.root else None,
            }
        )
        return
    complaints.print(f"The backup is {taken.place}", markup=False, soft_wrap=True)
    complaints.print(
        "The keys are not in it: without the two custodians' shares (`tsunagu keys export`) nobody opens it."
    )
    if taken.root is not None:
        complaints.print("Give this root to somebody else to keep, in a file of its own:")
        click.echo(root_to_json(taken.root))


@click.command()
@click.option("--from", "source", required=True, type=place, help="A backup, or where backups are: the newest.")
@click.option("--roots", type=folder, help="A folder with the roots that were kept elsewhere, each in a file.")
@click.option(
    "--erasures",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The list of erasures that was kept elsewhere, as `tsunagu ledger erasures` printed it.",
)
@json_option
@click.pass_obj
def restore(house: House, *, source: Path | str, roots: Path | None, erasures: Path | None, as_json: bool) -> None:
    """Bring a backup back into a home that holds its keys (`tsunagu keys restore`) and nothing else.

    The ledger is verified against the roots of the backup and those kept elsewhere. Where it is shorter than one of
    them, or does not fit, the home stays closed and says why. Uploads that were not examined yet are in no backup:
    they end as failed, and say so to their officers.

    What was erased after the backup was made has come back with it. It is erased again, as far as the list of erasures
    tells of it.
    """
    done = house.operator().restore(source, roots, erasures)
    report, replayed = done.report, done.replayed
    if as_json:
        again = {
            "known_until": replayed.known_until.isoformat() if replayed.known_until else None,
            "done_again": replayed.done_again,
            "known": replayed.known,
            "absent": replayed.absent,
            "other_content": replayed.other_content,
            "withdrawn_again": replayed.withdrawn_again,
        }
        told = {"ledger_ok": True, "entries": report.entries, "proven": report.proven, "roots": bool(roots)}
        print_json(told | {"erasures": again})
        return
    screen.print(
        f"Restored: {report.entries:,} entries of the ledger, sound; {report.proven:,} proven by signed roots."
    )
    if roots is None:
        screen.print("No root kept elsewhere was asked: whether the newest backup was taken away, nobody can tell.")
    screen.print(
        "Officers, passwords and second factors are as they were in the backup. All sign-ins, keys of programs, "
        "invitations, proposals and grants have ended, and nobody is certified: let those who left since leave again, "
        "then certify the others (`tsunagu officer end`, `tsunagu officer certify`)."
    )
    _print_replayed(replayed)


def _print_replayed(replayed: Replayed) -> None:
    if replayed.known_until is None:
        screen.print(
            "No list of erasures was given: what was erased after this backup was made is back, and nobody here can "
            "tell what. Erase it again.",
            style="bold",
        )
        return
    done = counted(replayed.done_again, "erasure was", "erasures were")
    screen.print(f"{done} done again; the backup knew of {replayed.known:,}; {replayed.absent:,} had nothing to erase.")
    if replayed.other_content:
        screen.print(f"{replayed.other_content:,} of them took away something else than the first time.")
    if replayed.withdrawn_again:
        screen.print(f"{counted(replayed.withdrawn_again, 'submission was', 'submissions were')} withdrawn again.")
    screen.print(f"Erasures after {replayed.known_until:%Y-%m-%d %H:%M} UTC cannot be known here: erase those again.")


@click.command()
@click.pass_obj
def upgrade(house: House) -> None:
    """Bring the tables up to date with this release. Make a backup first, and stop what works with them."""
    count = house.operator().upgrade()
    done = f"{counted(count, 'change was', 'changes were')} made to the tables."
    screen.print(done if count else "The tables are up to date already.")


@click.command()
@json_option
@click.pass_obj
def status(house: House, *, as_json: bool) -> None:
    """Show how the installation stands: database, last root, last backup, waiting work, sizes. No content."""
    found = house.operator().status()
    if as_json:
        print_json({one.name: one.detail for one in found})
    else:
        print_checks(found, as_json=False)


COMMANDS = (backup, restore, upgrade, status)
