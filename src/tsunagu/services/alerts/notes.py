"""Notes on alerts: written by agencies on the way home, for all on it, here and at other installations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.alert_path import AlertPath, AlertState
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.hub import SKEW, HubRefusal, MessageRefused
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, alert_notes, alerts
from tsunagu.records.session import acting_for
from tsunagu.services.alerts.desk import Command, OpenAlert, opened
from tsunagu.services.alerts.outbox import queue_notes
from tsunagu.services.parts import Keys, Ledger


def write_note(
    *, actor: Actor, alert_id: UUID, words: str, command: Command, now: datetime, keys: Keys, ledger: Ledger
) -> UUID:
    """Say something to all on an alert's way home, at whatever installation, and return the note's id.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert, or not the actor's.
        InputError: nothing is said, or too much; or for a correspondent.
        Conflict: his agency is not on its way home, or is told no more what it says; or another note had this key.
    """
    if command.document is not None:
        raise InputError("a note is your agency's own: what a correspondent says is entered as its answer")
    note = AlertNote(uuid5(alert_id, f"{actor.agency_id} {command.key}"), alert_id, actor.agency_id, now, words)
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        before = alert_notes.note_of(note.note_id)
        if before is not None:
            if before.words != words:
                raise Conflict("another note had this key")
            return before.note_id
        _check_may_write(found, actor, now=now)
        alert_notes.add_note(note, officer_id=actor.officer_id)
        queue_notes(found.alert, (note,), found.path, found.cards, speaker_id=actor.agency_id, now=now)
        ledger.write(_written(note, now, officer_id=actor.officer_id, actor=actor, case_id=found.party.case_id))
    return note.note_id


def _check_may_write(found: OpenAlert, actor: Actor, *, now: datetime) -> None:
    """Do nothing when the actor's agency is on the way home, and is told what the alert says.

    Raises:
        Conflict: it is not.
    """
    label, is_own = found.alert.restrictions, actor.agency_id == found.alert.originator_id
    is_told = is_own or label.allows(actor.agency_id, actor.purpose, now=now)
    is_over = found.path.state is AlertState.WITHDRAWN
    if is_over or not is_told or not found.path.is_on_line(actor.agency_id):
        raise Conflict("notes are written by agencies on an alert's way home, as long as they are told what it says")


def keep_told_note(*, member_id: UUID, note: AlertNote, now: datetime, ledger: Ledger) -> None:
    """Keep a note that a member tells, and pass it on to where else it must go. The same note again changes nothing.

    Raises:
        MessageRefused: FROM_THE_FUTURE, NOT_THEIRS or CONTRADICTS.
    """
    if note.at > now + SKEW:
        raise MessageRefused(HubRefusal.FROM_THE_FUTURE)
    cards = agencies.agency_cards()
    if note.agency_id not in cards or cards[note.agency_id].member_id != member_id:
        raise MessageRefused(HubRefusal.NOT_THEIRS)
    with acting_for(note.agency_id):
        alerts.lock(note.alert_id)
        before = alert_notes.note_of(note.note_id)
        if before is not None:
            if before != note:
                raise MessageRefused(HubRefusal.CONTRADICTS)
            return
        try:
            alert = alerts.alert_of(note.alert_id)
        except NotFound:
            raise MessageRefused(HubRefusal.NOT_THEIRS) from None
        steps = alerts.steps_of([note.alert_id])[note.alert_id]
        path = AlertPath.of(alert.priority, (one.step for one in steps))
        if note.agency_id not in {hop.agency_id for hop in path.hops}:
            raise MessageRefused(HubRefusal.NOT_THEIRS)
        try:
            alert_notes.add_note(note, officer_id=None)
        except Conflict:
            raise MessageRefused(HubRefusal.CONTRADICTS) from None
        queue_notes(alert, (note,), path, cards, speaker_id=note.agency_id, now=now)
        ledger.write(_written(note, note.at))


def _written(
    note: AlertNote,
    at: datetime,
    *,
    officer_id: UUID | None = None,
    actor: Actor | None = None,
    case_id: UUID | None = None,
) -> Deed:
    purpose = None if actor is None else actor.purpose
    details: dict[str, str | int] = {"alert": str(note.alert_id), "note": str(note.note_id)}
    return Deed(Act.ALERT_NOTED, at, note.agency_id, officer_id, purpose, case_id, details)
