"""Notes on alerts on their way between installations, in the stream of the alert that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import TsunaguError
from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.federation.moments import moment_in


def note_body(note: AlertNote) -> dict[str, Any]:
    """Return a note as the body of a message."""
    return {
        "alert": str(note.alert_id),
        "note": str(note.note_id),
        "agency": str(note.agency_id),
        "at": utc_text(note.at),
        "words": note.words,
    }


def note_in(body: Mapping[str, Any]) -> AlertNote:
    """Return the note that a message tells.

    Raises:
        MessageRefused: MALFORMED.
    """
    try:
        ids = (UUID(body["note"]), UUID(body["alert"]), UUID(body["agency"]))
        return AlertNote(*ids, moment_in(body["at"]), body["words"])
    except (KeyError, TypeError, ValueError, AttributeError, TsunaguError):
        raise MessageRefused(HubRefusal.MALFORMED) from None
