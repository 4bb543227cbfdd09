"""`gate show`, and the group of the commands about the gate."""

from __future__ import annotations

from typing import Any

import click

from tsunagu.cli import gate as acting
from tsunagu.cli import gate_ends
from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.cli.seized_options import case_option, list_option
from tsunagu.domain.gate import GateStanding, GateStepKind
from tsunagu.law.points import Point
from tsunagu.services.gate import views as gate_views
from tsunagu.services.gate.juveniles import JuvenileFile
from tsunagu.services.gate.views import PersonView
from tsunagu.services.house import House


@click.group()
def gate() -> None:
    """The corroboration gate: what has to be shown of somebody before he may be called a suspect.

    A row of a list is a lead, which anybody may have filled in with anybody's name. One person is worked on at a time;
    there is no score, and nothing is decided but by an officer with reasons.
    """


@gate.command("show")
@case_option
@list_option
@click.option("--person", type=int, help="The number of his first row; without it, some are listed by their numbers.")
@click.option(
    "--standing", type=click.Choice([one.value for one in GateStanding]), help="All but leads, when left out."
)
@click.option("--prefecture", help="Of those alone who live there, by its code.")
@click.option("--after", default=0, help="The number after which to go on.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(1, 50))
@purpose_option
@json_option
@click.pass_obj
def show(
    house: House,
    *,
    reference: str,
    number: int | None,
    person: int | None,
    standing: str | None,
    prefecture: str | None,
    after: int,
    most: int,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Show how one person stands, with his rows and what is missing; or list persons by number, without names."""
    with signed_in(house, purpose) as desk:
        if person is not None:
            views: tuple[PersonView, ...] = (
                gate_views.view_person(reference=reference, number=number, person=person, **desk.parts),
            )
        else:
            views = gate_views.list_persons(
                reference=reference,
                number=number,
                standing=None if standing is None else GateStanding(standing),
                prefecture=prefecture,
                after=after,
                most=most,
                **desk.parts,
            )
    if as_json:
        for one in views:
            print_json(person_json(one))
    elif person is not None:
        _print_person(views[0])
    else:
        rows = [(one.person.rows[0], one.file.stands, one.person.prefecture or "", _missing(one)) for one in views]
        print_table(("person", "standing", "prefecture", "missing"), rows, empty="Nobody stands so.")


def person_json(view: PersonView) -> dict[str, Any]:
    """Return a person for machines."""
    file, person = view.file, view.person
    looked_into = file.person
    return {
        "person": person.rows[0],
        "rows": list(person.rows),
        "standing": file.stands.value,
        "missing": [one.value for one in view.problems],
        "allegation": None
        if looked_into is None
        else {
            "jurisdiction": looked_into.allegation.jurisdiction,
            "conduct": looked_into.allegation.conduct,
            "date": looked_into.allegation.act_on.isoformat(),
        },
        "points": {}
        if looked_into is None
        else {
            one.value: {
                "showing": getattr(looked_into.points, one.value).showing.value,
                "evidence": [[each.reference, each.source] for each in getattr(looked_into.points, one.value).evidence],
            }
            for one in Point
        },
        "law": [
            {
                "rule": one.rule.rule_id,
                "provision": one.rule.provision,
                "in_force": one.is_in_force,
                "punishable": one.is_punishable,
                "unreviewed": one.rule.review is None,
                "missing_elements": [each.code for each in one.missing],
            }
            for one in view.law
        ],
        "majority": None if looked_into is None else looked_into.majority.value,
        "prefecture": {"code": person.prefecture, "method": person.method, "confidence": person.confidence},
        "facts": {kind.value: dict(step.said) for kind, step in file.facts.items()},
        "juvenile": None if view.juvenile is None else _juvenile_json(view.juvenile),
        "titles": list(view.titles),
        "said": [{told.value: text for told, text in row.items()} for row in view.rows],
        "steps": [{"step": one.number, "kind": one.kind.value, "at": one.at.isoformat()} for one in file.steps],
    }


def _juvenile_json(file: JuvenileFile) -> dict[str, Any]:
    receiver = file.next_receiver
    return {
        "route": [one.value for one in file.route],
        "next": None if receiver is None else receiver.value,
        "kept_until": file.keep_until.isoformat(),
    }


def _print_person(view: PersonView) -> None:
    told = person_json(view)
    screen.print(f"person {told['person']}: {told['standing']}", markup=False)
    if told["allegation"]:
        said = told["allegation"]
        screen.print(f"  {said['conduct']}, {said['jurisdiction']}, {said['date']}", markup=False)
    for point, found in told["points"].items():
        shown = ", ".join(f"{reference} ({source})" for reference, source in found["evidence"])
        screen.print(f"  {point}: {found['showing']} {shown}".rstrip(), markup=False)
    if told["allegation"] and not told["law"]:
        screen.print(
            "  the agency's rules know this conduct no more: none is told, and nothing rests on any", markup=False
        )
    for rule in told["law"]:
        if rule["in_force"]:
            missing = ", ".join(rule["missing_elements"]) or "nothing"
            reviewed = " (unreviewed: nothing rests on it)" if rule["unreviewed"] else ""
            screen.print(f"  {rule['rule']}{reviewed}: yet to be shown: {missing}", markup=False)
    for kind in told["facts"]:
        screen.print(f"  {kind}: recorded", markup=False)
    if view.file.person is not None and view.file.stands is not GateStanding.SUSPECT:
        missing = _missing(view)
        screen.print(f"  missing: {missing}" if missing else "  nothing is missing: an officer decides", markup=False)
    if (
        any(one.kind is GateStepKind.PROMOTED for one in view.file.steps)
        and view.file.stands is not GateStanding.SUSPECT
    ):
        screen.print("  an earlier decision that he is a suspect holds no more", markup=False)
    for number, row in zip(view.person.rows, view.rows, strict=True):
        screen.print(
            f"  row {number}: " + "; ".join(f"{one}: {text}" for one, text in row.items() if text), markup=False
        )


def _missing(view: PersonView) -> str:
    return ", ".join(view.problems)


for command in (*acting.COMMANDS, *gate_ends.COMMANDS):
    gate.add_command(command)
COMMANDS = (gate,)
