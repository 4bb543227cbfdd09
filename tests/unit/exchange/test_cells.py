"""What leaves for a spreadsheet is not run there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.exchange.seized.cells import safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+81 90 0123 4567",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\uff1dHYPERLINK()",
        " =1",
        "'=1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_begins_a_formula_is_marked_as_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "渡辺 太郎", "a=b", "090-0123-4567", "O'Brien", "'quoted'"])
def test_what_begins_none_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(alphabet="'=+-@ a\t\uff1d山", max_size=8))
def test_no_cell_begins_a_formula(text: str) -> None:
    assert not safe_cell(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\uff1d"))
