"""What all banks know, where it is too much for one machine: snapshots in shards, and who searches them together."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import Conflict
from tsunagu.index.live import LiveIndex
from tsunagu.index.multi import MultiIndex
from tsunagu.index.protocol import Index
from tsunagu.index.snapshot import publish
from tsunagu.index.table import Found
from tsunagu.records import bank_log
from tsunagu.services.banks.known_index import KIND, agrees, follow

_FILES = "*.???-of-???.tsi"
"""What shards are called, and no other snapshot is."""


class ShardedKnown:
    """Shards of one moment and the log since, searched as one: `known_index.Searchable`. Threads may share it."""

    def __init__(self, index: Index, position: int, sample: NDArray[np.int64]) -> None:
        """Take an index that goes up to a place in the log, after a look at whether it is this database's.

        Args:
            index: searched at every look-up.
            position: the place.
            sample: some of its entry ids.

        Raises:
            Conflict: it is another database's, or this one's before it was restored.
            Unavailable: not everything can be searched.
            django.db.Error: the database has gone away.
        """
        if not agrees(index, sample):
            raise Conflict("the cluster serves an index that is not of this database: serve it anew")
        self._live = LiveIndex(index, position)
        self._lock = Lock()

    def search(self, queries: NDArray[np.uint8]) -> tuple[Found, str]:
        """See `known_index.Searchable`."""
        with self._lock:
            follow(self._live)
        return self._live.search_table(queries, KIND.radius_bits), self._live.version


def publish_shards(folder: Path, count: int, *, threads: int = 1) -> tuple[int, list[Path]]:
    """Build snapshots from the record, and return its place in the log and one file for each shard.

    Beside the fingerprints it holds what one shard takes. Of earlier files the last ones stay, for they are served
    until these are: the others are removed.

    Args:
        folder: made where it is missing.
        count: of the shards, 1 to 999; items lie in them in the order of their ids.
        threads: how many tables are laid out at once.
    """
    held, position = bank_log.fingerprints()
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    paths = [folder / f"{position:020}.{number + 1:03}-of-{count:03}.tsi" for number in range(count)]
    parts = zip(paths, np.array_split(held.table, count), np.array_split(held.item_ids, count), strict=True)
    for path, table, item_ids in parts:
        publish(MultiIndex.of_table(KIND, table, item_ids, version=str(position), threads=threads), path)
    earlier = sorted({one.name.partition(".")[0] for one in folder.glob(_FILES)} - {paths[0].name.partition(".")[0]})
    for old in (one for place in earlier[:-1] for one in folder.glob(f"{place}{_FILES}")):
        old.unlink(missing_ok=True)
    return position, paths
