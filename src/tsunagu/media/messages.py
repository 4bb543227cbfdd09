"""What a decoder says: the frozen messages of one item, in order, and the bounds it keeps to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import Fingerprint, TimedFingerprint
from tsunagu.domain.media import MediaFacts, Refusal
from tsunagu.media.picture import Picture, TimedPicture

SOUND_RATE_HZ: Final = 11_025
"""Samples a second of every `SoundChunk`: the rate Chromaprint works at."""


class Refused(Exception):
    """The item is not decoded, or not further; messages before it stand.

    Attributes:
        refusal: the reason code.
    """

    def __init__(self, refusal: Refusal) -> None:
        """Keep the reason; the message is the code, so that nothing of the content reaches a log."""
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class PictureFingerprints:
    """What stands for a picture that was fingerprinted where it was decoded.

    Attributes:
        turns: PDQ of the picture laid in all eight ways, in the order of `Turn`; all of one quality.
    """

    turns: tuple[Fingerprint, ...]


@dataclass(frozen=True, slots=True)
class SoundChunk:
    """A few seconds of sound; the chunks of one item follow each other without a gap.

    Attributes:
        samples: shape (n,), int16, mono, `SOUND_RATE_HZ` samples a second, n at least 1.
    """

    samples: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class MemberStart:
    """A member of an archive begins; its `MemberData` follow, until the next message of another class.

    Attributes:
        name: raw bytes, relative, without `..`, backslash, drive or NUL, at most 1,024; to be shown, never opened.
        size_bytes: length as the archive claims it, unverified; None when it does not say.
    """

    name: bytes
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class MemberData:
    """The next bytes of the member that began last; at least 1, at most 1 MiB."""

    data: bytes


@dataclass(frozen=True, slots=True)
class MemberRefused:
    """One member is refused; the archive goes on.

    Attributes:
        name: raw bytes as the archive gives them, cut at 1,024; may hold anything: to be shown escaped, never opened.
        refusal: the reason code.
        has_begun: it is the member of the last `MemberStart`, whose data is to be thrown away, and not one after it.
    """

    name: bytes
    refusal: Refusal
    has_begun: bool = False


@dataclass(frozen=True, slots=True)
class RgbPicture:
    """The pixels of a picture, for eyes.

    Attributes:
        pixels: shape (height, width, 3), uint8, sRGB as stored, red first, C-contiguous; already turned upright.
    """

    pixels: NDArray[np.uint8]


Message = (
    MediaFacts
    | Picture
    | TimedPicture
    | PictureFingerprints
    | TimedFingerprint
    | SoundChunk
    | MemberStart
    | MemberData
    | MemberRefused
)


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """How a file is decoded, and the bounds beyond which it is refused.

    Attributes:
        frames_per_s: frames taken of a video; at least 0.01, at most 60.
        max_pixels: width times height of a picture or frame; checked from the header, before any decoding.
        max_side: width or height alone, likewise: what fits the area may still be a line that nothing can weigh.
        max_duration_s: seconds of video or sound; checked from the header and again while decoding.
        max_members: members of one archive, folders and refused ones counted too.
        max_member_bytes: unpacked length of one member.
        max_total_bytes: unpacked length of all members of one archive together.
        max_ratio: unpacked bytes for each packed byte of a member; judged once a member has given 1 MiB.
    """

    frames_per_s: float = 1.0
    max_pixels: int = 300_000_000
    max_side: int = 1_000_000
    max_duration_s: float = 12 * 3600.0
    max_members: int = 10_000
    max_member_bytes: int = 512 * 2**20
    max_total_bytes: int = 16 * 2**30
    max_ratio: int = 200

    def allows(self, width: int, height: int) -> bool:
        """Return whether a picture of this size in pixels may be decoded."""
        return max(width, height) <= self.max_side and width * height <= self.max_pixels
