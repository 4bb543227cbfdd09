"""The cryptographic names of a content, in one reading."""

from __future__ import annotations

import hashlib
import os
from threading import local
from typing import Final

from tsunagu.domain.digest import Digests

_CHUNK_BYTES: Final = 1 << 20
_of_thread: Final = local()


def _buffer() -> memoryview:
    """Return this thread's own buffer: one for each file would be fetched from the system, and cleared, each time."""
    if not hasattr(_of_thread, "buffer"):
        _of_thread.buffer = memoryview(bytearray(_CHUNK_BYTES))
    buffer: memoryview = _of_thread.buffer
    return buffer


def digest(fd: int) -> tuple[Digests, int]:
    """Return the MD5, SHA-1 and SHA-256 of a whole content, and its length in bytes.

    Reads from the first byte to the last wherever `fd` stands, and leaves its position as it was.

    Args:
        fd: descriptor of a regular file, open for reading; stays open.

    Raises:
        OSError: it cannot be read.
    """
    # MD5 and SHA-1 name a content as other people's lists do; they protect nothing here.
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    length = 0
    buffer = _buffer()
    while read := os.preadv(fd, [buffer], length):
        for one in (md5, sha1, sha256):
            one.update(buffer[:read])
        length += read
    return Digests(md5.digest(), sha1.digest(), sha256.digest()), length


def sha256(fd: int) -> bytes:
    """Return the SHA-256 of a whole content, read from the first byte to the last; the position stays as it was.

    Raises:
        OSError: it cannot be read.
    """
    found, length = hashlib.sha256(), 0
    buffer = _buffer()
    while read := os.preadv(fd, [buffer], length):
        found.update(buffer[:read])
        length += read
    return found.digest()
