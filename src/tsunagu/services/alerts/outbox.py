"""Alerts on their way to other installations: each is sent the steps and notes that its agencies may know of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tsunagu.domain.alert import Alert
from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.alert_path import AlertPath, AlertStepKind
from tsunagu.domain.hub import MessageKind
from tsunagu.federation.alert_messages import ToldStep, body_of, stream_of
from tsunagu.federation.note_messages import note_body
from tsunagu.records import alert_notes, hub_members, hub_messages
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.hub_messages import Draft
from tsunagu.services.members.agency_cards import Cards


def queue_steps(
    alert: Alert, steps: Sequence[KeptStep], path: AlertPath, cards: Cards, *, speaker_id: UUID, now: datetime
) -> None:
    """Put into the outbox what other installations on an alert's path have not been sent of it yet.

    An installation is sent all steps as long as one of its agencies is on the way home, or raised the alert; once its
    last one has left, those up to its leaving, and a withdrawal. What it has sent itself is not sent back. Call it in
    the transaction that adds a step, within `acting_for` the agency that does.

    Args:
        alert: what it says.
        steps: all of them, in order.
        path: after all of them.
        cards: the directory.
        speaker_id: the agency that is acted for.
        now: dates the messages.
    """
    reached = {home for hop in path.hops if (home := cards[hop.agency_id].member_id) is not None}
    if not reached:
        return
    for member_id in sorted(reached & set(hub_members.member_ids())):
        last = _last_told(alert, steps, path, {one for one, card in cards.items() if card.member_id == member_id})
        theirs = (one for one in steps if one.step.kind is AlertStepKind.WITHDRAWN or one.step.number <= last)
        new = [one for one in theirs if cards[one.entered_by].member_id != member_id]
        hub_messages.put(member_id, [_draft(alert, one, cards, speaker_id) for one in new], now=now)
    notes = alert_notes.notes_of([alert.alert_id]).get(alert.alert_id, ())
    queue_notes(alert, notes, path, cards, speaker_id=speaker_id, now=now)


def queue_notes(
    alert: Alert, notes: Sequence[AlertNote], path: AlertPath, cards: Cards, *, speaker_id: UUID, now: datetime
) -> None:
    """Put into the outbox what other installations on an alert's way home have not been sent of these notes yet.

    They go in the stream of the alert's steps: nobody is told of a note before he is of the alert. What an installation
    has sent itself is not sent back. Call it in the transaction that adds a note or a step, within `acting_for` the
    agency that does.
    """
    homes = {home for hop in path.hops if (home := cards[hop.agency_id].member_id) is not None}
    if not homes or not notes:
        return
    for member_id in sorted(homes & set(hub_members.member_ids())):
        its = {one for one, card in cards.items() if card.member_id == member_id}
        if alert.originator_id not in its and not any(path.is_on_line(one) for one in its):
            continue
        new = [one for one in notes if cards[one.agency_id].member_id != member_id]
        drafts = [
            Draft(
                stream_of(alert.alert_id),
                f"note {one.note_id}",
                MessageKind.ALERT_NOTE,
                note_body(one),
                speaker_id,
            )
            for one in new
        ]
        hub_messages.put(member_id, drafts, now=now)


def _last_told(alert: Alert, steps: Sequence[KeptStep], path: AlertPath, its: set[UUID]) -> int:
    """Return the number of the last step that an installation with these agencies may know of."""
    if alert.originator_id in its or any(path.is_on_line(one) for one in its):
        return max(one.step.number for one in steps)
    return max(one.step.number for one in steps if its & {one.step.agency_id, one.step.to_id, one.entered_by})


def _draft(alert: Alert, kept: KeptStep, cards: Cards, speaker_id: UUID) -> Draft:
    step = kept.step
    is_first = step.kind is AlertStepKind.RAISED
    named = {step.agency_id, kept.entered_by, *([] if step.to_id is None else [step.to_id])}
    if is_first:
        named |= alert.restrictions.agencies
    told = ToldStep(
        alert.alert_id,
        alert if is_first else None,
        step,
        kept.entered_by,
        kept.words,
        kept.document,
        kept.outcome,
        tuple(cards[one] for one in sorted(named)),
    )
    about = f"{step.kind.value} {step.number}"
    return Draft(stream_of(alert.alert_id), about, MessageKind.ALERT_STEP, body_of(told), speaker_id)
