"""Submissions: which of its items were withdrawn, as the ledger is told it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.submission import numbers_from_text, numbers_to_text


@given(st.sets(st.integers(1, 500), min_size=1))
def test_numbers_of_items_come_back_as_they_were(numbers: set[int]) -> None:
    assert numbers_from_text(numbers_to_text(numbers)) == tuple(sorted(numbers))


def test_runs_of_numbers_are_told_by_their_ends() -> None:
    assert numbers_to_text([7, 2, 3, 1, 9, 10]) == "1-3,7,9-10"


@pytest.mark.parametrize("text", ["", "x", "1,,2", "1-"])
def test_what_are_no_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        numbers_from_text(text)
