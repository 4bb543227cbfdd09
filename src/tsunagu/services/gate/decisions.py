"""The corroboration gate: people record what is found of one person, and people decide about him."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.gate import GateStanding, GateStepKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.retention import juvenile_until
from tsunagu.law.days import today_in
from tsunagu.law.gate import Allegation, Decision, Majority
from tsunagu.law.gate_file import GateStep, rests_on
from tsunagu.law.juvenile import JuvenileRoute, JuvenileStep, juvenile_route
from tsunagu.records import referrals
from tsunagu.services.access import REFERENCE, deed
from tsunagu.services.gate.desk import OpenedPerson, opened_person, titles_named
from tsunagu.services.gate.facts import GateFact, PointFact
from tsunagu.services.gate.juveniles import add_juvenile_step, keep_juvenile
from tsunagu.services.gate.request_erasing import no_longer_asked
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.seized.access import refuse_closed
from tsunagu.services.seized.titles import latest_of


def take_up(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    allegation: Allegation,
    reasons: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> GateStep:
    """Let an officer decide that somebody is looked into; whatever was found before begins anew.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.
        person: the number of his first row.
        allegation: what he is said to have done, where, and on which day.

    Raises:
        Forbidden: the actor decides nothing at the gate.
        NotFound: no such case, list or person, or not the actor's.
        InputError: no reasons; or the rules know no such jurisdiction or conduct.
        Conflict: the case is closed, or he went the way of juveniles.
    """
    check_reason(reasons)
    at = (actor, Permission.GATE_DECIDE, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        _refuse_unless_open(one)
        one.desk.rules.of_conduct(allegation.jurisdiction, allegation.conduct)
        told = {"jurisdiction": allegation.jurisdiction, "conduct": allegation.conduct}
        said = {"reasons": reasons, **told, "act_on": allegation.act_on.isoformat()}
        step = one.keep(GateStepKind.TAKEN_UP, said, actor=actor, now=now)
        ledger.write(_told(Act.GATE_TAKEN_UP, one, step, actor, keys))
    return step


def record_fact(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    fact: GateFact,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> GateStep:
    """Keep what was found of somebody who is looked into; a suspect may be one no more by it, and nobody becomes one.

    Raises:
        Forbidden: the actor records nothing at the gate.
        NotFound: no such case, list, person or title, or not the actor's.
        InputError: none of his rows names the title.
        Conflict: the case is closed; nobody looks into him; a position is recorded of a suspect alone; or the title is
            not assessed as illegal for the law of that day.
    """
    at = (actor, Permission.GATE_RECORD, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        _refuse_unless_open(one)
        alleged, said = one.looked_into.allegation, fact.said()
        if fact.kind is GateStepKind.POSITION and one.file.stands is not GateStanding.SUSPECT:
            raise Conflict("what somebody is at work is recorded of a suspect alone")
        if isinstance(fact, PointFact) and fact.title is not None:
            if fact.title not in titles_named(one):
                raise InputError("no row of this person names this title")
            counts = latest_of(one.desk.titles)(fact.title, alleged.jurisdiction, alleged.act_on)
            if counts is None:
                raise Conflict("nobody has assessed this title as illegal for the law of that day")
            said["assessment"] = counts
        step = one.keep(fact.kind, said, actor=actor, now=now)
        about = {} if not isinstance(fact, PointFact) else {"point": fact.point.value, "showing": fact.showing.value}
        ledger.write(_told(Act.GATE_RECORDED, one, step, actor, keys, **about))
    return step


def promote(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    reasons: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> GateStep:
    """Let an officer decide that somebody is a suspect: refused unless all five points are shown at this moment.

    Raises:
        Forbidden: the actor decides nothing at the gate.
        NotFound: no such case, list or person, or not the actor's.
        InputError: no reasons; or the rules do not know the jurisdiction or the conduct any more.
        GateClosed: something is missing.
        Conflict: the case is closed, nobody looks into him, or he is a suspect.
    """
    check_reason(reasons)
    at = (actor, Permission.GATE_DECIDE, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        _refuse_unless_open(one)
        if one.file.stands is GateStanding.SUSPECT:
            raise Conflict("this person is a suspect by a decision that holds")
        suspect = one.looked_into.pass_gate(one.desk.rules, Decision(actor.officer_id, reasons, now))
        said = {"reasons": reasons, "rests_on": rests_on(suspect.rests_on)}
        step = one.keep(GateStepKind.PROMOTED, said, actor=actor, now=now)
        rules = ",".join(f"{rule.rule_id} {rule.version}" for rule in suspect.rests_on)
        ledger.write(_told(Act.GATE_PROMOTED, one, step, actor, keys, rules=rules))
    return step


def drop(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    reasons: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> GateStep:
    """Let an officer decide that nobody looks into somebody any more.

    Raises:
        Forbidden: the actor decides nothing at the gate.
        NotFound: no such case, list or person, or not the actor's.
        InputError: no reasons.
        Conflict: the case is closed, or he went the way of juveniles.
    """
    check_reason(reasons)
    at = (actor, Permission.GATE_DECIDE, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        _refuse_unless_open(one)
        step = one.keep(GateStepKind.DROPPED, {"reasons": reasons}, actor=actor, now=now)
        ledger.write(_told(Act.GATE_DROPPED, one, step, actor, keys))
    return step


def send_to_juvenile_way(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    age_at_act: int,
    age_now: int,
    reasons: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> JuvenileRoute:
    """Hand a juvenile over to the way that is kept apart, and return to whom his case goes; no way leads back.

    What other forces were asked about him, and have not answered, is erased; who was asked on paper is not reached.

    Args:
        age_at_act, age_now: in whole years, as officially confirmed.

    Raises:
        Forbidden: the actor decides nothing at the gate.
        NotFound: no such case, list or person, or not the actor's.
        InputError: no reasons; ages that cannot be, or that leave the way of adults alone; no rule on juveniles is
            known there; or nobody has confirmed that this is one.
        Conflict: the case is closed, nobody looks into him, or a package about him is out.
    """
    check_reason(reasons)
    at = (actor, Permission.GATE_DECIDE, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        _refuse_unless_open(one)
        route = _way_of(one, age_at_act=age_at_act, age_now=age_now, now=now)
        if any(kept.path.is_out for kept in referrals.referrals_sent(person_id=one.person_id)):
            raise Conflict("a package about him is out: withdraw it first, since a juvenile goes another way")
        said = {"reasons": reasons, "steps": [each.value for each in route.steps], "rule": route.rule.rule_id}
        step = one.next_step(GateStepKind.JUVENILE, said, actor=actor, now=now)
        keep_juvenile(
            one.desk.found,
            one.person_id,
            steps=(*one.file.steps, step),
            cells=dict(zip(one.person.rows, one.rows, strict=True)),
            ages={"age_at_act": age_at_act, "age_now": age_now},
            keep_until=juvenile_until(one.desk.found.case.keep_until, today=now.date()),
            keys=keys,
        )
        # Whoever was asked about him as about an adult is to look no further.
        erased = no_longer_asked(one.desk.found.seized.list_id, one.person_id, now=now)
        ledger.write(_told(Act.GATE_JUVENILE, one, step, actor, keys), *erased)
    return route


def _way_of(one: OpenedPerson, *, age_at_act: int, age_now: int, now: datetime) -> JuvenileRoute:
    """Return to whom a juvenile's case goes.

    Raises:
        InputError: ages that cannot be, or that leave the way of adults alone; no rule on juveniles is known there; or
            nobody has confirmed that this is one.
        Conflict: nobody looks into him.
    """
    looked_into, rules = one.looked_into, one.desk.rules
    if looked_into.majority is not Majority.JUVENILE:
        raise InputError("only who is officially confirmed to be a juvenile goes that way")
    where = looked_into.allegation.jurisdiction
    # Possession, and all else that such a list can show, carries more than a fine.
    route = juvenile_route(
        jurisdiction=where,
        age_at_act=age_at_act,
        age_now=age_now,
        is_fine_the_most=False,
        today=today_in(where, now),
        rules=rules,
    )
    if not route.steps:
        raise InputError("at this age nothing but the way of adults is left")
    return route


def hand_over_juvenile(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    office: str,
    reasons: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> JuvenileStep:
    """Record that a juvenile's case was sent to the next receiver of its way, and return which that is.

    Args:
        office: which prosecutor's office, family court or child guidance centre has received it.
        reasons: what is said of it, such as its date and number there.

    Raises:
        Forbidden: the actor is not assigned to juveniles.
        NotFound: no such case, list or person, or not the actor's.
        InputError: no office, or no words.
        Conflict: the case is closed; this is no juvenile; or his case has arrived where it goes to.
    """
    check_reason(office)
    check_reason(reasons)
    at = (actor, Permission.JUVENILE_HANDLE, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        refuse_closed(one.desk.found.case)
        receiver = None if one.juvenile is None else one.juvenile.next_receiver
        if one.juvenile is None or receiver is None:
            raise Conflict("this is no juvenile, or his case has arrived where it goes to")
        said = {"steps": [receiver.value], "office": office, "reasons": reasons}
        step = one.next_step(GateStepKind.JUVENILE_HANDED_OVER, said, actor=actor, now=now)
        add_juvenile_step(one.desk.found, one.person_id, one.juvenile, step, keys)
        ledger.write(_told(Act.JUVENILE_HANDED_OVER, one, step, actor, keys, to=receiver.value))
    return receiver


def _refuse_unless_open(one: OpenedPerson) -> None:
    refuse_closed(one.desk.found.case)
    if one.file.stands is GateStanding.JUVENILE:
        raise Conflict("this person went the way of juveniles, from which none leads back")


def _told(act: Act, one: OpenedPerson, step: GateStep, actor: Actor, keys: Keys, **more: str | int) -> Deed:
    """Return what the ledger is told of a step: whose and which, with what it says as a keyed reference alone."""
    found = one.desk.found
    words = keys.mac(REFERENCE, f"gate {one.person_id} {step.number} {sorted(step.said.items())}".encode()).hex()
    about: dict[str, str | int] = {"list": str(found.seized.list_id), "person": str(one.person_id)}
    about |= {"step": step.number, "kind": step.kind.value, "reason": words, **more}
    return deed(act, actor=actor, case=found.case, now=step.at, **about)
