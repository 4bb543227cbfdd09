"""Guests: a specialist of another agency who is asked to look at one series, for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.clue import MOST_TEXT, Weighing
from tsunagu.domain.errors import InputError
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report import SourceGrading

MOST_DAYS: Final = 90
"""A guest looks at a series so many days at most, from the day on which he is invited."""


class GuestState(StrEnum):
    """How an invitation stands."""

    PROPOSED = "proposed"
    INVITED = "invited"
    LOOKING = "looking"
    DECLINED = "declined"
    ENDED = "ended"


class GuestEnd(StrEnum):
    """Why an invitation ended before its last day."""

    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    NOT_LET = "not-let"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a guest makes of a series: his opinion, which weighs nothing before an officer enters it as a clue.

    Attributes:
        item: the SHA-256 of the item that it is about; None where it is about the series, or the reader is not told.
        grading: of his source, and of what it says.
        weighing: what it tells of countries.
    """

    words: str
    grading: SourceGrading
    weighing: Weighing
    item: bytes | None = None

    def __post_init__(self) -> None:
        if not self.words.strip() or len(self.words) > MOST_TEXT or "\x00" in self.words:
            raise InputError(f"say in 1 to {MOST_TEXT} characters what you make of it")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it is kept; it stays. `number` counts from 1 within the invitation."""

    number: int
    answer: Answer
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of another agency who is, or was, to look at one series.

    Attributes:
        series: its name; empty for the guest, who is told it once he has accepted.
        owner_id: the agency whose series it is.
        agency_id: his own.
        login: as the owner has named him; whether anybody there has it the owner is not told.
        asked: what he is asked.
        until: the last day, in UTC.
        confirmed_at: when a second person of the owner has agreed.
        taken_at: when he accepted; None while he has not.
        lapses_at: when the certification expires with which he accepted; nothing is prolonged by its renewal.
        answers: by number.
    """

    guest_id: UUID
    series_id: UUID
    series: str
    owner_id: UUID
    agency_id: UUID
    login: str
    asked: str
    purpose: Purpose
    until: date
    proposed_by: UUID
    proposed_at: datetime
    confirmed_at: datetime | None
    taken_at: datetime | None
    lapses_at: datetime | None
    declined_at: datetime | None
    ended_at: datetime | None
    end: GuestEnd | None
    answers: tuple[KeptAnswer, ...] = ()

    def state(self, now: datetime) -> GuestState:
        """Return how it stands at a moment."""
        if self.declined_at is not None:
            return GuestState.DECLINED
        has_lapsed = self.lapses_at is not None and now >= self.lapses_at
        if self.ended_at is not None or has_lapsed or now.date() > self.until:
            return GuestState.ENDED
        if self.taken_at is not None:
            return GuestState.LOOKING
        return GuestState.PROPOSED if self.confirmed_at is None else GuestState.INVITED

    def is_over(self, now: datetime) -> bool:
        """Return whether it is declined or ended at a moment."""
        return self.state(now) in {GuestState.DECLINED, GuestState.ENDED}
