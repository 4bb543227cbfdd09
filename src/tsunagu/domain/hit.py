"""Hits: what a machine found within the radius. A hit becomes a match only by a person's judgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tsunagu.domain.fingerprint import Turn


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One entry of an index within the radius of a query.

    Attributes:
        distance_bits: Hamming distance, 0 to the radius.
        entry_id: the entry's id, as the index was built with.
    """

    distance_bits: int
    entry_id: int


class EvidenceKind(StrEnum):
    """What two media items have in common."""

    EXACT = "exact"
    NEAR = "near"
    VIDEO = "video"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of one recording that lie in another.

    Attributes:
        a_from_s, a_to_s: where in the first recording, seconds from its start.
        b_from_s, b_to_s: where in the second.
        distance_bits: for video the median distance of the paired frames; for sound the median distance
            of the paired 32-bit words.
    """

    a_from_s: float
    a_to_s: float
    b_from_s: float
    b_to_s: float
    distance_bits: int

    def reversed(self) -> Stretch:
        """Return the same stretch with the two recordings exchanged."""
        return Stretch(self.b_from_s, self.b_to_s, self.a_from_s, self.a_to_s, self.distance_bits)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two media items have in common, and how far apart they are.

    Attributes:
        distance_bits: for `near` the PDQ distance; 0 for `exact`; for video and sound the least
            distance of its stretches.
        turn: how the second picture lies on the first; None unless `near`, or for a video found only when turned.
        stretches: the shared seconds, in the order of the first recording; empty for pictures.
    """

    kind: EvidenceKind
    distance_bits: int
    turn: Turn | None = None
    stretches: tuple[Stretch, ...] = ()
