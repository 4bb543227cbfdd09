"""The flat index: every entry is looked at. It is exact by construction, and the oracle of all later indexes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.index.popcount import popcount
from tsunagu.index.protocol import Index
from tsunagu.index.table import Found, in_order, require_ids, table_of, words_of

_BLOCK_ROWS = 2048
_STRIDE_ROWS = 256
_FIRST_ROOM = 4096


class FlatIndex(Index):
    """An immutable set of fingerprints of one kind, searched exhaustively.

    It keeps `kind.bits / 8` bytes an entry (32 for 256 bits), and 8 for the entry's id. Several entries may hold
    the same fingerprint, and several may carry one id: each is found for itself. The scan is serial and releases
    the GIL: threads belong to the caller, over parts of the queries.
    """

    __slots__ = ("_entry_ids", "_kind", "_version", "_words")

    def __init__(
        self, kind: FingerprintKind, table: NDArray[np.uint8], entry_ids: NDArray[np.int64], *, version: str
    ) -> None:
        """Copy a table of fingerprints whose caller has left out those of low quality.

        Args:
            kind: a kind of 256 bits.
            table: shape (n, kind.bits // 8), uint8, one fingerprint a row, big-endian as in `Fingerprint.data`.
            entry_ids: shape (n,), int64.
            version: the name of this state of the set.

        Raises:
            InputError: a shape or dtype is another.
        """
        require_ids(table, entry_ids)
        self._kind = kind
        self._version = version
        # The entries of one id lie together: what they have found can then be counted by the stretch.
        order = np.argsort(entry_ids, kind="stable")
        self._words = np.ascontiguousarray(words_of(kind, table)[order].T)
        self._entry_ids = entry_ids[order]

    @classmethod
    def build(cls, kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> FlatIndex:
        """Return the index of `entries`, pairs of an entry id and its fingerprint.

        Raises:
            InputError: a fingerprint is of another kind, or of too low a quality to be searched; leaving
                it out is the caller's decision, since what is left out is never found.
        """
        table, entry_ids = table_of(kind, entries)
        return cls(kind, table, entry_ids, version=version)

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
        """What its fingerprints and ids take in memory."""
        return self._words.nbytes + self._entry_ids.nbytes

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._entry_ids)

    def search_table(self, queries: NDArray[np.uint8], radius_bits: int) -> Found:
        """See `Index.search_table`."""
        if radius_bits < 0:
            raise InputError("the radius is negative", radius_bits=radius_bits)
        words = words_of(self._kind, queries)
        radius = min(radius_bits, self._kind.bits)
        found = np.empty((3, _FIRST_ROOM), np.int64)
        total = _scan(self._words, words, radius, found)
        if total > found.shape[1]:
            # Rare: more hits than room. A second scan with room for all costs less than growing inside the kernel.
            found = np.empty((3, total), np.int64)
            _scan(self._words, words, radius, found)
        rows, entries, distances = found[:, :total]
        return in_order(rows, self._entry_ids[entries], distances)

    def ids_within(
        self, queries: NDArray[np.uint8], radius_bits: int, *, least_pairs: int, without: int | None = None
    ) -> NDArray[np.int64]:
        """Return the entry ids that enough pairs of a query and an entry speak for.

        The pairs themselves are not kept and are not counted further than asked: the memory it takes grows with the
        number of entries and not with that of the pairs, however alike all of them are.

        Args:
            queries: shape (m, kind.bits // 8), uint8, one fingerprint a row; the caller has left out those of
                low quality.
            radius_bits: at least 0.
            least_pairs: so many pairs at most `radius_bits` apart an id needs, over all queries; at least 1.
            without: an entry id that is passed over.

        Returns:
            Shape (k,), int64, each id once, in order.

        Raises:
            InputError: the table's shape or dtype is another, the radius is negative, or `least_pairs` is not positive.
        """
        if radius_bits < 0 or least_pairs < 1:
            raise InputError("the radius or the number of pairs is out of bounds")
        words = words_of(self._kind, queries)
        is_first = np.diff(self._entry_ids, prepend=self._entry_ids[:1] - 1) != 0
        ids, group = self._entry_ids[is_first], np.cumsum(is_first) - 1
        missing = np.where(ids == without, 0, least_pairs)
        _tally(self._words, words, min(radius_bits, self._kind.bits), group, missing)
        enough: NDArray[np.int64] = ids[(missing == 0) & (ids != without)]
        return enough


@njit(nogil=True, cache=True)
def _scan(
    words: NDArray[np.uint64], queries: NDArray[np.uint64], radius: int, found: NDArray[np.int64]
) -> int:  # pragma: no cover - compiled
    """Write (query row, entry row, distance) of each pair within `radius` into `found`; return how many there are.

    `words` is shape (4, n): the first words of all entries lie together, then the second ones. Entries are taken
    in blocks that stay in the cache while all queries pass over them.
    """
    total = 0
    room = found.shape[1]
    for block in range(0, words.shape[1], _BLOCK_ROWS):
        block_end = min(block + _BLOCK_ROWS, words.shape[1])
        for query in range(len(queries)):
            a, b, c, d = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
            for start in range(block, block_end, _STRIDE_ROWS):
                end = min(start + _STRIDE_ROWS, block_end)
                if _half_near(words[0, start:end], words[1, start:end], a, b, radius) == 0:
                    continue
                for row in range(start, end):
                    distance = popcount(words[0, row] ^ a) + popcount(words[1, row] ^ b)
                    if distance > radius:
                        continue
                    distance += popcount(words[2, row] ^ c) + popcount(words[3, row] ^ d)
                    if distance <= radius:
                        if total < room:
                            found[0, total], found[1, total], found[2, total] = query, row, distance
                        total += 1
    return total


@njit(nogil=True, cache=True)
def _tally(
    words: NDArray[np.uint64],
    queries: NDArray[np.uint64],
    radius: int,
    group: NDArray[np.int64],
    missing: NDArray[np.int64],
) -> None:  # pragma: no cover - compiled
    """Count `missing` down to 0, by each pair within `radius`, for each group of entries.

    `words` and the blocks are as in `_scan`; `group` ascends, so that a stretch whose ends belong to one group of which
    nothing is missing is passed over as a whole.
    """
    for block in range(0, words.shape[1], _BLOCK_ROWS):
        block_end = min(block + _BLOCK_ROWS, words.shape[1])
        for query in range(len(queries)):
            a, b, c, d = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
            for start in range(block, block_end, _STRIDE_ROWS):
                end = min(start + _STRIDE_ROWS, block_end)
                if group[start] == group[end - 1] and missing[group[start]] == 0:
                    continue
                if _half_near(words[0, start:end], words[1, start:end], a, b, radius) == 0:
                    continue
                for row in range(start, end):
                    if missing[group[row]] == 0:
                        continue
                    distance = popcount(words[0, row] ^ a) + popcount(words[1, row] ^ b)
                    if distance <= radius:
                        distance += popcount(words[2, row] ^ c) + popcount(words[3, row] ^ d)
                        missing[group[row]] -= distance <= radius


@njit(nogil=True, cache=True)
def _half_near(
    first: NDArray[np.uint64], second: NDArray[np.uint64], a: np.uint64, b: np.uint64, radius: int
) -> int:  # pragma: no cover - compiled
    """Return how many entries are within `radius` over the first half of their bits.

    For nearly all stretches that is none, and a loop that only counts is compiled to whole vectors, where
    one that also keeps or branches is not.
    """
    near = 0
    for row in range(len(first)):
        near += popcount(first[row] ^ a) + popcount(second[row] ^ b) <= radius
    return near
