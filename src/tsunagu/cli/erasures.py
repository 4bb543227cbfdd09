"""Erasures as commands show them; `erase-expired`, and `retention`, an administrator's."""

from __future__ import annotations

from typing import Any

import click

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.output import counted, print_json, screen
from tsunagu.services.erasures.proofs import ProofView
from tsunagu.services.erasures.submission_ends import expire_submissions
from tsunagu.services.house import House
from tsunagu.services.upkeep.retention import erase_expired, read_retention, set_retention


@click.command("erase-expired")
@click.option("--clock-is-right", is_flag=True, help="Erase though the clock has leapt: you have looked at it.")
@click.pass_obj
def erase_expired_(house: House, *, clock_is_right: bool) -> None:
    """Erase every case whose last day is over, and complete erasures that were interrupted; an operator's command.

    What was submitted to another agency and nobody took in time keeps no digests either: a worker sees to that every
    hour, and to the rest every night. Where the clock is more than a week ahead of when it was last believed, nothing
    is erased until you say that it is right. It prints no content.
    """
    with house.open() as rooms:
        at = now()
        count = erase_expired(now=at, keys=rooms.keys, ledger=rooms.ledger, clock_is_right=clock_is_right)
        over = expire_submissions(now=at, ledger=rooms.ledger, clock_is_right=clock_is_right)
    screen.print(f"{counted(count, 'erasure was', 'erasures were')} completed.")
    if over:
        screen.print(f"{counted(over, 'submission has', 'submissions have')} expired.")


@click.group()
def retention() -> None:
    """For how long your agency keeps its cases; an administrator's commands."""


@retention.command("show")
@json_option
@click.pass_obj
def show(house: House, *, as_json: bool) -> None:
    """Show for how many months a case is kept at most."""
    with signed_in(house, None) as desk:
        months = read_retention(**desk.parts)
    if as_json:
        print_json({"keep_months": months})
    else:
        screen.print(f"Your agency keeps a case for at most {counted(months, 'month', 'months')}.")


@retention.command("set")
@click.argument("months", type=int)
@click.pass_obj
def set_(house: House, months: int) -> None:
    """Keep cases for at most so many MONTHS that are opened, or kept longer, from now on."""
    with signed_in(house, None) as desk:
        set_retention(keep_months=months, **desk.parts)
    screen.print(f"Your agency keeps a case for at most {counted(months, 'month', 'months')} from now on.")


def proof_json(view: ProofView) -> dict[str, Any]:
    """Return a proof of erasure as fields."""
    proof = view.proof
    return {
        "erasure": str(proof.erasure_id),
        "of": "exhibit" if proof.exhibit_id else "case",
        "ground": proof.ground.value,
        "decided_at": proof.begun_at.isoformat(),
        "decided_by": view.begun_by,
        "completed_at": proof.ended_at.isoformat() if proof.ended_at else None,
        "places": proof.erased.places,
        "items": proof.erased.items,
        "fingerprints": proof.erased.fingerprints,
        "merkle_root": proof.erased.merkle_root.hex(),
        "decided_in": view.decided_in,
        "completed_in": view.completed_in,
        "ledger_agrees": view.agrees,
        "rows_left": view.left,
        "sound": view.is_sound,
    }


def print_proof(view: ProofView) -> None:
    """Print a proof of erasure as an auditor reads it."""
    proof, gone = view.proof, view.proof.erased
    what = "an exhibit of the case" if proof.exhibit_id else "the whole case"
    screen.print(f"Erasure {proof.erasure_id}: {what}, {proof.ground.value}", style="bold", markup=False)
    completed = f"completed {proof.ended_at:%Y-%m-%d %H:%M}" if proof.ended_at else "not completed yet"
    counts = (
        counted(gone.places, "place", "places"),
        counted(gone.items, "content", "contents"),
        counted(gone.fingerprints, "fingerprint", "fingerprints"),
    )
    lines = (
        f"decided {proof.begun_at:%Y-%m-%d %H:%M} by {view.begun_by or 'the machine'}, entry {view.decided_in or '-'}",
        f"{completed}, entry {view.completed_in or '-'}",
        ", ".join(counts),
        f"root over what is gone: {gone.merkle_root.hex()}",
        "the ledger agrees" if view.agrees else "THE LEDGER DOES NOT AGREE",
        f"rows left: {view.left}",
    )
    for line in lines:
        screen.print(f"  {line}", markup=False, soft_wrap=True)
    screen.print("  sound" if view.is_sound else "  NOT SOUND", style="green" if view.is_sound else "bold red")


COMMANDS = (erase_expired_, retention)
