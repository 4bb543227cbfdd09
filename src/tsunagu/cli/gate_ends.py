"""`gate position`, `drop`, `juvenile` and `hand-over`: what is recorded of a suspect alone, and how one's way ends."""

from __future__ import annotations

import click

from tsunagu.cli.gate import PersonNamed, done, evidence_in, evidence_option, keep, of_a_person, reason_option
from tsunagu.cli.house import signed_in
from tsunagu.cli.output import print_json, screen
from tsunagu.domain.gate import Contact, Position, PositionBasis
from tsunagu.services.gate import decisions as service
from tsunagu.services.gate.facts import PositionFact
from tsunagu.services.house import House


@click.command("position")
@click.option("--as", "position", required=True, type=click.Choice([one.value for one in Position]))
@click.option("--basis", required=True, type=click.Choice([one.value for one in PositionBasis]))
@click.option(
    "--children", required=True, type=click.Choice([one.value for one in Contact]), help="About him regularly."
)
@click.option("--unit", default="", help="His station or office, which is passed by; needed of police and officials.")
@evidence_option
@of_a_person
@click.pass_obj
def position(
    house: House, /, *, position: str, basis: str, children: str, unit: str, evidence: tuple[str, ...], at: PersonNamed
) -> None:
    """Record what a suspect is at work, as he states it or as it is officially confirmed; of nobody else.

    Of police and officials the officers of your agency are told nothing any more, but for its co-ordinators.
    """
    fact = PositionFact(Position(position), PositionBasis(basis), Contact(children), unit, evidence_in(evidence))
    keep(house, fact, at)


@click.command("drop")
@reason_option
@of_a_person
@click.pass_obj
def drop(house: House, /, *, reason: str, at: PersonNamed) -> None:
    """Decide, with reasons, that nobody looks into somebody any more. Withdraw what was referred of him, too."""
    with signed_in(house, at.purpose) as desk:
        step = service.drop(reference=at.reference, number=at.number, person=at.person, reasons=reason, **desk.parts)
    done(step, at)


@click.command("juvenile")
@click.option("--age-at-act", required=True, type=int, help="In whole years, as officially confirmed.")
@click.option("--age-now", required=True, type=int, help="Likewise.")
@reason_option
@of_a_person
@click.pass_obj
def juvenile(house: House, /, *, age_at_act: int, age_now: int, reason: str, at: PersonNamed) -> None:
    """Hand a juvenile over to the way that is kept apart, and tell to whom his case goes; no way leads back.

    What other forces were asked about him, and have not answered, is erased. One that was asked on paper you tell.
    """
    with signed_in(house, at.purpose) as desk:
        route = service.send_to_juvenile_way(
            reference=at.reference,
            number=at.number,
            person=at.person,
            age_at_act=age_at_act,
            age_now=age_now,
            reasons=reason,
            **desk.parts,
        )
    told = [one.value for one in route.steps]
    if at.as_json:
        print_json({"person": at.person, "steps": told, "rule": route.rule.rule_id})
    else:
        screen.print(f"His case goes to: {', then '.join(told)} ({route.rule.rule_id}).", markup=False)


@click.command("hand-over")
@click.option("--office", required=True, help="Which office has received it.")
@reason_option
@of_a_person
@click.pass_obj
def hand_over(house: House, /, *, office: str, reason: str, at: PersonNamed) -> None:
    """Record that a juvenile's case was sent to the next receiver of its way; for officers assigned to juveniles."""
    with signed_in(house, at.purpose) as desk:
        receiver = service.hand_over_juvenile(
            reference=at.reference, number=at.number, person=at.person, office=office, reasons=reason, **desk.parts
        )
    if at.as_json:
        print_json({"person": at.person, "to": receiver.value})
    else:
        screen.print(f"Recorded: it was sent to the {receiver.value}.", markup=False)


COMMANDS = (position, drop, juvenile, hand_over)
