"""All that is held by fingerprint, as a published index: new items are compared with it, and with what came since.

PostgreSQL tells which snapshots were published, and up to which item each goes; a host uses the newest of its own. What
it proposes counts only as far as the record has that fingerprint still; what was compared since is read from the
tables. So a snapshot may be old, but never wrong, and where a host has none, everything is read from the tables.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import DamagedSnapshot
from tsunagu.domain.fingerprint import FingerprintKind, Turn
from tsunagu.index.multi import MultiIndex
from tsunagu.index.snapshot import open_snapshot, publish
from tsunagu.records import held_snapshots as rows
from tsunagu.records.held_snapshots import HeldTraces, Published

log = logging.getLogger("tsunagu.index")

LEAST_ITEMS: Final = 20_000
"""With fewer items no snapshot is published, and for fewer that came since no new one: looking at all is as fast."""
_KIND: Final = FingerprintKind.PDQ
_TURNS: Final = len(Turn)
_NOBODY: Final = -1
_SUFFIX: Final = ".tsi"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published snapshot, mapped into memory.

    Attributes:
        snapshot_id: its name.
        position: the number of the last compared item that it knows of.
        upright: pictures and frames as they are, by the ids of their traces.
        turned: pictures in all eight turns, by the ids of their traces times eight, plus the turn.
    """

    snapshot_id: UUID
    position: int
    upright: MultiIndex
    turned: MultiIndex
    _items: dict[int, int] = field(default_factory=dict)

    def items_of(self, traces: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return whose these fingerprints are, -1 where they are erased, replaced or parked: shape (n,), int64.

        What it has been told once it remembers: take another one for another transaction.
        """
        new = [trace for trace in np.unique(traces).tolist() if trace not in self._items]
        if new:
            held = rows.items_of(new)
            self._items.update((trace, held.get(trace, _NOBODY)) for trace in new)
        return np.fromiter(map(self._items.__getitem__, traces.tolist()), np.int64, len(traces))


class HeldIndex:
    """The snapshots of one installation, as one process opens and publishes them. Safe for many threads."""

    def __init__(self, folder: Path) -> None:
        """Begin with none opened.

        Args:
            folder: where they lie; made when the first one is published.
        """
        self._folder = folder
        self._lock = Lock()
        self._opened: tuple[UUID, MultiIndex, MultiIndex] | None = None

    @classmethod
    def here(cls) -> HeldIndex:
        """Return that of the installation whose database is open."""
        return _of(rows.folder())

    def snapshot(self) -> Snapshot | None:
        """Return the newest snapshot that is here and whole; None where none is. Call it within `linking`."""
        for told in filter(self._is_here, rows.published()):
            with self._lock:
                if self._opened is None or self._opened[0] != told.snapshot_id:
                    self._opened = self._open(told.snapshot_id)
                opened = self._opened
            if opened is not None:
                return Snapshot(*told[:2], *opened[1:])
        return None

    def publish_if_due(self) -> bool:
        """Build a snapshot of all that was compared, where one is due, and return whether one was.

        It is once much came since the one before, or something that stands in that is gone from the record. Those
        before it are removed; who has one of them open keeps it until he looks again.

        Raises:
            OSError: the folder takes no more; the one before stays, and nothing of the new one.
        """
        if not self._is_due():
            return False
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "publishing").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if self._is_due():  # nobody else has been at it
                self._publish()
        return True

    def _is_due(self) -> bool:
        last = rows.last_position()
        newest = next(filter(self._is_here, rows.published()), None)
        if newest is None:
            return last > LEAST_ITEMS
        came = last - newest.position
        return came > max(LEAST_ITEMS, newest.position // 10) or rows.count_up_to(newest.position) < newest.traces

    def _publish(self) -> None:
        position = rows.last_position()
        held = rows.compared_up_to(position)
        paths = self._paths(snapshot_id := uuid4())
        kept = {path for told in rows.published() for path in self._paths(told.snapshot_id)}
        try:
            for path, index in zip(paths, _built(held, str(snapshot_id)), strict=True):
                publish(index, path)
            rows.note(Published(snapshot_id, position, len(held.pictures) + len(held.frames)))
            kept = set(paths)
        finally:
            # Those before it, or what of it was written; and what a killed publisher has left half written.
            for left in set(self._folder.glob(f"*{_SUFFIX}*")) - kept:
                left.unlink(missing_ok=True)
            with self._lock:
                self._opened = None  # mapped, a file that is gone would go on taking its room

    def _open(self, snapshot_id: UUID) -> tuple[UUID, MultiIndex, MultiIndex] | None:
        """Return what a snapshot holds; a damaged one is removed, so that a new one is due."""
        paths = self._paths(snapshot_id)
        threads = len(os.sched_getaffinity(0))
        try:
            upright, turned = (open_snapshot(path, threads=threads) for path in paths)
        except (DamagedSnapshot, OSError) as error:
            log.error("what is held is read from the tables: %s", type(error).__name__)  # noqa: TRY400 - no values
            if isinstance(error, DamagedSnapshot):
                for path in paths:
                    path.unlink(missing_ok=True)
            return None
        return snapshot_id, upright, turned

    def _is_here(self, one: Published) -> bool:
        return all(os.access(path, os.R_OK) for path in self._paths(one.snapshot_id))

    def _paths(self, snapshot_id: UUID) -> tuple[Path, Path]:
        return self._folder / f"{snapshot_id}-upright{_SUFFIX}", self._folder / f"{snapshot_id}-turned{_SUFFIX}"


@cache
def _of(folder: Path) -> HeldIndex:
    return HeldIndex(folder)


def _built(held: HeldTraces, version: str) -> Iterator[MultiIndex]:
    """Yield the index of everything upright, then that of all pictures in their turns, one at a time in memory."""
    threads = len(os.sched_getaffinity(0))
    upright = np.concatenate([held.turns[:, Turn.UPRIGHT], held.stills])
    traces = np.concatenate([held.pictures, held.frames])
    yield MultiIndex.of_table(_KIND, upright, traces, version=version, threads=threads)
    del upright, traces
    numbered = (held.pictures[:, None] * _TURNS + np.arange(_TURNS)).reshape(-1)
    turned = held.turns.reshape(-1, _KIND.bits // 8)
    yield MultiIndex.of_table(_KIND, turned, numbered, version=version, threads=threads)
