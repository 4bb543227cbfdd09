"""Other installations of Tsunagu: who they are, and why a message from one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tsunagu.domain.errors import InputError, Unavailable

SENT_LASTS = timedelta(days=7)
"""How long a message that was sent over the network is good; it is sent anew, sealed anew, until it was received."""
CARRIED_LASTS = timedelta(days=30)
"""How long one is good that somebody carries by hand."""
GREETING_LASTS = timedelta(minutes=10)
"""How long a greeting is good, by which a call begins."""
IDLE_CALL = timedelta(minutes=1)
"""How long after a call the next one is made where nothing waits."""
FIRST_CALL_AGAIN = timedelta(seconds=15)
LONGEST_CALL_AGAIN = timedelta(minutes=5)
SKEW = timedelta(minutes=5)
"""By how much two installations' clocks may differ."""
MOST_AGENCIES = 500
"""With so many agencies of one member in the directory, its messages enter no more; its card, which is read, may."""


class MemberState(StrEnum):
    """How far an installation is a member here."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    ENDED = "ended"


class MessageKind(StrEnum):
    """What a message between installations is about."""

    ALERT_STEP = "alert-step"
    ALERT_NOTE = "alert-note"
    COMPARISON = "comparison"
    COMPARISON_ITEMS = "comparison-items"
    COMPARISON_CLAIM = "comparison-claim"
    COMPARISON_SEEN = "comparison-seen"
    COMPARISON_OVER = "comparison-over"
    COMPARISON_HIT = "comparison-hit"
    COMPARISON_DONE = "comparison-done"
    COMPARISON_ERASED = "comparison-erased"
    REFERRAL = "referral"
    REFERRAL_STEP = "referral-step"
    REFERRAL_OVER = "referral-over"
    REQUEST = "enquiry-request"
    REQUEST_STEP = "enquiry-request-step"
    REQUEST_OVER = "enquiry-request-over"
    KEYS = "keys"
    RECEIPT = "receipt"


CLOSING = frozenset({MessageKind.COMPARISON_OVER, MessageKind.REFERRAL_OVER, MessageKind.REQUEST_OVER})
"""What closes a stream: whatever of it comes later is received, and not kept."""


class HubRefusal(StrEnum):
    """Why a message is refused."""

    UNREADABLE = "unreadable"
    UNKNOWN_MEMBER = "unknown-member"
    UNKNOWN_KEY = "unknown-key"
    FORGED = "forged"
    RE_ADDRESSED = "re-addressed"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from-the-future"
    REPLAYED = "replayed"
    MALFORMED = "malformed"
    CONTRADICTS = "contradicts"
    RE_LABELLED = "re-labelled"
    NOT_THEIRS = "not-theirs"
    NO_NEIGHBOR = "no-neighbor"
    TOO_FAR_AHEAD = "too-far-ahead"
    TOO_MANY = "too-many"


class MessageRefused(InputError):
    """A message of another installation is not genuine, not for this one, not good any more, or not its to send."""

    code: ClassVar[str] = "message-refused"

    def __init__(self, refusal: HubRefusal) -> None:
        """Say why; nothing of the message is told."""
        super().__init__(f"a message of another installation was refused: {refusal.value}", reason=refusal.value)
        self.refusal = refusal


class NoAnswer(Unavailable):
    """Another installation does not answer, is not the one that is meant, or does not know this one."""

    code: ClassVar[str] = "no-answer"

    def __init__(self) -> None:
        """Say so; why is nobody's business who is not let in."""
        super().__init__("the other installation does not answer")


@dataclass(frozen=True, slots=True)
class LineState:
    """How our calls to a member went.

    Attributes:
        called_at: when the last call ended; None before the first.
        reached_at: when the last one ended that was answered.
        failed: how many have failed since.
    """

    called_at: datetime | None = None
    reached_at: datetime | None = None
    failed: int = 0

    def is_turn(self, *, waits: bool, now: datetime) -> bool:
        """Return whether the member is called now.

        After a call that failed, later each time, up to five minutes; otherwise at once where something waits for it,
        and else each minute, for what waits there.

        Args:
            waits: whether something does here.
            now: this moment.
        """
        if self.called_at is None:
            return True
        if self.failed:
            pause: timedelta = FIRST_CALL_AGAIN * (1 << min(self.failed - 1, 10))
            return now >= self.called_at + min(pause, LONGEST_CALL_AGAIN)
        return waits or now >= self.called_at + IDLE_CALL


@dataclass(frozen=True, slots=True)
class Member:
    """An installation that this one exchanges messages with, or is asked to.

    Attributes:
        address: where it takes messages, as an address beginning with https; empty where they are carried by hand.
        fingerprint: of its newest keys: what two people compare before they accept them.
        heard_at: when its last genuine message came; None before the first.
        line: how our calls to it went.
    """

    member_id: UUID
    name: str
    address: str
    state: MemberState
    fingerprint: str
    key_number: int
    entered_at: datetime
    accepted_at: datetime | None
    heard_at: datetime | None
    line: LineState


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """How the exchange with one member stands, in numbers and times.

    Attributes:
        unsent: messages that have never been sent.
        unanswered: messages that were sent, and of which the member has not said that it received them.
        oldest: when the oldest of both was written; None where there is none.
        refused_there: how many of ours the member has refused.
        waiting: messages of the member's that wait for one before them.
        refused_here: how many of the member's were genuine, and refused for what they say.
    """

    member: Member
    unsent: int
    unanswered: int
    oldest: datetime | None
    refused_there: int
    waiting: int
    refused_here: int
