"""The messages of one item as bytes between a decode child and the parent.

A frame is a heading (kind, 1 byte; a zero byte; length of the facts, 2 bytes; length of the bulk,
4 bytes), the facts, and the bulk; all numbers little-endian. Pixels and samples travel as raw
bulk and are received straight into their array. A child may have been taken over by what it
decodes: nothing it sends is believed before it has been checked against its bounds.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint, Turn
from tsunagu.domain.media import MediaFacts, Refusal
from tsunagu.media.messages import (
    DecodeOptions,
    MemberData,
    MemberRefused,
    MemberStart,
    Message,
    PictureFingerprints,
    Refused,
    RgbPicture,
    SoundChunk,
)
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.sandbox import facts as media_facts
from tsunagu.media.sandbox.malformed import Malformed

Fill = Callable[[memoryview], None]
"""Fills the whole of a buffer with the next bytes from the child, or raises."""

Buffer = bytes | memoryview

MOST_FACTS_BYTES: Final = 60_000
MOST_SOUND_BYTES: Final = 1 << 24
MOST_MEMBER_DATA_BYTES: Final = 1 << 20
MOST_NAME_BYTES: Final = 4096
TIME_SLACK_S: Final = 1.0
"""Seconds that a frame may lie beyond the longest duration, for rounding."""

_HEADING: Final = struct.Struct("<BxHI")
_PICTURE: Final = struct.Struct("<IIIIIB")  # width, height, scale, rows, columns, orientation
_TIME: Final = struct.Struct("<dQ")  # seconds, frame
_MEMBER: Final = struct.Struct("<q")  # claimed length, -1 for none
_FINGERPRINT: Final = struct.Struct("<B32s")  # quality, PDQ
_TURNS: Final = struct.Struct(f"<B{32 * len(Turn)}s")  # quality, PDQ of each turn
_RGB: Final = struct.Struct("<II")  # rows, columns


class FrameKind(IntEnum):
    """What a frame carries."""

    END = 0
    REFUSED = 1
    FACTS = 2
    PICTURE = 3
    TIMED_PICTURE = 4
    SOUND = 5
    MEMBER_START = 6
    MEMBER_DATA = 7
    MEMBER_REFUSED = 8
    RGB = 9
    PICTURE_FINGERPRINTS = 10
    TIMED_FINGERPRINT = 11


def encode(message: Message | RgbPicture) -> tuple[Buffer, ...]:
    """Return the frame of one message as buffers to be sent in this order; arrays are not copied.

    Raises:
        Malformed: the message passes a bound of the format.
    """
    bulk: Buffer = b""
    match message:
        case MediaFacts():
            kind, told = FrameKind.FACTS, media_facts.pack(message)
        case Picture():
            kind, told, bulk = FrameKind.PICTURE, _pack_picture(message), _raw(message.luma)
        case TimedPicture():
            kind, bulk = FrameKind.TIMED_PICTURE, _raw(message.picture.luma)
            told = _TIME.pack(message.at_s, message.frame) + _pack_picture(message.picture)
        case PictureFingerprints(turns):
            kind = FrameKind.PICTURE_FINGERPRINTS
            told = _TURNS.pack(turns[0].quality, b"".join(one.data for one in turns))
        case TimedFingerprint(at_s, frame, fingerprint):
            kind = FrameKind.TIMED_FINGERPRINT
            told = _TIME.pack(at_s, frame) + _FINGERPRINT.pack(fingerprint.quality, fingerprint.data)
        case SoundChunk():
            kind, told, bulk = FrameKind.SOUND, b"", _raw(message.samples.astype("<i2", copy=False))
        case MemberStart():
            size_bytes = -1 if message.size_bytes is None else message.size_bytes
            kind, told = FrameKind.MEMBER_START, _MEMBER.pack(size_bytes) + message.name
        case MemberData():
            kind, told, bulk = FrameKind.MEMBER_DATA, b"", message.data
        case MemberRefused():
            kind = FrameKind.MEMBER_REFUSED
            told = bytes([_REFUSALS.index(message.refusal), message.has_begun]) + message.name
        case _:
            kind, bulk = FrameKind.RGB, _raw(message.pixels)
            told = _RGB.pack(*message.pixels.shape[:2])
    _require(len(told) <= MOST_FACTS_BYTES and len(bulk) < 2**32, "message")
    heading = _HEADING.pack(kind, len(told), len(bulk)) + told
    return (heading, bulk) if bulk else (heading,)


def encode_end() -> bytes:
    """Return the frame that ends an item."""
    return _HEADING.pack(FrameKind.END, 0, 0)


def encode_refusal(refusal: Refusal) -> bytes:
    """Return the frame that ends an item which is refused."""
    return _HEADING.pack(FrameKind.REFUSED, 1, 0) + bytes([_REFUSALS.index(refusal)])


def receive(fill: Fill, options: DecodeOptions) -> Message | RgbPicture | None:
    """Read one frame.

    Args:
        fill: where the bytes come from.
        options: the bounds under which the child decodes.

    Returns:
        The message; None at the end of the item. Its arrays are its own and can be written.

    Raises:
        Malformed: the bytes are no frame within the bounds; those after it cannot be understood.
        Refused: the child refuses the item.
    """
    heading = bytearray(_HEADING.size)
    fill(memoryview(heading))
    number, facts_bytes, bulk_bytes = _HEADING.unpack(heading)
    if heading[1] != 0 or facts_bytes > MOST_FACTS_BYTES or number not in _KINDS:
        raise Malformed("heading")
    told = bytearray(facts_bytes)
    fill(memoryview(told))
    return _read(FrameKind(number), bytes(told), bulk_bytes, fill, options)


def _read(
    kind: FrameKind, told: bytes, bulk_bytes: int, fill: Fill, options: DecodeOptions
) -> Message | RgbPicture | None:
    if kind in _WITHOUT_BULK and bulk_bytes:
        raise Malformed("a bulk where none belongs")
    match kind:
        case FrameKind.END:
            _require(not told, "end")
            return None
        case FrameKind.REFUSED:
            _require(len(told) == 1, "refusal")
            raise Refused(_refusal(told[0]))
        case FrameKind.PICTURE:
            return _read_picture(told, bulk_bytes, fill, options)
        case FrameKind.TIMED_PICTURE:
            return _read_timed_picture(told, bulk_bytes, fill, options)
        case FrameKind.RGB:
            return _read_rgb(told, bulk_bytes, fill, options)
        case FrameKind.PICTURE_FINGERPRINTS | FrameKind.TIMED_FINGERPRINT:
            return _read_fingerprints(kind, told, options)
        case _:
            return _read_small(kind, told, bulk_bytes, fill)


def _read_small(kind: FrameKind, told: bytes, bulk_bytes: int, fill: Fill) -> Message:
    if kind is FrameKind.FACTS:
        return media_facts.unpack(told)
    if kind is FrameKind.SOUND:
        _require(not told and 0 < bulk_bytes <= MOST_SOUND_BYTES and bulk_bytes % 2 == 0, "sound")
        samples = np.empty(bulk_bytes // 2, np.dtype("<i2"))
        fill(_raw(samples))
        return SoundChunk(samples.astype(np.int16, copy=False))
    return _read_member(kind, told, bulk_bytes, fill)


def _read_member(kind: FrameKind, told: bytes, bulk_bytes: int, fill: Fill) -> Message:
    if kind is FrameKind.MEMBER_DATA:
        _require(not told and 0 < bulk_bytes <= MOST_MEMBER_DATA_BYTES, "member data")
        data = bytearray(bulk_bytes)
        fill(memoryview(data))
        return MemberData(bytes(data))
    if kind is FrameKind.MEMBER_REFUSED:
        _require(2 <= len(told) <= 2 + MOST_NAME_BYTES and told[1] <= 1, "member refused")
        return MemberRefused(told[2:], _refusal(told[0]), has_begun=bool(told[1]))
    _require(_MEMBER.size < len(told) <= _MEMBER.size + MOST_NAME_BYTES, "member")
    (size_bytes,) = _MEMBER.unpack_from(told)
    name = told[_MEMBER.size :]
    _require(size_bytes >= -1 and b"\0" not in name, "member")
    _require(not name.startswith(b"/") and b".." not in name.split(b"/"), "member name")
    return MemberStart(name, None if size_bytes == -1 else size_bytes)


def _read_timed_picture(told: bytes, bulk_bytes: int, fill: Fill, options: DecodeOptions) -> TimedPicture:
    _require(len(told) == _TIME.size + _PICTURE.size, "frame")
    at_s, frame = _read_time(told, options)
    return TimedPicture(at_s, frame, _read_picture(told[_TIME.size :], bulk_bytes, fill, options))


def _read_fingerprints(kind: FrameKind, told: bytes, options: DecodeOptions) -> PictureFingerprints | TimedFingerprint:
    if kind is FrameKind.PICTURE_FINGERPRINTS:
        _require(len(told) == _TURNS.size, "fingerprints")
        quality, data = _TURNS.unpack(told)
        _require(quality <= 100, "quality")
        turns = (Fingerprint(FingerprintKind.PDQ, data[at : at + 32], quality) for at in range(0, len(data), 32))
        return PictureFingerprints(tuple(turns))
    _require(len(told) == _TIME.size + _FINGERPRINT.size, "frame")
    at_s, frame = _read_time(told, options)
    quality, data = _FINGERPRINT.unpack_from(told, _TIME.size)
    _require(quality <= 100, "quality")
    return TimedFingerprint(at_s, frame, Fingerprint(FingerprintKind.PDQ, data, quality))


def _read_time(told: bytes, options: DecodeOptions) -> tuple[float, int]:
    at_s, frame = _TIME.unpack_from(told)
    _require(0 <= at_s <= options.max_duration_s + TIME_SLACK_S, "time of a frame")
    _require(frame < 2**31, "number of a frame")
    return at_s, frame


def _pack_picture(picture: Picture) -> bytes:
    rows, columns = picture.luma.shape
    return _PICTURE.pack(picture.width, picture.height, picture.scale, rows, columns, picture.orientation)


def _read_picture(told: bytes, bulk_bytes: int, fill: Fill, options: DecodeOptions) -> Picture:
    _require(len(told) == _PICTURE.size, "picture")
    width, height, scale, rows, columns, orientation = _PICTURE.unpack(told)
    _require(width >= 1 and height >= 1 and options.allows(width, height), "size of a picture")
    _require(scale >= 1 and 1 <= orientation <= 8, "scale or orientation of a picture")
    _require((rows, columns) == (-(-height // scale), -(-width // scale)), "plane of a picture")
    _require(bulk_bytes == rows * columns, "length of a plane")
    luma = np.empty((rows, columns), np.uint8)
    fill(_raw(luma))
    return Picture(luma, width, height, scale, orientation)


def _read_rgb(told: bytes, bulk_bytes: int, fill: Fill, options: DecodeOptions) -> RgbPicture:
    _require(len(told) == _RGB.size, "picture")
    rows, columns = _RGB.unpack(told)
    _require(rows >= 1 and columns >= 1 and options.allows(columns, rows), "size of a picture")
    _require(bulk_bytes == 3 * rows * columns, "length of a picture")
    pixels = np.empty((rows, columns, 3), np.uint8)
    fill(_raw(pixels))
    return RgbPicture(pixels)


def _raw(array: NDArray[np.uint8] | NDArray[np.int16]) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B")


def _refusal(number: int) -> Refusal:
    _require(number < len(_REFUSALS), "refusal")
    return _REFUSALS[number]


def _require(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as the sentence it checks
    if not holds:
        raise Malformed(what)


_KINDS: Final = frozenset(int(kind) for kind in FrameKind)
_WITHOUT_BULK: Final = frozenset(
    {
        FrameKind.END,
        FrameKind.REFUSED,
        FrameKind.FACTS,
        FrameKind.MEMBER_START,
        FrameKind.MEMBER_REFUSED,
        FrameKind.PICTURE_FINGERPRINTS,
        FrameKind.TIMED_FINGERPRINT,
    }
)
_REFUSALS: Final[Sequence[Refusal]] = tuple(Refusal)
