"""File locks that die with their holders: `flock`, which the kernel drops when the last process that holds it ends.

The lock belongs to the open file, so children that inherit the descriptor hold it too, and two openings within one
process exclude each other like two processes do. Source: flock(2).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """Return a descriptor of the lock file at `path`, made with mode 0600 if it is missing; no lock is taken."""
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `path` alone, waiting for it as long as it takes."""
    descriptor = open_lock(path)
    entered_by = os.getpid()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        # A child that another thread forked meanwhile has the descriptor too: closing ours would leave the lock to it.
        # One that runs out of the block itself must not take it from its parent.
        if os.getpid() == entered_by:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


@contextmanager
def try_exclusive(path: Path) -> Iterator[int | None]:
    """Hold `path` alone and yield its descriptor, or yield None at once when another holds it."""
    descriptor = open_lock(path)
    try:
        yield descriptor if lock_at_once(descriptor, fcntl.LOCK_EX) else None
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Say whether anybody holds `path` alone at this moment."""
    descriptor = open_lock(path)
    try:
        return not lock_at_once(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def lock_at_once(descriptor: int, kind: int) -> bool:
    """Take the lock `kind` (`LOCK_SH`, `LOCK_EX`) if that is possible without waiting, and say whether it was."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
