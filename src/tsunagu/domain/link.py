"""What the linker works on: opaque ids, owning agency and fingerprints of everyone, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tsunagu.domain.hit import Evidence


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item is held.

    Attributes:
        covert: whether the case is a covert one.
        counts_as: its case, where it is counted in how many an item is held; of what another installation asks about,
            that installation, however often it asks.
    """

    item_id: int
    case_id: UUID
    agency_id: UUID
    covert: bool
    counts_as: UUID


@dataclass(frozen=True, slots=True)
class Link:
    """Two items that have something in common; `item_a` may be `item_b` when two cases hold one content.

    Attributes:
        silenced: a bank of benign content, of an agency that holds one of the two, explains the hit.
    """

    item_a: int
    item_b: int
    evidence: Evidence
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class CasePair:
    """Two cases, in the order of their ids, so that a pair has one name."""

    a: Place
    b: Place

    @staticmethod
    def of(one: Place, other: Place) -> tuple[CasePair, bool]:
        """Return the pair, and whether the two were exchanged to bring them into order."""
        if one.case_id <= other.case_id:
            return CasePair(one, other), False
        return CasePair(other, one), True
