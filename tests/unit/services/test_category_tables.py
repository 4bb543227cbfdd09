"""What the categories of a list mean is taken as the officer tells it, or refused."""

from __future__ import annotations

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.services.banks.category_tables import MOST_TABLE_BYTES, tables_of, told_tables


def test_tables_are_told_by_context_and_version_and_given_to_readers_so() -> None:
    told = told_tables('{"US/2.0": {"1": "first", "02": "second"}, "a/b/3": {"0": "zero"}, "none": {}}')
    assert told == {"US/2.0": {"1": "first", "2": "second"}, "a/b/3": {"0": "zero"}, "none": {}}
    assert tables_of(told) == {
        ("US", "2.0"): {1: "first", 2: "second"},
        ("a/b", "3"): {0: "zero"},
        ("", "none"): {},
    }


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_told_maps_nothing(text: str) -> None:
    assert tables_of(told_tables(text)) == {}


@pytest.mark.parametrize(
    "text",
    ["no", "[]", "3", '{"a/1": []}', '{"a/1": {"x": "y"}}', '{"a/1": {"1": "\\u0000"}}', '{"a/1": {"1": "\\ud800"}}',
     "[" * 100_000, "{" + " " * MOST_TABLE_BYTES + "}"],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        told_tables(text)
