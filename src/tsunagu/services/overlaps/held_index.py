"""All that is held by fingerprint, as published indexes: new items are compared with them, and with what came since.

Each snapshot holds a stretch of the items in the order in which they were compared, a million at most: to renew one, or
to add one, costs its share of all that is held. PostgreSQL tells which were published, and from which item to which
each goes; a host uses its own, as far as they follow each other from the first item on. What they propose counts only
as far as the record has that fingerprint still; what follows the last is read from the tables. So a snapshot may be
old, but never wrong, and where a host has none, everything is read from the tables.
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
MOST_ITEMS: Final = 1_000_000
"""Items of one snapshot at most: so much memory does building it take."""
WORTH: Final = 10
"""A snapshot that is not full is made anew once a part of it of this size, or more, came since."""
_KIND: Final = FingerprintKind.PDQ
_TURNS: Final = len(Turn)
_NOBODY: Final = -1
_SUFFIX: Final = ".tsi"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published snapshot, mapped into memory.

    Attributes:
        upright: pictures and frames as they are, by the ids of their traces.
        turned: pictures in all eight turns, by the ids of their traces times eight, plus the turn.
    """

    upright: MultiIndex
    turned: MultiIndex


@dataclass(frozen=True, slots=True)
class HeldNow:
    """What is held, up to an item: snapshots that follow each other from the first item on.

    Attributes:
        position: the number of the last compared item that they know of.
    """

    snapshots: tuple[Snapshot, ...]
    position: int
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
        self._opened: dict[UUID, Snapshot] = {}

    @classmethod
    def here(cls) -> HeldIndex:
        """Return that of the installation whose database is open."""
        return _of(rows.folder())

    def held(self) -> HeldNow | None:
        """Return what the snapshots that are here and whole hold; None where the first is not. Call it in `linking`."""
        found: list[Snapshot] = []
        position = 0
        with self._lock:
            for told in (chain := self._chain()):
                snapshot = self._opened.get(told.snapshot_id) or self._open(told.snapshot_id)
                if snapshot is None:
                    break
                self._opened[told.snapshot_id] = snapshot
                found.append(snapshot)
                position = told.position
            # Mapped, a file that is gone would go on taking its room.
            self._opened = {told.snapshot_id: self._opened[told.snapshot_id] for told in chain[: len(found)]}
        return HeldNow(tuple(found), position) if found else None

    def publish_if_due(self) -> bool:
        """Build each snapshot that is due, and return whether one was.

        One is due once much was compared since the last, or once something that stands in it is gone from the record.
        Those whose place they take are removed; who has one of them open keeps it until he looks again.

        Raises:
            OSError: the folder takes no more; those before stay, and nothing of the new one.
        """
        if self._due() is None:
            return False
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "publishing").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            while (due := self._due()) is not None:  # somebody else may have been at it
                self._publish(*due)
        return True

    def _due(self) -> tuple[int, int] | None:
        """Return after which item the next snapshot that is due begins and where it ends; None where none is."""
        chain, last = self._chain(), rows.last_position()
        for one in chain:
            if rows.count_between(one.after, one.position) < one.traces:
                return one.after, one.position
        end, begin, enough = (chain[-1].position if chain else 0), 0, LEAST_ITEMS
        if chain:
            grows = chain[-1].position - chain[-1].after < MOST_ITEMS
            begin = chain[-1].after if grows else end
            enough = max(LEAST_ITEMS, (end - begin) // WORTH)
        return (begin, min(last, begin + MOST_ITEMS)) if last - end > enough else None

    def _publish(self, after: int, position: int) -> None:
        held = rows.compared_between(after, position)
        paths = self._paths(snapshot_id := uuid4())
        try:
            for path, index in zip(paths, _built(held, str(snapshot_id)), strict=True):
                publish(index, path)
            rows.note(Published(snapshot_id, after, position, len(held.pictures) + len(held.frames)))
        finally:
            self._tidy()

    def _tidy(self) -> None:
        """Remove what no other snapshot follows any more, and what was written of one that was not finished."""
        chain = self._chain()
        used = {told.snapshot_id for told in chain}
        kept = {path for told in chain for path in self._paths(told.snapshot_id)}
        rows.forget(one.snapshot_id for one in rows.published() if one.snapshot_id not in used and self._is_here(one))
        for left in set(self._folder.glob(f"*{_SUFFIX}*")) - kept:
            left.unlink(missing_ok=True)
        with self._lock:
            self._opened = {name: one for name, one in self._opened.items() if name in used}

    def _chain(self) -> list[Published]:
        """Return the snapshots that are here and follow each other from the first item on, as far as they do."""
        longest: dict[int, Published] = {}
        for told in filter(self._is_here, rows.published()):
            longest.setdefault(told.after, told)
        chain: list[Published] = []
        while (following := longest.get(chain[-1].position if chain else 0)) is not None:
            chain.append(following)
        return chain

    def _open(self, snapshot_id: UUID) -> Snapshot | None:
        """Return what a snapshot holds; a damaged one is removed, so that a new one is due."""
        paths = self._paths(snapshot_id)
        threads = len(os.sched_getaffinity(0))
        try:
            return Snapshot(*(open_snapshot(path, threads=threads) for path in paths))
        except (DamagedSnapshot, OSError) as error:
            log.error("what is held is read from the tables: %s", type(error).__name__)  # noqa: TRY400 - no values
            if isinstance(error, DamagedSnapshot):
                for path in paths:
                    path.unlink(missing_ok=True)
            return None

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
