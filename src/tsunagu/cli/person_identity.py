"""`person identity …`: who a person is, from a file or standard input in, and out once for a stated reason."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, TextIO
from uuid import UUID

import click

from tsunagu.cli.house import Desk, json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.errors import InputError
from tsunagu.domain.person import PersonName
from tsunagu.domain.real_identity import Opening, RealIdentity
from tsunagu.services.house import House
from tsunagu.services.persons import identities as service

FIELDS = ("name", "born", "address", "contact")


@click.command("keep-identity")
@click.argument("reference", metavar="CASE")
@click.argument("name", metavar="PERSON")
@click.argument("source", type=click.File("r", encoding="utf-8"), default="-")
@json_option
@click.pass_obj
def keep_identity(house: House, *, reference: str, name: str, source: TextIO, as_json: bool) -> None:
    """Keep who PERSON is, sealed: SOURCE is a JSON object with name, and born (a date), address, contact.

    It is read from a file or standard input, so that no name stands in a command line.
    """
    with signed_in(house, None) as desk:
        about: dict[str, Any] = {
            "reference": reference,
            "name": PersonName.parse(name),
            "identity": _identity(source.read()),
        }
        service.keep_identity(**about, **desk.parts)
    if as_json:
        print_json({"case": reference, "person": name, "kept": True})
    else:
        screen.print("It is kept, sealed.")


@click.command("open-identity")
@click.argument("reference", metavar="CASE")
@click.argument("name", metavar="PERSON")
@click.option("--reason", required=True, help="Why; your colleagues and co-ordinators read it.")
@click.option("--emergency", is_flag=True, help="You were not granted it: a second officer confirms within minutes.")
@purpose_option
@json_option
@click.pass_obj
def open_identity(
    house: House, *, reference: str, name: str, reason: str, emergency: bool, purpose: str | None, as_json: bool
) -> None:
    """Read who PERSON is, once. In an emergency this asks a second officer, and `read-identity` reads."""
    with signed_in(house, purpose) as desk:
        about: dict[str, Any] = {"name": PersonName.parse(name), "reason": reason, "is_emergency": emergency}
        opening_id = service.ask_identity(reference=reference, **about, **desk.parts)
        if not emergency:
            _read(desk, reference, opening_id, as_json=as_json)
            return
    if as_json:
        print_json({"case": reference, "person": name, "opening": str(opening_id)})
    else:
        screen.print(f"Let a colleague confirm it within ten minutes: tsunagu person confirm-identity {reference}")
        screen.print(f"{opening_id}")


@click.command("confirm-identity")
@click.argument("reference", metavar="CASE")
@click.argument("opening", type=click.UUID)
@json_option
@click.pass_obj
def confirm_identity(house: House, *, reference: str, opening: UUID, as_json: bool) -> None:
    """Confirm, as the second officer, that a colleague has to read an identity in an emergency."""
    with signed_in(house, None) as desk:
        service.confirm_opening(reference=reference, opening_id=opening, **desk.parts)
    _print_done(opening, "It is confirmed; it will be reviewed.", as_json=as_json)


@click.command("read-identity")
@click.argument("reference", metavar="CASE")
@click.argument("opening", type=click.UUID)
@json_option
@click.pass_obj
def read_identity(house: House, *, reference: str, opening: UUID, as_json: bool) -> None:
    """Read, once, what a second officer has confirmed in an emergency."""
    with signed_in(house, None) as desk:
        _read(desk, reference, opening, as_json=as_json)


@click.command("review-identity")
@click.argument("reference", metavar="CASE")
@click.argument("opening", type=click.UUID)
@json_option
@click.pass_obj
def review_identity(house: House, *, reference: str, opening: UUID, as_json: bool) -> None:
    """Enter, as a co-ordinator who had no hand in it, that you have looked at an emergency."""
    with signed_in(house, None) as desk:
        service.review_opening(reference=reference, opening_id=opening, **desk.parts)
    _print_done(opening, "It is reviewed.", as_json=as_json)


@click.command("openings")
@click.argument("reference", metavar="CASE")
@json_option
@click.pass_obj
def openings(house: House, *, reference: str, as_json: bool) -> None:
    """List who has asked to read identities of CASE, why, and what came of it, newest first."""
    with signed_in(house, None) as desk:
        view = service.list_openings(reference=reference, **desk.parts)
    if as_json:
        for one in view.openings:
            print_json(_opening_json(one))
        return
    rows = [
        (
            f"{one.asked_at:%Y-%m-%d %H:%M}",
            str(one.person or "erased"),
            one.by,
            one.reason,
            f"emergency, {one.confirmed_by or 'not confirmed'}" if one.is_emergency else "",
            "read" if one.read_at else "",
            "TO REVIEW" if one.waits_for_review else one.reviewed_by or "",
        )
        for one in view.openings
    ]
    columns = ("asked (UTC)", "person", "by", "why", "emergency", "read", "review")
    print_table(columns, rows, empty="Nobody has asked who a person of this case is.")


def _read(desk: Desk, reference: str, opening_id: UUID, *, as_json: bool) -> None:
    identity = service.read_identity(reference=reference, opening_id=opening_id, **desk.parts)
    born = identity.born_on.isoformat() if identity.born_on else ""
    told = dict(zip(FIELDS, (identity.name, born, identity.address, identity.contact), strict=True))
    if as_json:
        print_json(told)
    else:
        print_table(("", ""), [(field, value) for field, value in told.items() if value], empty="")


def _identity(text: str) -> RealIdentity:
    try:
        told = json.loads(text)
        born = told.get("born")
        if set(told) - set(FIELDS) or any(not isinstance(one, str) for one in told.values()):
            raise InputError("an identity is a JSON object of texts: name, and born, address, contact")
        found = {field: told[field] for field in ("name", "address", "contact") if field in told}
        return RealIdentity(**{"name": ""} | found, born_on=date.fromisoformat(born) if born else None)
    except (ValueError, AttributeError):
        raise InputError("an identity is a JSON object of texts: name, and born, address, contact") from None


def _opening_json(one: Opening) -> dict[str, Any]:
    return {
        "opening": str(one.opening_id),
        "person": str(one.person) if one.person else None,
        "by": one.by,
        "reason": one.reason,
        "emergency": one.is_emergency,
        "asked_at": one.asked_at.isoformat(),
        "confirmed_by": one.confirmed_by,
        "read_at": one.read_at.isoformat() if one.read_at else None,
        "to_review": one.waits_for_review,
        "reviewed_by": one.reviewed_by,
    }


def _print_done(opening: UUID, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"opening": str(opening)})
    else:
        screen.print(words)


COMMANDS = (keep_identity, open_identity, confirm_identity, read_identity, review_identity, openings)
