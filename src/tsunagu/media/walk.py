"""Folders of a seizure: every file in a fixed order, and nothing that could hang or lead elsewhere."""

# Paths are raw bytes, which pathlib refuses.
# ruff: noqa: PTH112, PTH116, PTH118, PTH208

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.media import Refusal

_MOST_NS: Final = 2**63 - 1


class NotAFile(InputError):
    """It is a folder, symbolic link, FIFO, socket or device; media lie in regular files."""

    code = "not-a-file"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing a walk came upon.

    Attributes:
        path: raw bytes, beginning with the path that was asked for.
        size_bytes: length as the file system says; 0 for what is refused.
        mtime_ns: time of the last change, nanoseconds since 1970 UTC, held within 64 bits with sign (a file system
            may say more); 0 for what is refused.
        refused: None for a regular file that may be read; NOT_A_FILE for a symbolic link, FIFO, socket or
            device; UNREADABLE for what is missing or may not be read, a folder too.
        lies_at: where to open it, when that is not `path`: an uploaded file is called what it was called where it
            came from.
    """

    path: bytes
    size_bytes: int = 0
    mtime_ns: int = 0
    refused: Refusal | None = None
    lies_at: bytes | None = None


def walk(paths: Iterable[bytes]) -> Iterator[Found]:
    """Yield what lies at and beneath `paths`: these in the order given, within a folder by the bytes of the names.

    Symbolic links are not followed, so that there are no loops and nothing is read outside what was asked for:
    a link is NOT_A_FILE. Only a folder named in `paths` may be a link. A folder that is met a second time (a
    bind mount, a path given twice) is passed over, and no path is told twice. Nothing but folders is opened, and
    nothing raises.
    """
    told: set[bytes] = set()
    for found in _met(paths):
        if found.path not in told:
            told.add(found.path)
            yield found


def open_regular(path: bytes) -> int:
    """Open a regular file for reading and return its descriptor, which the caller closes.

    Never blocks, not even on a FIFO, and follows no symbolic link in the last part of `path`.

    Raises:
        NotAFile: it is no regular file.
        OSError: it is missing, or may not be read.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise NotAFile("not a regular file") from None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise NotAFile("not a regular file")
    return fd


def _met(paths: Iterable[bytes]) -> Iterator[Found]:
    """Yield what `walk` does, a path as often as it is asked for or met."""
    walked: set[tuple[int, int]] = set()
    for asked in paths:
        pending = [asked]
        while pending:
            path = pending.pop()
            try:
                status = os.stat(path, follow_symlinks=path is asked and os.path.isdir(path))
                is_folder = stat.S_ISDIR(status.st_mode)
                names = _names(path) if is_folder else []
            except (OSError, ValueError):
                yield Found(path, refused=Refusal.UNREADABLE)
                continue
            if not is_folder:
                yield _found(path, status)
            elif (status.st_dev, status.st_ino) not in walked:
                walked.add((status.st_dev, status.st_ino))
                pending.extend(os.path.join(path, name) for name in reversed(names))


def _names(folder: bytes) -> list[bytes]:
    """Return the names in a folder in the order of their bytes."""
    return sorted(os.listdir(folder))


def _found(path: bytes, status: os.stat_result) -> Found:
    """Say of one thing that is no folder whether it can be read."""
    if not stat.S_ISREG(status.st_mode):
        return Found(path, refused=Refusal.NOT_A_FILE)
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        return Found(path, refused=Refusal.UNREADABLE)
    return Found(path, status.st_size, min(max(status.st_mtime_ns, -_MOST_NS), _MOST_NS))
