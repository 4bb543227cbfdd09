from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.records.ledger.merkle import Frontier, merkle_root


def by_rfc_6962(leaves):
    """Section 2.1, word for word: k is the largest power of two smaller than n."""
    if len(leaves) == 0:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_rfc_6962(leaves[:k]) + by_rfc_6962(leaves[k:])).digest()


def test_the_roots_are_those_of_the_known_answers_for_certificate_transparency():
    leaves = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    assert merkle_root(()).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle_root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle_root(leaves[:2]).hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert merkle_root(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert merkle_root(leaves[:7]).hex() == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"


@given(leaves=st.lists(st.binary(max_size=40), max_size=80))
@settings(deadline=None)
def test_the_root_of_a_list_and_of_a_frontier_are_the_one_that_the_standard_defines(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    assert merkle_root(leaves) == by_rfc_6962(leaves)
    assert frontier.root() == by_rfc_6962(leaves)
    assert frontier.size == len(leaves)


@given(leaves=st.lists(st.binary(max_size=4), max_size=80), cut=st.integers(0, 80))
@settings(deadline=None)
def test_a_frontier_written_down_and_read_back_goes_on_as_if_nothing_had_happened(leaves, cut):
    frontier = Frontier()
    for leaf in leaves[:cut]:
        frontier.append(leaf)
    frontier = Frontier.from_hex(frontier.size, frontier.to_hex())
    for leaf in leaves[cut:]:
        frontier.append(leaf)
    assert frontier.root() == by_rfc_6962(leaves)


def test_a_frontier_keeps_one_hash_for_each_one_in_the_binary_form_of_its_size():
    frontier = Frontier()
    for size in range(1, 300):
        frontier.append(b"leaf")
        assert len(frontier.to_hex()) == size.bit_count()


@pytest.mark.parametrize(
    ("size", "peaks"), [(1, []), (0, ["00" * 32]), (2, ["00" * 31]), (-1, ["00" * 32]), (1, ["xy"]), (1, [7])]
)
def test_a_frontier_that_fits_no_tree_is_refused(size, peaks):
    with pytest.raises(InputError):
        Frontier.from_hex(size, peaks)
