"""`gate`: from a lead to a suspect, one person at a time, by people's decisions and with all five points shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, screen
from tsunagu.cli.seized_options import case_option, list_option
from tsunagu.domain.errors import InputError
from tsunagu.domain.gate import GateStanding, RiskBand
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Allegation, Majority
from tsunagu.law.gate_file import GateStep
from tsunagu.law.points import Evidence, Point
from tsunagu.services.gate import decisions as service
from tsunagu.services.gate.facts import AgeFact, GateFact, PointFact, ResidenceFact, RiskFact, WelfareFact
from tsunagu.services.house import House

DAY = click.DateTime(formats=["%Y-%m-%d"])
reason_option = click.option("--reason", required=True, help="Why; kept with the decision, erased with the list.")
evidence_option = click.option(
    "--evidence",
    multiple=True,
    help="REFERENCE=SOURCE: what shows it, as the case calls it, and from whom it comes; may be given again.",
)


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """Which person a command is about, and how it answers."""

    reference: str
    number: int | None
    person: int
    purpose: str | None
    as_json: bool


def of_a_person(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name one person, as one argument `at`."""

    @case_option
    @list_option
    @click.option("--person", type=int, required=True, help="The number of his first row.")
    @purpose_option
    @json_option
    @wraps(command)
    def named(
        *typed: Any,
        reference: str,
        number: int | None,
        person: int,
        purpose: str | None,
        as_json: bool,
        **more: Any,
    ) -> None:
        command(*typed, at=PersonNamed(reference, number, person, purpose, as_json), **more)

    return named


@click.command("promote")
@click.option(
    "--to", required=True, type=click.Choice([GateStanding.PERSON_OF_INTEREST.value, GateStanding.SUSPECT.value])
)
@click.option("--jurisdiction", help="Of a person of interest: where it is said to have been done.")
@click.option("--conduct", help="Of a person of interest: what, by its code (`tsunagu law list`).")
@click.option("--date", "act_on", type=DAY, help="Of a person of interest: on which calendar day of that place.")
@reason_option
@of_a_person
@click.pass_obj
def promote(
    house: House,
    /,
    *,
    to: str,
    jurisdiction: str | None,
    conduct: str | None,
    act_on: datetime | None,
    reason: str,
    at: PersonNamed,
) -> None:
    """Decide, with reasons, that somebody is looked into; or that he is a suspect, once all five points are shown.

    Taking somebody up again begins anew. Whoever loses a point, or the rule that carries the decision, is a suspect no
    more, at once, and becomes one again by another decision alone.
    """
    if to == GateStanding.SUSPECT.value:
        if jurisdiction or conduct or act_on:
            raise InputError("what is alleged was said when he was taken up")
        with signed_in(house, at.purpose) as desk:
            step = service.promote(
                reference=at.reference, number=at.number, person=at.person, reasons=reason, **desk.parts
            )
    else:
        if not jurisdiction or not conduct or act_on is None:
            raise InputError("who is taken up is said to have done something: --jurisdiction, --conduct and --date")
        with signed_in(house, at.purpose) as desk:
            step = service.take_up(
                reference=at.reference,
                number=at.number,
                person=at.person,
                allegation=Allegation(jurisdiction, conduct, act_on.date()),
                reasons=reason,
                **desk.parts,
            )
    done(step, at)


@click.command("record")
@click.option("--point", required=True, type=click.Choice([one.value for one in Point]))
@click.option("--showing", required=True, type=click.Choice([one.value for one in Showing]))
@evidence_option
@click.option("--title", type=int, help="Of the item: the number of the title that a row of his names.")
@click.option("--words", default="", help="What the evidence says.")
@of_a_person
@click.pass_obj
def record(
    house: House,
    /,
    *,
    point: str,
    showing: str,
    evidence: tuple[str, ...],
    title: int | None,
    words: str,
    at: PersonNamed,
) -> None:
    """Record what was found of one of the five points: identity, payment, delivery, item, day."""
    keep(house, PointFact(Point(point), Showing(showing), evidence_in(evidence), title, words), at)


@click.command("age")
@click.option("--as", "majority", required=True, type=click.Choice([one.value for one in Majority]))
@evidence_option
@of_a_person
@click.pass_obj
def age(house: House, /, *, majority: str, evidence: tuple[str, ...], at: PersonNamed) -> None:
    """Record whether somebody is an adult, as officially confirmed. Nothing here estimates an age."""
    keep(house, AgeFact(Majority(majority), evidence_in(evidence)), at)


@click.command("residence")
@click.option("--prefecture", required=True, help="Its code, 01 to 47.")
@evidence_option
@of_a_person
@click.pass_obj
def residence(house: House, /, *, prefecture: str, evidence: tuple[str, ...], at: PersonNamed) -> None:
    """Record where somebody lives, as confirmed by people: it outweighs what the list told."""
    keep(house, ResidenceFact(prefecture, evidence_in(evidence)), at)


@click.command("risk")
@click.option("--tool", required=True, help="By which the assessor is licensed to assess.")
@click.option("--tool-version", "version", required=True)
@click.option("--on", "assessed_on", required=True, type=DAY)
@click.option("--band", required=True, type=click.Choice([one.value for one in RiskBand]))
@click.option("--assessor", required=True, help="Name and licence.")
@of_a_person
@click.pass_obj
def risk(
    house: House, /, *, tool: str, version: str, assessed_on: datetime, band: str, assessor: str, at: PersonNamed
) -> None:
    """Record what a licensed officer's assessment of the risk to children came to. Nothing here computes one."""
    keep(house, RiskFact(tool, version, assessed_on.date(), RiskBand(band), assessor), at)


@click.command("welfare")
@click.option("--suicide", required=True, help="What is planned against his harming himself.")
@click.option("--children", required=True, help="What is planned for children who live with him.")
@of_a_person
@click.pass_obj
def welfare(house: House, /, *, suicide: str, children: str, at: PersonNamed) -> None:
    """Record what is planned so that nobody comes to harm when somebody is approached."""
    keep(house, WelfareFact(suicide, children), at)


def keep(house: House, fact: GateFact, at: PersonNamed) -> None:
    """Record something of a person."""
    with signed_in(house, at.purpose) as desk:
        step = service.record_fact(reference=at.reference, number=at.number, person=at.person, fact=fact, **desk.parts)
    done(step, at)


def evidence_in(typed: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Return evidence as it was typed.

    Raises:
        InputError: it is not REFERENCE=SOURCE.
    """
    found = [one.partition("=") for one in typed]
    if not all(sign for _, sign, _ in found):
        raise InputError("evidence is typed as REFERENCE=SOURCE")
    return tuple(Evidence(reference, source) for reference, _, source in found)


def done(step: GateStep, at: PersonNamed) -> None:
    """Tell what was recorded."""
    if at.as_json:
        print_json({"person": at.person, "step": step.number, "kind": step.kind.value})
    else:
        screen.print(f"Step {step.number} of person {at.person}: {step.kind}.", markup=False)


COMMANDS = (promote, record, age, residence, risk, welfare)
