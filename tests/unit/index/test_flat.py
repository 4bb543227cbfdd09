from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.hit import Hit
from tsunagu.index.flat import FlatIndex

PDQ = FingerprintKind.PDQ


def table_of(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.integers(0, 256, (count, 32), dtype=np.uint8)


def near_copies(rng: np.random.Generator, table: np.ndarray, most_bits: int) -> np.ndarray:
    copies = np.unpackbits(table, axis=1)
    for row in copies:
        row[rng.choice(256, rng.integers(0, most_bits + 1), replace=False)] ^= 1
    return np.packbits(copies, axis=1)


def by_definition(table: np.ndarray, ids: np.ndarray, queries: np.ndarray, radius_bits: int) -> list[tuple]:
    far = np.unpackbits(queries[:, None] ^ table[None], axis=2).sum(axis=2, dtype=np.int64)
    return sorted((int(q), int(far[q, e]), int(ids[e])) for q, e in np.argwhere(far <= radius_bits))


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.sampled_from([0, 1, 2, 255, 256, 257, 2048, 2049, 5000]),
    asked=st.integers(0, 20),
    radius_bits=st.sampled_from([0, 1, 8, 31, 40]),
)
def test_a_table_search_returns_every_pair_within_the_radius_in_order(
    seed: int, count: int, asked: int, radius_bits: int
) -> None:
    rng = np.random.default_rng(seed)
    table = table_of(rng, count)
    ids = rng.integers(-(2**40), 2**40, count)
    picked = near_copies(rng, table[rng.integers(0, count, asked)], 60) if count else table_of(rng, asked)
    index = FlatIndex(PDQ, table, ids, version="t1")
    rows, entry_ids, distances = index.search_table(picked, radius_bits=radius_bits)
    found = list(zip(rows.tolist(), distances.tolist(), entry_ids.tolist(), strict=True))
    assert found == by_definition(table, ids, picked, radius_bits)
    assert rows.dtype == entry_ids.dtype == distances.dtype == np.int64


def test_more_hits_than_the_first_room_are_all_returned() -> None:
    table = np.zeros((3000, 32), np.uint8)
    index = FlatIndex(PDQ, table, np.arange(3000)[::-1].copy(), version="t1")
    rows, entry_ids, distances = index.search_table(table[:7], radius_bits=256)
    assert rows.tolist() == sorted(list(range(7)) * 3000)
    assert entry_ids.tolist() == list(range(3000)) * 7
    assert not distances.any()


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.sampled_from([0, 1, 255, 256, 257, 2049, 3000]),
    asked=st.integers(0, 12),
    radius_bits=st.sampled_from([0, 8, 31, 100]),
    least_pairs=st.integers(1, 4),
    without=st.none() | st.integers(0, 12),
)
def test_ids_are_told_that_enough_pairs_speak_for(
    seed: int, count: int, asked: int, radius_bits: int, least_pairs: int, without: int | None
) -> None:
    rng = np.random.default_rng(seed)
    table = near_copies(rng, table_of(rng, 20)[rng.integers(0, 20, count)], 20)
    ids = rng.integers(0, rng.choice([4, 13, 2000]), count)
    queries = near_copies(rng, table[rng.integers(0, count, asked)], 20) if count else table_of(rng, asked)
    index = FlatIndex(PDQ, table, ids, version="t1")
    found = index.ids_within(queries, radius_bits, least_pairs=least_pairs, without=without)
    pairs = Counter(entry_id for _, _, entry_id in by_definition(table, ids, queries, radius_bits))
    assert found.tolist() == sorted(one for one in pairs if pairs[one] >= least_pairs and one != without)
    assert found.dtype == np.int64


@pytest.mark.parametrize(("radius_bits", "least_pairs"), [(-1, 1), (31, 0)])
def test_neither_a_negative_radius_nor_no_pairs_can_be_asked_for(radius_bits: int, least_pairs: int) -> None:
    index = FlatIndex(PDQ, np.zeros((2, 32), np.uint8), np.arange(2), version="t1")
    with pytest.raises(InputError):
        index.ids_within(np.zeros((1, 32), np.uint8), radius_bits, least_pairs=least_pairs)


def test_a_radius_beyond_all_bits_returns_everything() -> None:
    rng = np.random.default_rng(0)
    index = FlatIndex(PDQ, table_of(rng, 10), np.arange(10), version="t1")
    assert len(index.search(Fingerprint(PDQ, bytes(32), 100), radius_bits=10_000)) == 10


def test_the_index_keeps_its_own_copy() -> None:
    table, ids = np.zeros((1, 32), np.uint8), np.array([5])
    index = FlatIndex(PDQ, table, ids, version="t1")
    table[:], ids[:] = 255, 6
    assert index.search(Fingerprint(PDQ, bytes(32), 100), radius_bits=0) == (Hit(0, 5),)


def test_a_table_and_the_same_entries_make_the_same_index() -> None:
    table = table_of(np.random.default_rng(1), 20)
    entries = [(row, Fingerprint(PDQ, data.tobytes(), 100)) for row, data in enumerate(table)]
    built = FlatIndex.build(PDQ, entries, version="t1")
    copied = FlatIndex(PDQ, table, np.arange(20), version="t1")
    for _, one in entries:
        assert built.search(one, radius_bits=110) == copied.search(one, radius_bits=110)


@pytest.mark.parametrize(
    "table", [np.zeros((2, 31), np.uint8), np.zeros(64, np.uint8), np.zeros((2, 32), np.int8), np.zeros((2, 4), "u8")]
)
def test_a_table_of_another_width_or_type_is_refused(table: np.ndarray) -> None:
    with pytest.raises(InputError):
        FlatIndex(PDQ, table, np.arange(2), version="t1")
    with pytest.raises(InputError):
        FlatIndex(PDQ, np.zeros((2, 32), np.uint8), np.arange(2), version="t1").search_table(table, radius_bits=31)


@pytest.mark.parametrize("ids", [np.arange(3), np.arange(2, dtype=np.int32), np.zeros((2, 1), np.int64)])
def test_ids_that_do_not_fit_the_table_are_refused(ids: np.ndarray) -> None:
    with pytest.raises(InputError):
        FlatIndex(PDQ, np.zeros((2, 32), np.uint8), ids, version="t1")
