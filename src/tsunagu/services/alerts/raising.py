"""Alerts raised: an officer's decision, from a case of his and the overlaps that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import Alert, Priority, Restrictions, check_words
from tsunagu.domain.alert_path import AlertPath, AlertStep, AlertStepKind
from tsunagu.domain.alert_route import first_stops
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.overlap import OverlapSummary
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.records import agencies, agency_places, alerts, notices
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.overlaps import other_side
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, check_reference
from tsunagu.services.alerts.desk import Command, told
from tsunagu.services.alerts.outbox import queue_steps
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer wants to send onward.

    Attributes:
        case: reference of the case that it is raised from.
        overlaps: those that it rests on, of this case, which both sides have shared.
        to: name of the agency above or beneath that it goes to first.
        grounds: countries with weights.
        finding: what was found and what is asked for; names no person.
        reason: why it is urgent; may be empty where it is not.
        agencies: names of those who alone may read what it says; empty for everybody on its path.
    """

    case: str
    overlaps: tuple[UUID, ...]
    to: str
    grounds: tuple[CountryWeight, ...]
    finding: str
    priority: Priority
    reason: str
    agencies: tuple[str, ...]
    purposes: frozenset[Purpose]
    may_forward: bool
    until: datetime

    def words(self) -> Iterator[object]:
        """Yield all that tells this draft from another one, alike in every process."""
        yield from (self.case, self.to, self.finding, self.priority, self.reason, self.may_forward, self.until)
        yield [str(one) for one in self.overlaps]
        yield [(one.country, one.weight) for one in self.grounds]
        yield from (sorted(self.agencies), sorted(self.purposes))


@dataclass(frozen=True, slots=True)
class _Rests:
    """One overlap that an alert rests on, and the agency and the case at its other end."""

    summary: OverlapSummary
    agency_id: UUID
    case_id: UUID


def raise_alert(*, actor: Actor, draft: Draft, command: Command, now: datetime, keys: Keys, ledger: Ledger) -> UUID:
    """Raise an alert, and return its id; the same command again raises none, and returns the same.

    Raises:
        Forbidden: the actor raises no alerts.
        NotFound: no such case or overlap, or not the actor's.
        InputError: a draft that is not whole, or an agency that is no neighbour.
        Conflict: both sides of an overlap have not shared it, the case is closed, or another command had this key.
    """
    check_reference(draft.to)
    check_words(draft.finding)
    digest = command.digest("raise", *draft.words())
    case = case_for(
        actor=actor, reference=draft.case, permission=Permission.ALERT_RAISE, now=now, keys=keys, ledger=ledger
    )
    with acting_for(actor.agency_id):
        before = alerts.repeated(actor.agency_id, command.key, digest)
        if before is not None:
            return before[0]
        if case.closed_at is not None:
            raise Conflict("this case is closed")
        rests = [_rests_on(actor, case, one) for one in dict.fromkeys(draft.overlaps)]
        cards = {card.name: card for card in agencies.agency_cards().values()}
        alert = _alert(actor, draft, cards, rests, now)
        first = _first_step(actor, draft.to, cards, now)
        alerts.add_alert(alert, case_id=case.case_id)
        alerts.add_party(alert.alert_id, actor.agency_id, case_id=case.case_id)
        for one in rests:
            alerts.add_party(alert.alert_id, one.agency_id, case_id=one.case_id)
        alerts.add_party(alert.alert_id, first.to_id or actor.agency_id)
        path = AlertPath.of(alert.priority, [first])
        kept = KeptStep(first, actor.agency_id)
        alerts.add_step(alert.alert_id, kept, path, officer_id=actor.officer_id, key=command.key, digest=digest)
        by_id = {card.agency_id: card for card in cards.values()}
        queue_steps(alert, (kept,), path, by_id, speaker_id=actor.agency_id, now=now)
        is_far = first.to_id is not None and not is_here(by_id, first.to_id)
        ledger.write(*_raised(actor, alert, case, rests, first, is_far=is_far))
    return alert.alert_id


def _rests_on(actor: Actor, case: CaseSummary, overlap_id: UUID) -> _Rests:
    """Return what an overlap amounts to, and who is at its other end."""
    mine = [one for one in notices.notices_of(actor, overlap_id=overlap_id) if one.case_id == case.case_id]
    if not mine or mine[0].held:
        raise NotFound("no such overlap")
    other = other_side(overlap_id, case.case_id)
    if mine[0].revealed is None or other is None or mine[0].ended:
        raise Conflict("an alert rests on an overlap that both sides have shared")
    return _Rests(mine[0].revealed.summary, *other)


def _alert(actor: Actor, draft: Draft, cards: dict[str, AgencyCard], rests: Sequence[_Rests], now: datetime) -> Alert:
    if not set(draft.agencies) <= set(cards):
        raise InputError("the label names an agency that is not in the directory")
    named = frozenset(cards[name].agency_id for name in draft.agencies)
    label = Restrictions(named, draft.purposes, draft.may_forward, draft.until)
    grounds = tuple(sorted(draft.grounds, key=lambda one: (-one.weight, one.country)))
    return Alert(
        uuid4(),
        actor.agency_id,
        frozenset(one.agency_id for one in rests) - {actor.agency_id},
        draft.finding,
        grounds,
        tuple(one.summary for one in rests),
        draft.priority,
        draft.reason,
        label,
        now,
    )


def _first_step(actor: Actor, to: str, cards: dict[str, AgencyCard], now: datetime) -> AlertStep:
    stops = first_stops(agency_places.agency_tree(), actor.agency_id)
    if to not in cards or cards[to].agency_id not in stops.straight:
        raise InputError("an alert goes first to the agency above yours, or to one beneath it, as the tree stands")
    return AlertStep(1, AlertStepKind.RAISED, actor.agency_id, now, cards[to].agency_id)


def _raised(
    actor: Actor, alert: Alert, case: CaseSummary, rests: Sequence[_Rests], first: AlertStep, *, is_far: bool
) -> list[Deed]:
    """Return what is written down of the raising, for each agency here that is told of it."""
    about = alert.alert_id
    deeds = [
        told(Act.ALERT_RAISED, actor.agency_id, about, first, actor=actor, case_id=case.case_id, to=str(first.to_id))
    ]
    if first.to_id is not None and not is_far:
        deeds.append(told(Act.ALERT_ARRIVED, first.to_id, about, first))
    others: dict[UUID, UUID] = {}
    for one in rests:
        if one.agency_id != actor.agency_id:
            others.setdefault(one.agency_id, one.case_id)  # the case that is told of it
    deeds += [told(Act.ALERT_CONTRIBUTED, one, about, first, case_id=case_id) for one, case_id in others.items()]
    return deeds
