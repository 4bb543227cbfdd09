"""What is kept of the ledger outside the database: the hashes that were signed, and the signed roots.

    leaves.bin    32 bytes an entry: the entries' hashes as they were when they were signed
    roots.jsonl   one signed root a line, with the Merkle frontier from which the next signing goes on

Both only grow. A signing writes the leaves first and the line last; the line's end is the moment at which the root
counts. What a crash leaves beyond the last whole line, in either file, was never signed and is cut by the next signing.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tsunagu.domain.errors import InputError, LedgerBroken, Unavailable
from tsunagu.domain.ledger import SignedRoot
from tsunagu.records.durable import sync_folder
from tsunagu.records.ledger.chain import HASH_BYTES, canonical
from tsunagu.records.ledger.merkle import Frontier
from tsunagu.records.ledger.signing import Signer, root_fields, root_from_json, sign_root

_MAX_LINE_BYTES = 8192  # a line with the largest frontier, of 63 hashes, takes under 5000
_BATCH = 4096
_BLOCK_BYTES = 1 << 20


class RootStore:
    """The signed roots of one ledger, in one folder of this host.

    Several processes may sign and read at once: signing is done under an exclusive lock on `roots.jsonl`, and a
    reader takes a shared one for the moment in which it looks where the last whole line ends.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which the first signing makes, for its owner only."""
        self._folder = folder
        self._leaves = folder / "leaves.bin"
        self._roots = folder / "roots.jsonl"

    def last(self) -> SignedRoot | None:
        """Return the newest signed root, or None when nothing was ever signed.

        Raises:
            LedgerBroken: the last line is no signed root.
            Unavailable: the file cannot be read.
        """
        line, _end = self._last_line()
        return root_from_json(line) if line else None

    def roots(self) -> Iterator[SignedRoot]:
        """Return every root signed until this call, oldest first, one in memory at a time.

        Raises:
            LedgerBroken: while iterating, at the first line that is no signed root.
            Unavailable: the file cannot be read.
        """
        _line, end = self._last_line()
        return self._roots_until(end)

    def leaves(self) -> Iterator[bytes]:
        """Yield the hashes of the entries in their order, 32 bytes each; none when the file is missing.

        Those beyond the last root's size are no part of the record: a signing may be under way, or was broken off.
        """
        with _told_apart():
            if not self._leaves.exists():
                return
            with self._leaves.open("rb", buffering=_BATCH * HASH_BYTES) as file:
                while len(leaf := file.read(HASH_BYTES)) == HASH_BYTES:
                    yield leaf

    def has_lost_roots(self) -> bool:
        """Whether there are leaves but not even an empty file of roots, which no crash can bring about."""
        with _told_apart():
            return not self._roots.exists() and self._leaves.exists() and self._leaves.stat().st_size > 0

    def copy(self, roots: BinaryIO, leaves: BinaryIO) -> SignedRoot | None:
        """Write what has been signed until now into two files, and return the newest root; signing may go on meanwhile.

        Raises:
            LedgerBroken: the last line is no signed root.
            Unavailable: the files cannot be read.
        """
        line, end = self._last_line()
        if not line:
            return None
        last = root_from_json(line)
        for source, target, size_bytes in (
            (self._roots, roots, end),
            (self._leaves, leaves, last.size * HASH_BYTES),
        ):
            with source.open("rb") as file:
                for start in range(0, size_bytes, _BLOCK_BYTES):
                    target.write(file.read(min(_BLOCK_BYTES, size_bytes - start)))
        return last

    def adopt(self, roots: Path, leaves: Path) -> None:
        """Take over what `copy` wrote, in the place of nothing: a store that was ever signed in refuses.

        Raises:
            Unavailable: there is a store already, or the system refuses.
        """
        with _told_apart():
            self._folder.mkdir(mode=0o700, parents=True)
            for source, target in ((leaves, self._leaves), (roots, self._roots)):
                opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                with os.fdopen(opened, "wb") as file, source.open("rb") as original:
                    shutil.copyfileobj(original, file, _BLOCK_BYTES)
                    file.flush()
                    os.fsync(opened)
            sync_folder(self._folder)

    def extend(
        self, hashes_after: Callable[[int], Iterable[bytes]], *, now: datetime, signer: Signer
    ) -> SignedRoot | None:
        """Sign all entries up to the newest, and return the root that covers them.

        Args:
            hashes_after: given how many entries are signed already, returns the hashes of the entries after them in
                their order, 32 bytes each. It is called under the lock, so no entry is signed twice or left out.
            now: when the root is signed.
            signer: the ledger's key.

        Returns:
            the new root; the last one when there is nothing new to sign; None when there is nothing at all.

        Raises:
            LedgerBroken: the files are not as the last signing left them; nothing is signed on top of that.
            InputError: a hash is not 32 bytes; `now` carries no time zone.
            Unavailable: the folder cannot be written.
        """
        with _told_apart(), self._opened_to_sign() as roots:
            line, end = _last_line(roots)
            last, frontier = _resume(line)
            os.ftruncate(roots, end)
            self._append(frontier, hashes_after(frontier.size))
            if last is None:
                sync_folder(self._folder)
            if frontier.size == (last.size if last else 0):
                return last
            root = sign_root(frontier.size, frontier.root(), now=now, signer=signer)
            text = canonical(root_fields(root) | {"frontier": frontier.to_hex()}) + "\n"
            _write_all(roots, text.encode(), at=end)
            os.fsync(roots)
            return root

    def _append(self, frontier: Frontier, hashes: Iterable[bytes]) -> None:
        """Cut what was never signed, then write `hashes` behind the signed leaves and into `frontier`."""
        leaves = os.open(self._leaves, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            end = frontier.size * HASH_BYTES
            if os.fstat(leaves).st_size < end:
                raise LedgerBroken("hashes that were signed are gone from beside the ledger")
            os.ftruncate(leaves, end)
            rest = iter(hashes)
            while batch := list(islice(rest, _BATCH)):
                for one in batch:
                    if len(one) != HASH_BYTES:
                        raise InputError("the hash of an entry is not 32 bytes", size_bytes=len(one))
                    frontier.append(one)
                _write_all(leaves, b"".join(batch), at=end)
                end += len(batch) * HASH_BYTES
            os.fsync(leaves)
        finally:
            os.close(leaves)

    def _roots_until(self, end: int) -> Iterator[SignedRoot]:
        if not end:
            return
        with _told_apart(), self._roots.open("rb") as file:
            while file.tell() < end:
                yield root_from_json(file.readline(_MAX_LINE_BYTES))

    def _last_line(self) -> tuple[bytes, int]:
        with _told_apart():
            try:
                file = self._roots.open("rb")
            except FileNotFoundError:
                return b"", 0
            with file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return _last_line(file.fileno())

    @contextmanager
    def _opened_to_sign(self) -> Iterator[int]:
        """Open the roots, making folder and file where they are missing, and lock them against every other signing."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.has_lost_roots():
            raise LedgerBroken("the signed roots are gone from beside the ledger; nothing is signed in their place")
        roots = os.open(self._roots, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(roots, fcntl.LOCK_EX)
            if not os.fstat(roots).st_size:
                sync_folder(self._folder.parent)
                sync_folder(self._folder)
            yield roots
        finally:
            os.close(roots)


def _resume(line: bytes) -> tuple[SignedRoot | None, Frontier]:
    """Return the last root and the frontier to go on from; the one must be the root of the other."""
    if not line:
        return None, Frontier()
    last = root_from_json(line)
    try:
        frontier = Frontier.from_hex(last.size, json.loads(line)["frontier"])
    except (InputError, KeyError, TypeError):
        raise LedgerBroken("a signed root cannot be read") from None
    if frontier.root() != last.root:
        raise LedgerBroken("the last signed root does not fit its frontier")
    return last, frontier


def _last_line(roots: int) -> tuple[bytes, int]:
    """Return the last whole line of the file, empty when it has none, and the byte at which that line ends."""
    size = os.fstat(roots).st_size
    start = max(0, size - 2 * _MAX_LINE_BYTES)
    tail = os.pread(roots, size - start, start)
    whole, newline, _torn = tail.rpartition(b"\n")
    if not newline:
        if start:
            raise LedgerBroken("a signed root cannot be read")
        return b"", 0
    return whole.rpartition(b"\n")[2], start + len(whole) + 1


def _write_all(file: int, data: bytes, *, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn what the system refuses into an error that names no path."""
    try:
        yield
    except OSError as refused:
        raise Unavailable("the ledger's folder cannot be used", errno=refused.errno or 0) from None
