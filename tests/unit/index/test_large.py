"""At the size of real lists the multi-index still finds what looking at every row finds."""

from __future__ import annotations

import numpy as np
import pytest

from bench.hashes import hashes, queries_of
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.flat import FlatIndex
from tsunagu.index.multi import MultiIndex

PDQ = FingerprintKind.PDQ
pytest.importorskip("skimage", reason="its photographs are what real fingerprints are made of")


@pytest.mark.soak
@pytest.mark.parametrize("rows", [1_000_000, 10_000_000])
@pytest.mark.parametrize("data", ["skewed", "uniform", "harsh"])
def test_it_finds_hit_for_hit_what_the_flat_index_finds(rows: int, data: str) -> None:
    random = np.random.default_rng(rows)
    table = hashes(data, rows, random)
    queries = queries_of(table, data, 40, 31, random)
    ids = random.permutation(rows)
    flat, multi = FlatIndex(PDQ, table, ids, version="t"), MultiIndex.of_table(PDQ, table, ids, version="t", threads=2)
    for radius in (0, 8, 31, 44):
        for one, other in zip(flat.search_table(queries, radius), multi.search_table(queries, radius), strict=True):
            np.testing.assert_array_equal(one, other)
