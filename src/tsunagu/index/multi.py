"""The multi-index: as exact as the flat index, but it looks only at rows that share a part of the query's bits."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.index.building import flips_of, lay_out
from tsunagu.index.costs import Costs, cheapest_radii, measure_costs, measure_scan_ns, reach_of
from tsunagu.index.plan import Plan, plan_parts
from tsunagu.index.probing import Arrays, Words, search_parts
from tsunagu.index.protocol import Index
from tsunagu.index.scanning import search_all
from tsunagu.index.table import Found, in_order, require_ids, require_table, table_of, words_of

LEAST_ROWS = 4096
"""Below so many rows looking at all of them is as fast, and no tables are laid out."""
BYTES_A_ROW = {4_000_000: 84.0, 50_000_000: 70.0, 1 << 32: 60.0}
"""What the tables of up to so many rows may take for each, beside 40 bytes for a fingerprint of 256 bits and its id."""
_FIRST_ROOM, _FIRST_ROOM_OF_SCAN = 1024, 1 << 17
_ROOM_A_QUERY = 4
_PART_OF_SCAN = 0.5
"""A query that has spent that much of what the scan takes is left to it: one that was begun in vain costs no more."""
_LARGEST_RADIUS = 64
_NOTHING = Plan((), (), ())


class MultiIndex(Index):
    """An immutable set of fingerprints of one kind, searched exactly by parts of their bits.

    Several entries may hold the same fingerprint, and several may carry one id: each is found for itself. Where
    the parts would meet too many rows (a large radius, rows that are nearly alike), a query looks at all rows instead.
    Searching is serial and releases the GIL: threads belong to the caller, over parts of the queries.
    """

    __slots__ = (
        "_flips",
        "_kind",
        "_most_ns",
        "_reaches",
        "_version",
        "arrays",
        "costs",
        "entry_ids",
        "plan",
        "scan_ns",
    )

    def __init__(
        self,
        kind: FingerprintKind,
        plan: Plan,
        arrays: Arrays,
        entry_ids: NDArray[np.int64],
        *,
        costs: Costs,
        scan_ns: float,
        version: str,
    ) -> None:
        """Take what was laid out, with the id of each of its rows, and what answering costs with them."""
        self._kind = kind
        self._version = version
        self.plan, self.arrays, self.entry_ids = plan, arrays, entry_ids
        self.costs, self.scan_ns = costs, scan_ns
        self._flips = flips_of(plan)
        self._most_ns = scan_ns * _PART_OF_SCAN
        radii_of = cheapest_radii(costs, _LARGEST_RADIUS)
        self._reaches = [reach_of(radii) for radii, ns in radii_of if ns < self._most_ns]

    @classmethod
    def build(cls, kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> MultiIndex:
        """Return the index of `entries`, pairs of an entry id and its fingerprint.

        Raises:
            InputError: a fingerprint is of another kind, or of too low a quality to be searched; leaving
                it out is the caller's decision, since what is left out is never found.
        """
        return cls.of_table(kind, *table_of(kind, entries), version=version)

    @classmethod
    def of_table(
        cls,
        kind: FingerprintKind,
        table: NDArray[np.uint8],
        entry_ids: NDArray[np.int64],
        *,
        version: str,
        threads: int = 1,
    ) -> MultiIndex:
        """Return the index of a table of fingerprints whose caller has left out those of low quality.

        Args:
            table: shape (n, kind.bits // 8), uint8, one fingerprint a row, big-endian as in `Fingerprint.data`.
            entry_ids: shape (n,), int64.
            version: the name of this state of the set.
            threads: how many tables are laid out at once.

        Raises:
            InputError: a shape or dtype is another.
        """
        require_ids(table, entry_ids)
        require_table(kind, table)
        # A view where it can be one: a hundred million fingerprints are not copied to be sorted.
        words = np.ascontiguousarray(table).view(np.uint64)
        plan = _NOTHING
        if len(table) >= LEAST_ROWS:
            bytes_a_row = next(bytes_a_row for most, bytes_a_row in BYTES_A_ROW.items() if len(table) <= most)
            plan = plan_parts(len(table), kind.bits, kind.radius_bits, bytes_a_row)
        arrays, order = lay_out(words, plan, threads=threads)
        costs = measure_costs(arrays, flips_of(plan))
        scan_ns = measure_scan_ns(arrays)
        return cls(kind, plan, arrays, entry_ids[order], costs=costs, scan_ns=scan_ns, version=version)

    @property
    def kind(self) -> FingerprintKind:
        """The kind of all its fingerprints."""
        return self._kind

    @property
    def version(self) -> str:
        """The name of this state of the set, as it was built with."""
        return self._version

    @property
    def size_bytes(self) -> int:
        """What its fingerprints, ids and tables take in memory."""
        return sum(array.nbytes for array in self.arrays) + self.entry_ids.nbytes

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.entry_ids)

    def search_table(self, queries: NDArray[np.uint8], radius_bits: int) -> Found:
        """See `Index.search_table`."""
        if radius_bits < 0:
            raise InputError("the radius is negative", radius_bits=radius_bits)
        words = _padded(words_of(self._kind, queries))
        radius = min(radius_bits, self._kind.bits)
        found = self._ask_parts(words, radius) if radius < len(self._reaches) else self._scan(words, radius)
        rows, entries, distances = found.T
        return in_order(rows, self.entry_ids[entries], distances)

    def _ask_parts(self, words: Words, radius: int) -> NDArray[np.int64]:
        found, spent_ns = np.empty((_FIRST_ROOM + _ROOM_A_QUERY * len(words), 3), np.int64), np.empty(len(words))
        asked = (self.arrays, self._flips, words, self._reaches[radius], radius, self._most_ns)
        total, left = search_parts(*asked, found, spent_ns)
        if total > len(found):
            # Rare: more hits than room. A second search with room for all costs less than growing inside the kernel.
            found = np.empty((total, 3), np.int64)
            search_parts(*asked, found, spent_ns)
        if not left:
            return found[:total]
        queries = np.flatnonzero(spent_ns > self._most_ns)
        scanned = self._scan(words[queries], radius)
        scanned[:, 0] = queries[scanned[:, 0]]
        return np.concatenate([found[:total], scanned])

    def _scan(self, words: Words, radius: int) -> NDArray[np.int64]:
        found = np.empty((_FIRST_ROOM_OF_SCAN, 3), np.int64)
        total = search_all(self.arrays, words, radius, found)
        if total > len(found):
            found = np.empty((total, 3), np.int64)
            search_all(self.arrays, words, radius, found)
        return found[:total]


def _padded(words: Words) -> Words:
    """Return the words with zeros behind them up to four, as the kernels take a query."""
    if words.shape[1] == 4:
        return words
    padded = np.zeros((len(words), 4), np.uint64)
    padded[:, : words.shape[1]] = words
    return padded
