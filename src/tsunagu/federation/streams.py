"""Order and duplicates: what an inbox makes of a message by its stream and number, and when an outbox sends again.

Whatever carries messages may lose, repeat and reorder them. The sender sends until he is told that a message has
arrived; the receiver keeps each number once, and lets them count in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

MOST_AHEAD = 10_000
"""So far ahead of the one that is waited for a message may be: what bounds the inbox."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=10)
_OVER = "over:"


class Arrival(StrEnum):
    """What a message that arrives is to its stream."""

    NEW = "new"
    AGAIN = "again"
    CONTRADICTS = "contradicts"
    TOO_FAR_AHEAD = "too-far-ahead"


@dataclass(frozen=True, slots=True)
class Inbox:
    """One stream as it was received so far.

    Attributes:
        digests: of what was received, by number.
        done: up to which number, without a gap, it has been acted upon.
    """

    digests: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))
    done: int = 0

    def arrival(self, number: int, digest: bytes) -> Arrival:
        """Return what a message with this number and content is to the stream."""
        if number in self.digests:
            return Arrival.AGAIN if self.digests[number] == digest else Arrival.CONTRADICTS
        if number > self.done + MOST_AHEAD:
            return Arrival.TOO_FAR_AHEAD
        return Arrival.NEW

    def acted_upon(self, number: int) -> Inbox:
        """Return the stream after its next message was acted upon."""
        if number != self.done + 1 or number not in self.digests:
            raise ValueError(number)
        return replace(self, done=number)

    @property
    def ready(self) -> tuple[int, ...]:
        """The numbers that can be acted upon now, in their order: those up to the first gap."""
        last = self.done
        while last + 1 in self.digests:
            last += 1
        return tuple(range(self.done + 1, last + 1))

    @property
    def waiting(self) -> int:
        """How many wait for one before them."""
        return sum(number > self.done for number in self.digests) - len(self.ready)


def closing(stream: str) -> str:
    """Return the stream whose message closes this one, whenever it comes: nothing of this one counts any more."""
    return f"{_OVER}{stream}"


def closed_by(stream: str) -> str | None:
    """Return the stream that a message in this one closes; None where it closes none."""
    return stream.removeprefix(_OVER) if stream.startswith(_OVER) else None


def is_due(*, sent_at: datetime | None, tries: int, now: datetime) -> bool:
    """Return whether an unanswered message is sent (again): at once, then after pauses that double up to ten minutes.

    Args:
        sent_at: when it was last sent; None when never.
        tries: how often it was sent.
        now: this moment.
    """
    if sent_at is None:
        return True
    pause: timedelta = FIRST_PAUSE * (1 << min(max(tries - 1, 0), 10))
    return now >= sent_at + min(pause, LONGEST_PAUSE)
