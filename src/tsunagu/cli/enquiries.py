"""`enquiry`: the actions book of a case: what was asked of whom, by when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from tsunagu.cli import enquiry_requests
from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.enquiry import Enquiry, EnquiryDraft, EnquiryResult
from tsunagu.services.cases import enquiries as service
from tsunagu.services.house import House

case_option = click.option("--case", "case_reference", required=True, help="Reference of the case.")


@click.group()
def enquiry() -> None:
    """The actions book of a case: enquiries, to whom, by when, and what came of them. Nothing found is a result."""


@enquiry.command("add")
@case_option
@click.option("--what", required=True, help="What is asked.")
@click.option("--to", required=True, help="Of whom.")
@click.option("--due", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day in time, in UTC.")
@json_option
@click.pass_obj
def add(house: House, *, case_reference: str, what: str, to: str, due: datetime, as_json: bool) -> None:
    """Enter an enquiry."""
    with signed_in(house, None) as desk:
        draft = EnquiryDraft(what, to, due.date())
        number = service.record_enquiry(reference=case_reference, draft=draft, **desk.parts)
    if as_json:
        print_json({"case": case_reference, "enquiry": number})
    else:
        screen.print(f"It is enquiry {number} of the case.")


@enquiry.command("answer")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@case_option
@click.option("--result", required=True, type=click.Choice([one.value for one in EnquiryResult]))
@click.option("--words", required=True, help="What came of it.")
@json_option
@click.pass_obj
def answer(house: House, *, number: int, case_reference: str, result: str, words: str, as_json: bool) -> None:
    """Enter what came of an enquiry, also where nothing was found. It is entered once, and stays."""
    with signed_in(house, None) as desk:
        came_to = EnquiryResult(result)
        service.answer_enquiry(reference=case_reference, number=number, result=came_to, words=words, **desk.parts)
    if as_json:
        print_json({"case": case_reference, "enquiry": number, "result": result})
    else:
        screen.print("It is entered.")


@enquiry.command("list")
@case_option
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, case_reference: str, purpose: str | None, as_json: bool) -> None:
    """List the enquiries of a case: those without a result first, the soonest due first."""
    with signed_in(house, purpose) as desk:
        book = service.list_enquiries(reference=case_reference, **desk.parts)
    _print(book.enquiries, as_json=as_json, empty="Nothing was asked in this case yet.")


@enquiry.command("overdue")
@purpose_option
@json_option
@click.pass_obj
def overdue(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the enquiries of your cases whose day is over without a result."""
    with signed_in(house, purpose) as desk:
        found = service.list_overdue_enquiries(**desk.parts)
    _print(found, as_json=as_json, empty="No enquiry of your cases is overdue.")


def enquiry_json(one: Enquiry) -> dict[str, Any]:
    """Return an enquiry for machines."""
    return {
        "case": one.case,
        "enquiry": one.number,
        "what": one.draft.what,
        "to": one.draft.to,
        "due": one.draft.due_on.isoformat(),
        "overdue": one.is_overdue(now().date()),
        "asked_by": one.asked_by,
        "asked_at": one.asked_at.isoformat(),
        "result": one.result.value if one.result else None,
        "words": one.words,
        "answered_by": one.answered_by,
        "answered_at": one.answered_at.isoformat() if one.answered_at else None,
    }


def _print(found: Iterable[Enquiry], *, as_json: bool, empty: str) -> None:
    if as_json:
        for one in found:
            print_json(enquiry_json(one))
        return
    today = now().date()
    rows = [
        (
            one.case,
            str(one.number),
            f"{one.draft.due_on}{' OVERDUE' if one.is_overdue(today) else ''}",
            one.draft.to,
            one.draft.what,
            f"{one.result}: {one.words}" if one.result else "",
        )
        for one in found
    ]
    print_table(("case", "no.", "due", "asked of", "what", "result"), rows, empty=empty)


for command in enquiry_requests.COMMANDS:
    enquiry.add_command(command)
COMMANDS = (enquiry,)
