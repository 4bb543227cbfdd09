"""Packages as one ZIP archive, in a file that has no name: whatever happens, nothing of it stays on the disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZipFile

from tsunagu.domain.errors import InputError
from tsunagu.records.counted import Counted
from tsunagu.records.ledger.signing import Signer
from tsunagu.records.packages.written import write_signed

_QUICKLY = 1
"""How hard a package is compressed: most of it is text, and somebody waits for it."""


class ArchivedPackage:
    """A package that is being written; unpacked into a folder of its own it is what `NewPackage` writes."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Write into this file, which is empty."""
        self._stream = stream
        self._archive = ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=_QUICKLY)
        self._files: dict[str, str] = {}

    @classmethod
    @contextmanager
    def begin(cls) -> Iterator[Self]:
        """Begin a package of which nothing is left at the end of the block."""
        with tempfile.TemporaryFile() as stream:
            package = cls(stream)
            with package._archive:
                yield package

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Open one new file, one at a time.

        Raises:
            InputError: it cannot be written.
        """
        try:
            with self._archive.open(name, "w", force_zip64=True) as file:
                counted = Counted(file)  # type: ignore[arg-type]  # all that it needs of a file
                yield counted  # type: ignore[misc]  # likewise, its writers
        except OSError as refused:
            raise InputError("there is no room for the package", errno=refused.errno or 0) from None
        self._files[name] = counted.sha256

    def finish(self, *, signer: Signer, public_key: bytes, now: datetime) -> None:
        """Sign what was written; nothing is written after it."""
        write_signed(self, self._files, signer=signer, public_key=public_key, now=now)
        self._archive.close()

    def content(self) -> bytes:
        """Return the whole archive, once it is finished."""
        self._stream.seek(0)
        return self._stream.read()
