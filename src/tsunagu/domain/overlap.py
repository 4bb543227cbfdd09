"""Overlaps: two cases that share media."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Commonness(StrEnum):
    """In how many cases a content turns up, as a band: a count would tell what others hold."""

    RARE = "rare"
    SOME = "some"
    COMMON = "common"


class Strength(StrEnum):
    """How much an overlap's evidence weighs together. A machine's proposal, never a finding of fact."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class OverlapSummary:
    """What two cases share, without naming any item.

    Attributes:
        exact, near, video_stretches, sound: how many pairs of items (for video: stretches) of each kind count.
        strength: how much they weigh together, with common content weighed down.
        reasons: the grounds for the strength, one sentence each, safe to show to both sides.
    """

    exact: int
    near: int
    video_stretches: int
    sound: int
    strength: Strength
    reasons: tuple[str, ...]
