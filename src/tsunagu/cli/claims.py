"""`claims`: who works on what, so that nobody works on it twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.claim import Claim, ClaimScope, Interest
from tsunagu.domain.errors import InputError
from tsunagu.services.cases import claims as service
from tsunagu.services.cases.claims import ClaimsView
from tsunagu.services.house import House

series_option = click.option("--series", "series_name", help="Name of the series.")
case_option = click.option("--case", "case_reference", help="Reference of the case.")
reason_option = click.option("--reason", required=True, help="Why; kept with the claim, erased with its case.")


@click.group()
def claims() -> None:
    """Claims: your agency works on a series or a case, so that nobody works on it twice.

    Another agency learns of a claim only where it holds the same items and asks: that an interest exists, and whom to
    call. Both sides are told. Of what is covert the co-ordinator alone is told.
    """


@claims.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the claims on your cases and series, and what you were told of others' interest."""
    with signed_in(house, purpose) as desk:
        view = service.list_claims(**desk.parts)
    if as_json:
        for one in view.claims:
            print_json(claim_json(one, now()))
        for each in view.interests:
            print_json(interest_json(each, view))
        return
    rows = [
        (one.scope, one.name, one.state(now()), f"{one.expires_at:%Y-%m-%d}", one.claimed_by, one.reason)
        for one in view.claims
    ]
    print_table(("claim on", "name", "state", "until", "by", "reason"), rows, empty="Nothing of yours is claimed.")
    for each in view.interests:
        told = interest_json(each, view)
        held = " (held: you alone are told)" if each.is_held else ""
        screen.print(
            f"{told['agency']} has an interest in the same as your {each.scope} {each.name}{held}: {told['contact']}",
            markup=False,
        )


@claims.command("claim")
@series_option
@case_option
@reason_option
@click.option(
    "--imminent-risk", "is_imminent", is_flag=True, help="A child is at imminent risk: overrides every claim."
)
@json_option
@click.pass_obj
def claim(
    house: House,
    *,
    series_name: str | None,
    case_reference: str | None,
    reason: str,
    is_imminent: bool,
    as_json: bool,
) -> None:
    """Claim a series or a case for your agency, for 30 days; first it is asked whether another agency claims it."""
    kind, name = _scope(series_name, case_reference)
    with signed_in(house, None) as desk:
        until = service.claim(kind=kind, name=name, reason=reason, is_imminent=is_imminent, **desk.parts)
    _tell_until(kind, name, until, as_json=as_json)


@claims.command("renew")
@series_option
@case_option
@reason_option
@json_option
@click.pass_obj
def renew(house: House, *, series_name: str | None, case_reference: str | None, reason: str, as_json: bool) -> None:
    """Let a claim of your agency last for another 30 days from now."""
    kind, name = _scope(series_name, case_reference)
    with signed_in(house, None) as desk:
        until = service.renew_claim(kind=kind, name=name, reason=reason, **desk.parts)
    _tell_until(kind, name, until, as_json=as_json)


@claims.command("release")
@series_option
@case_option
@reason_option
@json_option
@click.pass_obj
def release(house: House, *, series_name: str | None, case_reference: str | None, reason: str, as_json: bool) -> None:
    """Release a claim of your agency: somebody else may take it up."""
    kind, name = _scope(series_name, case_reference)
    with signed_in(house, None) as desk:
        service.release_claim(kind=kind, name=name, reason=reason, **desk.parts)
    if as_json:
        print_json({"scope": kind.value, "name": name, "released": True})
        return
    screen.print("The claim is released.")


@claims.command("ask")
@series_option
@case_option
@json_option
@click.pass_obj
def ask(house: House, *, series_name: str | None, case_reference: str | None, as_json: bool) -> None:
    """Ask whether another agency claims what shares items with a series or a case of yours, and whom to call.

    That you ask is told to whoever claims it, and written down, also when nobody does.
    """
    kind, name = _scope(series_name, case_reference)
    with signed_in(house, None) as desk:
        found = service.ask_interest(kind=kind, name=name, **desk.parts)
    if as_json:
        cards = [{"agency": one.name, "country": one.country, "contact": one.contact} for one in found]
        print_json({"scope": kind.value, "name": name, "interest": bool(found), "call": cards})
        return
    for one in found:
        screen.print(f"An interest exists. Call {one.name} ({one.country}): {one.contact}", markup=False)
    if not found:
        screen.print("No other agency is known to claim what shares items with it.")


def claim_json(one: Claim, at: datetime) -> dict[str, Any]:
    """Return a claim for machines."""
    return {
        "claim": str(one.claim_id),
        "scope": one.scope.value,
        "name": one.name,
        "state": one.state(at).value,
        "by": one.claimed_by,
        "claimed_at": one.claimed_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "released_at": one.released_at.isoformat() if one.released_at else None,
        "overrides": one.overrides,
        "reason": one.reason,
    }


def interest_json(one: Interest, view: ClaimsView) -> dict[str, Any]:
    """Return for machines that another agency has an interest."""
    card = view.agencies[one.agency_id]
    return {
        "interest": one.kind.value,
        "scope": one.scope.value,
        "name": one.name,
        "agency": card.name,
        "contact": card.contact,
        "told_at": one.told_at.isoformat(),
        "held": one.is_held,
    }


def _scope(series_name: str | None, case_reference: str | None) -> tuple[ClaimScope, str]:
    if (series_name is None) == (case_reference is None):
        raise InputError("name a series (--series) or a case (--case)")
    return (ClaimScope.SERIES, series_name) if series_name is not None else (ClaimScope.CASE, case_reference or "")


def _tell_until(kind: ClaimScope, name: str, until: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json({"scope": kind.value, "name": name, "expires_at": until.isoformat()})
        return
    screen.print(f"It is claimed until {until:%Y-%m-%d}. `tsunagu claims renew` lets it last longer.")


COMMANDS = (claims,)
