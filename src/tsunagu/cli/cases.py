"""`case` and `items`: the cases you work on and what is held in them."""

from __future__ import annotations

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import path_text, print_json, print_table, screen, shown_path
from tsunagu.domain.case import CaseSummary, HoldingSummary
from tsunagu.domain.purpose import Purpose
from tsunagu.services.case_life import close_case, reopen_case
from tsunagu.services.cases import list_cases, list_holdings, open_case, staff_case, unstaff_case, view_case
from tsunagu.services.house import House

NO_CASE = "You work on no case yet: `tsunagu case open REFERENCE`."


@click.group()
def case() -> None:
    """Cases you work on."""


@case.command("open")
@click.argument("reference")
@click.option(
    "--for",
    "purpose",
    type=click.Choice([one.value for one in Purpose]),
    default=Purpose.VICTIM_IDENTIFICATION.value,
    show_default=True,
    help="The case's purpose: why its records are read unless you say otherwise.",
)
@click.option("--covert", is_flag=True, help="Tell overlaps to the co-ordinator alone until he releases them.")
@click.pass_obj
def open_(house: House, reference: str, *, purpose: str, covert: bool) -> None:
    """Open a case under your agency's own REFERENCE; you work on it from then on."""
    with signed_in(house, None) as desk:
        open_case(
            actor=desk.actor,
            reference=reference,
            purpose=Purpose(purpose),
            covert=covert,
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
        )
    screen.print("The case is open, and you work on it. Next: `tsunagu ingest` brings an exhibit's media in,")
    screen.print("`tsunagu case join` lets a colleague work on it too.")


@case.command("join")
@click.argument("reference")
@click.argument("login")
@click.pass_obj
def join(house: House, reference: str, login: str) -> None:
    """Let the colleague with this LOGIN work on the case."""
    with signed_in(house, None) as desk:
        staff_case(
            actor=desk.actor,
            reference=reference,
            login=login,
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
        )
    screen.print("The colleague works on the case now.")


@case.command("leave")
@click.argument("reference")
@click.argument("login")
@click.pass_obj
def leave(house: House, reference: str, login: str) -> None:
    """Let the colleague with this LOGIN, or yourself, work on the case no more."""
    with signed_in(house, None) as desk:
        unstaff_case(reference=reference, login=login, **desk.parts)
    screen.print("The colleague works on the case no more.")


@case.command("close")
@click.argument("reference")
@click.pass_obj
def close(house: House, reference: str) -> None:
    """Close a case: nothing is brought into it any more. What it holds is still compared."""
    with signed_in(house, None) as desk:
        close_case(reference=reference, **desk.parts)
    screen.print("The case is closed. `tsunagu case reopen` opens it again.")


@case.command("reopen")
@click.argument("reference")
@click.option("--reason", required=True, help="Why; kept beside the ledger, and erased with the case.")
@click.pass_obj
def reopen(house: House, reference: str, *, reason: str) -> None:
    """Open a closed case again."""
    with signed_in(house, None) as desk:
        reopen_case(reference=reference, reason=reason, **desk.parts)
    screen.print("The case is open again.")


@case.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the cases you work on."""
    with signed_in(house, purpose) as desk:
        found = list_cases(actor=desk.actor, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger)
    if as_json:
        for one in found:
            print_json(_case_json(one))
        return
    rows = [
        (
            one.reference,
            one.purpose,
            "covert" if one.covert else "",
            "closed" if one.closed_at else "open",
            f"{one.opened_at:%Y-%m-%d}",
        )
        for one in found
    ]
    columns = ("case", "purpose", "", "state", "opened")
    print_table(columns, rows, empty=NO_CASE, whole=("case",))


@case.command("show")
@click.argument("reference")
@purpose_option
@json_option
@click.pass_obj
def show(house: House, reference: str, *, purpose: str | None, as_json: bool) -> None:
    """Show a case with its exhibits and those who work on it."""
    with signed_in(house, purpose) as desk:
        view = view_case(
            actor=desk.actor, reference=reference, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    if as_json:
        exhibits = [{"exhibit": e.reference, "items": e.items, "refused": e.refused} for e in view.exhibits]
        people = [{"login": one.login, "name": one.name} for one in view.people]
        print_json({**_case_json(view.case), "exhibits": exhibits, "people": people})
        return
    state = ", closed" if view.case.closed_at else ""
    screen.print(f"{view.case.reference}  ({view.case.purpose}{state})", style="bold", markup=False)
    rows = [(one.reference, one.items, one.refused) for one in view.exhibits]
    columns = ("exhibit", "items", "refused")
    print_table(columns, rows, empty="Nothing was brought in yet: `tsunagu ingest`.", whole=("exhibit",))
    screen.print(Text(f"Work on it: {', '.join(one.login for one in view.people)}"))


@click.command()
@click.option("--case", "reference", required=True, help="The case's reference.")
@purpose_option
@json_option
@click.pass_obj
def items(house: House, *, reference: str, purpose: str | None, as_json: bool) -> None:
    """List all that is held in a case: where it lies, its type and digest, and why it was refused if it was.

    Compared with all that is held: `yes`; `in part`, by the digest and what else could be read of a refused file; `no`
    where nothing could be read; `waiting` until the ingest is completed.
    """
    with signed_in(house, purpose) as desk:
        found = list_holdings(
            actor=desk.actor, reference=reference, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    if as_json:
        for one in found:
            print_json(
                {
                    "exhibit": one.exhibit,
                    **shown_path(one.path),
                    "media_type": one.media_type,
                    "size_bytes": one.size_bytes,
                    "sha256": one.sha256.hex() if one.sha256 else None,
                    "refused": one.refused,
                    "compared": one.linked and one.sha256 is not None,
                }
            )
        return
    rows = [
        (
            one.exhibit,
            path_text(one.path),
            one.media_type or "",
            one.sha256.hex() if one.sha256 else "",
            one.refused or "",
            _compared(one),
        )
        for one in found
    ]
    columns = ("exhibit", "path", "type", "sha256", "refused", "compared")
    print_table(columns, rows, empty="Nothing is held in this case yet.", whole=("exhibit", "compared"))


def _compared(holding: HoldingSummary) -> str:
    if holding.sha256 is None:
        return "no"
    if not holding.linked:
        return "waiting"
    return "in part" if holding.refused else "yes"


def _case_json(case: CaseSummary) -> dict[str, object]:
    return {
        "case": case.reference,
        "purpose": case.purpose.value,
        "covert": case.covert,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
    }


COMMANDS = (case, items)
