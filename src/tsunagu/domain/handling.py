"""Handling: what an originator lets others do with what is his."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tsunagu.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Handling:
    """Who else may be given something, for what, whether he may pass it on, and until when.

    What nothing was said of is nobody else's.

    Attributes:
        receivers: agencies that may be given it.
        purposes: what they may use it for.
        may_forward: whether they may give it to others of these receivers.
        until: the last day, in UTC, on which they may be given it; None without an end.
    """

    receivers: frozenset[UUID] = frozenset()
    purposes: frozenset[Purpose] = frozenset()
    may_forward: bool = False
    until: date | None = None

    def lets(self, receiver: UUID, purpose: Purpose, *, today: date) -> bool:
        """Return whether an agency may be given it for this purpose on this day, in UTC."""
        is_in_time = self.until is None or today <= self.until
        return is_in_time and receiver in self.receivers and purpose in self.purposes

    def is_wider_than(self, other: Handling) -> bool:
        """Return whether this lets anything through that the other does not: that takes its originator's consent."""
        later = other.until is not None and (self.until is None or self.until > other.until)
        more = self.receivers - other.receivers or self.purposes - other.purposes
        return bool(more) or later or (self.may_forward and not other.may_forward)
