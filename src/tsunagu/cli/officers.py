"""`officer`: who takes part in the work of one's own agency, and what takes two people."""

from __future__ import annotations

from uuid import UUID

import click

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.output import complaints, print_json, print_table, screen
from tsunagu.domain.permission import Role
from tsunagu.services.agencies.invitations import list_officers
from tsunagu.services.agencies.officers import certify_officer, end_officer_called, unlock_officer
from tsunagu.services.agencies.proposals import (
    confirm_proposal,
    list_proposals,
    propose_officer,
    propose_reset,
    refuse_proposal,
)
from tsunagu.services.house import House


@click.group()
def officer() -> None:
    """Officers of your agency."""


@officer.command("invite")
@click.argument("login")
@click.option("--name", required=True, help="The officer's name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@json_option
@click.pass_obj
def invite(house: House, login: str, *, name: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Propose an officer of your own agency; an administrator's command.

    A second person confirms it: another administrator, or a co-ordinator. Only then is there an invitation.
    """
    with signed_in(house, None) as desk:
        rooms, held = desk.rooms, frozenset(map(Role, roles))
        proposal_id = propose_officer(
            actor=desk.actor, login=login, name=name, roles=held, now=now(), keys=rooms.keys, ledger=rooms.ledger
        )
    _print_proposed(proposal_id, as_json=as_json)


@officer.command("reset")
@click.argument("login")
@json_option
@click.pass_obj
def reset(house: House, login: str, *, as_json: bool) -> None:
    """Propose that an officer who has lost his second factor makes a new one; an administrator's command.

    Once a second person has confirmed it, his sign-ins and sessions end, and he makes a new second factor after giving
    his password.
    """
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        proposal_id = propose_reset(actor=desk.actor, login=login, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    _print_proposed(proposal_id, as_json=as_json)


@officer.command("proposals")
@json_option
@click.pass_obj
def proposals(house: House, *, as_json: bool) -> None:
    """List what waits for a second person; an administrator's or a co-ordinator's command."""
    with signed_in(house, None) as desk:
        views = list_proposals(actor=desk.actor, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger)
    if as_json:
        for view in views:
            one = view.proposal
            fields = {"proposal": str(one.proposal_id), "kind": one.kind.value, "login": view.login, "name": view.name}
            print_json(
                {
                    **fields,
                    "roles": sorted(view.roles),
                    "proposed_by": view.proposed_by,
                    "proposed_at": one.proposed_at.isoformat(),
                    "expires_at": one.expires_at.isoformat(),
                    "may_confirm": view.may_confirm,
                }
            )
        return
    rows = [
        (
            view.proposal.proposal_id,
            view.proposal.kind.value,
            view.login,
            view.name,
            ", ".join(sorted(view.roles)),
            view.proposed_by,
            f"{view.proposal.expires_at:%Y-%m-%d}",
        )
        for view in views
    ]
    columns = ("proposal", "what", "login", "name", "roles", "proposed by", "expires")
    print_table(columns, rows, empty="Nothing waits for a second person.", whole=("proposal",))


@officer.command("confirm")
@click.argument("proposal", type=click.UUID)
@json_option
@click.pass_obj
def confirm(house: House, proposal: UUID, *, as_json: bool) -> None:
    """Confirm what a colleague has proposed; an administrator's or a co-ordinator's command.

    Neither who proposed it nor whom it is about confirms it. An invitation is printed once: hand it over in person.
    """
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        token = confirm_proposal(
            actor=desk.actor, proposal_id=proposal, now=now(), keys=rooms.keys, ledger=rooms.ledger
        )
    if as_json:
        print_json({"proposal": str(proposal), "invitation": token})
        return
    screen.print("Confirmed.")
    if token is not None:
        click.echo(token)
        screen.print(
            "This invitation is shown once and works once, for seven days: `tsunagu accept`, or /invitation/ and it."
        )


@officer.command("refuse")
@click.argument("proposal", type=click.UUID)
@click.pass_obj
def refuse(house: House, proposal: UUID) -> None:
    """Refuse what a colleague has proposed, or take your own proposal back."""
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        refuse_proposal(actor=desk.actor, proposal_id=proposal, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("Refused.")


@officer.command("certify")
@click.argument("login")
@click.pass_obj
def certify(house: House, login: str) -> None:
    """Certify an officer of your own agency for a year from now; an administrator's command.

    Without a certification an officer signs in and reaches no content. Nobody certifies himself.
    """
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        until = certify_officer(actor=desk.actor, login=login, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print(f"Certified until {until:%Y-%m-%d}.")


@officer.command("list")
@json_option
@click.pass_obj
def list_(house: House, *, as_json: bool) -> None:
    """List the active officers of your own agency; an administrator's command."""
    with signed_in(house, None) as desk:
        found = list_officers(actor=desk.actor, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger)
    certified = [f"{one.certified_until:%Y-%m-%d}" if one.certified_until else None for one in found]
    if as_json:
        for one, until in zip(found, certified, strict=True):
            fields = {"login": one.login, "name": one.name, "roles": sorted(one.roles)}
            print_json({**fields, "certified_until": until})
        return
    rows = [
        (one.login, one.name, ", ".join(sorted(one.roles)), until or "not certified")
        for one, until in zip(found, certified, strict=True)
    ]
    columns = ("login", "name", "roles", "certified until")
    print_table(columns, rows, empty="Your agency has no officer.", whole=("login",))


@officer.command("end")
@click.argument("login")
@click.pass_obj
def end(house: House, login: str) -> None:
    """Let an officer of your own agency leave; an administrator's command.

    His sign-ins end at once, and he cannot sign in again. What he did stays in the ledger under his name. It is refused
    where nobody would be left who works on cases, or fewer than two who confirm invitations.
    """
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        alone = end_officer_called(actor=desk.actor, login=login, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("The officer has left: his sign-ins have ended.")
    if alone:
        complaints.print(f"{alone} open cases have nobody who works on them any more.", style="yellow")


@officer.command("unlock")
@click.argument("login")
@click.pass_obj
def unlock(house: House, login: str) -> None:
    """Let an officer of your own agency try again who was locked out; an administrator's command.

    After 5 failures in a row nobody signs in with that login for 15 minutes.
    """
    with signed_in(house, None) as desk:
        rooms = desk.rooms
        unlock_officer(actor=desk.actor, login=login, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("The officer may sign in again.")


def _print_proposed(proposal_id: UUID, *, as_json: bool) -> None:
    if as_json:
        print_json({"proposal": str(proposal_id)})
        return
    screen.print(f"Proposed. A second person confirms it: `tsunagu officer confirm {proposal_id}`.", markup=False)


COMMANDS = (officer,)
