"""Laying out the arrays of a multi-index: a counting sort for each of its tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import combinations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.index.nearness import AT_ONCE, SIGNATURE_BITS
from tsunagu.index.plan import LARGEST_RADIUS, Plan
from tsunagu.index.probing import Arrays, Flips, Words, key_of, signature_of
from tsunagu.index.row_numbers import words_of_steps, write_numbers


def lay_out(words: Words, plan: Plan, *, threads: int = 1) -> tuple[Arrays, NDArray[np.uint32]]:
    """Return the arrays of a multi-index, and for each of its rows which row of `words` it was.

    Beside these and `words` it holds 8 bytes a row for each thread.

    Args:
        words: shape (n, 1) or (n, 4), uint64.
        plan: without parts, the rows stay in their order and are only ever scanned.
        threads: how many tables are laid out at once.
    """
    tables, bases, high_words = _tables(plan, len(words))
    order = np.arange(len(words), dtype=np.uint32)
    if plan.widths:
        keys = _keys(words[:, :2], words[:, 2:], 0, plan.widths[0])
        shift = plan.shifts[0]
        _sort(keys, shift, _count(keys, shift, np.zeros((1 << (plan.widths[0] - shift)) + 1, np.uint32)), order)
    arrays = Arrays(
        _reordered(words[:, :2], order, np.zeros((len(words), 2), np.uint64)),
        _reordered(words[:, 2:], order, np.empty((len(words) if words.shape[1] > 1 else 0, 2), np.uint64)),
        tables,
        np.zeros(bases, np.uint32),
        np.zeros(len(tables) * len(words) + AT_ONCE, np.uint16),
        np.empty(max(0, len(tables) - 1) * len(words), np.uint16),
        np.zeros(high_words, np.uint64),
    )
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(lambda part: _lay_out_part(arrays, part), range(len(tables))):
            pass
    for each in arrays:  # as those of a snapshot are: kernels are compiled for one kind of array alone
        each.setflags(write=False)
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
    return Flips(np.concatenate(patterns), begins_of_parts)


@cache
def _patterns(bits: int) -> tuple[NDArray[np.uint32], list[int]]:
    """Every number of `bits` bits of which up to LARGEST_RADIUS are set, fewest first, and where each count begins."""
    patterns: list[int] = []
    begins = [0]
    for flipped in range(LARGEST_RADIUS + 1):
        patterns += sorted(sum(1 << bit for bit in which) for which in combinations(range(bits), flipped))
        begins.append(len(patterns))
    return np.array(patterns, np.uint32), begins


def _tables(plan: Plan, rows: int) -> tuple[NDArray[np.int64], int, int]:
    """Return `Arrays.tables`, and the lengths of `bases` and `highs`."""
    parts = len(plan.widths)
    tables = np.empty((parts, 7), np.int64)
    bases = high_words = 0
    for part, (bit, width, shift) in enumerate(zip(plan.bit_starts, plan.widths, plan.shifts, strict=True)):
        after = (part + 1) % parts
        of_next = min(SIGNATURE_BITS - shift, plan.widths[after])
        tables[part] = bit, width, shift, plan.bit_starts[after], of_next, bases, 64 * high_words
        blocks = 1 << (width - shift)
        bases += blocks + 1
        high_words += words_of_steps(rows, blocks) if part else 0
    return tables, bases, high_words


def _lay_out_part(arrays: Arrays, part: int) -> None:
    """Fill in what one table has of `bases`, `signatures`, `lows` and `highs`."""
    bit, width, shift, _, _, base_at, high_at = arrays.tables[part].tolist()
    blocks, rows = 1 << (width - shift), len(arrays.first)
    keys = _keys(arrays.first, arrays.rest, bit, width)
    bases = _count(keys, shift, arrays.bases[base_at : base_at + blocks + 1])
    order = np.arange(rows, dtype=np.uint32)
    if part:
        _sort(keys, shift, bases, order)
        lows = arrays.lows[(part - 1) * rows : part * rows]
        write_numbers(order, bases, lows, arrays.highs[high_at // 64 :])
    _sign(arrays.first, arrays.rest, arrays.tables[part], order, arrays.signatures[part * rows : (part + 1) * rows])


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
def _sort(
    keys: NDArray[np.uint32], shift: int, bases: NDArray[np.uint32], order: NDArray[np.uint32]
) -> None:  # pragma: no cover - compiled
    """Write the row numbers into `order` as their blocks follow one another; `bases` is moved and set back."""
    for row in range(len(keys)):
        block = np.int64(keys[row]) >> shift
        order[bases[block]] = np.uint32(row)
        bases[block] += np.uint32(1)
    for after in range(len(bases) - 1, 0, -1):
        bases[after] = bases[after - 1]
    bases[0] = np.uint32(0)


@njit(nogil=True, cache=True)
def _sign(
    first: Words, rest: Words, table: NDArray[np.int64], order: NDArray[np.uint32], signatures: NDArray[np.uint16]
) -> None:  # pragma: no cover - compiled
    """Write the signatures of the rows in their order."""
    for place in range(len(order)):
        row = np.int64(order[place])
        a, b = first[row, 0], first[row, 1]
        c, d = a, a
        if len(rest) > 0:
            c, d = rest[row, 0], rest[row, 1]
        signatures[place] = signature_of(a, b, c, d, table)


@njit(nogil=True, cache=True)
def _reordered(words: Words, order: NDArray[np.uint32], into: Words) -> Words:  # pragma: no cover - compiled
    for row in range(len(into)):
        for word in range(words.shape[1]):
            into[row, word] = words[np.int64(order[row]), word]
    return into
