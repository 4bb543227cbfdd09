"""One door for all decoders: an open file and its type in, messages out.

Runs inside the limited child: nothing here or beneath opens a file, starts a thread
or imports a module once `warm_up` has run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from tsunagu.domain.media import MediaType, Refusal
from tsunagu.media.decoding.messages import DecodeOptions, Message, Refused, RgbPicture


def decode(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Decode one item from its start.

    Args:
        file: open for reading, seekable, unread; stays open.
        media_type: what `probe` said of it; the content is tried as this type and no other.
        options: frames taken and bounds kept.

    Yields:
        Of pictures `MediaFacts`, then one `Picture`. Of videos and sounds `MediaFacts`, then
        `TimedPicture` in the order of time, mixed with `SoundChunk`. Of archives `MediaFacts`,
        then for each member `MemberStart` and `MemberData`, or `MemberRefused`.

    Raises:
        Refused: the content cannot be read, or not to its end, or passes a bound.
    """
    raise Refused(Refusal.UNKNOWN_TYPE)
    yield


def decode_rgb(file: BinaryIO, media_type: MediaType, options: DecodeOptions, *, max_side: int) -> RgbPicture:
    """Decode one picture for eyes, shrunk so that no side is longer than `max_side` pixels, upright.

    Args:
        file: open for reading, seekable, unread; stays open.
        media_type: what `probe` said of it; of kind picture.
        options: only `max_pixels` matters.
        max_side: longest side of the answer in pixels, at least 1.

    Raises:
        Refused: the content cannot be read or passes a bound; UNKNOWN_TYPE when it is no picture.
    """
    raise Refused(Refusal.UNKNOWN_TYPE)


def warm_up() -> None:
    """Load and exercise every codec once, so that nothing needs opening once the doors are closed."""
