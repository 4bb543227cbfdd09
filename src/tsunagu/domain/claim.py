"""Claims: an agency says that it works on something, so that nobody works on it twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

CLAIM_LASTS = timedelta(days=30)
"""How long a claim lasts unless it is renewed, with a reason."""


class ClaimScope(StrEnum):
    """What is claimed."""

    SERIES = "series"
    CASE = "case"


class ClaimState(StrEnum):
    """How a claim stands."""

    LASTING = "lasting"
    EXPIRED = "expired"
    RELEASED = "released"


class InterestKind(StrEnum):
    """Why an agency is told of another's interest."""

    ASKED = "asked"
    CLAIMED = "claimed"
    OVERRIDDEN = "overridden"
    FOUND = "found"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Claim:
    """What an agency has claimed.

    Attributes:
        name: of the series, or the case's reference.
        claimed_by: login of the officer.
        overrides: it was made over another's claim, since a child is at imminent risk.
    """

    claim_id: UUID
    scope: ClaimScope
    name: str
    reason: str
    claimed_by: str
    claimed_at: datetime
    expires_at: datetime
    released_at: datetime | None
    overrides: bool

    def state(self, now: datetime) -> ClaimState:
        """Return how it stands at a moment."""
        if self.released_at is not None:
            return ClaimState.RELEASED
        return ClaimState.LASTING if self.expires_at > now else ClaimState.EXPIRED


@dataclass(frozen=True, slots=True)
class Interest:
    """What one side is told: that another agency has an interest in the same, and whom to call; nothing else.

    Attributes:
        scope, name: of the own series or case that it is about.
        is_held: it is told to the co-ordinator alone, since the own series or case is covert.
    """

    interest_id: UUID
    kind: InterestKind
    scope: ClaimScope
    name: str
    agency_id: UUID
    told_at: datetime
    is_held: bool
