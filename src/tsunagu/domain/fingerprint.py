"""Fingerprints: the compact traces by which pictures, frames and sounds are recognised again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from tsunagu.domain.errors import MalformedFingerprint


class FingerprintKind(Enum):
    """An algorithm at a fixed version: the same kind gives the same fingerprint for ever.

    Attributes:
        bits: length of one fingerprint, in bits.
        quality_floor: 0-100; below it a fingerprint is kept but not searched.
        radius_bits: the Hamming distance up to which two fingerprints are a hit.
    """

    PDQ = ("pdq-1", 256, 50, 31)

    def __init__(self, code: str, bits: int, quality_floor: int, radius_bits: int) -> None:
        """Spread the tuple over named attributes."""
        self.code = code
        self.bits = bits
        self.quality_floor = quality_floor
        self.radius_bits = radius_bits


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The compact trace of one picture or frame, comparable only within its kind.

    Attributes:
        kind: the algorithm that made it, at a fixed version.
        data: the fingerprint, big-endian, exactly `kind.bits // 8` bytes.
        quality: 0 (featureless) to 100; below the kind's floor it must not be searched.
    """

    kind: FingerprintKind
    data: bytes
    quality: int

    def __post_init__(self) -> None:
        """Refuse a wrong length or quality.

        Raises:
            MalformedFingerprint: the length is not the kind's, or the quality is outside 0-100.
        """
        if len(self.data) * 8 != self.kind.bits:
            raise MalformedFingerprint("wrong length", bits=len(self.data) * 8)
        if not 0 <= self.quality <= 100:
            raise MalformedFingerprint("quality outside 0-100", quality=self.quality)

    @property
    def is_searchable(self) -> bool:
        """Whether the picture had enough features for its fingerprint to be trusted in a search."""
        return self.quality >= self.kind.quality_floor

    def distance(self, other: Fingerprint) -> int:
        """Return the Hamming distance, in bits.

        Raises:
            MalformedFingerprint: the other fingerprint is of another kind.
        """
        if self.kind is not other.kind:
            raise MalformedFingerprint("kinds differ")
        return (int.from_bytes(self.data) ^ int.from_bytes(other.data)).bit_count()


class Turn(IntEnum):
    """The eight ways a rectangle can be laid on itself; the value is the place in `pdq_turns`.

    `ROTATED_90` means: turned by 90 degrees counter-clockwise. The last four are mirrored.
    """

    UPRIGHT = 0
    ROTATED_90 = 1
    ROTATED_180 = 2
    ROTATED_270 = 3
    MIRRORED_UPSIDE_DOWN = 4
    MIRRORED_LEFT_RIGHT = 5
    TRANSPOSED = 6
    TRANSVERSED = 7

    @property
    def inverse(self) -> Turn:
        """The turn that brings a picture turned by this one back."""
        return {Turn.ROTATED_90: Turn.ROTATED_270, Turn.ROTATED_270: Turn.ROTATED_90}.get(self, self)


@dataclass(frozen=True, slots=True)
class TimedFingerprint:
    """The fingerprint of one frame of a video.

    Attributes:
        at_s: seconds from the start of the video, at least 0.
        frame: number of the frame within the video as it was decoded, from 0.
    """

    at_s: float
    frame: int
    fingerprint: Fingerprint


class SoundKind(Enum):
    """An algorithm for sound at a fixed version.

    Attributes:
        step_s: seconds from one word to the next.
        span_s: seconds of sound that one word describes.
    """

    CHROMAPRINT = ("chromaprint-2", 1365 / 11025, (4096 + 19 * 1365) / 11025)

    def __init__(self, code: str, step_s: float, span_s: float) -> None:
        """Spread the tuple over named attributes."""
        self.code = code
        self.step_s = step_s
        self.span_s = span_s


@dataclass(frozen=True, slots=True)
class SoundFingerprint:
    """The trace of a whole recording's sound: one 32-bit word every `kind.step_s` seconds.

    Attributes:
        words: each an unsigned 32-bit number, in the order of time; empty when the sound is too short.
    """

    kind: SoundKind
    words: tuple[int, ...]
