"""Erasures: what is taken out of a case for good, why, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ErasureGround(StrEnum):
    """Why data is erased: a code, since the ledger keeps it for ever and holds nobody's words."""

    WRONG_EXHIBIT = "wrong-exhibit"
    NO_LEGAL_GROUND = "no-legal-ground"
    PURPOSE_ACHIEVED = "purpose-achieved"
    ORDERED = "ordered"
    EXPIRED = "expired"
    ERASED_BEFORE = "erased-before"
    WITHDRAWN_ELSEWHERE = "withdrawn-elsewhere"


DELETION_GROUNDS = (ErasureGround.NO_LEGAL_GROUND, ErasureGround.PURPOSE_ACHIEVED, ErasureGround.ORDERED)
"""What officers may say when they delete a case."""
WITHDRAWAL_GROUNDS = (ErasureGround.WRONG_EXHIBIT, *DELETION_GROUNDS)
"""What an officer may say when he withdraws an exhibit. The others are the machine's own grounds."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """An erasure that has been decided and is not completed yet.

    Attributes:
        case_id, exhibit_id: what is erased: one exhibit of a case, or without an exhibit the whole case.
    """

    erasure_id: UUID
    agency_id: UUID
    case_id: UUID
    exhibit_id: UUID | None
    ground: ErasureGround
    begun_at: datetime
    begun_by: UUID | None


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to.

    Attributes:
        places, items, fingerprints: how many rows of each kind are gone. Hits are not counted: some are kept from the
            case that they rest on, where the other one is covert.
        merkle_root: over keyed references to everything that is gone, in the order in which it went; 32 bytes.
    """

    places: int
    items: int
    fingerprints: int
    merkle_root: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """What stays of an erasure: that it was, why, and what it came to; names nothing.

    Attributes:
        exhibit_id: None where the whole case was erased.
        ended_at: None while it is not completed.
    """

    erasure_id: UUID
    case_id: UUID
    exhibit_id: UUID | None
    ground: ErasureGround
    begun_at: datetime
    ended_at: datetime | None
    erased: Erased


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an erasure would take away, told before it is decided.

    Attributes:
        exhibits, places: of the case, or of the one exhibit.
        items: contents that the agency holds nowhere else.
        overlaps: of the whole case, as far as who asks is told of them.
        rows: of seized lists, with the persons and the answers that rest on them.
        reports: that were merged into the case; they stay with an exhibit alone.
    """

    exhibits: int
    places: int
    items: int
    overlaps: int
    rows: int
    reports: int


@dataclass(frozen=True, slots=True)
class ListedErasure:
    """A completed erasure as the signed list outside the database names it: by opaque ids, its root and its time."""

    erasure_id: UUID
    agency_id: UUID
    case_id: UUID
    exhibit_id: UUID | None
    merkle_root: bytes
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class ListedWithdrawal:
    """Items of a submission that its owner withdrew, as the same list names them.

    Attributes:
        agency_id: the owner.
        numbers: of the items in the submission.
    """

    submission_id: UUID
    agency_id: UUID
    numbers: tuple[int, ...]
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class ErasureList:
    """All erasures up to a moment, oldest first, and all that was withdrawn of submissions.

    Attributes:
        entries: how many entries the ledger had then.
    """

    erasures: tuple[ListedErasure, ...]
    entries: int
    listed_at: datetime
    withdrawals: tuple[ListedWithdrawal, ...] = ()
