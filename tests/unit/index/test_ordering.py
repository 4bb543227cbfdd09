"""Keys come in ascending order, however many there are."""

from __future__ import annotations

import numpy as np
import pytest

from tsunagu.index.ordering import sorted_keys


@pytest.mark.parametrize("count", [1, 2, 4_095, 4_096, 50_000])
@pytest.mark.parametrize("bits", [0, 1, 11, 12, 63])
def test_the_keys_are_those_and_ascend(count: int, bits: int) -> None:
    keys = np.random.default_rng(count).integers(0, 1 << bits, count)
    before = keys.copy()
    np.testing.assert_array_equal(sorted_keys(keys), np.sort(keys))
    np.testing.assert_array_equal(keys, before)
