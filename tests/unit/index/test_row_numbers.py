"""Row numbers come out of their two halves as they went in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tsunagu.index.row_numbers import bytes_of_numbers, read_numbers, steps_of, words_of_steps, write_numbers


@pytest.mark.parametrize("rows", [1, 1 << 16, (1 << 16) + 1])
@pytest.mark.parametrize("blocks", [1, 1 << 10])
def test_two_to_the_sixteen_blocks_and_less_take_little_more_than_two_bytes_a_row(rows: int, blocks: int) -> None:
    assert bytes_of_numbers(rows, blocks) <= 2 * rows + (rows + blocks * (rows >> 16)) / 8 + 8


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 400_000), blocks=st.integers(1, 3_000), crowded=st.floats(0, 1), seed=st.integers(0, 1 << 32)
)
@example(rows=1, blocks=1, crowded=0.0, seed=0)
@example(rows=1 << 16, blocks=2, crowded=0.5, seed=0)
@example(rows=(1 << 16) + 1, blocks=2, crowded=0.5, seed=0)
@example(rows=300_000, blocks=1, crowded=1.0, seed=0)
def test_each_row_number_is_read_back_wherever_it_lies(rows: int, blocks: int, crowded: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    of_block = random.integers(0, blocks, rows)
    of_block[random.random(rows) < crowded] = blocks // 2
    order = np.argsort(of_block, kind="stable").astype(np.uint32)
    bases = np.searchsorted(of_block[order], np.arange(blocks + 1)).astype(np.uint32)
    lows, highs = np.empty(rows, np.uint16), np.zeros(words_of_steps(rows, blocks), np.uint64)
    write_numbers(order, bases, lows, highs)
    places = np.sort(random.integers(0, rows, 50))
    for asked in (places, np.concatenate([places[::-1], [0, rows - 1]])):
        blocks_of = of_block[order[asked]]
        first = bases[blocks_of].astype(np.int64)
        entries = np.stack([asked, asked - first, first + blocks_of * steps_of(rows)], axis=1)
        read_numbers(lows, highs, entries)
        np.testing.assert_array_equal(entries[:, 0], order[asked])
