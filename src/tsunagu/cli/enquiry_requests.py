"""`enquiry ask`, `requests`, `request`, `tell` and `request-letter`: what one force asks another before the gate."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from tsunagu.cli.alerts import document_option
from tsunagu.cli.gate import DAY, PersonNamed, of_a_person
from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.new_files import new_file
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.enquiry_request import Confirmed, RequestAnswer, RequestDraft, RequestState, RequestSummary, Wanted
from tsunagu.domain.errors import InputError
from tsunagu.exchange.enquiry_form import pdf_of, text_of
from tsunagu.exchange.typesetting import Typesetter
from tsunagu.services.gate import requests as service
from tsunagu.services.gate.request_asking import ask_force
from tsunagu.services.gate.requests import RequestView
from tsunagu.services.house import House

_WANTED = click.Choice([one.value for one in Wanted])


@click.command("ask")
@click.option("--want", "wanted", multiple=True, required=True, type=_WANTED, help="May be given again.")
@click.option("--authority", required=True, help="On what legal ground.")
@click.option("--until", required=True, type=DAY, help="The last day for an answer, in UTC: sixty days off at most.")
@click.option(
    "--address-of",
    "told_rows",
    multiple=True,
    type=click.IntRange(1),
    metavar="ROW",
    help="A row of his whose address is told; may be given again. Those whose address lies there when left out.",
)
@of_a_person
@click.pass_obj
def ask(
    house: House,
    /,
    *,
    wanted: tuple[str, ...],
    authority: str,
    until: datetime,
    told_rows: tuple[int, ...],
    at: PersonNamed,
) -> None:
    """Ask the force of where a person lives for what is missing, while he is a row of a list.

    It is told his name and his address there, with the date of birth where that is asked for, and nothing of the list.
    What is not answered by the last day is erased at both.
    """
    draft = RequestDraft(tuple(map(Wanted, wanted)), authority, until.date(), told_rows)
    with signed_in(house, at.purpose) as desk:
        made = ask_force(reference=at.reference, number=at.number, person=at.person, draft=draft, **desk.parts)
    if at.as_json:
        print_json({"request": str(made)})
    else:
        screen.print(f"Asked: {made}", markup=False)


@click.command("requests")
@purpose_option
@json_option
@click.pass_obj
def requests(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the requests that you are told of: sent from your cases, or to your agency."""
    with signed_in(house, purpose) as desk:
        views = service.list_enquiry_requests(**desk.parts)
    if as_json:
        for view in views:
            print_json(_json(view))
        return
    rows = [
        (one.summary.request_id, one.sender.name, one.receiver.name, _state(one.summary), one.summary.last_day)
        for one in views
    ]
    print_table(("request", "from", "to", "state", "until"), rows, empty="There is no request.", whole=("request",))


@click.command("request")
@click.argument("request", type=click.UUID)
@purpose_option
@json_option
@click.pass_obj
def request_(house: House, *, request: UUID, purpose: str | None, as_json: bool) -> None:
    """Show one request: what it asks, and what was answered."""
    with signed_in(house, purpose) as desk:
        read = service.view_enquiry_request(request_id=request, **desk.parts)
    answered = None if read.answer is None else {one.value: said.value for one, said in read.answer.found.items()}
    if as_json:
        words = None if read.answer is None else read.answer.words
        print_json({**_json(read.view), "asks": read.content, "answer": answered, "words": words})
        return
    text = "Nothing is left of what it said." if read.content is None else text_of(read.content)
    screen.print(text, markup=False, highlight=False)
    if read.answer is not None and answered is not None:
        told = ", ".join(f"{one}: {said}" for one, said in answered.items())
        screen.print(f"{told}. {read.answer.words}", markup=False)


@click.command("tell")
@click.argument("request", type=click.UUID)
@click.option("--found", multiple=True, required=True, help="WANTED=confirmed, not-confirmed or not-known; for each.")
@click.option("--words", default="", help="What else there is to say.")
@document_option
@purpose_option
@json_option
@click.pass_obj
def tell(
    house: House,
    *,
    request: UUID,
    found: tuple[str, ...],
    words: str,
    document: Path | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Answer a request, once: each thing that was asked. For a force without Tsunagu its sender does, by a document."""
    digest = None if document is None else hashlib.sha256(document.read_bytes()).digest()
    answer = RequestAnswer(_found(found), words, digest)
    with signed_in(house, purpose) as desk:
        service.answer_enquiry_request(request_id=request, answer=answer, **desk.parts)
    if as_json:
        print_json({"request": str(request), "state": "answered"})
    else:
        screen.print("It is answered.")


@click.command("request-letter")
@click.argument("request", type=click.UUID)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new PDF file, or .txt for text alone.")
@purpose_option
@click.pass_obj
def letter(house: House, *, request: UUID, out: Path, purpose: str | None) -> None:
    """Write a request as a letter in Japanese, for a force without Tsunagu. That it was printed is written down."""
    typesetter = None if out.suffix == ".txt" else Typesetter()
    with signed_in(house, purpose) as desk:
        fields = service.write_enquiry_letter(request_id=request, **desk.parts)
    with new_file(out) as file:
        file.write(text_of(fields).encode() if typesetter is None else pdf_of(fields, typesetter))


def _found(typed: tuple[str, ...]) -> dict[Wanted, Confirmed]:
    try:
        return {Wanted(one): Confirmed(said) for one, _, said in (each.partition("=") for each in typed)}
    except ValueError as error:
        raise InputError("an answer is WANTED=confirmed, WANTED=not-confirmed or WANTED=not-known") from error


def _json(view: RequestView) -> dict[str, Any]:
    one = view.summary
    return {
        "request": str(one.request_id),
        "from": view.sender.name,
        "to": view.receiver.name,
        "state": one.state.value,
        "asked_at": one.asked_at.isoformat(),
        "until": one.last_day.isoformat(),
        "answered_at": _time(one.answered_at),
        "by_line": one.by_line,
        "arrived_at": _time(one.arrived_at),
        "informed_at": _time(one.informed_at),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _state(one: RequestSummary) -> str:
    """Return how a request stands, and of one that goes over the line whether it is there."""
    is_on_its_way = one.by_line and one.arrived_at is None and one.state is RequestState.ASKED
    return f"{one.state}, on its way" if is_on_its_way else one.state.value


COMMANDS = (ask, requests, request_, tell, letter)
