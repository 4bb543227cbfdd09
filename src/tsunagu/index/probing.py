"""The kernels of the multi-index: serial, without the GIL; whoever calls them brings the threads.

Arrays are taken out of their tuple before any loop: doing so within one counts a reference each time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.index.popcount import popcount
from tsunagu.index.prefetch import prefetch

Words = NDArray[np.uint64]

BIT, WIDTH, SHIFT, OCCUPIED, BASES, NUMBERS = range(6)
"""Columns of `Arrays.tables`."""
_CANDIDATES = 512
_ENTRIES_A_ROW = 8


class Arrays(NamedTuple):
    """What a multi-index of n rows is made of.

    Attributes:
        first: shape (n, 2), uint64, the first 128 bits of each row. Nearly every row is told off by them, at the cost
            of one cache line. The rows lie in the order of the first table's blocks.
        rest: shape (n, 2), uint64, the bits that follow; or shape (0, 2) where none do.
        tables: shape (parts, 6), int64: for each part of the bits where it begins (BIT), its width in bits (WIDTH), how
            many last bits of its keys are told apart within a block only (SHIFT); and where in the arrays below it has
            its own (OCCUPIED, BASES, NUMBERS). OCCUPIED is -1 for a table whose blocks are hardly ever empty, NUMBERS
            for the first.
        occupied: uint64, for each block a bit for each of its 64 keys: whether there are rows of it.
        bases: uint32, for each block how many rows lie before it, and at the end n.
        numbers: uint32, in the order of the blocks: a row's number, shifted by SHIFT, and the last bits of its key.
    """

    first: Words
    rest: Words
    tables: NDArray[np.int64]
    occupied: Words
    bases: NDArray[np.uint32]
    numbers: NDArray[np.uint32]


class Flips(NamedTuple):
    """Which bits of a key are flipped.

    Attributes:
        patterns: uint32, for each number of block bits all patterns of up to LARGEST_RADIUS bits, fewest bits first.
        begins: shape (parts, LARGEST_RADIUS + 2), int64: where a part's patterns of 0, 1, … bits begin, and their end.
        balls: shape (LARGEST_RADIUS + 1, 64), uint64: for each number of flips that are left and each value of the
            last bits, a bit for each value that is so near.
    """

    patterns: NDArray[np.uint32]
    begins: NDArray[np.int64]
    balls: Words


@njit(nogil=True, cache=True)
def key_of(a: Any, b: Any, c: Any, d: Any, bit: Any, width: Any) -> Any:  # pragma: no cover - compiled
    """Return `width` bits from place `bit` of four words, as int64."""
    word, offset = bit >> 6, np.uint64(bit & 63)
    value = (a if word == 0 else b if word == 1 else c if word == 2 else d) >> offset
    if (bit & 63) + width > 64:
        value |= (b if word == 0 else c if word == 1 else d) << (np.uint64(64) - offset)
    return np.int64(value & ((np.uint64(1) << np.uint64(width)) - np.uint64(1)))


@njit(nogil=True, cache=True)
def search_parts(
    arrays: Arrays,
    flips: Flips,
    queries: Words,
    radii: NDArray[np.int64],
    radius: int,
    most_rows: int,
    found: NDArray[np.int64],
    is_left: NDArray[np.bool_],
) -> int:  # pragma: no cover - compiled
    """Write (query, row, distance) of each pair within `radius` into `found`; return how many there are.

    The tables of a query are worked on as on a line: what one step asks memory for, the next finds there, while other
    steps are busy with the tables before.

    Args:
        queries: shape (m, 4).
        radii: of each table, -1 for one that is not asked; the sum of (radii + 1) exceeds `radius`.
        most_rows: a query that has to look at about so many rows is left to the scan.
        found: shape (room, 3).
        is_left: shape (m,), set for each query that is left to the scan.
    """
    asked = np.flatnonzero(radii >= 0)
    spans = np.empty((_most_patterns(flips.begins, radii), 3), np.int64)
    candidates = np.empty(_CANDIDATES, np.int64)
    total = 0
    for at in range(len(queries)):
        query = queries[at]
        before, looked_at, stretches, waiting = total, 0, 0, 0
        for step in range(len(asked) + 3):
            if step >= 3:
                total = _keep_near(
                    arrays, radii, query, radius, asked[step - 3], candidates[:waiting], at, found, total
                )
            if 2 <= step < len(asked) + 2:
                waiting, met, total = _meet(
                    arrays,
                    flips.balls,
                    radii,
                    query,
                    radius,
                    asked[step - 2],
                    spans[:stretches],
                    candidates,
                    at,
                    found,
                    total,
                )
                looked_at += met
            if 1 <= step < len(asked) + 1:
                stretches, entries = _stretches(arrays, flips, query, asked[step - 1], radii[asked[step - 1]], spans)
                looked_at += entries // _ENTRIES_A_ROW
            if looked_at > most_rows:
                is_left[at] = True
                total = before
                break
            if step < len(asked):
                _ask(arrays, flips, query, asked[step], radii[asked[step]])
    return total


@njit(nogil=True, cache=True)
def _most_patterns(begins: NDArray[np.int64], radii: NDArray[np.int64]) -> int:  # pragma: no cover - compiled
    most = 0
    for table in range(len(radii)):
        if radii[table] >= 0:
            most = max(most, begins[table, radii[table] + 1] - begins[table, 0])
    return most


@njit(nogil=True, cache=True)
def _ask(arrays: Arrays, flips: Flips, query: Words, table: int, radius: int) -> None:  # pragma: no cover - compiled
    """Ask for the words that tell which blocks of a table hold anything."""
    occupied, bases, patterns, begins = arrays.occupied, arrays.bases, flips.patterns, flips.begins
    bit, width, shift, occupied_at, base_at, _ = arrays.tables[table]
    block = key_of(query[0], query[1], query[2], query[3], bit, width) >> shift
    for flip in range(begins[table, 0], begins[table, radius + 1]):
        if occupied_at >= 0:
            prefetch(occupied, occupied_at + (block ^ np.int64(patterns[flip])))
        else:
            prefetch(bases, base_at + (block ^ np.int64(patterns[flip])))


@njit(nogil=True, cache=True)
def _stretches(
    arrays: Arrays, flips: Flips, query: Words, table: int, radius: int, spans: NDArray[np.int64]
) -> tuple[int, Any]:  # pragma: no cover - compiled
    """Write into `spans` where blocks begin and end that may hold rows within `radius`, and how many flips are left.

    Returns the number of stretches, and of the rows in them.
    """
    first, occupied, bases, numbers = arrays.first, arrays.occupied, arrays.bases, arrays.numbers
    patterns, begins, balls = flips.patterns, flips.begins, flips.balls
    bit, width, shift, occupied_at, base_at, number_at = arrays.tables[table]
    key = key_of(query[0], query[1], query[2], query[3], bit, width)
    own, last = key >> shift, key & ((1 << shift) - 1)
    stretches, rows = 0, np.int64(0)
    for flipped in range(radius + 1):
        ball = balls[radius - flipped, last]
        for flip in range(begins[table, flipped], begins[table, flipped + 1]):
            block = own ^ np.int64(patterns[flip])
            if occupied_at >= 0 and not occupied[occupied_at + block] & ball:
                continue
            start, end = np.int64(bases[base_at + block]), np.int64(bases[base_at + block + 1])
            if start == end:
                continue
            spans[stretches, 0], spans[stretches, 1], spans[stretches, 2] = start, end, radius - flipped
            stretches += 1
            rows += end - start
            if number_at >= 0:
                prefetch(numbers, number_at + start)
                prefetch(numbers, number_at + end - 1)
            else:
                prefetch(first, 2 * start)
                prefetch(first, 2 * end - 1)
    return stretches, rows


@njit(nogil=True, cache=True)
def _meet(
    arrays: Arrays,
    balls: Words,
    radii: NDArray[np.int64],
    query: Words,
    radius: int,
    table: int,
    spans: NDArray[np.int64],
    candidates: NDArray[np.int64],
    at: int,
    found: NDArray[np.int64],
    total: int,
) -> tuple[int, int, int]:  # pragma: no cover - compiled
    """Ask for the rows of the stretches whose keys are within the table's radius.

    Returns how many wait among the candidates, how many were met, and the total: where the candidates fill up, those
    are looked at here.
    """
    first, numbers = arrays.first, arrays.numbers
    bit, width, shift, _, _, number_at = arrays.tables[table]
    last = key_of(query[0], query[1], query[2], query[3], bit, width) & ((1 << shift) - 1)
    mask = (1 << shift) - 1
    waiting, met = 0, 0
    for stretch in range(len(spans)):
        ball = balls[spans[stretch, 2], last]
        for place in range(spans[stretch, 0], spans[stretch, 1]):
            row = np.int64(place)
            if number_at >= 0:
                number = np.int64(numbers[number_at + place])
                if not (ball >> np.uint64(number & mask)) & np.uint64(1):
                    continue
                row = number >> shift
            if waiting == len(candidates):
                total = _keep_near(arrays, radii, query, radius, table, candidates, at, found, total)
                waiting = 0
            prefetch(first, 2 * row)
            candidates[waiting] = row
            waiting += 1
            met += 1
    return waiting, met, total


@njit(nogil=True, cache=True)
def _keep_near(
    arrays: Arrays,
    radii: NDArray[np.int64],
    query: Words,
    radius: int,
    table: int,
    candidates: NDArray[np.int64],
    at: int,
    found: NDArray[np.int64],
    total: int,
) -> int:  # pragma: no cover - compiled
    """Keep the candidates of a table that are within `radius` and are its own; return the new total."""
    first, rest = arrays.first, arrays.rest
    q0, q1, q2, q3 = query[0], query[1], query[2], query[3]
    for which in range(len(candidates)):
        row = candidates[which]
        distance = popcount(first[row, 0] ^ q0) + popcount(first[row, 1] ^ q1)
        if distance <= radius and len(rest) > 0:
            distance += popcount(rest[row, 0] ^ q2) + popcount(rest[row, 1] ^ q3)
        if distance <= radius and _is_own(arrays, radii, query, row, table):
            if total < len(found):
                found[total, 0], found[total, 1], found[total, 2] = at, row, distance
            total += 1
    return total


@njit(nogil=True, cache=True)
def _is_own(
    arrays: Arrays, radii: NDArray[np.int64], query: Words, row: int, table: int
) -> bool:  # pragma: no cover - compiled
    """Whether `table` is the first whose part of the row is within its radius: each row is kept by one table."""
    a, b = arrays.first[row, 0] ^ query[0], arrays.first[row, 1] ^ query[1]
    c, d = a, a
    if len(arrays.rest) > 0:
        c, d = arrays.rest[row, 0] ^ query[2], arrays.rest[row, 1] ^ query[3]
    for one in range(table + 1):
        if radii[one] >= 0:
            differing = key_of(a, b, c, d, arrays.tables[one, BIT], arrays.tables[one, WIDTH])
            if popcount(np.uint64(differing)) <= radii[one]:
                return one == table
    return False
