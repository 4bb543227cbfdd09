"""`submissions`: what other agencies have sent yours of their series, and what of yours is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.cli.series_changes import reason_option
from tsunagu.cli.series_submitted import stand_text, submission_json
from tsunagu.domain.submission import Rejection
from tsunagu.services.house import House
from tsunagu.services.submissions import inbox
from tsunagu.services.submissions.sending import withdraw_submission
from tsunagu.services.submissions.taking import take_submission

submission_argument = click.argument("submission_id", metavar="SUBMISSION", type=click.UUID)
item_option = click.option("--item", "items", multiple=True, metavar="SHA256", help="Which; all when left out.")


@click.group()
def submissions() -> None:
    """Submissions: what other agencies have sent yours of their series. `tsunagu series submit` sends."""


@submissions.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List what was submitted to your agency, newest first."""
    with signed_in(house, purpose) as desk:
        view = inbox.list_received(**desk.parts)
    names = {agency_id: card.name for agency_id, card in view.agencies.items()}
    if as_json:
        for one in view.submissions:
            case = view.cases.get(one.case_id) if one.case_id else None
            print_json({**submission_json(one), "from": names[one.owner_id], "case": case})
        return
    rows = [
        (str(one.submission_id), names[one.owner_id], one.series, one.until, stand_text(one))
        for one in view.submissions
    ]
    print_table(("submission", "from", "series", "until", "items"), rows, empty="Nothing was submitted to your agency.")


@submissions.command("show")
@submission_argument
@purpose_option
@json_option
@click.pass_obj
def show(house: House, submission_id: UUID, *, purpose: str | None, as_json: bool) -> None:
    """Show SUBMISSION: its label, of each item what it is, and in which cases of yours you hold it already."""
    with signed_in(house, purpose) as desk:
        view = inbox.view_received(submission_id=submission_id, **desk.parts)
    one = view.submission
    if as_json:
        found = submission_json(one)
        for item in found["items"]:
            item["held_in"] = list(view.held.get(bytes.fromhex(item["sha256"]), ()))
        print_json({**found, "from": view.owner.name, "contact": view.owner.contact, "case": view.case or None})
        return
    passing = "may be passed on" if one.label.may_forward else "not to be passed on"
    called = f"{one.series}, {one.investigation}: " if one.series else ""
    screen.print(Text(f"{called}from {view.owner.name}, {view.owner.contact}"))
    screen.print(f"For {one.purpose.value}, {passing}, until {one.until.isoformat()}.")
    rows = [
        (
            item.sha256.hex(),
            item.media_type or "",
            item.state.value,
            "yes" if item.has_media else "no",
            ", ".join(view.held.get(item.sha256, ())),
        )
        for item in one.items
    ]
    print_table(("sha256", "type", "state", "media", "held in"), rows, empty="Nothing of it is told any more.")


@submissions.command("take")
@submission_argument
@click.argument("reference", metavar="CASE")
@json_option
@click.pass_obj
def take(house: House, submission_id: UUID, reference: str, *, as_json: bool) -> None:
    """Take SUBMISSION as a new CASE, under its label, with a series of the same name; it is compared with all held."""
    with signed_in(house, None) as desk:
        taken = take_submission(submission_id=submission_id, reference=reference, vault=desk.rooms.vault, **desk.parts)
    if as_json:
        told = {"submission": str(submission_id), "case": taken.case, "items": taken.items, "media": taken.media}
        print_json(told)
        return
    screen.print(f"{counted(taken.items, 'item is', 'items are')} taken, {taken.media} with the content itself.")


@submissions.command("reject")
@submission_argument
@click.option(
    "--reason", "why", required=True, type=click.Choice([one.value for one in Rejection]), help="Why, by the list."
)
@click.option("--words", required=True, help="What the other agency is told besides.")
@item_option
@json_option
@click.pass_obj
def reject(house: House, submission_id: UUID, *, why: str, words: str, items: Sequence[str], as_json: bool) -> None:
    """Do not take items of SUBMISSION; the other agency is told which, and why."""
    with signed_in(house, None) as desk:
        gone = inbox.reject_submission(
            submission_id=submission_id, items=items, why=Rejection(why), words=words, **desk.parts
        )
    _print_done(submission_id, "rejected", gone, as_json=as_json)


@submissions.command("withdraw")
@submission_argument
@item_option
@reason_option
@json_option
@click.pass_obj
def withdraw(house: House, submission_id: UUID, *, items: Sequence[str], reason: str, as_json: bool) -> None:
    """Withdraw items of a SUBMISSION of yours: what was taken of them is erased there, and both ledgers tell."""
    with signed_in(house, None) as desk:
        gone = withdraw_submission(
            submission_id=submission_id, items=items, reason=reason, queue=desk.rooms.queue, **desk.parts
        )
    _print_done(submission_id, "withdrawn", gone, as_json=as_json)


def _print_done(submission_id: UUID, done: str, count: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"submission": str(submission_id), done: count, "at": now().isoformat()})
        return
    screen.print(f"{counted(count, 'item', 'items')} {done}.")


COMMANDS = (submissions,)
