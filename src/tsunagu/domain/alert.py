"""Alerts: what an officer sends onward, under which label, and what each hop may say to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.errors import InputError
from tsunagu.domain.overlap import OverlapSummary
from tsunagu.domain.purpose import Purpose

MOST_COUNTRIES = 249
ROUNDING = 1e-6
MOST_WORDS = 4000
"""Characters of what an officer writes: of a finding, and of a reason."""


class Priority(StrEnum):
    """How soon an alert has to be answered; the most urgent first."""

    IMMINENT_RISK = "imminent-risk"
    HIGH = "high"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long a hop may take.

    Attributes:
        acknowledge: until it has said that the alert has arrived.
        answer: from then on, until it has taken, passed or refused it.
        outcome: from taking it on, until it has told an outcome, or how far it is.
    """

    acknowledge: timedelta
    answer: timedelta
    outcome: timedelta


CLOCKS: Mapping[Priority, Clocks] = MappingProxyType(
    {
        Priority.IMMINENT_RISK: Clocks(timedelta(hours=1), timedelta(hours=4), timedelta(days=2)),
        Priority.HIGH: Clocks(timedelta(hours=12), timedelta(days=1), timedelta(days=14)),
        Priority.NORMAL: Clocks(timedelta(days=2), timedelta(days=7), timedelta(days=60)),
    }
)


class RefusalReason(StrEnum):
    """Why a hop refuses an alert."""

    WRONG_COUNTRY = "wrong-country"
    WRONG_PLACE = "wrong-place"
    ALREADY_KNOWN = "already-known"
    NOT_COMPETENT = "not-competent"
    NOT_ENOUGH = "not-enough"
    OTHER = "other"


class HandOver(StrEnum):
    """By which form an alert goes to an agency beside, that is, under the same agency above.

    In Japan, by the rules for mutual assistance in criminal investigation (1957): a request, 共助の依頼, article 4; a
    designation, 指名通報, article 11; a transfer, 移送, with its 事件引継書.
    """

    REQUEST = "request"
    DESIGNATION = "designation"
    TRANSFER = "transfer"


class Withheld(StrEnum):
    """Why an agency on the path is not told what an alert says."""

    BY_LABEL = "by-label"
    EXPIRED = "expired"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The originator's label on an alert, held against at every reading.

    Attributes:
        agencies: who may read what it says, beside the originator; empty for everybody on its path.
        purposes: what for; who asks for another purpose is not told.
        may_forward: whether a hop may pass it on.
        until: when it is not told any more.
    """

    agencies: frozenset[UUID]
    purposes: frozenset[Purpose]
    may_forward: bool
    until: datetime

    def allows(self, agency_id: UUID, purpose: Purpose | None, *, now: datetime) -> bool:
        """Return whether an agency may be told at this moment, for this purpose; None asks for any that is allowed."""
        is_meant = not self.agencies or agency_id in self.agencies
        return is_meant and (purpose is None or purpose in self.purposes) and now < self.until


@dataclass(frozen=True, slots=True)
class Alert:
    """What an officer sends onward.

    Attributes:
        originator_id: the agency that raised it.
        contributors: other agencies whose cases it rests on; its outcome reaches them, and nobody else is told of them.
        finding: what was found and what is asked for, in the officer's words; names no person.
        grounds: countries with weights, the heaviest first; a list also where it holds one.
        evidence: what each overlap that it rests on amounts to.
        reason: why it has its priority.
    """

    alert_id: UUID
    originator_id: UUID
    contributors: frozenset[UUID]
    finding: str
    grounds: tuple[CountryWeight, ...]
    evidence: tuple[OverlapSummary, ...]
    priority: Priority
    reason: str
    restrictions: Restrictions
    raised_at: datetime

    def __post_init__(self) -> None:
        check_words(self.finding)
        if not self.grounds or len(self.grounds) > MOST_COUNTRIES:
            raise InputError("an alert rests on a list of countries with weights")
        if len({one.country for one in self.grounds}) < len(self.grounds):
            raise InputError("a country stands in the list twice")
        if sum(one.weight for one in self.grounds) > 1 + ROUNDING:
            raise InputError("the weights of the countries sum to 1 at most")
        if self.priority is not Priority.NORMAL:
            check_words(self.reason)
        if not self.restrictions.purposes:
            raise InputError("an alert may be read for one purpose at least")
        if self.restrictions.until <= self.raised_at:
            raise InputError("an alert that is not told to anybody any more is not raised")


def check_words(text: str) -> None:
    """Do nothing when an officer may write this.

    Raises:
        InputError: it is empty, longer than `MOST_WORDS` characters, or holds a null character.
    """
    if not text.strip() or len(text) > MOST_WORDS or "\0" in text:
        raise InputError(f"say it in 1 to {MOST_WORDS:,} characters")
