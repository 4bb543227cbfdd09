"""What is done to an incoming report, step by step: each keeps it, and none is a machine's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import Conflict


class ReportState(StrEnum):
    """How a report stands with the agency that has it."""

    WAITING = "waiting"
    JOINED = "joined"
    MERGED = "merged"
    CLOSED = "closed"


class ReportStepKind(StrEnum):
    """What was done to a report in one step."""

    ENTERED = "entered"
    RISK_SET = "risk-set"
    RISK_LIFTED = "risk-lifted"
    ASSIGNED = "assigned"
    JOINED = "joined"
    MERGED = "merged"
    CLOSED = "closed"
    PUT_BACK = "put-back"
    ANSWERED = "answered"


class DuplicateGround(StrEnum):
    """Why a report is shown beside another one: they have the same of this."""

    REFERENCE = "reference"
    DIGEST = "digest"
    FINGERPRINT = "fingerprint"
    OBSERVATION = "observation"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ReportStep:
    """One thing that was done to a report.

    Attributes:
        number: 1 for its coming in, without gaps.
        agency_id: whose officer did it.
        to_agency: to whom it was assigned.
        other: the report that it was joined to.
        words: what was said with it: why, or the answer to the source.
    """

    number: int
    kind: ReportStepKind
    agency_id: UUID
    officer_id: UUID | None
    at: datetime
    to_agency: UUID | None = None
    other: UUID | None = None
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another report that may tell of the same, and why; only a person says that it does."""

    report_id: UUID
    grounds: frozenset[DuplicateGround]


_LEADS_TO: Final[Mapping[ReportStepKind, ReportState]] = MappingProxyType(
    {
        ReportStepKind.JOINED: ReportState.JOINED,
        ReportStepKind.MERGED: ReportState.MERGED,
        ReportStepKind.CLOSED: ReportState.CLOSED,
        ReportStepKind.PUT_BACK: ReportState.WAITING,
    }
)
_AT_ANY_TIME: Final = frozenset({ReportStepKind.ANSWERED, ReportStepKind.RISK_SET, ReportStepKind.RISK_LIFTED})


def after(state: ReportState, kind: ReportStepKind) -> ReportState:
    """Return how a report stands after one more step past its first.

    Raises:
        Conflict: as it stands, this cannot be done to it.
    """
    is_waiting = state is ReportState.WAITING
    if kind in _AT_ANY_TIME:
        return state
    if kind is ReportStepKind.ENTERED or is_waiting is (kind is ReportStepKind.PUT_BACK):
        raise Conflict("as this report stands, this cannot be done to it")
    return _LEADS_TO.get(kind, state)
