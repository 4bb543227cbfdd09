from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.records.ledger.chain import GENESIS, canonical, entry_hash

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
bodies = st.dictionaries(texts, values, max_size=5)


def test_an_entry_hash_is_the_sha_256_of_the_one_before_its_number_and_its_body():
    previous = bytes(range(32))
    expected = sha256(previous + b"\0\0\0\0\0\0\1\2" + '{"a":"連"}'.encode()).digest()
    assert entry_hash(previous, 258, '{"a":"連"}') == expected


def test_before_the_first_entry_stand_thirty_two_zero_bytes():
    assert bytes(32) == GENESIS


@pytest.mark.parametrize(("previous", "number"), [(b"", 1), (bytes(31), 1), (GENESIS, 0), (GENESIS, 2**63)])
def test_an_entry_hash_refuses_what_no_entry_can_have(previous, number):
    with pytest.raises(InputError):
        entry_hash(previous, number, "{}")


def test_canonical_text_has_sorted_keys_no_spaces_and_plain_characters():
    assert canonical({"b": [1, None, True], "a": {"z": "連", "y": -1}}) == '{"a":{"y":-1,"z":"連"},"b":[1,null,true]}'


@given(body=bodies)
@settings(deadline=None)
def test_canonical_text_reads_back_as_the_body_and_does_not_depend_on_the_order_of_its_keys(body):
    text = canonical(body)
    assert json.loads(text) == body
    assert canonical(dict(reversed(body.items()))) == text


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), float("inf"), b"bytes", {1: "one"}, {"deep": [0.1]}, {1, 2}, "\ud800", "a\0b", {"\0": 1}],
)
def test_canonical_text_refuses_what_has_no_single_form_or_cannot_be_kept(value):
    with pytest.raises(InputError):
        canonical({"value": value})
