"""Notes: what agencies on an alert's way say to each other about it, beside its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.alert import check_words


@dataclass(frozen=True, slots=True)
class AlertNote:
    """What an agency on an alert's way home says to the others on it. It changes nothing of how the alert stands.

    Attributes:
        words: 1 to `MOST_WORDS` characters, which name no person.
    """

    note_id: UUID
    alert_id: UUID
    agency_id: UUID
    at: datetime
    words: str

    def __post_init__(self) -> None:
        check_words(self.words)
