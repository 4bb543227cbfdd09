"""What officers look for in their lists. Everything narrows down what they may read anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.domain.notice import NoticeState
from tsunagu.domain.overlap import Strength


class CaseState(StrEnum):
    """How a case stands."""

    OPEN = "open"
    CLOSED = "closed"
    TO_REVIEW = "to-review"


class Answered(StrEnum):
    """Whether the hits of an overlap that both sides have shared are judged."""

    JUDGED = "judged"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """Which cases are looked for; what is left empty narrows nothing down.

    Attributes:
        text: a part of the reference, in any case.
        since, until: days on which it was opened, in UTC, both included.
    """

    text: str = ""
    state: CaseState | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class OverlapSearch:
    """Which overlaps are looked for; what is left empty narrows nothing down.

    Attributes:
        text: a part of the own case's reference, or of the other's where it is shown, in any case.
        agency: a part of the other agency's name, in any case.
        since: the day since which the officer was told, in UTC.
    """

    text: str = ""
    agency: str = ""
    state: NoticeState | None = None
    strength: Strength | None = None
    answered: Answered | None = None
    since: date | None = None
