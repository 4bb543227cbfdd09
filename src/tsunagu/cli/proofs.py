"""Checking what somebody else has signed: the key that is named, and proofs of entries of a ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from tsunagu.cli.house import json_option, now
from tsunagu.cli.output import print_json, screen
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import SignedRoot
from tsunagu.records.ledger.proof_text import proof_from_json, proof_to_json
from tsunagu.records.ledger.proofs import check_proof
from tsunagu.records.ledger.signing import root_from_json
from tsunagu.records.packages.folder import public_key_in
from tsunagu.services.house import House
from tsunagu.services.ledger.entry_proofs import prove_entry

FAILED = 1
MOST_BYTES = 1 << 20
key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The signer's public key (PEM), as its agency gave it to you by another way.",
)


@click.command("prove")
@click.argument("entry")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A root that somebody else holds: the proof leads from it to the newest one.",
)
@json_option
@click.pass_obj
def prove(house: House, entry: str, *, against: Path | None, as_json: bool) -> None:
    """Prove that ENTRY is in the ledger to somebody who does not have the ledger.

    ENTRY is its number, or 16 or more hex digits of its hash, as time-lines and packages name it. The proof tells no
    content. `tsunagu ledger verify --proof` checks it.
    """
    with house.open() as rooms:
        proof = prove_entry(entry, held=held_root(against), store=rooms.roots, signer=rooms.keys.signer(), now=now())
    if as_json:
        click.echo(proof_to_json(proof))
        return
    screen.print(f"Entry {proof.number:,} is under the root over {proof.root.size:,} entries, signed now.")
    if proof.held:
        screen.print(f"That root grew from the one over {proof.held:,} entries that is held elsewhere.")
    screen.print("Print the proof itself with --json.")


def held_root(path: Path | None) -> SignedRoot | None:
    """Return the root that lies in a file; None where none is named.

    Raises:
        InputError: it cannot be read.
        LedgerBroken: it is no root.
    """
    if path is None:
        return None
    try:
        return root_from_json(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the root that is held elsewhere cannot be read") from error


def verify_proof(path: Path, *, held: SignedRoot | None, key_file: Path | None, as_json: bool) -> NoReturn:
    """Check a proof, say what came of it, and end with exit status 0, or with 1 where it proves nothing.

    Raises:
        InputError: the proof, or the key, cannot be read.
    """
    public_key = public_key_in(key_file) if key_file else None
    try:
        with path.open("rb") as file:
            proof = proof_from_json(file.read(MOST_BYTES))
    except OSError as error:
        raise InputError("the proof cannot be read") from error
    problem = check_proof(proof, held=held, public_key=public_key)
    if as_json:
        told = {"number": proof.number, "hash": proof.hash.hex(), "entries": proof.root.size, "problem": problem}
        print_json({"proof_ok": problem is None, **told})
    elif problem is None:
        screen.print(f"Proven: entry {proof.number:,}, hash {proof.hash.hex()}.", style="green")
    else:
        screen.print(f"NOT PROVEN. {problem}", style="bold red", markup=False)
    sys.exit(0 if problem is None else FAILED)
