"""Fingerprints are taken where a picture is decoded: the module with which the limited children decode.

Nothing that a child says can be believed more than its file, and a fingerprint of a plane that it has sent is no truer
than a fingerprint that it has made itself. So the pixels stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import TimedFingerprint
from tsunagu.domain.media import MediaType, Refusal
from tsunagu.fingerprints import pdq
from tsunagu.fingerprints.loading import without_linear_algebra
from tsunagu.media import decoding
from tsunagu.media.decoding import decode, decode_rgb
from tsunagu.media.messages import DecodeOptions, Message, PictureFingerprints, Refused
from tsunagu.media.picture import Picture, TimedPicture

__all__ = ["decode", "decode_rgb", "fingerprint", "warm_up"]


def fingerprint(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Decode one item as `decode` does, and put fingerprints in place of its pictures and frames.

    Yields:
        `PictureFingerprints` for a `Picture`, `TimedFingerprint` for a `TimedPicture`, any other message as it is.

    Raises:
        Refused: as `decode`; DAMAGED where a picture contradicts itself.
    """
    for message in decode(file, media_type, options):
        try:
            taken = _taken(message)
        except InputError:
            raise Refused(Refusal.DAMAGED) from None
        yield taken


def warm_up() -> None:
    """Load or compile all that decoding and fingerprinting need; see `decoding.warm_up`."""
    decoding.warm_up()
    with without_linear_algebra():
        pdq.load_kernels()


def _taken(message: Message) -> Message:
    match message:
        case Picture():
            return PictureFingerprints(pdq.turned(message))
        case TimedPicture(at_s, frame, picture):
            return TimedFingerprint(at_s, frame, pdq.fingerprint(picture))
        case _:
            return message
