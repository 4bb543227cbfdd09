"""Alerts read: each agency on the path is told what the label allows at this moment, and of the path its own part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import Alert, Withheld
from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.alert_path import AlertPath, AlertState, AlertStepKind
from tsunagu.domain.alert_route import NextStops, next_stops
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, agency_places, alert_notes, alerts
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.alerts import Party
from tsunagu.records.cases import case_of
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.alerts.desk import speaker_of
from tsunagu.services.page import Page, and_one
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as one agency sees it at one moment.

    Attributes:
        alert: what it says; None where that is withheld.
        withheld: why; None where it is told.
        state, path, steps: of those who are off the way home, as it stood when they left it.
        notes: what agencies on the way home said to each other, oldest first; none where what it says is withheld.
        cards: the agencies that are named.
        newest: number of the last step that this agency is told of; of one that was withdrawn, of all.
        is_new: whether a step of another or a note was added, or a time ran out, since somebody of the agency looked.
        is_yours: whether the actor's agency has it, or speaks for the correspondent that has.
    """

    alert_id: UUID
    own_id: UUID
    originator_id: UUID
    raised_at: datetime
    alert: Alert | None
    withheld: Withheld | None
    state: AlertState
    path: AlertPath
    steps: tuple[KeptStep, ...]
    notes: tuple[AlertNote, ...]
    cards: Mapping[UUID, AgencyCard]
    newest: int
    is_new: bool
    is_yours: bool

    @property
    def holder(self) -> AgencyCard:
        """The agency that has it, as far as this one is told."""
        return self.cards[self.path.holder_id]

    @property
    def originator(self) -> AgencyCard:
        """The agency that raised it."""
        return self.cards[self.originator_id]

    @property
    def is_own(self) -> bool:
        """Whether the actor's agency raised it."""
        return self.originator_id == self.own_id

    @property
    def may_acknowledge(self) -> bool:
        """Whether it waits for this agency to say that it has arrived."""
        return self.is_yours and self.state is AlertState.SENT

    @property
    def may_answer(self) -> bool:
        """Whether this agency can take it or pass it on."""
        return self.is_yours and self.state in {AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED}

    @property
    def may_refuse(self) -> bool:
        """Whether this agency can give it back to the one that sent it."""
        has_sender = self.path.hops[self.path.live].sender is not None
        states = {AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED, AlertState.TAKEN}
        return self.is_yours and has_sender and self.state in states

    @property
    def may_note(self) -> bool:
        """Whether this agency can say something to the others on the way home."""
        is_told = self.withheld is None and self.state is not AlertState.WITHDRAWN
        return is_told and self.path.is_on_line(self.own_id)

    @property
    def may_tell(self) -> bool:
        """Whether this agency can tell what became of it."""
        return self.is_yours and self.state in {AlertState.TAKEN, AlertState.ANSWERED}


@dataclass(frozen=True, slots=True)
class OneAlert:
    """An alert that was opened, with where it can go.

    Attributes:
        stops: None where the actor's agency does not have it.
    """

    view: AlertView
    stops: NextStops | None


def list_alerts(
    *,
    actor: Actor,
    has_news: bool = False,
    after: UUID | None = None,
    most: int | None = None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Page[AlertView]:
    """Return the alerts that the actor is told of, the newest first.

    Args:
        has_news: whether those alone that were added to since somebody of his agency looked.
        after: the alert after which to go on; None for the first ones.
        most: how many at most; all when it is left out.

    Raises:
        Forbidden: the actor reads no alerts.
    """
    permission = Permission.ALERT_READ
    with denials_recorded(actor=actor, permission=permission, asked="alerts", now=now, keys=keys, ledger=ledger):
        with acting_for(actor.agency_id):
            told = alerts.alerts_told(actor, news_at=now if has_news else None, after=after, most=and_one(most))
            found = Page.of(_views(actor, told, now=now), most)
        ledger.record(_listed(actor, found, now))
    return found


def list_overdue(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[AlertView, ...]:
    """Return the alerts on whose way home the actor's agency stands and whose holder's time is over, longest first.

    Raises:
        Forbidden: the actor reads no alerts.
    """
    permission = Permission.ALERT_READ
    with denials_recorded(actor=actor, permission=permission, asked="overdue", now=now, keys=keys, ledger=ledger):
        with acting_for(actor.agency_id):
            views = _views(actor, alerts.alerts_told(actor, overdue_at=now), now=now)
        late = [one for one in views if one.path.is_on_line(one.own_id) and one.path.is_overdue(now)]
        found = tuple(sorted(late, key=lambda one: (one.path.due_at or now, one.alert_id)))
        ledger.record(_listed(actor, found, now))
    return found


def alerts_of_case(
    *, actor: Actor, reference: str, most: int, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[AlertView, ...]:
    """Return the alerts that one of the actor's cases has raised, contributed to or taken, the newest first.

    Args:
        most: so many at most.

    Raises:
        Forbidden: the actor reads no alerts.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.ALERT_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        found = _views(actor, alerts.alerts_told(actor, case_id=case.case_id, most=most), now=now)
        ledger.write(deed(Act.ALERT_READ, actor=actor, case=case, now=now, alerts=len(found)))
    return found


def view_alert(*, actor: Actor, alert_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> OneAlert:
    """Return one alert, and note that the actor's agency has read it.

    Raises:
        Forbidden: the actor reads no alerts.
        NotFound: no such alert, or not the actor's: the answer is the same for both.
    """
    permission = Permission.ALERT_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(alert_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        party = alerts.party_of(actor, alert_id)
        alert = alerts.alert_of(alert_id)
        [view] = _views(actor, [(alert, party)], now=now)
        stops = next_stops(agency_places.agency_tree(), view.path) if view.is_yours else None
        alerts.note_told(party, view.newest, notes=len(view.notes))
        details: dict[str, str | int] = {"alert": str(alert_id), "step": view.path.last}
        ledger.write(
            Deed(Act.ALERT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, party.case_id, details)
        )
    return OneAlert(view, stops)


def _views(actor: Actor, found: Iterable[tuple[Alert, Party]], *, now: datetime) -> tuple[AlertView, ...]:
    """Return alerts as the actor's agency sees them. Call it within `acting_for` that agency."""
    pairs = list(found)
    ids = [alert.alert_id for alert, _ in pairs] or [uuid4()]  # of none as much is asked
    steps, notes = alerts.steps_of(ids), alert_notes.notes_of(ids)
    cards = agencies.agency_cards()
    return tuple(
        _view(actor, one, steps[one[0].alert_id], notes.get(one[0].alert_id, ()), cards=cards, now=now) for one in pairs
    )


def _view(
    actor: Actor,
    found: tuple[Alert, Party],
    steps: tuple[KeptStep, ...],
    notes: tuple[AlertNote, ...],
    *,
    cards: Mapping[UUID, AgencyCard],
    now: datetime,
) -> AlertView:
    alert, party = found
    path = AlertPath.of(alert.priority, (one.step for one in steps))
    own, whole, kept = actor.agency_id, path, steps
    is_over = path.state is AlertState.WITHDRAWN
    is_within = own == alert.originator_id or own in alert.contributors or path.is_on_line(own)
    if not is_within:
        last = max(one.step.number for one in steps if own in {one.step.agency_id, one.step.to_id, one.entered_by})
        steps = tuple(one for one in steps if one.step.number <= last)
        path = AlertPath.of(alert.priority, (one.step for one in steps))
    withheld = _withheld(actor, alert, is_within=is_within, is_over=is_over, now=now)
    if withheld is not None:
        steps, notes = tuple(_without_words(one, is_over=is_over) for one in steps), ()
    newest = whole.last if is_over else path.last
    return AlertView(
        alert.alert_id,
        own,
        alert.originator_id,
        alert.raised_at,
        alert if withheld is None else None,
        withheld,
        AlertState.WITHDRAWN if is_over else path.state,
        path,
        steps,
        notes,
        cards,
        newest=newest,
        is_new=_has_news(party, kept, newest) or len(notes) > party.notes_told,
        is_yours=is_within and not is_over and speaker_of(path, cards) == own,
    )


def _has_news(party: Party, steps: Iterable[KeptStep], newest: int) -> bool:
    """Return whether a step up to this one was not read; what the agency entered itself is none, but for a late hour.

    `records.alert_news` asks the rows the same.
    """
    return any(
        party.told < one.step.number <= newest
        and (one.entered_by != party.agency_id or one.step.kind is AlertStepKind.ESCALATED)
        for one in steps
    )


def _withheld(actor: Actor, alert: Alert, *, is_within: bool, is_over: bool, now: datetime) -> Withheld | None:
    """Return why what an alert says is not told; None where it is. Its originator is told always."""
    label = alert.restrictions
    if actor.agency_id == alert.originator_id:
        return None
    if is_over:
        return Withheld.WITHDRAWN
    if not is_within:
        return Withheld.LEFT
    if now >= label.until:
        return Withheld.EXPIRED
    return None if label.allows(actor.agency_id, actor.purpose, now=now) else Withheld.BY_LABEL


def _without_words(kept: KeptStep, *, is_over: bool) -> KeptStep:
    """Return a step without what was written in it; of a withdrawn alert, without its outcome too."""
    if kept.step.kind is AlertStepKind.OUTCOME and not is_over:
        return kept  # it is not the originator's, and comes home to all
    return replace(kept, words="", outcome=None)


def _listed(actor: Actor, found: Iterable[AlertView], now: datetime) -> Deed:
    ids = [one.alert_id.bytes for one in found]
    details: dict[str, str | int] = {"alerts": len(ids), "merkle_root": merkle_root(ids).hex()}
    return Deed(Act.ALERT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=details)
