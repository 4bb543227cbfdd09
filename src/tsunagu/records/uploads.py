"""Uploaded bytes on their way to being examined: files without names, one folder an intake, gone afterwards."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import Conflict, Unavailable
from tsunagu.records.durable import sync_folder

MOST_CHUNK_BYTES: Final = 8 << 20
"""How much one chunk may hold."""
COUNTED_SPARSELY: Final = 20
MOST_COUNTED: Final = 100
"""Of how many intakes the count is remembered."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DISK_FULL: Final = "the disk is full: nothing more can be uploaded, and what is here is kept"


class UploadStore:
    """The folder of uploads: `<agency>/<intake>/<number>`, closed to everybody else.

    No name that a browser sent is ever part of a path here.
    """

    def __init__(self, folder: Path, *, quota_bytes: int, spare_bytes: int) -> None:
        """Take the folder, which is made when it is needed.

        Args:
            folder: where the uploads lie.
            quota_bytes: how much an agency may have offered at once.
            spare_bytes: how much of the disk is left free, since the database may lie there too.
        """
        self._folder = folder
        self.quota_bytes = quota_bytes
        self._spare_bytes = spare_bytes
        self._counted: dict[tuple[UUID, UUID], tuple[int, float, float]] = {}

    def append(
        self, agency_id: UUID, intake_id: UUID, number: int, *, offset: int, data: bytes, size_bytes: int
    ) -> int:
        """Add a chunk to a file, and return how many bytes of it are safe on the disk.

        Args:
            agency_id: whose it is.
            intake_id: the intake that it belongs to.
            number: which of its files.
            offset: where the chunk begins: how much is held already.
            data: at most `MOST_CHUNK_BYTES`; empty to make an empty file.
            size_bytes: how long the whole file will be.

        Raises:
            Conflict: the chunk does not begin where the file ends, or goes beyond its size: `held_bytes` in the
                details says where it ends. Or somebody else is writing this file.
            Unavailable: the disk is full, or cannot be written; what was held is held still.
        """
        with self._opened(agency_id, intake_id, number) as fd:
            held = os.fstat(fd).st_size
            if offset != held or held + len(data) > size_bytes:
                raise Conflict("the chunk does not follow what is held of this file", held_bytes=held)
            if data:  # an empty file needs no room: what waits to be examined must not wait for some
                self.check_space(len(data))
            try:
                _write(fd, data, held)
                os.fsync(fd)
                if held == 0:
                    _sync_names(self._place(agency_id, intake_id))
            except OSError as error:
                os.ftruncate(fd, held)
                raise _unavailable(error) from error
        return held + len(data)

    def held(self, agency_id: UUID, intake_id: UUID) -> dict[int, int]:
        """Return how many bytes are here of each file of an intake, by its number; a file without any may be absent."""
        try:
            with os.scandir(self._place(agency_id, intake_id)) as files:
                return {int(one.name): one.stat(follow_symlinks=False).st_size for one in files}
        except FileNotFoundError:
            return {}

    def held_of(self, agency_id: UUID, intake_id: UUID, numbers: Collection[int]) -> dict[int, int]:
        """Return the same of some files alone, at the price of these and not of all that are here."""
        place, found = self._place(agency_id, intake_id), {}
        for number in numbers:
            with suppress(FileNotFoundError):
                found[number] = (place / str(number)).stat(follow_symlinks=False).st_size
        return found

    def held_bytes(self, agency_id: UUID, intake_id: UUID) -> int:
        """Return about how many bytes are here of an intake, to be shown while it goes on.

        They are counted anew when `COUNTED_SPARSELY` times as long has passed as counting took, so that whoever asks
        every second has no folder of a million files read every second.
        """
        key, begun = (agency_id, intake_id), monotonic()
        total, counted_at, took = self._counted.get(key, (0, -inf, 0.0))
        if begun >= counted_at + COUNTED_SPARSELY * took:
            total = sum(self.held(agency_id, intake_id).values())
            self._counted[key] = total, monotonic(), monotonic() - begun
            while len(self._counted) > MOST_COUNTED:
                self._counted.pop(next(iter(self._counted)), None)
        return total

    def path_of(self, agency_id: UUID, intake_id: UUID, number: int) -> bytes:
        """Return where the bytes of a file lie."""
        return os.fsencode(self._place(agency_id, intake_id) / str(number))

    def check_space(self, bytes_to_come: int) -> None:
        """Do nothing when there is room for so many bytes.

        Raises:
            Unavailable: there is not, or the folder cannot be made.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise _unavailable(error) from error
        if free < bytes_to_come + self._spare_bytes:
            raise Unavailable(_DISK_FULL)

    def intakes(self) -> Iterator[tuple[UUID, UUID]]:
        """Yield agency and intake of every folder that is here; what else lies on a disk of its own is not ours."""
        if self._folder.exists():
            for agency_id in _ids_in(self._folder):
                for intake_id in _ids_in(self._folder / str(agency_id)):
                    yield agency_id, intake_id

    def hand_on(self, agency_id: UUID, intake_id: UUID, to: UUID) -> None:
        """Let the files of an intake be another's as well; `remove` those of the first once that is committed.

        Raises:
            Unavailable: the folder cannot be written.
        """
        source, target = self._place(agency_id, intake_id), self._place(agency_id, to)
        try:
            target.mkdir(mode=0o700, exist_ok=True)
            for one in source.iterdir():
                (target / one.name).hardlink_to(one)
            _sync_names(target)
        except OSError as error:
            shutil.rmtree(target, ignore_errors=True)
            raise _unavailable(error) from error

    def lies_since(self, agency_id: UUID, intake_id: UUID) -> datetime | None:
        """Return when a file of an intake came or went last; None where it has no folder."""
        try:
            return datetime.fromtimestamp(self._place(agency_id, intake_id).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def remove(self, agency_id: UUID, intake_id: UUID) -> None:
        """Remove all bytes of an intake; nothing happens when there are none."""
        shutil.rmtree(self._place(agency_id, intake_id), ignore_errors=True)

    def _place(self, agency_id: UUID, intake_id: UUID) -> Path:
        return self._folder / str(agency_id) / str(intake_id)

    @contextmanager
    def _opened(self, agency_id: UUID, intake_id: UUID, number: int) -> Iterator[int]:
        """Open a file for its only writer."""
        place = self._place(agency_id, intake_id)
        try:
            for folder in (self._folder, place.parent, place):
                folder.mkdir(mode=0o700, exist_ok=True)
            fd = os.open(place / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unavailable(error) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield fd
        except BlockingIOError as error:
            raise Conflict("another request is writing this file") from error
        finally:
            os.close(fd)


def _ids_in(folder: Path) -> Iterator[UUID]:
    for one in folder.iterdir():
        with suppress(ValueError):
            yield UUID(one.name)


def _write(fd: int, data: bytes, offset: int) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(fd, rest, offset)
        rest, offset = rest[written:], offset + written


def _sync_names(folder: Path) -> None:
    """See to it that the names in a folder, and its own, outlast a loss of power."""
    for one in (folder, folder.parent, folder.parent.parent):
        sync_folder(one)


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(_DISK_FULL if error.errno in _FULL else "the folder of uploads cannot be written")
