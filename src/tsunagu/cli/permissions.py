"""`permission`: what two people grant beyond the roles."""

from __future__ import annotations

from uuid import UUID

import click

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.grant import MOST_DAYS, PROPOSAL_LASTS, Grant, Proposal
from tsunagu.domain.permission import BY_GRANT, Permission
from tsunagu.services.agencies.grants import GrantBook, confirm_grant, list_grants, propose_grant, withdraw_grant
from tsunagu.services.house import House

USUAL_DAYS = 90
WHOLE_AGENCY = "the agency"


@click.group()
def permission() -> None:
    """Permissions that no role carries: to see media in place, or in the vault.

    One person proposes, a second one confirms, and either ends it alone. Nobody has a hand in what he is granted
    himself. What an officer is granted counts while the agency as a whole has it too.
    """


@permission.command("list")
@json_option
@click.pass_obj
def list_(house: House, *, as_json: bool) -> None:
    """List what is granted, and what waits for a second person."""
    with signed_in(house, None) as desk:
        book = list_grants(actor=desk.actor, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger)
    lines = [_proposal(one, book) for one in book.proposals] + [_grant(one, book) for one in book.grants]
    if as_json:
        for line in lines:
            print_json(line)
        return
    rows = [
        (one["id"], one["permission"], one["officer"] or WHOLE_AGENCY, one["state"], one["by"], one["until"])
        for one in lines
    ]
    print_table(("id", "permission", "for", "state", "by", "until"), rows, empty="Nothing is granted.", whole=("id",))


@permission.command("propose")
@click.argument("name", metavar="PERMISSION", type=click.Choice(sorted(one.value for one in BY_GRANT)))
@click.option("--officer", "login", help="Login of the officer; left out, it is for the agency as a whole.")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=USUAL_DAYS, show_default=True, help="How long it lasts."
)
@click.pass_obj
def propose(house: House, name: str, *, login: str | None, days: int) -> None:
    """Propose to grant a permission; a second person confirms it."""
    with signed_in(house, None) as desk:
        made = propose_grant(
            actor=desk.actor,
            permission=Permission(name),
            login=login,
            days=days,
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
        )
    screen.print(f"Proposed. Within {PROPOSAL_LASTS.days} days a second person runs:")
    screen.print(f"  tsunagu permission confirm {made}", soft_wrap=True)


@permission.command("confirm")
@click.argument("proposal_id", metavar="ID", type=click.UUID)
@click.pass_obj
def confirm(house: House, proposal_id: UUID) -> None:
    """Confirm what a colleague proposed: it counts at once."""
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        confirm_grant(actor=desk.actor, proposal_id=proposal_id, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("Granted.")


@permission.command("withdraw")
@click.argument("grant_id", metavar="ID", type=click.UUID)
@click.pass_obj
def withdraw(house: House, grant_id: UUID) -> None:
    """Withdraw a grant, or a proposal of one: at once, by one person alone."""
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        withdraw_grant(actor=desk.actor, grant_id=grant_id, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("Withdrawn.")


def _proposal(one: Proposal, book: GrantBook) -> dict[str, str | None]:
    return {
        "id": str(one.proposal_id),
        "permission": str(one.terms["permission"]),
        "officer": book.logins[one.officer_id] if one.officer_id else None,
        "state": f"proposed for {one.terms['days']} days",
        "by": book.logins[one.proposed_by],
        "until": f"{one.expires_at:%Y-%m-%d}",
    }


def _grant(one: Grant, book: GrantBook) -> dict[str, str | None]:
    return {
        "id": str(one.grant_id),
        "permission": one.permission.value,
        "officer": book.logins[one.officer_id] if one.officer_id else None,
        "state": "granted",
        "by": f"{book.logins[one.proposed_by]}, {book.logins[one.confirmed_by]}",
        "until": f"{one.expires_at:%Y-%m-%d}",
    }


COMMANDS = (permission,)
