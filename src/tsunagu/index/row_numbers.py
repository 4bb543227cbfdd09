"""Row numbers of a table's entries, in little more than two bytes each.

Within a block the rows ascend. So of each number the low 16 bits are kept as they are, and of the others only by how
much they grow, a bit for each step and one for each entry (P. Elias, "Efficient storage and retrieval by content and
address of static files", J. ACM 21(2), 1974; R. Fano, 1971): the entry at place p of block b, of row r, has the bit
p + b * steps + (r >> 16). With 2**16 blocks that are two bits an entry, whatever the number of rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.index.popcount import popcount

LOW_BITS = 16
_WORD_BITS = 64


def steps_of(rows: int) -> int:
    """Return how far a row number's high bits may grow: so many bits a block takes beside those of its entries."""
    return max(0, rows - 1) >> LOW_BITS


def words_of_steps(rows: int, blocks: int) -> int:
    """Return how many words of 64 bits the high bits of a table's row numbers take."""
    return -(-(rows + blocks * steps_of(rows)) // _WORD_BITS)


def bytes_of_numbers(rows: int, blocks: int) -> int:
    """Return how many bytes a table's row numbers take."""
    return LOW_BITS // 8 * rows + _WORD_BITS // 8 * words_of_steps(rows, blocks)


@njit(nogil=True, cache=True)
def write_numbers(
    order: NDArray[np.uint32], bases: NDArray[np.uint32], lows: NDArray[np.uint16], highs: NDArray[np.uint64]
) -> None:  # pragma: no cover - compiled
    """Write a table's row numbers into `lows` and into `highs`, of zeros.

    Args:
        order: shape (n,), the row of each entry; they ascend within each block.
        bases: shape (blocks + 1,), how many entries lie before each block, and at the end n.
    """
    steps = np.int64(len(order) - 1) >> LOW_BITS
    for block in range(len(bases) - 1):
        for place in range(bases[block], bases[block + 1]):
            row = np.int64(order[place])
            lows[place] = np.uint16(row & 0xFFFF)
            bit = np.int64(place) + block * steps + (row >> LOW_BITS)
            highs[bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)


@njit(nogil=True, cache=True)
def read_numbers(
    lows: NDArray[np.uint16], highs: NDArray[np.uint64], entries: NDArray[np.int64]
) -> None:  # pragma: no cover - compiled
    """Put the row in the place of each entry's place.

    Where entries of one block follow each other, as they lie, its bits are passed once: it may hold nearly
    all rows.

    Args:
        entries: shape (k, 3), of each entry its place in `lows`, how many entries of its block lie before it, and the
            bit that the first of them has where its row is below 2**16.
    """
    begin, word, bits, before = np.int64(-1), np.int64(0), np.uint64(0), np.int64(0)
    for which in range(len(entries)):
        place, rank = entries[which, 0], entries[which, 1]
        if entries[which, 2] != begin or rank < before:
            begin, before = entries[which, 2], np.int64(0)
            word = begin >> 6
            bits = highs[word] & (~np.uint64(0) << np.uint64(begin & 63))
        while before + popcount(bits) <= rank:
            before += popcount(bits)
            word += 1
            bits = highs[word]
        high = (word << 6) + _place_of(bits, rank - before) - begin - rank
        entries[which, 0] = (high << LOW_BITS) | np.int64(lows[place])


@njit(nogil=True, cache=True)
def _place_of(bits: Any, rank: Any) -> Any:  # pragma: no cover - compiled
    """Return the place of the set bit of a word that has `rank` others below it."""
    place = np.int64(0)
    for half in (32, 16, 8, 4, 2, 1):
        lower = popcount(bits & ((np.uint64(1) << np.uint64(half)) - np.uint64(1)))
        if lower <= rank:
            rank -= lower
            bits >>= np.uint64(half)
            place += half
    return place
