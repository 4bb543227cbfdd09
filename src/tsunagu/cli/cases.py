"""`case` and `items`: the cases you work on and what is held in them."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from rich.text import Text

from tsunagu.cli.erasures import print_proof, proof_json
from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import path_text, print_json, print_table, screen, shown_path
from tsunagu.cli.packages import export_package, import_package
from tsunagu.domain.case import CaseSummary, HoldingSummary
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.search import CaseSearch, CaseState
from tsunagu.services.cases.life import close_case, reopen_case
from tsunagu.services.cases.opening import list_cases, list_holdings, open_case, staff_case, unstaff_case, view_case
from tsunagu.services.erasures.proofs import prove_erasures
from tsunagu.services.house import House
from tsunagu.services.upkeep.retention import keep_case

DAY = click.DateTime(["%Y-%m-%d"])
NO_CASE = "You work on no case yet: `tsunagu case open REFERENCE`."
NONE_SUCH = "None of your cases is such."


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
@click.option(
    "--keep-until", type=DAY, help="The last day on which it is kept; the latest your agency allows if left out."
)
@click.option("--keep-limit", type=DAY, help="The last day that the originator of its data allows.")
@click.pass_obj
def open_(
    house: House,
    reference: str,
    *,
    purpose: str,
    covert: bool,
    keep_until: datetime | None,
    keep_limit: datetime | None,
) -> None:
    """Open a case under your agency's own REFERENCE; you work on it from then on."""
    with signed_in(house, None) as desk:
        opened = open_case(
            reference=reference,
            purpose=Purpose(purpose),
            covert=covert,
            keep_until=keep_until.date() if keep_until else None,
            keep_limit=keep_limit.date() if keep_limit else None,
            **desk.parts,
        )
    screen.print(f"It is kept until {opened.keep_until}, and waits for a review half a year before.")
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


@case.command("keep")
@click.argument("reference")
@click.option("--until", required=True, type=DAY, help="The new last day, later or earlier.")
@click.option("--reason", required=True, help="Why; kept beside the ledger, and erased with the case.")
@click.pass_obj
def keep(house: House, reference: str, *, until: datetime, reason: str) -> None:
    """Keep a case for longer than until now, or for shorter. After its last day a case is erased."""
    with signed_in(house, None) as desk:
        keep_case(reference=reference, until=until.date(), reason=reason, **desk.parts)
    screen.print(f"The case is kept until {until:%Y-%m-%d}.")


@case.command("erasure")
@click.argument("reference")
@json_option
@click.pass_obj
def erasure(house: House, reference: str, *, as_json: bool) -> None:
    """Prove what was erased of a case, or of its exhibits, by the REFERENCE that it had; an auditor's command.

    Each proof is held against the ledger and the database. Exit status: 0 all are sound, 1 one is not.
    """
    with signed_in(house, None) as desk:
        proofs = prove_erasures(reference=reference, **desk.parts)
    for one in proofs:
        if as_json:
            print_json(proof_json(one))
        else:
            print_proof(one)
    sys.exit(0 if all(one.is_sound for one in proofs) else 1)


@case.command("list")
@click.option("--search", "text", default="", help="Those whose reference holds this.")
@click.option("--state", type=click.Choice([one.value for one in CaseState]), help="Those that stand so.")
@click.option("--since", type=DAY, help="Those that were opened on this day or later.")
@click.option("--until", type=DAY, help="Those that were opened on this day or earlier.")
@purpose_option
@json_option
@click.pass_obj
def list_(
    house: House,
    *,
    text: str,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """List the cases you work on, or those of them that you look for."""
    search = CaseSearch(
        text,
        CaseState(state) if state else None,
        since.date() if since else None,
        until.date() if until else None,
    )
    with signed_in(house, purpose) as desk:
        found = list_cases(search=search, **desk.parts)
        has_cases = bool(found) or (search != CaseSearch() and bool(list_cases(**desk.parts)))
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
            f"{one.keep_until}" + (", to be reviewed" if one.waits_for_review(now().date()) else ""),
        )
        for one in found
    ]
    columns = ("case", "purpose", "", "state", "opened", "kept until")
    print_table(columns, rows, empty=NONE_SUCH if has_cases else NO_CASE, whole=("case",))


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
    review = " It waits for its review: `tsunagu case keep`." if view.case.waits_for_review(now().date()) else ""
    screen.print(f"Kept until {view.case.keep_until}, then erased.{review}")
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
                    "number": one.number,
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
            one.number,
            path_text(one.path),
            one.media_type or "",
            one.sha256.hex() if one.sha256 else "",
            one.refused or "",
            _compared(one),
        )
        for one in found
    ]
    columns = ("exhibit", "item", "path", "type", "sha256", "refused", "compared")
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
        "keep_until": case.keep_until.isoformat(),
        "keep_limit": case.keep_limit.isoformat() if case.keep_limit else None,
        "to_be_reviewed": case.waits_for_review(now().date()),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
    }


case.add_command(export_package)
case.add_command(import_package)

COMMANDS = (case, items)
