"""The parts that pages work with, as the wiring has put them together for this process."""

from __future__ import annotations

from datetime import UTC, datetime

from tsunagu.services.house import Rooms

_open: list[Rooms] = []


def serve_from(rooms: Rooms) -> None:
    """Let every page of this process work in these rooms from now on."""
    _open[:] = [rooms]


def rooms() -> Rooms:
    """Return the rooms of this process.

    Raises:
        RuntimeError: nothing is served here, which is a bug.
    """
    if not _open:
        raise RuntimeError("no rooms are open")
    return _open[0]


def now() -> datetime:
    """Return the time at which a page asks."""
    return datetime.now(UTC)
