"""The cryptographic names of a content, in one reading."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from tsunagu.domain.digest import Digests

_CHUNK_BYTES: Final = 1 << 20


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
    while chunk := os.pread(fd, _CHUNK_BYTES, length):
        md5.update(chunk)
        sha1.update(chunk)
        sha256.update(chunk)
        length += len(chunk)
    return Digests(md5.digest(), sha1.digest(), sha256.digest()), length
