"""Comparisons: an agency has chosen holdings of its compared with what another installation's agencies hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.errors import InputError

COMPARISON_LASTS = timedelta(days=30)
"""How long what was sent is compared with what comes in there, unless another day is named."""
LONGEST_COMPARISON = timedelta(days=90)
MOST_ITEMS = 10_000
"""Contents that are asked about at once: a series, and no whole archive."""
MOST_TRACES = 500_000
"""Fingerprints that go at once: of 100 hours of video, some 40 MB."""
MOST_A_DAY = 100
"""Comparisons that one installation takes from another one within a day: asking is not for browsing."""


class ComparisonState(StrEnum):
    """How a comparison stands with who asked for it."""

    ASKED = "asked"
    NO_HIT = "no-hit"
    HIT = "hit"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class ComparisonHit:
    """What who asked is told: that an agency there holds the same, and whom to call; nothing of what it holds.

    Attributes:
        hit_id: how the other side calls it.
        told_at: when that side was told of it; anew when more was found after this side had taken note.
        is_claimed: the other agency claims what it holds, and its claim lasts.
        is_ended: nothing is left that both hold.
        acknowledged_at: when an officer of the own side took note.
        is_acknowledged_there: an officer of the other side has.
    """

    hit_id: UUID
    agency_id: UUID
    told_at: datetime
    is_claimed: bool
    is_ended: bool
    acknowledged_at: datetime | None
    is_acknowledged_there: bool

    @property
    def waits(self) -> bool:
        """Whether it holds, and nobody of the own side has taken note yet."""
        return self.acknowledged_at is None and not self.is_ended


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was asked of another installation.

    Attributes:
        scope, name: of the own series or case.
        member_id: the installation that was asked.
        items: how many contents were asked about.
        until: the last day, in UTC, on which it is compared there; then it is erased there.
        answered_at: when all of it had been compared there with all that was held.
        withdrawn_at, erased_at: when it was withdrawn here, and when it was said to be erased there.
    """

    comparison_id: UUID
    scope: ClaimScope
    name: str
    member_id: UUID
    items: int
    reason: str
    asked_by: str
    asked_at: datetime
    until: date
    answered_at: datetime | None
    withdrawn_at: datetime | None
    erased_at: datetime | None
    hits: tuple[ComparisonHit, ...]

    @property
    def waits(self) -> bool:
        """Whether a hit of it waits for somebody to take note."""
        return any(one.waits for one in self.hits)

    @property
    def is_over(self) -> bool:
        """Whether it was withdrawn, or is erased there: then nothing is left to withdraw."""
        return self.withdrawn_at is not None or self.erased_at is not None

    def state(self, today: date) -> ComparisonState:
        """Return how it stands on a day, in UTC."""
        if self.erased_at is not None:
            return ComparisonState.ERASED
        if self.withdrawn_at is not None:
            return ComparisonState.WITHDRAWN
        if today > self.until:
            return ComparisonState.EXPIRED
        if any(not one.is_ended for one in self.hits):
            return ComparisonState.HIT
        return ComparisonState.ASKED if self.answered_at is None else ComparisonState.NO_HIT


def checked_last_day(until: date | None, *, today: date) -> date:
    """Return the last day of a comparison, which is the default one where none is named.

    Raises:
        InputError: it is over, or too far away.
    """
    day = today + COMPARISON_LASTS if until is None else until
    if not is_last_day(day, today=today):
        raise InputError(f"a comparison lasts until a day from today on, {LONGEST_COMPARISON.days} days at most")
    return day


def is_last_day(until: date, *, today: date) -> bool:
    """Return whether a comparison that begins today may last until this day."""
    return today <= until <= today + LONGEST_COMPARISON
