"""Files that only their owner may read, replaced as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsunagu.domain.errors import Conflict, Unavailable
from tsunagu.records.durable import sync_folder

_MOST_BYTES = 1 << 20


def read_private(path: Path, *, is_sealed: bool = False) -> bytes | None:
    """Return the content of `path`, or None when there is no such file.

    Args:
        path: the file.
        is_sealed: a passphrase protects the content, so that it may lie on a medium that knows no owners.

    Raises:
        Unavailable: others than its owner may read or write it, it is no ordinary small file, or the system refuses.
    """
    with _told_apart():
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        with os.fdopen(file, "rb") as opened:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
                raise Unavailable("a file of keys is no ordinary small file")
            if status.st_mode & 0o077 and not is_sealed:
                raise Unavailable("a file of keys is open to others than its owner: its mode must be 0600")
            return opened.read()


def replace_private(path: Path, content: bytes) -> None:
    """Write `content` to `path`, mode 0600, so that at every moment the old or the new content stands there whole.

    Only one process may write in the folder at a time: hold `locked`. Once this returned, no power cut takes it back.

    Raises:
        Unavailable: the system refuses.
    """
    unfinished = path.with_name(path.name + ".new")
    with _told_apart():
        unfinished.unlink(missing_ok=True)
        _write_new(unfinished, content)
        unfinished.replace(path)
        sync_folder(path.parent)


def create_private(path: Path, content: bytes) -> None:
    """Write `content` to `path`, mode 0600, where no file stands yet.

    Raises:
        Conflict: a file stands there.
        Unavailable: the system refuses.
    """
    with _told_apart():
        try:
            _write_new(path, content)
        except FileExistsError:
            raise Conflict("a file of that name stands there already") from None
        sync_folder(path.parent)


def move_private(source: Path, target: Path) -> None:
    """Put `source` in the place of `target` for good.

    Raises:
        Unavailable: the system refuses.
    """
    with _told_apart():
        source.replace(target)
        sync_folder(target.parent)


@contextmanager
def locked(folder: Path, *, exclusive: bool) -> Iterator[None]:
    """Keep others from writing in `folder`; when `exclusive`, also from reading, and make the folder where it lacks.

    Raises:
        Unavailable: the folder is missing, or the system refuses.
    """
    with _told_apart():
        if exclusive:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _write_new(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(file)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn what the system refuses into an error that names no path."""
    try:
        yield
    except OSError as refused:
        raise Unavailable("the folder of the keys cannot be used", errno=refused.errno or 0) from None
