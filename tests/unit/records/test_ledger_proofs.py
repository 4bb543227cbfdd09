"""Proofs of entries and of growth, held against another implementation and against every wrong step."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import EntryProof
from tsunagu.records.keys.signer import RootSigner
from tsunagu.records.ledger.merkle import leaf_hash, merkle_root, node_hash
from tsunagu.records.ledger.proof_text import proof_from_json, proof_to_json
from tsunagu.records.ledger.proofs import check_proof, consistency_path, inclusion_path, is_consistent, is_included
from tsunagu.records.ledger.signing import sign_root

MOST = 40
LEAVES = [hashlib.sha256(str(number).encode()).digest() for number in range(MOST)]
ROOTS = [merkle_root(LEAVES[:size]) for size in range(MOST + 1)]
SIGNER, NOW = RootSigner(bytes(32)), datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    """The tree as pymerkle grows it."""
    tree = InmemoryTree(algorithm="sha256")
    for leaf in LEAVES:
        tree.append_entry(leaf)
    return tree


def test_every_inclusion_is_proven_as_the_oracle_proves_it(oracle: InmemoryTree) -> None:
    for size in range(1, MOST + 1):
        assert oracle.get_root(size) == ROOTS[size]
        for index in range(size):
            ours = inclusion_path(LEAVES[:size], index)
            theirs = oracle.prove_inclusion(index + 1, size).path
            assert list(ours) == theirs[1:], (index, size)
            assert is_included(LEAVES[index], index, size, ours, ROOTS[size])


def test_every_growth_is_proven_and_no_other(oracle: InmemoryTree) -> None:
    for size in range(1, MOST + 1):
        for first in range(1, size + 1):
            path = consistency_path(LEAVES[:size], first)
            assert is_consistent(first, size, path, ROOTS[first], ROOTS[size])
            assert not is_consistent(first, size, path, ROOTS[first - 1], ROOTS[size])
            assert not is_consistent(first, size, path, ROOTS[first], ROOTS[size - 1])
            oracle.prove_consistency(first, size).verify(ROOTS[first], ROOTS[size])


def test_the_example_of_rfc_6962_section_2_1_3() -> None:
    """Seven leaves: what proves d0, d3, d4 and d6, and growth from three, four and six of them."""
    a, b, c, d, e, f, j = (leaf_hash(leaf) for leaf in LEAVES[:7])
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 - the letters of the RFC
    assert [inclusion_path(LEAVES[:7], at) for at in (0, 3, 4, 6)] == [(b, h, l), (c, g, l), (f, j, k), (i, k)]
    assert [consistency_path(LEAVES[:7], size) for size in (3, 4, 6)] == [(c, d, g, l), (l,), (i, j, k)]


@given(data=st.data())
def test_a_proof_with_any_step_changed_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, MOST))
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    inclusion, growth = list(inclusion_path(LEAVES[:size], index)), list(consistency_path(LEAVES[:size], first))
    for path in (inclusion, growth):
        at = data.draw(st.integers(0, len(path)))
        kind = data.draw(st.sampled_from(["changed", "more", "fewer"]))
        if kind == "more" or not path:
            path.insert(at, data.draw(st.sampled_from([*ROOTS, *LEAVES])))
        elif kind == "fewer":
            path.pop(at % len(path))
        else:
            old = path[at % len(path)]
            path[at % len(path)] = bytes([old[0] ^ 1]) + old[1:]
    assert not is_included(LEAVES[index], index, size, inclusion, ROOTS[size])
    assert not is_consistent(first, size, growth, ROOTS[first], ROOTS[size])


@given(index=st.integers(0, MOST - 1), other=st.integers(-1, MOST), size=st.integers(1, MOST))
def test_an_entry_is_proven_at_its_own_place_alone(index: int, other: int, size: int) -> None:
    if index >= size or other == index:
        return
    path = inclusion_path(LEAVES[:size], index)
    assert not is_included(LEAVES[index], other, size, path, ROOTS[size])


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_of_what_is_not_there_nothing_is_proven(size: int, index: int) -> None:
    with pytest.raises(InputError):
        inclusion_path(LEAVES[:size], index)
    with pytest.raises(InputError):
        consistency_path(LEAVES[:size], size + 1)
    with pytest.raises(InputError):
        consistency_path(LEAVES[:size], 0)


def proof(number: int, size: int, held: int = 0) -> EntryProof:
    leaves = LEAVES[:size]
    root = sign_root(size, ROOTS[size], now=NOW, signer=SIGNER)
    growth = consistency_path(leaves, held) if held else ()
    return EntryProof(number, leaves[number - 1], bytes(32), root, inclusion_path(leaves, number - 1), held, growth)


def public_key() -> bytes:
    return SIGNER._key.public_key().public_bytes_raw()


def test_a_root_that_is_held_proves_what_it_covers_without_any_key() -> None:
    held = sign_root(8, ROOTS[8], now=NOW, signer=SIGNER)
    assert check_proof(proof(8, 21, 8), held=held, public_key=None) is None
    assert "newer" in (check_proof(proof(9, 21, 8), held=held, public_key=None) or "")
    assert check_proof(proof(9, 21, 8), held=held, public_key=public_key()) is None


def test_a_ledger_that_was_rewritten_is_told_by_the_root_that_is_held() -> None:
    held = sign_root(8, ROOTS[9], now=NOW, signer=SIGNER)
    assert "did not grow" in (check_proof(proof(8, 21, 8), held=held, public_key=public_key()) or "")
    assert "did not grow" in (check_proof(proof(8, 21), held=held, public_key=public_key()) or "")


def test_by_itself_a_proof_proves_nothing() -> None:
    assert "Nothing proves" in (check_proof(proof(3, 9), held=None, public_key=None) or "")
    assert check_proof(proof(3, 9), held=None, public_key=public_key()) is None
    assert "not signed" in (check_proof(proof(3, 9), held=None, public_key=bytes(32)) or "")


def test_a_proof_is_read_back_as_it_was() -> None:
    for one in (proof(3, 9), proof(1, 1), proof(9, 21, 8)):
        assert proof_from_json(proof_to_json(one)) == one


@given(data=st.data())
def test_what_is_no_proof_is_refused(data: st.DataObject) -> None:
    fields = json.loads(proof_to_json(proof(3, 9, 2)))
    name = data.draw(st.sampled_from([*fields, "root"]))
    fields[name] = data.draw(st.sampled_from([None, -1, "x", [1], {"size": 0}, ["00"], 2**70, "00" * 31, []]))
    text = json.dumps(fields)
    try:
        found = proof_from_json(text)
    except InputError:
        return
    assert name in {"inclusion", "consistency"}
    assert fields[name] == []
    assert check_proof(found, held=sign_root(2, ROOTS[2], now=NOW, signer=SIGNER), public_key=None) is not None
