"""Items on their way into a bank are the same, however they are told."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.records.item_tables import pack_tables
from tsunagu.records.new_items import NewItem, key_of, pack

SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32}


@given(
    st.sets(st.sampled_from(sorted(SIZES)), min_size=1),
    st.lists(st.integers(0, 40), min_size=1, max_size=60),
    st.data(),
)
def test_items_told_by_the_column_travel_as_those_told_one_by_one(names, seeds, data):
    told = {name: [np.random.default_rng(seed).bytes(SIZES[name]) for seed in seeds] for name in names}
    table = {name: np.frombuffer(b"".join(told[name]), np.uint8).reshape(-1, SIZES[name]) for name in names}
    cut = data.draw(st.integers(0, len(seeds)))
    tables = [{name: table[name][part] for name in names} for part in (slice(cut), slice(cut, None))]
    items = [NewItem(**dict(zip(told, row, strict=True))) for row in zip(*told.values(), strict=True)]
    assert pack_tables(tables) == pack(items, by_key=True)


def test_neighbours_by_their_key_are_neighbours_by_what_they_are_known_by_first():
    for item in (NewItem(md5=b"\1" * 16, pdq=b"\2" * 32), NewItem(sha1=b"\3" * 20), NewItem(pdq=b"\4" * 32)):
        known_by = next(one for one in item if one)
        assert key_of(item)[:4] == known_by[:4]
