"""Notes on their way: what is written is what is read, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.hub import MessageRefused
from tsunagu.federation.note_messages import note_body, note_in

NOTE = AlertNote(uuid4(), uuid4(), uuid4(), datetime(2017, 2, 14, 5, tzinfo=UTC), "which school?")


def test_a_note_is_read_as_it_was_written() -> None:
    assert note_in(note_body(NOTE)) == NOTE


@pytest.mark.parametrize(
    "change", [{"words": " "}, {"words": 3}, {"at": "2017-02-14T05:00:00"}, {"at": None}, {"agency": "x"}, {"note": 1}]
)
def test_anything_else_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(MessageRefused, match="malformed"):
        note_in(note_body(NOTE) | change)
    for name in change:
        with pytest.raises(MessageRefused, match="malformed"):
            note_in({key: value for key, value in note_body(NOTE).items() if key != name})
