"""Contents in a vault: sealed in a stream under a key of their own, under names that only the agency's keys can make.

A content is a *header*, one object whose name is a keyed digest of its SHA-256, and the *segments* of its stream. The
header holds, sealed under the agency's key, which segments are its own, how many, and the key of their stream. It is
written last, once the plaintext was held to its SHA-256: without a header there is no content, and what a killed
process left is never read. A small picture is one sealed object under a name of the same kind.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from hmac import compare_digest, digest
from typing import Any, Final
from uuid import UUID

from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.records.backup.sealed import read_sealed, write_sealed
from tsunagu.records.keys.envelope import KEY_BYTES, open_under, seal_under
from tsunagu.records.vault.store import Stored, VaultStore

SEGMENT_BYTES: Final = 32 << 20
"""What of a stream lies in one object, and at once in memory."""
CHANGED = "what the vault holds of this content was changed, or belongs elsewhere"
LACKING = "the vault lacks this content"


class AgencyVault:
    """The vault of one agency."""

    def __init__(self, store: VaultStore, agency_id: UUID, key: bytes) -> None:
        """Open it.

        Args:
            key: 64 bytes: the first half seals, the second makes names.
        """
        self._store = store
        self._agency = str(agency_id)
        self._seals, self._names = key[:KEY_BYTES], key[KEY_BYTES:]

    def keep(self, sha256: bytes, pieces: Iterable[bytes]) -> bool:
        """Keep a content unless it is here, and return whether all of it is here now.

        What was changed under its name, so that nobody can open it, makes room.

        Args:
            sha256: of the whole; when the pieces turn out to be something else, nothing is kept, and False returned.
            pieces: read once, in order; not read when the content is here.

        Raises:
            Unavailable: the store cannot be written.
        """
        name = self._name(b"content", sha256)
        there = self._store.read(name)
        if there is not None:
            if self._header(name, there) is not None:
                return True
            self.remove(sha256)
        key, attempt = os.urandom(KEY_BYTES), os.urandom(8).hex()
        segments = _SegmentsOut(self._store, f"{name}.{attempt}")
        counted = _Counted(pieces)
        try:
            write_sealed(segments, counted, key=key, bound_to=name.encode())  # type: ignore[arg-type]  # writes alone
            segments.finish()
            is_it = compare_digest(counted.sha256.digest(), sha256)
            header = {"attempt": attempt, "segments": segments.count, "size": counted.size_bytes, "key": key.hex()}
            is_kept = is_it and self._store.create(name, self._sealed(name, json.dumps(header).encode()))
        except BaseException:
            self._store.remove_folder(f"{name}.{attempt}")
            raise
        if not is_kept:  # it is something else, or another process was faster
            self._store.remove_folder(f"{name}.{attempt}")
        return is_it

    def read(self, sha256: bytes) -> Iterator[bytes]:
        """Yield a content in pieces of at most 1 MiB. Only the end says that it was whole, and what came in.

        Raises:
            Unavailable: the vault lacks it, or cannot be read.
            Conflict: it was changed.
        """
        name = self._name(b"content", sha256)
        header = json.loads(self._opened(name))
        found = hashlib.sha256()
        segments = _SegmentsIn(self._store, f"{name}.{header['attempt']}", header["segments"])
        try:
            for piece in read_sealed(segments, key=bytes.fromhex(header["key"]), bound_to=name.encode()):  # type: ignore[arg-type]  # reads alone
                found.update(piece)
                yield piece
        except InputError as error:
            raise Conflict(CHANGED) from error
        if found.digest() != sha256:
            raise Conflict(CHANGED)

    def keep_small(self, sha256: bytes, picture: bytes) -> None:
        """Keep the small picture of a content, unless there is one.

        Raises:
            Unavailable: the store cannot be written.
        """
        name = self._name(b"small", sha256)
        self._store.create(name, self._sealed(name, picture))

    def read_small(self, sha256: bytes) -> bytes:
        """Return the small picture of a content.

        Raises:
            Unavailable: the vault lacks it, or cannot be read.
            Conflict: it was changed.
        """
        return self._opened(self._name(b"small", sha256))

    def remove(self, sha256: bytes) -> None:
        """Remove a content and its small picture; the header first, so that nothing half removed is ever read.

        A header that nobody can open, or that is gone already, hinders nothing: the segments are then found by name.

        Raises:
            Unavailable: the store cannot be written.
        """
        name = self._name(b"content", sha256)
        header = self._header(name, self._store.read(name))
        self._store.remove(name)
        self._store.remove(self._name(b"small", sha256))
        if header is not None:
            self._store.remove_folder(f"{name}.{header['attempt']}")
            return
        for one in self._store.listed(name.rpartition("/")[0]):
            if one.name.startswith(f"{name}."):
                self._store.remove(one.name)

    def names_of(self, sha256: bytes) -> tuple[str, str]:
        """Return the names by which everything of a content begins: its header's and its small picture's."""
        return self._name(b"content", sha256), self._name(b"small", sha256)

    def listed(self) -> Iterator[Stored]:
        """Yield every object of the agency.

        Raises:
            Unavailable: the store cannot be read.
        """
        return self._store.listed(self._agency)

    def _name(self, kind: bytes, sha256: bytes) -> str:
        """Return a name that tells nobody who lacks the key which content it is of."""
        opaque = digest(self._names, kind + b"\0" + sha256, "sha256").hex()
        return f"{self._agency}/{opaque[:2]}/{opaque[2:]}"

    def _sealed(self, name: str, plaintext: bytes) -> bytes:
        return seal_under(self._seals, plaintext, name.encode())

    def _header(self, name: str, sealed: bytes | None) -> dict[str, Any] | None:
        """Return the header that an object of this name holds; None where there is none, or none that is ours."""
        plaintext = None if sealed is None else open_under(self._seals, sealed, name.encode())
        return None if plaintext is None else json.loads(plaintext)

    def _opened(self, name: str) -> bytes:
        sealed = self._store.read(name)
        if sealed is None:
            raise Unavailable(LACKING)
        plaintext = open_under(self._seals, sealed, name.encode())
        if plaintext is None:
            raise Conflict(CHANGED)
        return plaintext


class _Counted:
    """Pieces that pass by, with their length and SHA-256."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.size_bytes = 0
        self.sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size_bytes += len(piece)
            self.sha256.update(piece)
            yield piece


class _SegmentsOut:
    """A file that is written front to back into objects of one length."""

    def __init__(self, store: VaultStore, folder: str) -> None:
        self._store = store
        self._folder = folder
        self._waiting = bytearray()
        self.count = 0

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self._waiting += data
        while len(self._waiting) >= SEGMENT_BYTES:
            self._put(bytes(self._waiting[:SEGMENT_BYTES]))
            del self._waiting[:SEGMENT_BYTES]
        return len(data)

    def finish(self) -> None:
        """Write what is left."""
        if self._waiting:
            self._put(bytes(self._waiting))

    def _put(self, data: bytes) -> None:
        if not self._store.create(f"{self._folder}/{self.count:08}", data):
            raise Conflict("a name in the vault is taken that nobody else can know")
        self.count += 1


class _SegmentsIn:
    """The same objects as one file that is read front to back."""

    def __init__(self, store: VaultStore, folder: str, count: int) -> None:
        self._store = store
        self._folder = folder
        self._count = count
        self._next = 0
        self._waiting = bytearray()

    def read(self, size: int) -> bytes:
        """Return the next bytes; fewer, and at last none, at the end."""
        while len(self._waiting) < size and self._next < self._count:
            segment = self._store.read(f"{self._folder}/{self._next:08}")
            if segment is None:
                raise Conflict(CHANGED)
            self._waiting += segment
            self._next += 1
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken
