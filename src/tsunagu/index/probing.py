"""The kernels of the multi-index: serial, without the GIL; whoever calls them brings the threads.

Arrays are taken out of their tuple before any loop: doing so within one counts a reference each time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.index.nearness import AT_ONCE, near
from tsunagu.index.plan import ENTRY_NS, LIST_NS, ROW_NS
from tsunagu.index.popcount import popcount
from tsunagu.index.prefetch import prefetch
from tsunagu.index.row_numbers import LOW_BITS, read_numbers

Words = NDArray[np.uint64]

BIT, WIDTH, SHIFT, NEXT_BIT, NEXT_WIDTH, BASES, HIGHS = range(7)
"""Columns of `Arrays.tables`."""
RADIUS, BOUND = range(2)
"""Columns of `reach`."""
_CANDIDATES = 512
_LINES_ASKED = 8


class Arrays(NamedTuple):
    """What a multi-index of n rows is made of.

    Attributes:
        first: shape (n, 2), uint64, the first 128 bits of each row. Nearly every row that is looked at is told off by
            them, at the cost of one cache line. The rows lie in the order of the first table's blocks.
        rest: shape (n, 2), uint64, the bits that follow; or shape (0, 2) where none do.
        tables: shape (parts, 7), int64: for each part of the bits where it begins (BIT), its width in bits (WIDTH), how
            many last bits of its keys are told apart within a block only (SHIFT); how much of the part that follows,
            which for the last is the first, stands in the signatures (NEXT_BIT, NEXT_WIDTH); and where in the arrays
            below it has its own (BASES, HIGHS). The entries of the first are the rows themselves: it has no numbers.
        bases: uint32, for each block how many rows lie before it, and at the end n.
        signatures: uint16, table after table in the order of its blocks: the last bits of a row's key and, above them,
            the bits of the part that follows. Behind the last are as many as are read at once.
        lows, highs: uint16 and uint64, table after table but the first: the rows' numbers, in the same order, as
            `tsunagu.index.row_numbers` tells.
    """

    first: Words
    rest: Words
    tables: NDArray[np.int64]
    bases: NDArray[np.uint32]
    signatures: NDArray[np.uint16]
    lows: NDArray[np.uint16]
    highs: NDArray[np.uint64]


class Flips(NamedTuple):
    """Which bits of a key are flipped.

    Attributes:
        patterns: uint32, for each number of block bits all patterns of up to LARGEST_RADIUS bits, fewest bits first.
        begins: shape (parts, LARGEST_RADIUS + 2), int64: where a part's patterns of 0, 1, … bits begin, and their end.
    """

    patterns: NDArray[np.uint32]
    begins: NDArray[np.int64]


@njit(nogil=True, cache=True)
def key_of(a: Any, b: Any, c: Any, d: Any, bit: Any, width: Any) -> Any:  # pragma: no cover - compiled
    """Return `width` bits from place `bit` of four words, as int64."""
    word, offset = bit >> 6, np.uint64(bit & 63)
    value = (a if word == 0 else b if word == 1 else c if word == 2 else d) >> offset
    if (bit & 63) + width > 64:
        value |= (b if word == 0 else c if word == 1 else d) << (np.uint64(64) - offset)
    return np.int64(value & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))


@njit(nogil=True, cache=True)
def signature_of(a: Any, b: Any, c: Any, d: Any, table: Any) -> Any:  # pragma: no cover - compiled
    """Return what stands of four words in the signatures of one of `Arrays.tables`, as uint16."""
    last = key_of(a, b, c, d, table[BIT], table[WIDTH]) & ((1 << table[SHIFT]) - 1)
    return np.uint16(last | (key_of(a, b, c, d, table[NEXT_BIT], table[NEXT_WIDTH]) << table[SHIFT]))


@njit(nogil=True, cache=True)
def search_parts(
    arrays: Arrays,
    flips: Flips,
    queries: Words,
    reach: NDArray[np.int64],
    radius: int,
    most_ns: float,
    found: NDArray[np.int64],
    spent_ns: NDArray[np.float64],
) -> tuple[int, int]:  # pragma: no cover - compiled
    """Write (query, row, distance) of each pair within `radius` into `found`.

    The tables of a query are worked on as on a line: what one step asks memory for, the next finds there, while other
    steps are busy with the tables before.

    Returns how many pairs there are, and how many queries are left to the scan.

    Args:
        queries: shape (m, 4).
        reach: shape (parts, 2), of each table how many bits of its part may differ (RADIUS, -1 for one that is not
            asked), and how many of its part and the next one together (BOUND).
        most_ns: a query that would take more is left to the scan.
        found: shape (room, 3).
        spent_ns: shape (m,), set to what each query takes by what it had to look at; above `most_ns` it is left.
    """
    asked = np.flatnonzero(reach[:, RADIUS] >= 0)
    spans = np.empty((_most_patterns(flips.begins, reach), 4), np.int64)
    candidates, waiting = np.empty((2, _CANDIDATES, 3), np.int64), np.zeros(2, np.int64)
    total, left = 0, 0
    for at in range(len(queries)):
        query = queries[at]
        before, spent, lists, waiting[0], waiting[1] = total, 0.0, 0, 0, 0
        for step in range(len(asked) + 4):
            # Which half of the candidates is whose: those of one table wait while the next ones are gathered.
            half = step & 1
            if step >= 4:
                rows = candidates[half, : waiting[half], 0]
                total = _keep_near(arrays, reach, query, radius, asked[step - 4], rows, at, found, total)
            if 3 <= step < len(asked) + 3:
                _number(arrays, asked[step - 3], candidates[1 - half, : waiting[1 - half]])
            if 2 <= step < len(asked) + 2:
                waiting[half], met, total = _meet(
                    arrays, reach, query, radius, asked[step - 2], spans[:lists], candidates[half], at, found, total
                )
                spent += met * ROW_NS
            if 1 <= step < len(asked) + 1:
                lists, entries = _open(arrays, flips, query, asked[step - 1], reach[asked[step - 1], RADIUS], spans)
                spent += lists * LIST_NS + entries * ENTRY_NS
            if spent > most_ns:
                total = before
                left += 1
                break
            if step < len(asked):
                _ask(arrays, flips, query, asked[step], reach[asked[step], RADIUS])
        spent_ns[at] = spent
    return total, left


@njit(nogil=True, cache=True)
def _most_patterns(begins: NDArray[np.int64], reach: NDArray[np.int64]) -> int:  # pragma: no cover - compiled
    most = 0
    for table in range(len(reach)):
        most = max(most, begins[table, reach[table, RADIUS] + 1] - begins[table, 0])
    return most


@njit(nogil=True, cache=True)
def _ask(arrays: Arrays, flips: Flips, query: Words, table: int, radius: int) -> None:  # pragma: no cover - compiled
    """Ask for the words that tell where the lists of a table lie."""
    bases, patterns, begins = arrays.bases, flips.patterns, flips.begins
    bit, width, shift, _, _, base_at, _ = arrays.tables[table]
    block = key_of(query[0], query[1], query[2], query[3], bit, width) >> shift
    for flip in range(begins[table, 0], begins[table, radius + 1]):
        prefetch(bases, base_at + (block ^ np.int64(patterns[flip])))


@njit(nogil=True, cache=True)
def _open(
    arrays: Arrays, flips: Flips, query: Words, table: int, radius: int, spans: NDArray[np.int64]
) -> tuple[int, Any]:  # pragma: no cover - compiled
    """Write into `spans` where the lists of near blocks begin and end, how many bits were flipped, and their first bit.

    Returns the number of lists, and of the entries in them.
    """
    bases, signatures, patterns, begins = arrays.bases, arrays.signatures, flips.patterns, flips.begins
    bit, width, shift, _, _, base_at, high_at = arrays.tables[table]
    table_at, steps = table * len(arrays.first), (len(arrays.first) - 1) >> LOW_BITS
    own = key_of(query[0], query[1], query[2], query[3], bit, width) >> shift
    lists, entries = 0, np.int64(0)
    for flipped in range(radius + 1):
        for flip in range(begins[table, flipped], begins[table, flipped + 1]):
            block = own ^ np.int64(patterns[flip])
            before, until = np.int64(bases[base_at + block]), np.int64(bases[base_at + block + 1])
            start, end = table_at + before, table_at + until
            if start == end:
                continue
            spans[lists, 0], spans[lists, 1], spans[lists, 2] = start, end, flipped
            spans[lists, 3] = high_at + before + block * steps
            lists += 1
            entries += end - start
            for place in range(start, min(end, start + _LINES_ASKED * AT_ONCE), AT_ONCE):
                prefetch(signatures, place)
            prefetch(signatures, end - 1)
    return lists, entries


@njit(nogil=True, cache=True)
def _meet(
    arrays: Arrays,
    reach: NDArray[np.int64],
    query: Words,
    radius: int,
    table: int,
    spans: NDArray[np.int64],
    candidates: NDArray[np.int64],
    at: int,
    found: NDArray[np.int64],
    total: int,
) -> tuple[int, int, int]:  # pragma: no cover - compiled
    """Write the entries into `candidates` that the signatures do not tell off, and ask for their numbers.

    Of each it writes what `read_numbers` takes; the places of the first table are the rows themselves.

    Returns how many wait, how many were met, and the total: where the candidates fill up, those are looked at here.
    """
    signatures, lows, highs = arrays.signatures, arrays.lows, arrays.highs
    # The first table has no numbers: its entries are the rows.
    number_at = -len(arrays.first) if table > 0 else np.int64(0)
    own = signature_of(query[0], query[1], query[2], query[3], arrays.tables[table])
    last = np.uint16((1 << arrays.tables[table, SHIFT]) - 1)
    waiting, met = 0, 0
    for one in range(len(spans)):
        end, flipped, high_at = spans[one, 1], spans[one, 2], spans[one, 3]
        left, left_in_part = reach[table, BOUND] - flipped, reach[table, RADIUS] - flipped
        for begin in range(spans[one, 0], end, AT_ONCE):
            some = near(signatures, begin, own, left) if left >= 0 else np.uint64(0)
            while some:
                lowest = some & (~some + np.uint64(1))
                some ^= lowest
                place = begin + popcount(lowest - np.uint64(1))
                if place >= end or popcount(np.uint64((signatures[place] ^ own) & last)) > left_in_part:
                    continue
                if waiting == len(candidates):
                    _number(arrays, table, candidates)
                    total = _keep_near(arrays, reach, query, radius, table, candidates[:, 0], at, found, total)
                    waiting = 0
                if table > 0:
                    prefetch(lows, number_at + place)
                    # Its high bits are read from the block's first one to about here: some two bits an entry.
                    prefetch(highs, high_at >> 6)
                    prefetch(highs, (high_at + 2 * (place - spans[one, 0])) >> 6)
                candidates[waiting, 0] = number_at + place
                candidates[waiting, 1], candidates[waiting, 2] = place - spans[one, 0], high_at
                waiting += 1
                met += 1
    return waiting, met, total


@njit(nogil=True, cache=True)
def _number(arrays: Arrays, table: int, candidates: NDArray[np.int64]) -> None:  # pragma: no cover - compiled
    """Put rows in the place of a table's entries, and ask for them."""
    first = arrays.first
    if table > 0:
        read_numbers(arrays.lows, arrays.highs, candidates)
    for which in range(len(candidates)):
        prefetch(first, 2 * candidates[which, 0])


@njit(nogil=True, cache=True)
def _keep_near(
    arrays: Arrays,
    reach: NDArray[np.int64],
    query: Words,
    radius: int,
    table: int,
    rows: NDArray[np.int64],
    at: int,
    found: NDArray[np.int64],
    total: int,
) -> int:  # pragma: no cover - compiled
    """Keep the rows met in a table that are within `radius` and are its own; return the new total."""
    first, rest = arrays.first, arrays.rest
    q0, q1, q2, q3 = query[0], query[1], query[2], query[3]
    for which in range(len(rows)):
        row = rows[which]
        distance = popcount(first[row, 0] ^ q0) + popcount(first[row, 1] ^ q1)
        if distance <= radius and len(rest) > 0:
            distance += popcount(rest[row, 0] ^ q2) + popcount(rest[row, 1] ^ q3)
        if distance <= radius and _is_own(arrays, reach, query, row, table):
            if total < len(found):
                found[total, 0], found[total, 1], found[total, 2] = at, row, distance
            total += 1
    return total


@njit(nogil=True, cache=True)
def _is_own(
    arrays: Arrays, reach: NDArray[np.int64], query: Words, row: int, table: int
) -> bool:  # pragma: no cover - compiled
    """Whether `table` is the first that meets the row: each row is kept by one table."""
    a, b = arrays.first[row, 0] ^ query[0], arrays.first[row, 1] ^ query[1]
    c, d = a, a
    if len(arrays.rest) > 0:
        c, d = arrays.rest[row, 0] ^ query[2], arrays.rest[row, 1] ^ query[3]
    for one in range(table):
        bit, width, _, next_bit, next_width, _, _ = arrays.tables[one]
        apart = popcount(np.uint64(key_of(a, b, c, d, bit, width)))
        if apart <= reach[one, RADIUS]:
            apart += popcount(np.uint64(key_of(a, b, c, d, next_bit, next_width)))
            if apart <= reach[one, BOUND]:
                return False
    return True
