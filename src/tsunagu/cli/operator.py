"""`db`, `ledger`, `keys`, `doctor`: the operator's commands, which print no content; and the auditor's look."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

import click

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.identity import ask_secret
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.cli.proofs import held_root, key_option, prove, verify_proof
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.ledger import LedgerReport
from tsunagu.records.ledger.signing import root_to_json
from tsunagu.services.agencies.officers import officer_logins
from tsunagu.services.erasures.replaying import list_erasures
from tsunagu.services.house import Check, House
from tsunagu.services.ledger.accounts import read_ledger, sign_root, verify_ledger
from tsunagu.services.parts import Keys, Ledger

FAILED = 1


class _Parts(TypedDict):
    """What the auditor's services are given."""

    actor: Actor
    now: datetime
    keys: Keys
    ledger: Ledger


@click.group()
def db() -> None:
    """The database: an operator's commands."""


@db.command("status")
@json_option
@click.pass_obj
def status(house: House, *, as_json: bool) -> None:
    """Say how the database stands, without starting it."""
    print_checks(house.operator().database_state(), as_json=as_json)


@db.command("run")
@click.pass_obj
def run(house: House) -> None:
    """Keep the embedded database running until SIGTERM, for services that come and go.

    Every command starts it where it does not run, and stops it when nobody else needs it: this holds it open between
    them.
    """
    house.operator().run_database()


@db.command("roles-sql")
@click.pass_obj
def roles_sql(house: House) -> None:
    """Print what an administrator of a server of your own runs when its owner role may not create roles.

    It holds the new roles' passwords as verifiers. Nothing is changed by printing it.
    """
    click.echo(house.operator().roles_sql())


@click.group()
def ledger() -> None:
    """The ledger: who did what, why and when."""


@ledger.command("verify")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A root that somebody else holds, as `ledger root` printed it.",
)
@click.option(
    "--proof",
    "proof_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Check this proof alone, as `ledger prove --json` printed it; it takes no ledger.",
)
@key_option
@json_option
@click.pass_obj
def verify(
    house: House, *, against: Path | None, proof_file: Path | None, key_file: Path | None, as_json: bool
) -> None:
    """Recompute the whole ledger and compare it with the signed roots outside the database; or check one proof.

    A second agency checks a proof with nothing but the root that it holds, or with the ledger's public key.

    Prints no content. Exit status: 0 sound, 1 not, 4 there is no entry and so nothing was proven, 7 there is no
    database or there are no keys.
    """
    if proof_file is not None:
        verify_proof(proof_file, held=held_root(against), key_file=key_file, as_json=as_json)
    if key_file is not None:
        raise InputError("the ledger here is checked by its own keys: --key goes with --proof")
    house.operator().refuse_without_database()
    with house.open() as rooms:
        report = verify_ledger(
            store=rooms.roots,
            public_keys=rooms.keys.public_keys(),
            witnessed=tuple(one for one in (held_root(against),) if one),
        )
        if report.is_sound and not report.entries:
            raise NotFound("the ledger holds no entry, and none was signed: there is nothing to verify")
        _print_report(report, as_json=as_json)
        if not report.is_sound:
            sys.exit(FAILED)  # within the house, which signs whatever it holds when it is left in peace
    house.operator().note_verified(report)


@ledger.command("root")
@click.pass_obj
def root(house: House) -> None:
    """Sign all entries up to the newest and print the root, to be held by somebody else."""
    house.operator().refuse_without_database()
    with house.open() as rooms:
        signed = sign_root(store=rooms.roots, signer=rooms.keys.signer(), now=now())
    if signed is None:
        screen.print("The ledger is empty: there is nothing to sign.")
    else:
        click.echo(root_to_json(signed))


@ledger.command("erasures")
@click.pass_obj
def erasures(house: House) -> None:
    """Print the signed list of all erasures, to be held by somebody else: a restore does them again.

    It holds opaque ids, times and roots; nothing in it names anybody.
    """
    house.operator().refuse_without_database()
    with house.open() as rooms:
        lines = list_erasures(now=now(), signer=rooms.keys.signer())
    for line in lines:
        click.echo(line)


@ledger.command("show")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 10_000))
@purpose_option
@json_option
@click.pass_obj
def show(house: House, *, most: int, purpose: str | None, as_json: bool) -> None:
    """Show the newest entries of your agency, its officers by their logins; an auditor's command."""
    with signed_in(house, purpose) as desk:
        parts: _Parts = {"actor": desk.actor, "now": now(), "keys": desk.rooms.keys, "ledger": desk.rooms.ledger}
        entries = read_ledger(most=most, **parts)
        logins = {str(officer_id): login for officer_id, login in officer_logins(**parts).items()}
    if as_json:
        for entry in entries:
            print_json(entry | {"login": logins.get(entry.get("officer", ""))})
        return
    rows = [
        (
            entry["entry"],
            entry["at"],
            entry["act"],
            entry.get("purpose", ""),
            _officer(entry, logins),
            json.dumps({name: logins.get(str(value), value) for name, value in entry.get("details", {}).items()}),
        )
        for entry in entries
    ]
    columns = ("entry", "at", "act", "purpose", "officer", "details")
    print_table(columns, rows, empty="No entry yet.", whole=("entry", "act", "officer"))


def _officer(entry: Mapping[str, Any], logins: Mapping[str, str]) -> str:
    """Return who did it: by his login, by his id where the login is not known, or the machine."""
    officer = entry.get("officer")
    return logins.get(officer, officer) if officer else "the machine"


@click.group()
def keys() -> None:
    """The keys outside the database: an operator's commands."""


@keys.command("init")
@click.pass_obj
def init_keys(house: House) -> None:
    """Make the keys of a new home. Then hand their shares to two custodians: `tsunagu keys export`."""
    house.operator().create_keys()
    screen.print("The keys are made. Next: `tsunagu keys export FOLDER`, with two custodians.")


@keys.command("rotate")
@click.pass_obj
def rotate(house: House) -> None:
    """Change every key. What was sealed before still opens; the second factors are sealed anew."""
    resealed = house.operator().rotate_keys()
    screen.print(f"The keys are changed; {resealed} second factors were sealed anew. Export them again.")


@keys.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(house: House, folder: Path) -> None:
    """Write two shares of the keys into FOLDER, one a custodian; either alone reveals nothing.

    The custodians' passphrases are asked for, or read from standard input, one a line.
    """
    passphrases = (
        ask_secret("First custodian's passphrase", confirm=True),
        ask_secret("Second custodian's passphrase", confirm=True),
    )
    for share in house.operator().export_keys(folder, passphrases):
        click.echo(share)


@keys.command("restore")
@click.argument("first", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("second", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def restore(house: House, first: Path, second: Path) -> None:
    """Bring the keys back from both custodians' shares, FIRST and SECOND."""
    passphrases = ask_secret("First custodian's passphrase"), ask_secret("Second custodian's passphrase")
    house.operator().restore_keys((first, second), passphrases)
    screen.print("The keys are back.")


@click.command()
@json_option
@click.pass_obj
def doctor(house: House, *, as_json: bool) -> None:
    """Examine the installation. Exit status: 0 all is well, 1 something is not.

    Beside each check stands ok, NOT OK, or a dash where something is told and nothing is judged.
    """
    checks = house.operator().check()
    print_checks(checks, as_json=as_json)
    sys.exit(FAILED if any(one.ok is False for one in checks) else 0)


def _print_report(report: LedgerReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "ledger_ok": report.is_sound,
                "entries": report.entries,
                "proven": report.proven,
                "unproven": report.unproven,
                "first_bad": report.first_bad,
                "problem": report.problem,
            }
        )
        return
    if not report.is_sound:
        where = f"entry {report.first_bad}: " if report.first_bad else ""
        screen.print(f"NOT SOUND. {where}{report.problem}", style="bold red", markup=False)
        return
    entries = counted(report.entries, "entry", "entries")
    screen.print(f"Sound: {entries}, {report.proven:,} proven by signed roots.", style="green")
    are = counted(report.unproven, "entry is", "entries are")
    screen.print(f"{are} newer than the last signed root, and unproven.")


def print_checks(checks: tuple[Check, ...], *, as_json: bool) -> None:
    """Print what was found, a line each."""
    if as_json:
        print_json({"checks": [{"name": one.name, "ok": one.ok, "detail": one.detail} for one in checks]})
        return
    marks = {True: "ok", False: "NOT OK", None: "-" if any(one.ok is not None for one in checks) else ""}
    rows = [(one.name, marks[one.ok], one.detail) for one in checks]
    print_table(("", "", ""), rows, empty="Nothing was examined.", whole=("",))


ledger.add_command(prove)

COMMANDS = (db, ledger, keys, doctor)
