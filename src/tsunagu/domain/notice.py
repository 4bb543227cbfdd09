"""What an officer is told of an overlap, and of its hits once both sides have shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.hit import Evidence
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.overlap import Commonness, OverlapSummary
from tsunagu.domain.purpose import Purpose


class NoticeState(StrEnum):
    """How a notice stands with its own side."""

    HELD = "held"
    ENDED = "ended"
    SHARED = "shared-by-both"
    SHARED_BY_YOU = "shared-by-you"
    ACKNOWLEDGED = "acknowledged"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Revealed:
    """What both sides have agreed to show each other.

    Attributes:
        case: the other case's reference.
    """

    case: str
    summary: OverlapSummary


@dataclass(frozen=True, slots=True)
class Notice:
    """One side's notice of one overlap: hit/no-hit, and whom to talk to.

    Attributes:
        case: the own case's reference.
        purpose: the own case's.
        other_agency_id: None while both cases are covert and not both co-ordinators have released: calling a case
            covert must not uncover another one.
        held: for the co-ordinator alone, since the own case is covert.
        revealed: None until both sides have shared.
        noticed_at: when this side was told; anew when more was found after it had taken note.
        ended: nothing is left that the two cases have in common; which side holds something no more is not told.
    """

    notice_id: UUID
    overlap_id: UUID
    case_id: UUID
    case: str
    purpose: Purpose
    own_agency_id: UUID
    other_agency_id: UUID | None
    held: bool
    noticed_at: datetime
    acknowledged_at: datetime | None
    shared_at: datetime | None
    revealed: Revealed | None
    ended: bool = False

    @property
    def state(self) -> NoticeState:
        """How it stands; of several that apply, the one that decides what can be done."""
        if self.held:
            return NoticeState.HELD
        if self.ended:
            return NoticeState.ENDED
        if self.revealed is not None:
            return NoticeState.SHARED
        if self.shared_at is not None:
            return NoticeState.SHARED_BY_YOU
        return NoticeState.NEW if self.acknowledged_at is None else NoticeState.ACKNOWLEDGED

    @property
    def has_grown(self) -> bool:
        """Whether more was found since this side shared, of which it has not taken note."""
        if self.ended or self.shared_at is None or self.acknowledged_at is not None:
            return False
        return self.noticed_at > self.shared_at


@dataclass(frozen=True, slots=True)
class HitView:
    """One hit as one side sees it.

    Attributes:
        case: the reference of the own case that it is seen from; who works on both sees each hit from either.
        number: of the place where the own item lies, within its case.
        path: where that is at the own agency, raw bytes; the other's is never told.
        sha256: of the own item.
        label: names the own item within this overlap; the other side sees it as its `other_label`.
        other_label: names the other side's item, of which nothing else is told, so that it can be asked about.
        evidence: with the own item as the first of the two.
        silenced: benign content explains it; it does not count.
        holds: false when an item was examined anew and the hit was not found again; it does not count either.
        judgement: the latest answer of the own agency.
    """

    hit_id: int
    case: str
    exhibit: str
    number: int
    path: bytes
    sha256: bytes
    label: str
    other_label: str
    evidence: Evidence
    commonness: Commonness
    silenced: bool
    holds: bool
    judgement: Judgement
    sameness: Sameness | None
