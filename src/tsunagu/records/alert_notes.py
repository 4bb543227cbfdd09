"""Notes on alerts, as rows; only ever added. Call all of it within `acting_for` an agency that is told of the alert."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.errors import Conflict
from tsunagu.records.models import AlertNoteRow
from tsunagu.records.planned import rows_of

_NOTES = """
SELECT id, alert_id, writer_id, at, words FROM alert_note WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id, at, id
"""


def add_note(note: AlertNote, *, officer_id: UUID | None) -> None:
    """Keep a note of the agency that is acted for.

    Raises:
        Conflict: there is another note of this id.
    """
    row = AlertNoteRow(
        id=note.note_id,
        alert_id=note.alert_id,
        writer_id=note.agency_id,
        officer_id=officer_id,
        at=note.at,
        words=note.words,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("there is another note of this id") from error


def note_of(note_id: UUID) -> AlertNote | None:
    """Return a note; None where there is none."""
    row = AlertNoteRow.objects.filter(id=note_id).first()
    return None if row is None else _note(row)


def notes_of(alert_ids: Iterable[UUID]) -> dict[UUID, tuple[AlertNote, ...]]:
    """Return the notes on these alerts, oldest first; of one without any nothing."""
    found: dict[UUID, list[AlertNote]] = {}
    for row in rows_of(_NOTES, list(alert_ids)):
        found.setdefault(row[1], []).append(AlertNote(*row))
    return {alert_id: tuple(notes) for alert_id, notes in found.items()}


def _note(row: AlertNoteRow) -> AlertNote:
    return AlertNote(row.id, row.alert_id, row.writer_id, row.at, row.words)
