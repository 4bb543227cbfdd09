"""`guest`: specialists of other agencies look at one series for a time, and say what they see in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import click
from rich.text import Text

from tsunagu.cli.clues import codes
from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.clue import Bearing, Support, Weighing
from tsunagu.domain.errors import InputError
from tsunagu.domain.guest import Answer, Guest, KeptAnswer
from tsunagu.domain.report import SourceGrading
from tsunagu.services.house import House
from tsunagu.services.series import guests as service
from tsunagu.services.series import visits
from tsunagu.services.series.visits import VisitView

guest_argument = click.argument("guest_id", metavar="GUEST", type=click.UUID)


@click.group()
def guest() -> None:
    """A request for eyes: specialists of other agencies look at one series for a time, and say what they see in it."""


@guest.command("invite")
@click.argument("series")
@click.option("--agency", required=True, help="Name of the guest's agency, one of this installation.")
@click.option("--login", required=True, help="His login there. Whether anybody has it is not told.")
@click.option("--asked", required=True, help="What he is asked.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day, in UTC: within 90 days.")
@json_option
@click.pass_obj
def invite(house: House, series: str, *, agency: str, login: str, asked: str, until: datetime, as_json: bool) -> None:
    """Propose that a specialist of another agency looks at SERIES. Its handling has to let that agency be given it."""
    with signed_in(house, None) as desk:
        made = service.propose_guest(
            name=series, agency=agency, login=login, asked=asked, until=until.date(), **desk.parts
        )
    if as_json:
        print_json({"guest": str(made), "series": series, "agency": agency, "until": until.date().isoformat()})
        return
    screen.print(Text(f"It is proposed: somebody else confirms it with `tsunagu guest confirm {made}`."))


@guest.command("confirm")
@guest_argument
@json_option
@click.pass_obj
def confirm(house: House, guest_id: UUID, *, as_json: bool) -> None:
    """Agree, as a second person, that GUEST is invited."""
    with signed_in(house, None) as desk:
        service.confirm_guest(guest_id=guest_id, **desk.parts)
    _print_done(guest_id, "confirmed", "He is invited, and can accept.", as_json=as_json)


@guest.command("end")
@guest_argument
@json_option
@click.pass_obj
def end(house: House, guest_id: UUID, *, as_json: bool) -> None:
    """Let GUEST look at your series no longer; or refuse that he is invited."""
    with signed_in(house, None) as desk:
        service.end_guest(guest_id=guest_id, **desk.parts)
    _print_done(guest_id, "ended", "It is over: he sees nothing of the series any more.", as_json=as_json)


@guest.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the guests of your series, newest first, and what they have answered."""
    with signed_in(house, purpose) as desk:
        book = service.list_guests(**desk.parts)
    names = {agency_id: card.name for agency_id, card in book.agencies.items()}
    if as_json:
        for one in book.guests:
            print_json(_json(one) | {"agency": names[one.agency_id], "proposed_by": book.logins.get(one.proposed_by)})
        return
    rows = [
        (str(one.guest_id), one.series, f"{one.login}, {names[one.agency_id]}", one.state(now()), one.until)
        for one in book.guests
    ]
    print_table(("guest", "series", "who", "state", "until"), rows, empty="Nobody is a guest of your series.")
    for one in book.guests:
        _print_answers(one.login, one.answers)


@guest.command("visits")
@purpose_option
@json_option
@click.pass_obj
def visits_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the invitations to look at series of other agencies that you have, or had, newest first."""
    with signed_in(house, purpose) as desk:
        view = visits.list_visits(**desk.parts)
    names = {agency_id: card.name for agency_id, card in view.agencies.items()}
    if as_json:
        for one in view.visits:
            print_json(_json(one) | {"owner": names[one.owner_id]})
        return
    rows = [(str(one.guest_id), names[one.owner_id], one.state(now()), one.until, one.asked) for one in view.visits]
    print_table(("guest", "of", "state", "until", "asked"), rows, empty="Nobody has invited you.")


@guest.command("accept")
@guest_argument
@json_option
@click.pass_obj
def accept(house: House, guest_id: UUID, *, as_json: bool) -> None:
    """Accept the invitation GUEST: you see the series from now on."""
    with signed_in(house, None) as desk:
        visits.accept_visit(guest_id=guest_id, **desk.parts)
    _print_done(guest_id, "looking", f"`tsunagu guest show {guest_id}` shows the series.", as_json=as_json)


@guest.command("decline")
@guest_argument
@json_option
@click.pass_obj
def decline(house: House, guest_id: UUID, *, as_json: bool) -> None:
    """Decline the invitation GUEST."""
    with signed_in(house, None) as desk:
        visits.decline_visit(guest_id=guest_id, **desk.parts)
    _print_done(guest_id, "declined", "It is declined.", as_json=as_json)


@guest.command("leave")
@guest_argument
@json_option
@click.pass_obj
def leave(house: House, guest_id: UUID, *, as_json: bool) -> None:
    """Look at the series of the invitation GUEST no longer."""
    with signed_in(house, None) as desk:
        visits.leave_visit(guest_id=guest_id, **desk.parts)
    _print_done(guest_id, "stopped", "You see the series no longer.", as_json=as_json)


@guest.command("show")
@guest_argument
@purpose_option
@json_option
@click.pass_obj
def show(house: House, guest_id: UUID, *, purpose: str | None, as_json: bool) -> None:
    """Show the series of the invitation GUEST: what it is called and what it consists of, nothing of its cases."""
    with signed_in(house, purpose) as desk:
        view = visits.view_visit(guest_id=guest_id, **desk.parts)
    if as_json:
        print_json(_visit_json(view))
        return
    screen.print(Text(f"{view.owner.name} asks: {view.visit.asked}"))
    if view.series is None:
        screen.print("Nothing of the series is shown: you have not accepted, or it is over.")
        return
    screen.print(Text(f"{view.series.name}: {view.series.status}, distributed: {view.series.distributed}"))
    rows = [(one.sha256.hex(), one.media_type or "", "context" * one.is_context) for one in view.items]
    print_table(("SHA-256", "type", ""), rows, empty="Nothing is in it yet.")
    _print_answers("you", view.answers)


@guest.command("answer")
@guest_argument
@click.option("--words", required=True, help="What you see in it: it is kept as your opinion.")
@click.option("--grading", required=True, help="Of your source and of what it says, A1 to E5.")
@click.option("--item", help="The SHA-256 of the item that it is about; about all of it when left out.")
@click.option("--supports", callback=codes, help="Countries that it speaks for: codes such as DK,SE.")
@click.option("--excludes", callback=codes, help="Countries that it speaks against.")
@click.option("--support", type=click.Choice([one.value for one in Support]), help="How much.  [default: moderate]")
@json_option
@click.pass_obj
def answer(
    house: House,
    guest_id: UUID,
    *,
    words: str,
    grading: str,
    item: str | None,
    supports: frozenset[str],
    excludes: frozenset[str],
    support: str | None,
    as_json: bool,
) -> None:
    """Say what you see in the series of the invitation GUEST, or of an item of it. It stays as it is."""
    if supports and excludes:
        raise InputError("say one of --supports and --excludes")
    bearing = Bearing.SUPPORTS if supports else Bearing.EXCLUDES if excludes else Bearing.NEUTRAL
    strength = Support(support or Support.MODERATE) if supports else Support(support) if support else None
    weighing = Weighing(bearing, supports | excludes, support=strength)
    said = Answer(words, SourceGrading.parse(grading), weighing, digest_of(item) if item else None)
    with signed_in(house, None) as desk:
        number = visits.answer_visit(guest_id=guest_id, answer=said, **desk.parts)
    if as_json:
        print_json({"guest": str(guest_id), "answer": number})
        return
    screen.print(f"It is answer {number}.")


def digest_of(typed: str) -> bytes:
    """Return a SHA-256 that was typed in hex.

    Raises:
        InputError: it is none.
    """
    try:
        found = bytes.fromhex(typed)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise InputError("an item is called by its SHA-256, 64 digits")
    return found


def _print_done(guest_id: UUID, state: str, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"guest": str(guest_id), "state": state})
    else:
        screen.print(Text(words))


def _print_answers(who: str, answers: tuple[KeptAnswer, ...]) -> None:
    for one in answers:
        said = one.answer
        about = f" of {said.item.hex()[:16]}" if said.item else ""
        countries = ", ".join(sorted(said.weighing.countries))
        screen.print(Text(f"{who}{about}, {said.grading}, {said.weighing.bearing} {countries}: {said.words}"))


def _json(one: Guest) -> dict[str, Any]:
    return {
        "guest": str(one.guest_id),
        "series": one.series or None,
        "login": one.login,
        "asked": one.asked,
        "purpose": one.purpose.value,
        "until": one.until.isoformat(),
        "state": one.state(now()).value,
        "end": one.end.value if one.end else None,
        "proposed_at": one.proposed_at.isoformat(),
        "confirmed_at": _time(one.confirmed_at),
        "accepted_at": _time(one.taken_at),
        "declined_at": _time(one.declined_at),
        "ended_at": _time(one.ended_at),
        "answers": [_answer_json(each) for each in one.answers],
    }


def _visit_json(view: VisitView) -> dict[str, Any]:
    shown = view.series
    told = _json(view.visit) | {"owner": view.owner.name, "series": None, "items": []}
    told["answers"] = [_answer_json(one) for one in view.answers]
    if shown is None:
        return told
    items = [
        {"sha256": one.sha256.hex(), "media_type": one.media_type, "context": one.is_context} for one in view.items
    ]
    about = {"aliases": list(shown.aliases), "status": shown.status.value, "distributed": shown.distributed.value}
    return told | about | {"series": shown.name, "items": items}


def _answer_json(one: KeptAnswer) -> dict[str, Any]:
    said, weighing = one.answer, one.answer.weighing
    return {
        "answer": one.number,
        "words": said.words,
        "grading": str(said.grading),
        "item": said.item.hex() if said.item else None,
        "bearing": weighing.bearing.value,
        "countries": sorted(weighing.countries),
        "support": weighing.support.value if weighing.support else None,
        "at": one.answered_at.isoformat(),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


COMMANDS = (guest,)
