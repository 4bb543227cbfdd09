"""Files that are written with their size and digest known at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO


class Counted:
    """Counts what is written through it."""

    def __init__(self, file: BinaryIO) -> None:
        """Write into this file."""
        self._file = file
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes) -> int:
        """Write `data` and count it."""
        self._digest.update(data)
        self.size_bytes += len(data)
        return self._file.write(data)

    def writelines(self, pieces: Iterable[bytes]) -> None:
        """Write pieces one after the other."""
        for piece in pieces:
            self.write(piece)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written until now, in hex."""
        return self._digest.hexdigest()
