"""What officers look for in their lists. Everything narrows down what they may read anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.errors import InputError
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


@dataclass(frozen=True, slots=True)
class LedgerSearch:
    """Which entries of an agency's ledger are looked for; what is left empty narrows nothing down.

    Attributes:
        deed: an act, or what stands before the colon of some acts, for all of these.
        since, until: days on which it was done, in UTC, both included.
        case_id: the case that an entry names, or a list that was read and told of it.
    """

    deed: str = ""
    since: date | None = None
    until: date | None = None
    case_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.deed and not self.acts:
            raise InputError("there is no such choice")

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts that are looked for; none where every act is."""
        return tuple(one for one in Act if self.deed in {one.value, subject_of(one)})


def subject_of(act: Act) -> str:
    """Return what an act is done to, such as `case`."""
    return act.value.partition(":")[0]
