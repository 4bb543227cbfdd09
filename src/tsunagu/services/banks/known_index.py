"""What all banks know by fingerprint, as one index of this process that follows the log of changes.

The index only proposes: whether an item answers, and whom, is decided by the record at every look-up. It is a published
snapshot, which all processes of a machine share, and what the log holds since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import DamagedSnapshot
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.live import Changes, LiveIndex
from tsunagu.index.multi import MultiIndex
from tsunagu.index.protocol import Index
from tsunagu.index.snapshot import open_snapshot, publish
from tsunagu.index.table import Found, sample_of
from tsunagu.records import bank_log
from tsunagu.records.bank_log import Additions, Withdrawals

log = logging.getLogger("tsunagu.index")

KIND = FingerprintKind.PDQ
LOOKED_FOR_EVERY_S = 5.0
"""How often a process looks whether a newer snapshot was published."""
DUE_CHANGES = 50_000
"""So many changes, or a tenth of the snapshot where that is more, make a new snapshot due."""
_SUFFIX = ".tsi"


class Searchable(Protocol):
    """What all banks know, to be searched."""

    def search(self, queries: NDArray[np.uint8]) -> tuple[Found, str]:
        """Return every pair of a query and an item within the kind's radius, and the version that was searched.

        Args:
            queries: shape (m, 32), uint8.

        Raises:
            Unavailable: not everything can be searched.
            django.db.Error: the database has gone away: then nothing can be said.
        """


@dataclass(frozen=True, slots=True)
class IndexState:
    """How the index of this process stands.

    Attributes:
        entries: fingerprints that are searched.
        snapshot: the place in the log up to which the published snapshot goes; None where there is none.
        position: the place in the log up to which this process has followed.
        pending: changes that the snapshot does not hold.
        size_bytes: what it takes in memory, the mapped snapshot included.
    """

    entries: int
    snapshot: int | None
    position: int
    pending: int
    size_bytes: int


class KnownIndex:
    """The index of one process. Threads may share it: any number search while one follows the log."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Begin with nothing opened yet.

        Args:
            folder: where snapshots lie; made when the first one is published.
            threads: how many sections of a snapshot are checked, or tables laid out, at once.
        """
        self._folder = folder / KIND.code
        self._threads = threads
        self._lock = Lock()
        self._live: LiveIndex | None = None
        self._snapshot: int | None = None
        self._looked_at = -LOOKED_FOR_EVERY_S
        self._refused: set[tuple[Path, int]] = set()

    def followed(self) -> LiveIndex:
        """Return the index with every change that was committed before this call.

        Raises:
            django.db.Error: the database has gone away: then nothing can be said.
        """
        with self._lock:
            live = self._opened() if self._live is None else self._live  # an empty one counts as false
            if monotonic() - self._looked_at >= LOOKED_FOR_EVERY_S:
                live = self._newer(live)
            self._live = live
            follow(live)
            return live

    def search(self, queries: NDArray[np.uint8]) -> tuple[Found, str]:
        """Return every pair of a query and an item within the kind's radius, and the version that was searched.

        Args:
            queries: shape (m, 32), uint8.
        """
        live = self.followed()
        return live.search_table(queries, KIND.radius_bits), live.version

    def warm(self) -> None:
        """Open the index and load the kernels, so that nobody's first question waits for them.

        Raises:
            django.db.Error: the database has gone away.
        """
        self.search(np.zeros((1, KIND.bits // 8), np.uint8))

    def is_due(self) -> bool:
        """Return whether so much has changed that a new snapshot should be published, without following the log."""
        with self._lock:
            live = self._live = self._newer(self._opened() if self._live is None else self._live)
        bearable = max(DUE_CHANGES, len(live) // 10)
        return live.pending + bank_log.count_after(live.position, most=bearable + 1) > bearable

    def state(self) -> IndexState:
        """Return how the index stands, followed to this moment."""
        live = self.followed()
        return IndexState(len(live), self._snapshot, live.position, live.pending, live.size_bytes)

    def publish(self) -> int:
        """Build a snapshot from the record, put it where every process finds it, and return its place in the log.

        Those before it are removed but for the last: whoever has one open keeps it.
        """
        held, position = bank_log.fingerprints()
        built = MultiIndex.of_table(KIND, held.table, held.item_ids, version=str(position), threads=self._threads)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        publish(built, self._folder / f"{position:020}{_SUFFIX}")
        for old in self._published()[2:]:
            old.unlink(missing_ok=True)
        self._looked_at = -LOOKED_FOR_EVERY_S
        return position

    def verify(self) -> str | None:
        """Compare the newest snapshot row by row with the record as it was; return what is wrong, None for nothing.

        Items that were withdrawn since need not agree.
        """
        newest = next(iter(self._published()), None)
        if newest is None:
            return "no snapshot is published"
        try:
            opened = open_snapshot(newest, threads=self._threads)
        except DamagedSnapshot as error:
            return f"{error}: {error.details['section']}"
        return None if agrees(opened, opened.entry_ids) else "the snapshot is not what the record holds"

    def _opened(self) -> LiveIndex:
        """Return the newest snapshot that is whole and is the record's, or an empty index: the log has all."""
        for path in self._published():
            snapshot = self._trusted(path)
            if snapshot is not None:
                self._snapshot = _position(path)
                return LiveIndex(snapshot, self._snapshot)
        return LiveIndex(_empty(), 0)

    def _newer(self, live: LiveIndex) -> LiveIndex:
        """Return the index upon the newest snapshot: a new one where it goes further than this one has followed."""
        self._looked_at = monotonic()
        newest = next(iter(self._published()), None)
        if newest is None or _position(newest) <= (self._snapshot or 0):
            return live
        snapshot = self._trusted(newest)
        if snapshot is None:
            return live
        position = _position(newest)
        if position > live.position:
            live = LiveIndex(snapshot, position)
        else:
            live.rebase(snapshot, position)
        self._snapshot = position
        return live

    def _trusted(self, path: Path) -> MultiIndex | None:
        """Return a snapshot that is whole and is the record's; None for another one, which is looked at once."""
        try:
            file = (path, path.stat().st_mtime_ns)
        except FileNotFoundError:
            return None  # a newer one has come, and its publisher has removed it
        if file in self._refused:
            return None
        try:
            snapshot = open_snapshot(path, threads=self._threads)
        except (DamagedSnapshot, OSError) as error:
            log.error("a snapshot is not used: %s", type(error).__name__)  # noqa: TRY400 - values may be content
        else:
            if agrees(snapshot, sample_of(snapshot.entry_ids)):
                return snapshot
            log.error("a snapshot is not used, for it is not of this database")
        self._refused.add(file)
        return None

    def _published(self) -> list[Path]:
        """Return the snapshots that lie here, the newest first."""
        return sorted(self._folder.glob(f"*{_SUFFIX}"), reverse=True)


def follow(live: LiveIndex) -> None:
    """Bring to an index every change that was committed before this call; one thread at a time.

    Raises:
        django.db.Error: the database has gone away: then nothing can be said.
    """
    while True:
        additions, withdrawals = bank_log.changes_after(live.position)
        if not len(additions.item_ids) and not len(withdrawals.positions):
            break
        live.apply(_changes(additions, withdrawals))


def _changes(additions: Additions, withdrawals: Withdrawals) -> Changes:
    """Return what was added and withdrawn as lines of one log, in order."""
    positions = np.concatenate([additions.item_ids, withdrawals.positions])
    order = np.argsort(positions)
    nothing = np.zeros((len(withdrawals.positions), KIND.bits // 8), np.uint8)
    return Changes(
        positions[order],
        np.concatenate([additions.item_ids, withdrawals.item_ids])[order],
        (np.arange(len(positions)) >= len(additions.item_ids))[order],
        np.concatenate([additions.table, nothing])[order],
    )


def agrees(snapshot: Index, item_ids: NDArray[np.int64]) -> bool:
    """Return whether these items of a snapshot have the fingerprints that the record holds, where it has any."""
    for some in np.array_split(item_ids, max(1, len(item_ids) // 10_000)):
        held = bank_log.fingerprints_of(some)
        rows, found, _ = snapshot.search_table(held.table, 0)
        agreeing = rows[found == held.item_ids[rows]]
        if len(np.unique(agreeing)) < len(held.item_ids):
            return False
    return True


def _empty() -> MultiIndex:
    return MultiIndex.of_table(
        KIND, np.empty((0, KIND.bits // 8), np.uint8), np.empty(0, np.int64), version="nothing published"
    )


def _position(path: Path) -> int:
    return int(path.name.removesuffix(_SUFFIX))
