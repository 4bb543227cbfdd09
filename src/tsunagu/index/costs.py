"""What answering costs with the rows of one multi-index on one machine, and the radii that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

from tsunagu.index.plan import LARGEST_RADIUS
from tsunagu.index.probing import Arrays, Flips, Words, search_parts
from tsunagu.index.scanning import search_all

Costs = NDArray[np.float64]
"""Shape (parts, LARGEST_RADIUS + 1): nanoseconds that a query spends in a part's table at each radius."""
_QUERIES = 64
_SCANNED_ROWS = 1 << 17
_TRIES = 5


def measure_costs(arrays: Arrays, flips: Flips) -> Costs:
    """Return what queries cost that lie as the rows themselves do, with 20 of their bits changed.

    What they look at is counted, and not how long it takes: other programs on the machine do not change that.
    """
    costs = np.empty((len(arrays.tables), LARGEST_RADIUS + 1))
    if not len(costs):
        return costs
    queries = _queries_near(arrays)
    found, spent_ns = np.empty((0, 3), np.int64), np.empty(len(queries))
    for part, radius in np.ndindex(costs.shape):
        reach = np.full((len(costs), 2), -1, np.int64)
        # The part that follows may differ as far.
        reach[part] = radius, 2 * radius + 1
        search_parts(arrays, flips, queries, reach, 0, np.inf, found, spent_ns)
        costs[part, radius] = spent_ns.mean()
    return np.maximum.accumulate(costs, axis=1)


def measure_scan_ns(arrays: Arrays) -> float:
    """Return the nanoseconds of one query that looks at all rows: the least of some tries, since others interfere."""
    some = arrays._replace(first=arrays.first[:_SCANNED_ROWS], rest=arrays.rest[:_SCANNED_ROWS])
    query, found = np.zeros((1, 4), np.uint64), np.empty((0, 3), np.int64)
    took = []
    for _ in range(_TRIES):
        begin = perf_counter_ns()
        search_all(some, query, 0, found)
        took.append(perf_counter_ns() - begin)
    return min(took) * len(arrays.first) / max(1, len(some.first))


def reach_of(radii: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each part how many of its bits may differ, and how many of its own and the next part's together.

    Where the sum of (radius + 1) over all parts exceeds the radius, walking round the ring of parts from the right one
    the bits that differ stay below the sum of (radius + 1) so far, after each step (the cycle lemma; Qin and Xiao,
    "Pigeonring", VLDB 2018). So a row within the radius is met where a part, and that and the next, keep within theirs.
    """
    return np.stack([radii, radii + np.roll(radii, -1) + 1], axis=1)


def cheapest_radii(costs: Costs, largest_radius_bits: int) -> Iterator[tuple[NDArray[np.int64], float]]:
    """Yield for each radius from 0 on how far each part is searched, -1 for one that need not be, and a query's cost.

    The sum of (radius + 1) over the parts is one more than the radius, so that nothing is missed; each further bit is
    flipped where that costs least. It ends where the parts are too few, or at the largest radius. Costs are in ns.
    """
    radii = np.full(len(costs), -1, np.int64)
    # What each part costs more when it is searched one bit further than it is.
    more = np.diff(costs, axis=1, prepend=0.0, append=np.inf)
    total = 0.0
    for _ in range(min(largest_radius_bits + 1, len(costs) * (LARGEST_RADIUS + 1))):
        cheapest = int(np.argmin(more[np.arange(len(costs)), radii + 1]))
        total += float(more[cheapest, radii[cheapest] + 1])
        radii[cheapest] += 1
        yield radii.copy(), total


def _queries_near(arrays: Arrays) -> Words:
    random = np.random.default_rng(0)
    rows = random.integers(0, len(arrays.first), _QUERIES)
    queries = np.zeros((_QUERIES, 4), np.uint64)
    queries[:, :2] = arrays.first[rows]
    words = 1
    if len(arrays.rest):
        queries[:, 2:], words = arrays.rest[rows], 4
    for _ in range(20):
        changed = np.left_shift(np.uint64(1), random.integers(0, 64, _QUERIES, np.uint64))
        queries[np.arange(_QUERIES), random.integers(0, words, _QUERIES)] ^= changed
    return queries
