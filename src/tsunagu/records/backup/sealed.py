"""A stream encrypted chunk by chunk, so that a changed, cut, lengthened or reordered file is refused.

Each chunk of 1 MiB is AES-256-GCM under a key that is used for one stream only. Its nonce is its number, 11 bytes
big-endian, and one byte that is 1 for the last chunk and 0 for all others: a chunk opens in its own place only, and a
stream that ends with any other chunk than the last was cut.

Source: the STREAM construction of V. T. Hoang, R. Reyhanitabar, P. Rogaway and D. Vizár, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tsunagu.domain.errors import InputError

CHUNK_BYTES = 1 << 20
KEY_BYTES = 32
_TAG_BYTES = 16


def write_sealed(file: BinaryIO, plaintext: Iterable[bytes], *, key: bytes, bound_to: bytes) -> None:
    """Write `plaintext` to `file`, sealed.

    Args:
        file: where the chunks go; nothing is flushed.
        plaintext: pieces of any length.
        key: 32 bytes, used for no other stream.
        bound_to: where the stream belongs; opening needs the same bytes again.
    """
    cipher = AESGCM(key)
    waiting = bytearray()
    number = 0
    for piece in plaintext:
        waiting += piece
        while len(waiting) > CHUNK_BYTES:  # a full chunk waits until it is known not to be the last
            file.write(cipher.encrypt(_nonce(number, is_last=False), bytes(waiting[:CHUNK_BYTES]), bound_to))
            del waiting[:CHUNK_BYTES]
            number += 1
    file.write(cipher.encrypt(_nonce(number, is_last=True), bytes(waiting), bound_to))


def read_sealed(file: BinaryIO, *, key: bytes, bound_to: bytes) -> Iterator[bytes]:
    """Yield what `write_sealed` wrote, in pieces of at most 1 MiB.

    Each piece is genuine and in its place when it is yielded; only the end of the iteration says that none is missing.

    Raises:
        InputError: the stream was changed, cut, lengthened, put in another order, or sealed by another key.
    """
    cipher = AESGCM(key)
    number = 0
    sealed = file.read(CHUNK_BYTES + _TAG_BYTES)
    while True:
        following = file.read(CHUNK_BYTES + _TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), sealed, bound_to)
        except (InvalidTag, ValueError):
            raise InputError("the sealed copy of the database was changed, cut or put in another order") from None
        if not following:
            return
        sealed = following
        number += 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])
