"""Who a person of a case is, and the openings by which that is read, once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import InputError
from tsunagu.domain.person import PersonName
from tsunagu.domain.writing import is_printable

MOST_FIELD: Final = 300
ANSWERED_WITHIN: Final = timedelta(seconds=60)
"""How long after an identity was asked for it can be read, once."""
CONFIRMED_WITHIN: Final = timedelta(minutes=10)
"""How long an emergency waits for its second person, and then for the first to read."""


@dataclass(frozen=True, slots=True)
class RealIdentity:
    """Who a person is. It is sealed wherever it lies, and shown once at a time.

    Attributes:
        name: as the source writes it.
        born_on: as it is documented; never estimated.
    """

    name: str = field(repr=False)
    born_on: date | None = field(default=None, repr=False)
    address: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("an identity has a name at least")
        for text in (self.name, self.address, self.contact):
            if len(text) > MOST_FIELD or not is_printable(text):
                raise InputError(f"each part of an identity is at most {MOST_FIELD} printable characters")


@dataclass(frozen=True, slots=True)
class Opening:
    """An officer's wish to read who a person is, and what became of it.

    Attributes:
        person: what the person is called; None once he or she is no more in the case.
        by, confirmed_by, reviewed_by: logins.
        reason: in the officer's words; empty once the person was erased.
        is_emergency: the officer was not granted it, so that a second person confirmed.
    """

    opening_id: UUID
    person: PersonName | None
    by: str
    reason: str = field(repr=False)
    is_emergency: bool
    asked_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    read_at: datetime | None = None
    reviewed_by: str | None = None

    @property
    def waits_for_review(self) -> bool:
        """Whether somebody who had no hand in an emergency has still to look at it."""
        return self.is_emergency and self.reviewed_by is None
