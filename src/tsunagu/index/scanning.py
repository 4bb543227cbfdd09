"""The kernel that looks at every row of a multi-index, where that is cheaper than asking its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.index.popcount import popcount
from tsunagu.index.probing import Arrays, Words

_BLOCK_ROWS, _STRIDE_ROWS = 1024, 128
_HALF_TELLS_OFF = 45
"""Within so large a radius over its first 128 bits hardly any row lies by chance; beyond, whole rows are compared."""


@njit(nogil=True, cache=True)
def search_all(
    arrays: Arrays, queries: Words, radius: int, found: NDArray[np.int64]
) -> int:  # pragma: no cover - compiled
    """Write (query, row, distance) of each pair within `radius` into `found`, looking at all rows; return how many."""
    first, rest = arrays.first, arrays.rest
    rows, total = len(first), 0
    for block in range(0, rows, _BLOCK_ROWS):
        block_end = min(block + _BLOCK_ROWS, rows)
        for at in range(len(queries)):
            q0, q1, q2, q3 = queries[at, 0], queries[at, 1], queries[at, 2], queries[at, 3]
            for start in range(block, block_end, _STRIDE_ROWS):
                end = min(start + _STRIDE_ROWS, block_end)
                if radius <= _HALF_TELLS_OFF or len(rest) == 0:
                    near = _first_half_near(first[start:end], q0, q1, radius)
                else:
                    near = _near(first[start:end], rest[start:end], queries[at], radius)
                if near == 0:
                    continue
                for row in range(start, end):
                    distance = popcount(first[row, 0] ^ q0) + popcount(first[row, 1] ^ q1)
                    if distance <= radius and len(rest) > 0:
                        distance += popcount(rest[row, 0] ^ q2) + popcount(rest[row, 1] ^ q3)
                    if distance <= radius:
                        if total < len(found):
                            found[total, 0], found[total, 1], found[total, 2] = at, row, distance
                        total += 1
    return total


@njit(nogil=True, cache=True)
def _first_half_near(first: Words, a: Any, b: Any, radius: Any) -> Any:  # pragma: no cover - compiled
    """Return how many rows are within `radius` over their first 128 bits: for nearly all stretches of rows none."""
    near = 0
    for row in range(len(first)):
        near += popcount(first[row, 0] ^ a) + popcount(first[row, 1] ^ b) <= radius
    return near


@njit(nogil=True, cache=True)
def _near(first: Words, rest: Words, query: Words, radius: Any) -> Any:  # pragma: no cover - compiled
    """Return how many rows are within `radius`."""
    a, b, c, d = query[0], query[1], query[2], query[3]
    near = 0
    for row in range(len(first)):
        apart = popcount(first[row, 0] ^ a) + popcount(first[row, 1] ^ b)
        near += apart + popcount(rest[row, 0] ^ c) + popcount(rest[row, 1] ^ d) <= radius
    return near
