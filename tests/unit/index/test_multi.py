"""The multi-index finds what looking at every row finds, however the rows lie."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.building import flips_of, lay_out
from tsunagu.index.costs import reach_of
from tsunagu.index.flat import FlatIndex
from tsunagu.index.multi import MultiIndex
from tsunagu.index.plan import plan_parts
from tsunagu.index.probing import search_parts

PDQ = FingerprintKind.PDQ
Table = NDArray[np.uint8]


def uniform(rows: int) -> Table:
    return np.random.default_rng(1).integers(0, 256, (rows, 32), np.uint8)


def crowded(rows: int) -> Table:
    """Nine rows of ten lie around one fingerprint, some hundreds of them in its very place."""
    random = np.random.default_rng(2)
    table = random.integers(0, 256, (rows, 32), np.uint8)
    near = random.random(rows) < 0.9
    table[near] = table[0]
    flipped = near & (random.random(rows) < 0.9)
    table[flipped, random.integers(0, 32, flipped.sum())] ^= np.uint8(1) << random.integers(
        0, 8, flipped.sum(), np.uint8
    )
    return table


def changed(table: Table, bits: int) -> Table:
    random = np.random.default_rng(3)
    table = table.copy()
    for row in table:
        for place in random.choice(256, bits, replace=False):
            row[place >> 3] ^= 1 << (place & 7)
    return table


@pytest.mark.parametrize("rows", [uniform(20_000), crowded(20_000)], ids=["uniform", "crowded"])
@pytest.mark.parametrize("radius_bits", [0, 1, 12, 31, 40, 64, 120])
def test_it_finds_hit_for_hit_what_the_flat_index_finds(rows: Table, radius_bits: int) -> None:
    ids = np.arange(len(rows)) * 7
    flat, multi = (build(PDQ, rows, ids, version="t") for build in (FlatIndex, MultiIndex.of_table))
    queries = np.concatenate([changed(rows[:60], min(radius_bits, 31)), changed(rows[60:80], 40), uniform(20)])
    wanted, found = (index.search_table(queries, radius_bits) for index in (flat, multi))
    assert len(wanted[0]) > 0
    for one, other in zip(wanted, found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("make", [uniform, crowded])
def test_rows_whose_numbers_take_more_than_sixteen_bits_are_found_as_well(make: Callable[[int], Table]) -> None:
    rows = make(150_000)
    ids = np.arange(len(rows))
    flat, multi = (build(PDQ, rows, ids, version="t") for build in (FlatIndex, MultiIndex.of_table))
    queries = changed(rows[::30_000], 20)
    wanted, found = (index.search_table(queries, 31) for index in (flat, multi))
    assert len(np.unique(wanted[0])) == len(queries)
    for one, other in zip(wanted, found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_query_that_meets_too_many_rows_is_left_to_the_scan() -> None:
    rows = crowded(20_000).view(np.uint64)
    plan = plan_parts(len(rows), 256, 31, 84)
    arrays, _ = lay_out(rows, plan)
    found, spent_ns = np.empty((9, 3), np.int64), np.empty(2)
    queries = np.concatenate([rows[:1], ~rows[:1]])
    _, left = search_parts(arrays, flips_of(plan), queries, reach_of(np.array(plan.radii)), 31, 4e4, found, spent_ns)
    assert left == 1
    assert (spent_ns > 40_000).tolist() == [True, False]


@pytest.mark.parametrize("bits", [64, 256])
def test_fingerprints_of_either_length_are_laid_out_and_found(bits: int) -> None:
    rows = uniform(40_000).view(np.uint64)[:, : bits // 64]
    plan = plan_parts(len(rows), bits, 8, 70)
    arrays, order = lay_out(np.ascontiguousarray(rows), plan, threads=2)
    queries = np.zeros((50, 4), np.uint64)
    queries[:, : bits // 64] = rows[:50]
    queries[:, 0] ^= np.uint64(0b1011001)
    found, spent_ns = np.empty((1000, 3), np.int64), np.empty(50)
    total, _ = search_parts(arrays, flips_of(plan), queries, reach_of(np.array(plan.radii)), 8, np.inf, found, spent_ns)
    apart = np.bitwise_count(rows[None] ^ queries[:, None, : bits // 64]).sum(axis=2)
    wanted = {(at, row, int(apart[at, row])) for at, row in np.argwhere(apart <= 8).tolist()}
    assert {(at, int(order[row]), apart_bits) for at, row, apart_bits in found[:total].tolist()} == wanted
    assert total == len(wanted) >= 50


def test_a_table_that_does_not_fit_its_kind_or_its_ids_is_refused() -> None:
    with pytest.raises(InputError):
        MultiIndex.of_table(PDQ, np.zeros((3, 31), np.uint8), np.arange(3), version="t")
    with pytest.raises(InputError):
        MultiIndex.of_table(PDQ, np.zeros((3, 32), np.uint8), np.arange(4), version="t")


def test_hits_whose_ids_lie_too_far_apart_for_one_number_come_in_the_same_order() -> None:
    rows = crowded(5_000)
    near, far = np.arange(len(rows)), np.arange(len(rows)) * (2**63 // len(rows) - 1) - 2**62
    wanted, found = (MultiIndex.of_table(PDQ, rows, ids, version="t").search_table(rows[:3], 31) for ids in (near, far))
    assert len(wanted[0]) > 1000
    for one, other in zip((wanted[0], far[wanted[1]], wanted[2]), found, strict=True):
        np.testing.assert_array_equal(one, other)
