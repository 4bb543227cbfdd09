"""What a file says of itself, as bytes of the wire: numbers in fixed places, then bounded texts.

Layout, little-endian: width and height (4 bytes each, 0 for none), duration (8 bytes, NaN for
none), number of codecs and of tags (1 byte each); then the codecs, and for each tag key and
value, every text as its length in bytes (2 bytes) and UTF-8.
"""

from __future__ import annotations

import math
import re
import struct
from typing import Final

from tsunagu.domain.media import MediaFacts
from tsunagu.media.sandbox.malformed import Malformed

MOST_SIDE: Final = 2**31 - 1
"""Pixels on a side that are believed: what the database can hold."""
MOST_CODECS: Final = 8
MOST_TAGS: Final = 64
MOST_KEY_BYTES: Final = 128
MOST_VALUE_BYTES: Final = 4096
_MOST_BYTES: Final = 60_000

_NUMBERS: Final = struct.Struct("<IIdBB")
_LENGTH: Final = struct.Struct("<H")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def pack(facts: MediaFacts) -> bytes:
    """Return `facts` as bytes.

    Raises:
        Malformed: there are more or longer texts than the format takes.
    """
    if len(facts.codecs) > MOST_CODECS or len(facts.tags) > MOST_TAGS:
        raise Malformed("too many facts")
    duration_s = math.nan if facts.duration_s is None else facts.duration_s
    parts = [_NUMBERS.pack(facts.width or 0, facts.height or 0, duration_s, len(facts.codecs), len(facts.tags))]
    parts += [_pack_text(codec, MOST_KEY_BYTES) for codec in facts.codecs]
    for key, value in facts.tags.items():
        parts += [_pack_text(key, MOST_KEY_BYTES), _pack_text(value, MOST_VALUE_BYTES)]
    packed = b"".join(parts)
    if len(packed) > _MOST_BYTES:
        raise Malformed("too many facts")
    return packed


def unpack(packed: bytes) -> MediaFacts:
    """Return the facts that `packed` tells.

    Raises:
        Malformed: a number, a text or the whole is out of bounds, or bytes are left over.
    """
    if len(packed) < _NUMBERS.size:
        raise Malformed("facts")
    width, height, duration_s, codecs, tags = _NUMBERS.unpack_from(packed)
    if max(width, height) > MOST_SIDE:
        raise Malformed("facts")
    if codecs > MOST_CODECS or tags > MOST_TAGS or math.isinf(duration_s) or duration_s < 0:
        raise Malformed("facts")
    texts = _Texts(packed)
    told = MediaFacts(
        width=width or None,
        height=height or None,
        duration_s=None if math.isnan(duration_s) else duration_s,
        codecs=tuple(texts.next(MOST_KEY_BYTES) for _ in range(codecs)),
        tags={texts.next(MOST_KEY_BYTES): texts.next(MOST_VALUE_BYTES) for _ in range(tags)},
    )
    if not texts.is_at_end or len(told.tags) != tags:
        raise Malformed("facts")
    return told


def _pack_text(text: str, most_bytes: int) -> bytes:
    encoded = text.encode()
    if len(encoded) > most_bytes:
        raise Malformed("text")
    return _LENGTH.pack(len(encoded)) + encoded


class _Texts:
    """The texts after the numbers, one after the other."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._at = _NUMBERS.size

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._packed)

    def next(self, most_bytes: int) -> str:
        start = self._at + _LENGTH.size
        if start > len(self._packed):
            raise Malformed("text")
        (length,) = _LENGTH.unpack_from(self._packed, self._at)
        self._at = start + length
        if length > most_bytes or self._at > len(self._packed):
            raise Malformed("text")
        try:
            text = self._packed[start : self._at].decode()
        except UnicodeDecodeError as error:
            raise Malformed("text") from error
        if _CONTROL.search(text):
            raise Malformed("control characters")  # they could steer the terminal of whoever reads the tags
        return text
