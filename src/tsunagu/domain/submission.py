"""Submissions: items of a series that its owner sends to another agency, with a label that stays on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.handling import Handling
from tsunagu.domain.purpose import Purpose

MOST_ITEMS: Final = 500
"""So many items go in one submission: each is an exhibit of its own where it arrives, and goes by itself."""
MOST_ITEMS_A_DAY: Final = 5_000
"""So many items does an agency submit to another within 24 hours: of each it learns whether the other holds it."""


class SubmissionState(StrEnum):
    """How one item that was submitted stands.

    `uploaded` is new to its receiver, of `duplicate` he holds the same already. `expired` was one of the two until
    nobody had it, and nobody could take it any more.
    """

    UPLOADED = "uploaded"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Rejection(StrEnum):
    """Why a receiver does not take an item."""

    KNOWN_ALREADY = "known-already"
    NOT_COMPETENT = "not-competent"
    NOT_ILLEGAL = "not-illegal"
    NO_LEGAL_GROUND = "no-legal-ground"
    UNREADABLE = "unreadable"
    OTHER = "other"


STANDING: Final = frozenset({SubmissionState.UPLOADED, SubmissionState.DUPLICATE})
"""What may still be taken, or was."""


def numbers_to_text(numbers: Iterable[int]) -> str:
    """Return numbers of items as the ledger is told them: in order, with runs as their ends, as in `1-3,7`."""
    runs: list[list[int]] = []
    for one in sorted(set(numbers)):
        if runs and one == runs[-1][-1] + 1:
            runs[-1][1:] = [one]
        else:
            runs.append([one])
    return ",".join("-".join(map(str, one)) for one in runs)


def numbers_from_text(text: str) -> tuple[int, ...]:
    """Return the numbers that `numbers_to_text` wrote.

    Raises:
        ValueError: it did not write this.
    """
    runs = [[int(each) for each in one.split("-")] for one in text.split(",")]
    return tuple(number for one in runs for number in range(one[0], one[-1] + 1))


@dataclass(frozen=True, slots=True)
class Category:
    """On what the analysts of the sender agree of an item, by one scheme."""

    scheme: str
    grade: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SubmittedItem:
    """One item of a submission.

    Attributes:
        number: its place in the submission, from 1.
        sha256: empty once nothing more is kept of it.
        line: all that the receiver needs to compare it, as an intake file has it; only of what is being submitted.
        has_media: whether the content itself goes from vault to vault.
        rejection, words: why its receiver did not take it.
        exhibit_id: of the receiver's case; None while it is not taken, and where the reader is the sender.
    """

    number: int
    sha256: bytes
    media_type: str | None
    state: SubmissionState
    categories: tuple[Category, ...] = ()
    has_media: bool = False
    rejection: Rejection | None = None
    words: str = ""
    line: bytes = b""
    exhibit_id: UUID | None = None

    @property
    def stands(self) -> bool:
        """Whether it was neither rejected nor withdrawn, and has not expired."""
        return self.state in STANDING


@dataclass(frozen=True, slots=True)
class Submission:
    """Items of a series on their way to another agency, or there.

    Attributes:
        owner_id, receiver_id: whose series it is, and who is sent them.
        series_id: the owner's series.
        series: what its owner calls it.
        investigation: what he calls the investigation.
        label: who may have it, for what, whether it may be passed on, and until when.
        is_covert: it comes of a covert case, and is taken into one.
        taken_at: when the receiver took it; None while he has not.
        case_id: the receiver's case; None while it is not taken.
        withdrawn_at: when all of it was withdrawn.
        erased_at: when nothing was left of it at the receiver.
        expired_at: since when no digest of it is kept, as nobody has it, and nobody takes it any more.
    """

    submission_id: UUID
    owner_id: UUID
    receiver_id: UUID
    series_id: UUID
    series: str
    investigation: str
    label: Handling
    is_covert: bool
    submitted_by: UUID
    submitted_at: datetime
    taken_at: datetime | None = None
    case_id: UUID | None = None
    withdrawn_at: datetime | None = None
    erased_at: datetime | None = None
    expired_at: datetime | None = None
    items: tuple[SubmittedItem, ...] = ()

    @property
    def purpose(self) -> Purpose:
        """What it may be used for."""
        [purpose] = self.label.purposes
        return purpose

    @property
    def until(self) -> date:
        """The last day, in UTC, on which the receiver may read it."""
        return self.label.until or date.min

    @property
    def end(self) -> SubmissionState | None:
        """How all of it has ended, if it has."""
        if self.withdrawn_at is not None:
            return SubmissionState.WITHDRAWN
        return SubmissionState.EXPIRED if self.expired_at is not None else None

    def may_be_taken(self, today: date) -> bool:
        """Return whether its receiver may take it on this day: once, in time, and while something of it stands."""
        return (
            self.taken_at is None
            and self.withdrawn_at is None
            and today <= self.until
            and any(one.stands for one in self.items)
        )

    def count(self, state: SubmissionState) -> int:
        """Return how many of its items stand so."""
        return sum(one.state is state for one in self.items)
