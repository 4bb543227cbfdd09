"""Tables of fingerprints: one a row, as bytes outside and as 64-bit words inside."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.index.ordering import sorted_keys

Found = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
"""Row of the query, entry id and distance in bits of each pair that was found."""
_DISTANCE_BITS = 9


def table_of(
    kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return pairs of an entry id and its fingerprint as a table, shape (n, kind.bits // 8), and the ids, shape (n,).

    Raises:
        InputError: a fingerprint is of another kind, or of too low a quality to be searched; leaving
            it out is the caller's decision, since what is left out is never found.
    """
    ids: list[int] = []
    data = bytearray()
    for entry_id, one in entries:
        require_searchable(kind, one)
        ids.append(entry_id)
        data += one.data
    return np.frombuffer(bytes(data), np.uint8).reshape(len(ids), kind.bits // 8), np.array(ids, np.int64)


def require_searchable(kind: FingerprintKind, one: Fingerprint) -> None:
    """Return when the fingerprint is of `kind` and good enough to be searched.

    Raises:
        InputError: it is not.
    """
    if one.kind is not kind:
        raise InputError("the fingerprint is of another kind")
    if not one.is_searchable:
        raise InputError("the fingerprint is of too low a quality to be searched", quality=one.quality)


def words_of(kind: FingerprintKind, table: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return a copy of `table` as 64-bit words, shape (n, kind.bits // 64); which end comes first does not matter.

    It is a copy so that the kernels have one compiled form for read-only and writable tables.

    Raises:
        InputError: the table's shape or dtype is another.
    """
    require_table(kind, table)
    return np.array(table, order="C").view(np.uint64)


def require_table(kind: FingerprintKind, table: NDArray[np.uint8]) -> None:
    """Return when the table is of the kind's width, and of bytes.

    Raises:
        InputError: the table's shape or dtype is another.
    """
    if table.dtype != np.uint8 or table.ndim != 2 or table.shape[1] * 8 != kind.bits:
        raise InputError("the table is not of the kind's width")


def in_order(rows: NDArray[np.int64], entry_ids: NDArray[np.int64], distances: NDArray[np.int64]) -> Found:
    """Return what was found, ordered by row, then distance, then entry id.

    Where the three fit into one number, as they nearly always do, that is sorted: tens of thousands of hits then take
    no longer than finding them.
    """
    if len(rows) < 2:
        return rows, entry_ids, distances
    least = int(entry_ids.min())
    id_bits = (int(entry_ids.max()) - least).bit_length()
    if int(rows.max()).bit_length() + _DISTANCE_BITS + id_bits > 63:
        order = np.lexsort((entry_ids, distances, rows))
        return rows[order], entry_ids[order], distances[order]
    keys = sorted_keys((((rows << _DISTANCE_BITS) | distances) << id_bits) | (entry_ids - least))
    both = keys >> id_bits
    return both >> _DISTANCE_BITS, (keys & ((1 << id_bits) - 1)) + least, both & ((1 << _DISTANCE_BITS) - 1)


def sample_of(entry_ids: NDArray[np.int64], count: int = 256) -> NDArray[np.int64]:
    """Return at most `count` of the ids: the newest, where a restored database goes another way, and others."""
    if len(entry_ids) <= count:
        return entry_ids
    newest = np.partition(entry_ids, -count // 2)[-count // 2 :]
    return np.unique(np.concatenate([newest, entry_ids[:: -(-len(entry_ids) * 2 // count)]]))


def require_ids(table: NDArray[np.uint8], entry_ids: NDArray[np.int64]) -> None:
    """Return when there is an id for each row.

    Raises:
        InputError: a shape or dtype is another.
    """
    if entry_ids.shape != (len(table),) or entry_ids.dtype != np.int64:
        raise InputError("the entry ids do not fit the table")
