"""`person`: children of a case under pseudonyms, its subjects step by step, and by what evidence they are tied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from tsunagu.cli import person_identity, person_withdrawing
from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.outcome import OutcomeCode, PersonRole
from tsunagu.domain.person import Basis, CasePerson, CourtFinding, Ground, PersonName, PersonTie, TieReason
from tsunagu.domain.report import SourceGrading
from tsunagu.services.house import House
from tsunagu.services.persons import stating as service

VALUES = list(dict.fromkeys(one.value for codes in (OutcomeCode, PersonRole, CourtFinding) for one in codes))


def basis_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options by which an officer says what a statement rests on."""
    for option in (
        click.option("--evidence", required=True, help="item:NUMBER, hit:NUMBER, enquiry:NUMBER or document:SHA-256."),
        click.option("--grading", required=True, help="Of the source and of what it says, A1 to E5."),
        click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day since which it holds."),
        click.option("--reason", required=True, help="Why, in your words; they are kept sealed."),
    ):
        command = option(command)
    return command


@click.group()
def person() -> None:
    """Persons of a case: children by pseudonym, subjects by what was stated of them. Who they are is kept apart."""


@person.command("add-child")
@click.argument("reference", metavar="CASE")
@click.option("--code", default="", help="A neutral code beside the number; never a name.")
@click.option("--series", "series_names", multiple=True, help="A series that the child is in; may be repeated.")
@json_option
@click.pass_obj
def add_child(house: House, *, reference: str, code: str, series_names: tuple[str, ...], as_json: bool) -> None:
    """Enter a child into CASE, under the next pseudonym."""
    with signed_in(house, None) as desk:
        name = service.add_child(reference=reference, code=code, series_names=series_names, **desk.parts)
    _print_name(reference, name, as_json=as_json)


@person.command("add-subject")
@click.argument("reference", metavar="CASE")
@click.option("--code", default="", help="A neutral code beside the number; never a name.")
@basis_options
@json_option
@click.pass_obj
def add_subject(house: House, /, *, reference: str, code: str, as_json: bool, **said: Any) -> None:
    """Enter a subject into CASE, as a person of interest."""
    with signed_in(house, None) as desk:
        name = service.add_subject(reference=reference, code=code, basis=_basis(**said), **desk.parts)
    _print_name(reference, name, as_json=as_json)


@person.command("state")
@click.argument("reference", metavar="CASE")
@click.argument("name", metavar="PERSON")
@click.argument("value", type=click.Choice(VALUES))
@basis_options
@json_option
@click.pass_obj
def state(house: House, /, *, reference: str, name: str, value: str, as_json: bool, **said: Any) -> None:
    """State how PERSON, such as child-1 or subject-2, stands now. What was stated before stays."""
    with signed_in(house, None) as desk:
        about: dict[str, Any] = {
            "reference": reference,
            "name": PersonName.parse(name),
            "value": value,
            "basis": _basis(**said),
        }
        number = service.state_person(**about, **desk.parts)
    if as_json:
        print_json({"case": reference, "person": name, "step": number, "value": value})
    else:
        screen.print(f"It is step {number} of {name}.")


@person.command("tie")
@click.argument("reference", metavar="CASE")
@click.argument("one")
@click.argument("other")
@click.argument("how", type=click.Choice([one.value for one in TieReason]))
@basis_options
@json_option
@click.pass_obj
def tie(house: House, /, *, reference: str, one: str, other: str, how: str, as_json: bool, **said: Any) -> None:
    """State that ONE and OTHER, two persons of CASE, are tied, and by what evidence."""
    with signed_in(house, None) as desk:
        about: dict[str, Any] = {"pair": (PersonName.parse(one), PersonName.parse(other)), "reason": TieReason(how)}
        number = service.tie_persons(reference=reference, basis=_basis(**said), **about, **desk.parts)
    if as_json:
        print_json({"case": reference, "tie": number})
    else:
        screen.print(f"It is tie {number} of the case.")


@person.command("list")
@click.argument("reference", metavar="CASE")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, reference: str, purpose: str | None, as_json: bool) -> None:
    """List the persons of CASE and how they stand; never who they are."""
    with signed_in(house, purpose) as desk:
        view = service.list_persons(reference=reference, **desk.parts)
    if as_json:
        for one in view.persons:
            print_json(_person_json(one))
        return
    rows = [
        (str(one.name), one.code, one.status, ", ".join(one.findings), ", ".join(one.series)) for one in view.persons
    ]
    columns = ("person", "code", "stands as", "a court found", "series")
    print_table(columns, rows, empty="Nobody was entered into this case yet.")


@person.command("network")
@click.argument("reference", metavar="CASE")
@purpose_option
@json_option
@click.pass_obj
def network(house: House, *, reference: str, purpose: str | None, as_json: bool) -> None:
    """List which persons of CASE are tied, and by what evidence."""
    with signed_in(house, purpose) as desk:
        view = service.list_persons(reference=reference, **desk.parts)
    if as_json:
        for one in view.ties:
            print_json(_tie_json(one))
        return
    rows = [
        (str(one.one), str(one.other), one.reason.value, str(one.basis.ground), str(one.basis.grading), one.by)
        for one in view.ties
    ]
    columns = ("one", "other", "how", "evidence", "grading", "stated by")
    print_table(columns, rows, empty="No persons of this case are tied.")


def _basis(*, reason: str, since: datetime, grading: str, evidence: str) -> Basis:
    return Basis(reason, since.date(), SourceGrading.parse(grading), Ground.parse(evidence))


def _basis_json(basis: Basis) -> dict[str, Any]:
    return {
        "reason": basis.words,
        "since": basis.on.isoformat(),
        "grading": str(basis.grading),
        "evidence": str(basis.ground),
    }


def _person_json(one: CasePerson) -> dict[str, Any]:
    steps = [
        {"step": step.number, "value": step.value, **_basis_json(step.basis), "by": step.by, "at": step.at.isoformat()}
        for step in one.steps
    ]
    return {
        "person": str(one.name),
        "code": one.code,
        "stands_as": one.status or None,
        "court_found": list(one.findings),
        "series": list(one.series),
        "has_identity": one.has_identity,
        "entered_by": one.entered_by,
        "entered_at": one.entered_at.isoformat(),
        "steps": steps,
    }


def _tie_json(one: PersonTie) -> dict[str, Any]:
    told = {"tie": one.number, "one": str(one.one), "other": str(one.other), "how": one.reason.value}
    return told | _basis_json(one.basis) | {"by": one.by, "at": one.at.isoformat()}


def _print_name(reference: str, name: PersonName, *, as_json: bool) -> None:
    if as_json:
        print_json({"case": reference, "person": str(name)})
    else:
        screen.print(f"It is {name} of the case.")


for command in (*person_identity.COMMANDS, *person_withdrawing.COMMANDS):
    person.add_command(command)
COMMANDS = (person,)
