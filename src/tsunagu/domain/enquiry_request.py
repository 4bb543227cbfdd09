"""Enquiry requests: what one force asks another, before anybody is more than a row of a list, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from tsunagu.domain.alert import check_words
from tsunagu.domain.errors import InputError
from tsunagu.domain.seized import ListField

LONGEST: Final = timedelta(days=60)
"""How long a force has to answer, at most; what is not answered by then is erased."""
MOST_ASKED: Final = 20
"""So many persons of one list are asked about within `WITHIN`, answered or not: nobody sends a list away row by row."""
WITHIN: Final = timedelta(days=7)


class Wanted(StrEnum):
    """What may be asked."""

    IDENTITY = "identity"
    RESIDENCE = "residence"
    BORN = "born"


class Confirmed(StrEnum):
    """What is answered to each."""

    YES = "confirmed"
    NO = "not-confirmed"
    UNKNOWN = "not-known"


_WHO: Final = (ListField.NAME, ListField.KANA, ListField.POSTCODE, ListField.ADDRESS)
NEEDED: Mapping[Wanted, tuple[ListField, ...]] = MappingProxyType(
    {Wanted.IDENTITY: (*_WHO, ListField.BORN), Wanted.RESIDENCE: _WHO, Wanted.BORN: (*_WHO, ListField.BORN)}
)
"""What has to be said of somebody for each; nothing else of his rows goes out, and nothing of the list."""


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """A request as an officer makes it.

    Attributes:
        wanted: what is asked, each once.
        authority: on what legal ground.
        last_day: the last day on which an answer is in time, in UTC.
        told_rows: the rows whose address is told; empty for those whose address lies where the force is that is asked.
    """

    wanted: tuple[Wanted, ...]
    authority: str = field(repr=False)
    last_day: date
    told_rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_words(self.authority)
        if not self.wanted or len(set(self.wanted)) < len(self.wanted):
            raise InputError("a request asks for something, and for each thing once")

    def check_day(self, today: date) -> None:
        """Do nothing when its last day may be that.

        Raises:
            InputError: it is over, or further off than `LONGEST`.
        """
        if not today <= self.last_day <= today + LONGEST:
            raise InputError("the last day of a request lies between today and sixty days from now")

    @property
    def fields(self) -> tuple[ListField, ...]:
        """What of a row it needs, in the order of the fields."""
        needed = {one for wanted in self.wanted for one in NEEDED[wanted]}
        return tuple(one for one in ListField if one in needed)


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """What a force answers.

    Attributes:
        found: to each thing that was asked.
        words: what there is to say besides; "" for nothing.
        document: SHA-256 of what a force sent that is not at this installation; None where it answers itself.
    """

    found: Mapping[Wanted, Confirmed]
    words: str = field(default="", repr=False)
    document: bytes | None = None

    def __post_init__(self) -> None:
        if self.words:
            check_words(self.words)


class RequestState(StrEnum):
    """How a request stands. What is erased leaves that it was, and nothing of whom."""

    ASKED = "asked"
    ANSWERED = "answered"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """A request without what it says.

    Attributes:
        by_line: whether it went to another installation, or came from one, over the line.
        arrived_at: when it came to that installation, which has said so.
        informed_at: when its answer was told here; None where it was given here.
    """

    request_id: UUID
    sender_id: UUID
    receiver_id: UUID
    asked_at: datetime
    last_day: date
    answered_at: datetime | None
    erased_at: datetime | None
    by_line: bool = False
    arrived_at: datetime | None = None
    informed_at: datetime | None = None

    @property
    def state(self) -> RequestState:
        """How it stands."""
        if self.erased_at is not None:
            return RequestState.ERASED
        return RequestState.ASKED if self.answered_at is None else RequestState.ANSWERED

    def is_over(self, today: date) -> bool:
        """Return whether its last day has passed: its receiver is told no more what it says."""
        return self.last_day < today
