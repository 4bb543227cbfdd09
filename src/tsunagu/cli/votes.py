"""`series vote`, `votes`, `dispute`, and `scheme`: what analysts have seen, by neutral questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.cli.series_changes import case_option, reason_option
from tsunagu.domain.errors import InputError
from tsunagu.domain.scheme import Grade, Scheme, Vote
from tsunagu.services.house import House
from tsunagu.services.series import votes as service
from tsunagu.services.series.schemes import DEMONSTRATION, MOST_BYTES, demonstration, list_schemes, load_scheme
from tsunagu.services.series.votes import VotedItem

scheme_option = click.option("--scheme", required=True, help="Name of the scheme; its newest version counts.")


@click.command()
@click.argument("name")
@click.argument("item")
@case_option
@scheme_option
@click.option("--grade", required=True, type=click.Choice([one.value for one in Grade]), help="The three-way grade.")
@click.option("--answer", "answers", multiple=True, metavar="QUESTION=ANSWER", help="Once for each question.")
@json_option
@click.pass_obj
def vote(
    house: House, name: str, item: str, *, case: str, scheme: str, grade: str, answers: tuple[str, ...], as_json: bool
) -> None:
    """Say what is to be seen of an ITEM of a series. A vote stands, and nobody is told it before all are in."""
    given = dict(one.partition("=")[::2] for one in answers)
    with signed_in(house, None) as desk:
        service.cast_vote(
            name=name, case=case, item=item, scheme=scheme, grade=Grade(grade), answers=given, **desk.parts
        )
    if as_json:
        print_json({"series": name, "item": item, "voted": True})
        return
    screen.print("You have voted. What others say is told once all votes are in.")


@click.command()
@click.argument("name")
@click.argument("item")
@case_option
@scheme_option
@reason_option
@json_option
@click.pass_obj
def dispute(house: House, name: str, item: str, *, case: str, scheme: str, reason: str, as_json: bool) -> None:
    """Dispute what the votes on an ITEM came to: everybody votes anew."""
    with signed_in(house, None) as desk:
        service.dispute_votes(name=name, case=case, item=item, scheme=scheme, reason=reason, **desk.parts)
    if as_json:
        print_json({"series": name, "item": item, "disputed": True})
        return
    screen.print("It is disputed: everybody may vote anew.")


@click.command()
@click.argument("name")
@scheme_option
@purpose_option
@json_option
@click.pass_obj
def votes(house: House, name: str, *, scheme: str, purpose: str | None, as_json: bool) -> None:
    """Tell how the votes on the items of a series stand; what was voted only once all votes are in."""
    with signed_in(house, purpose) as desk:
        view = service.list_votes(name=name, scheme=scheme, **desk.parts)
    if as_json:
        for one in view.items:
            print_json(_voted_json(one))
        return
    rows = [
        (
            one.item.case,
            one.item.number,
            one.verdict.state,
            one.verdict.grade or "",
            "yes" if one.own else "no",
            one.reason,
        )
        for one in view.items
    ]
    columns = ("case", "item", "votes are", "grade", "you voted", "disputed because")
    print_table(columns, rows, empty="Nothing of your cases is in it.", whole=("item",))


@click.group()
def scheme() -> None:
    """Schemes of neutral categories, by which analysts vote."""


@scheme.command("load")
@click.argument("source", metavar="FILE")
@json_option
@click.pass_obj
def load(house: House, source: str, *, as_json: bool) -> None:
    """Let your agency vote by the scheme in a FILE of JSON; `demonstration` is one that is shipped."""
    content = demonstration() if source == DEMONSTRATION else _read(Path(source))
    with signed_in(house, None) as desk:
        loaded = load_scheme(content=content, **desk.parts)
    if as_json:
        print_json(_scheme_json(loaded))
        return
    screen.print(f"Loaded: {loaded.needed} of {loaded.voters} votes must agree.")


@scheme.command("list")
@json_option
@click.pass_obj
def list_(house: House, *, as_json: bool) -> None:
    """List the schemes of your agency, with their questions."""
    with signed_in(house, None) as desk:
        found = list_schemes(**desk.parts)
    if as_json:
        for one in found:
            print_json(_scheme_json(one))
        return
    rows = [
        (
            one.name,
            one.version,
            f"{one.needed} of {one.voters}",
            "; ".join(f"{e.code}: {', '.join(e.answers)}" for e in one.elements),
        )
        for one in found
    ]
    print_table(("scheme", "version", "must agree", "questions"), rows, empty="There is none: `tsunagu scheme load`.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError("the file cannot be read") from error


def _scheme_json(one: Scheme) -> dict[str, Any]:
    elements = [{"code": e.code, "question": dict(e.question), "answers": list(e.answers)} for e in one.elements]
    return {
        "scheme": one.name,
        "version": one.version,
        "needed": one.needed,
        "voters": one.voters,
        "elements": elements,
    }


def _voted_json(one: VotedItem) -> dict[str, Any]:
    return {
        "case": one.item.case,
        "number": one.item.number,
        "sha256": one.item.sha256.hex(),
        "state": one.verdict.state.value,
        "grade": one.verdict.grade,
        "answers": dict(one.verdict.answers),
        "round": one.round,
        "own": _vote_json(one.own) if one.own else None,
        "votes": [{"by": login, **_vote_json(each)} for login, each in one.votes],
        "disputed_because": one.reason,
    }


def _vote_json(one: Vote) -> dict[str, Any]:
    return {"grade": one.grade.value, "answers": dict(one.answers), "voted_at": one.voted_at.isoformat()}


COMMANDS = (scheme,)
