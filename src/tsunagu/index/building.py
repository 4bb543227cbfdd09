"""Laying out the arrays of a multi-index: a counting sort for each of its tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.index.plan import LARGEST_RADIUS, LARGEST_SHIFT, Plan
from tsunagu.index.probing import BASES, BIT, NUMBERS, OCCUPIED, SHIFT, WIDTH, Arrays, Flips, Words, key_of


def lay_out(words: Words, plan: Plan, *, threads: int = 1) -> tuple[Arrays, NDArray[np.uint32]]:
    """Return the arrays of a multi-index, and for each of its rows which row of `words` it was.

    Beside these and `words` it holds 4 bytes a row for each thread.

    Args:
        words: shape (n, 1) or (n, 4), uint64.
        plan: without parts, the rows stay in their order and are only ever scanned.
        threads: how many tables are laid out at once.
    """
    tables, words_of_blocks, ends = _tables(plan, len(words))
    order = np.arange(len(words), dtype=np.uint32)
    if plan.widths:
        keys = _keys(words[:, :2], words[:, 2:], 0, plan.widths[0])
        shift = plan.shifts[0]
        _place(keys, shift, 0, _count(keys, shift, np.zeros((1 << (plan.widths[0] - shift)) + 1, np.uint32)), order)
    arrays = Arrays(
        _reordered(words[:, :2], order, np.zeros((len(words), 2), np.uint64)),
        _reordered(words[:, 2:], order, np.empty((len(words) if words.shape[1] > 1 else 0, 2), np.uint64)),
        tables,
        np.zeros(words_of_blocks, np.uint64),
        np.zeros(ends, np.uint32),
        np.empty(max(0, len(plan.widths) - 1) * len(words), np.uint32),
    )
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(lambda part: _lay_out_part(arrays, part), range(len(tables))):
            pass
    return arrays, order


def flips_of(plan: Plan) -> Flips:
    """Return the patterns to be flipped in the blocks of each part, up to the largest radius."""
    bits = [width - shift for width, shift in zip(plan.widths, plan.shifts, strict=True)]
    patterns, ends, at = [np.empty(0, np.uint32)], {}, 0
    for each in sorted(set(bits)):
        of_bits, begins = _patterns(each)
        patterns.append(of_bits)
        ends[each] = [at + begin for begin in begins]
        at += len(of_bits)
    begins_of_parts = np.array([ends[each] for each in bits], np.int64).reshape(-1, LARGEST_RADIUS + 2)
    return Flips(np.concatenate(patterns), begins_of_parts, _balls())


@cache
def _patterns(bits: int) -> tuple[NDArray[np.uint32], list[int]]:
    """Every number of `bits` bits of which up to LARGEST_RADIUS are set, fewest first, and where each count begins."""
    patterns: list[int] = []
    begins = [0]
    for flipped in range(LARGEST_RADIUS + 1):
        patterns += sorted(sum(1 << bit for bit in which) for which in combinations(range(bits), flipped))
        begins.append(len(patterns))
    return np.array(patterns, np.uint32), begins


@cache
def _balls() -> Words:
    values = np.arange(1 << LARGEST_SHIFT)
    apart = np.bitwise_count(values[:, None] ^ values)
    bits = np.left_shift(np.uint64(1), values.astype(np.uint64))
    return np.stack([(bits * (apart <= radius)).sum(axis=1, dtype=np.uint64) for radius in range(LARGEST_RADIUS + 1)])


def _tables(plan: Plan, rows: int) -> tuple[NDArray[np.int64], int, int]:
    """Return `Arrays.tables`, and the lengths of `occupied` and of `bases`."""
    tables = np.full((len(plan.widths), 6), -1, np.int64)
    occupied = bases = 0
    for part, (bit, width, shift) in enumerate(zip(plan.bit_starts, plan.widths, plan.shifts, strict=True)):
        tables[part, [BIT, WIDTH, SHIFT, BASES]] = bit, width, shift, bases
        bases += (1 << (width - shift)) + 1
        if shift == LARGEST_SHIFT:
            tables[part, OCCUPIED] = occupied
            occupied += 1 << (width - shift)
        if part:
            tables[part, NUMBERS] = (part - 1) * rows
    return tables, occupied, bases


def _lay_out_part(arrays: Arrays, part: int) -> None:
    """Fill in what one table has of `occupied`, `bases` and `numbers`."""
    bit, width, shift, occupied_at, base_at, number_at = arrays.tables[part].tolist()
    blocks, rows = 1 << (width - shift), len(arrays.first)
    keys = _keys(arrays.first, arrays.rest, bit, width)
    bases = _count(keys, shift, arrays.bases[base_at : base_at + blocks + 1])
    if number_at >= 0:
        _place(keys, shift, shift, bases, arrays.numbers[number_at : number_at + rows])
    if occupied_at >= 0:
        _mark(keys, arrays.occupied[occupied_at : occupied_at + blocks])


@njit(nogil=True, cache=True)
def _keys(first: Words, rest: Words, bit: int, width: int) -> NDArray[np.uint32]:  # pragma: no cover - compiled
    """Return the key of each row in the table of `width` bits from place `bit`."""
    keys = np.empty(len(first), np.uint32)
    for row in range(len(first)):
        a = first[row, 0]
        b = first[row, 1] if first.shape[1] > 1 else a
        c, d = a, a
        if len(rest) > 0 and rest.shape[1] > 0:
            c, d = rest[row, 0], rest[row, 1]
        keys[row] = key_of(a, b, c, d, bit, width)
    return keys


@njit(nogil=True, cache=True)
def _count(
    keys: NDArray[np.uint32], shift: int, bases: NDArray[np.uint32]
) -> NDArray[np.uint32]:  # pragma: no cover - compiled
    """Write into `bases`, of zeros, how many rows lie before each block, and at the end how many there are."""
    for key in keys:
        bases[(np.int64(key) >> shift) + 1] += np.uint32(1)
    for block in range(1, len(bases)):
        bases[block] += bases[block - 1]
    return bases


@njit(nogil=True, cache=True)
def _place(
    keys: NDArray[np.uint32], shift: int, kept: int, bases: NDArray[np.uint32], numbers: NDArray[np.uint32]
) -> None:  # pragma: no cover - compiled
    """Write the row numbers in the order of their blocks, each with `kept` last bits of its key behind it.

    `bases` is moved on the way and set back.
    """
    last = (1 << kept) - 1
    for row in range(len(keys)):
        block = np.int64(keys[row]) >> shift
        numbers[bases[block]] = np.uint32((row << kept) | (np.int64(keys[row]) & last))
        bases[block] += np.uint32(1)
    for after in range(len(bases) - 1, 0, -1):
        bases[after] = bases[after - 1]
    bases[0] = np.uint32(0)


@njit(nogil=True, cache=True)
def _mark(keys: NDArray[np.uint32], occupied: Words) -> None:  # pragma: no cover - compiled
    for key in keys:
        occupied[np.int64(key) >> 6] |= np.uint64(1) << np.uint64(key & np.uint32(63))


@njit(nogil=True, cache=True)
def _reordered(words: Words, order: NDArray[np.uint32], into: Words) -> Words:  # pragma: no cover - compiled
    for row in range(len(into)):
        for word in range(words.shape[1]):
            into[row, word] = words[np.int64(order[row]), word]
    return into
