"""Alerts from other installations: each step is held against the alert as it stands here, and kept as it was told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.alert import Alert
from tsunagu.domain.alert_path import AlertPath, AlertState, AlertStep, AlertStepKind
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.hub import SKEW, HubRefusal, MessageRefused
from tsunagu.domain.ledger import Deed
from tsunagu.federation.alert_messages import ToldStep
from tsunagu.records import agencies, agency_places, alerts
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.session import acting_for
from tsunagu.services.alerts.desk import speaker_of, told
from tsunagu.services.alerts.outbox import queue_steps
from tsunagu.services.members.agency_cards import Cards, enter_named, is_here
from tsunagu.services.parts import Ledger

ACTS = {
    AlertStepKind.RAISED: Act.ALERT_RAISED,
    AlertStepKind.ACKNOWLEDGED: Act.ALERT_ACKNOWLEDGED,
    AlertStepKind.REFUSED: Act.ALERT_REFUSED,
    AlertStepKind.PASSED: Act.ALERT_PASSED,
    AlertStepKind.HANDED_BACK: Act.ALERT_PASSED,
    AlertStepKind.TAKEN: Act.ALERT_TAKEN,
    AlertStepKind.ESCALATED: Act.ALERT_ESCALATED,
    AlertStepKind.OUTCOME: Act.ALERT_DISPOSED,
    AlertStepKind.WITHDRAWN: Act.ALERT_WITHDRAWN,
}


def keep_told_step(*, member_id: UUID, member: str, one: ToldStep, now: datetime, ledger: Ledger) -> None:
    """Keep a step that a member tells, and pass it on to where else it must go. The same step again changes nothing.

    Args:
        member_id: who tells it.
        member: the member's name, which tells its agencies from others of the same name.
        one: the step.
        now: this moment.
        ledger: takes an entry for the agency whose step it is, and for each here that is told of it.

    Raises:
        MessageRefused: MALFORMED, FROM_THE_FUTURE, NOT_THEIRS, NO_NEIGHBOR, RE_LABELLED, CONTRADICTS or TOO_MANY.
    """
    if one.step.at > now + SKEW:
        raise MessageRefused(HubRefusal.FROM_THE_FUTURE)
    _enter_agencies(member_id, member, one, now=now, ledger=ledger)
    cards = agencies.agency_cards()
    if cards[one.entered_by].member_id != member_id:  # nobody speaks for an agency of ours, or of another member
        raise MessageRefused(HubRefusal.NOT_THEIRS)
    try:
        with acting_for(one.entered_by):
            alerts.lock(one.alert_id)
            alert = _alert(one)
            _keep(alert, one, cards, now=now, ledger=ledger)
    except Conflict:
        raise MessageRefused(HubRefusal.CONTRADICTS) from None


def _enter_agencies(member_id: UUID, member: str, one: ToldStep, *, now: datetime, ledger: Ledger) -> None:
    """Enter the agencies that a step names and nobody knows here, as reached through the member that tells of them."""
    step, label = one.step, frozenset() if one.alert is None else one.alert.restrictions.agencies
    named = {step.agency_id, one.entered_by, *label, *([] if step.to_id is None else [step.to_id])}
    known = agencies.agency_cards()
    described = {card.agency_id: card for card in one.agencies}
    if not named <= known.keys() | described.keys():
        raise MessageRefused(HubRefusal.MALFORMED)
    for agency_id in sorted(named - known.keys()):
        enter_named(described[agency_id], member_id=member_id, member=member, now=now, ledger=ledger)


def _alert(one: ToldStep) -> Alert:
    """Return the alert that a step is of, kept now where it is new."""
    try:
        alert = alerts.alert_of(one.alert_id)
    except NotFound:
        if one.alert is None or one.entered_by != one.alert.originator_id:
            raise MessageRefused(HubRefusal.NOT_THEIRS) from None
        alerts.add_alert(one.alert, case_id=None)
        alerts.add_party(one.alert_id, one.alert.originator_id)
        return one.alert
    if one.alert is not None and one.alert != replace(alert, contributors=frozenset()):
        raise MessageRefused(HubRefusal.RE_LABELLED)
    return alert


def _keep(alert: Alert, one: ToldStep, cards: Cards, *, now: datetime, ledger: Ledger) -> None:
    steps = alerts.steps_of([one.alert_id]).get(one.alert_id, ())
    kept = KeptStep(one.step, one.entered_by, one.words, one.document, one.outcome)
    is_over = one.step.kind is AlertStepKind.WITHDRAWN
    same = [each for each in steps if (each.step.kind is AlertStepKind.WITHDRAWN) is is_over]
    before = next((each for each in same if is_over or each.step.number == one.step.number), None)
    if before is not None:
        if before != kept:
            raise MessageRefused(HubRefusal.CONTRADICTS)
        return
    _check_speaker(alert, steps, one, cards)
    _check_neighbor(one.step, cards)
    path = AlertPath.of(alert.priority, [*(each.step for each in steps), one.step])
    if one.step.to_id is not None:
        alerts.add_party(one.alert_id, one.step.to_id)
    key = f"told of {one.alert_id}, {ACTS[one.step.kind].value} {one.step.number}"
    digest = hashlib.sha256(key.encode()).digest()
    alerts.add_step(one.alert_id, kept, path, officer_id=None, key=key, digest=digest)
    all_steps = sorted((*steps, kept), key=lambda each: (each.step.kind is AlertStepKind.WITHDRAWN, each.step.number))
    queue_steps(alert, all_steps, path, cards, speaker_id=one.entered_by, now=now)
    ledger.write(*_deeds(alert, one, path, cards, now))


def _check_speaker(alert: Alert, steps: Iterable[KeptStep], one: ToldStep, cards: Cards) -> None:
    """Do nothing when the agency may take this step, as the alert stands here without a withdrawal.

    Raises:
        MessageRefused: NOT_THEIRS: it is not its turn; CONTRADICTS: steps before it are missing.
        Conflict: the step cannot follow.
    """
    chain = [each.step for each in steps if each.step.kind is not AlertStepKind.WITHDRAWN]
    if not chain:
        if one.entered_by != one.step.agency_id:
            raise MessageRefused(HubRefusal.NOT_THEIRS)
        return
    path = AlertPath.of(alert.priority, chain)
    if one.step.kind is AlertStepKind.WITHDRAWN:
        if not one.entered_by == one.step.agency_id == alert.originator_id:
            raise MessageRefused(HubRefusal.NOT_THEIRS)
        return
    path.after(one.step)
    is_clock = one.step.kind is AlertStepKind.ESCALATED
    if is_here(cards, path.holder_id) or (not is_clock and speaker_of(path, cards) != one.entered_by):
        raise MessageRefused(HubRefusal.NOT_THEIRS)


def _check_neighbor(step: AlertStep, cards: Cards) -> None:
    """Do nothing unless a step brings an alert to an agency here that is no neighbor of who sends it, in our tree.

    Raises:
        MessageRefused: NO_NEIGHBOR.
    """
    if step.to_id is None or not is_here(cards, step.to_id):
        return
    tree, sender = agency_places.agency_tree(), step.agency_id
    is_straight = tree.parent_of(step.to_id) == sender or tree.parent_of(sender) == step.to_id
    if not is_straight and (step.form is None or step.to_id not in tree.beside(sender)):
        raise MessageRefused(HubRefusal.NO_NEIGHBOR)


def _deeds(alert: Alert, one: ToldStep, path: AlertPath, cards: Cards, now: datetime) -> list[Deed]:
    """Return what is written down of a step: as its agency's, at its time; and for who is told of it here, now."""
    step = one.step
    details: dict[str, str | int] = {"of": str(step.agency_id), "to": str(path.holder_id)}
    if step.refusal is not None:
        details["reason"] = step.refusal.value
    deeds = [told(ACTS[step.kind], one.entered_by, one.alert_id, step, actor=None, case_id=None, **details)]
    arrived = replace(step, at=now)
    reached: dict[UUID, Act] = {}
    if step.kind is AlertStepKind.WITHDRAWN:
        every = [hop.agency_id for hop in path.hops]
        reached = dict.fromkeys([*every, *sorted(alert.contributors)], Act.ALERT_WITHDRAWN)
    elif step.kind is AlertStepKind.OUTCOME:
        line = [path.hops[number].agency_id for number in reversed(path.line)]
        reached = dict.fromkeys([*line, *sorted(alert.contributors)], Act.ALERT_INFORMED)
    elif path.state is not AlertState.WITHDRAWN and step.kind in {AlertStepKind.RAISED, AlertStepKind.PASSED}:
        reached = {path.holder_id: Act.ALERT_ARRIVED}
    elif step.kind in {AlertStepKind.REFUSED, AlertStepKind.HANDED_BACK}:
        reached = {path.holder_id: Act.ALERT_RETURNED}
    elif step.kind is AlertStepKind.ESCALATED:
        reached = {path.told_of() or alert.originator_id: Act.ALERT_ESCALATED}
    deeds += [
        told(act, agency_id, one.alert_id, arrived) for agency_id, act in reached.items() if is_here(cards, agency_id)
    ]
    return deeds
