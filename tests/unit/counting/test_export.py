"""Tables as files: the same bytes each time, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from tsunagu.counting.export import csv_bytes, excel_bytes
from tsunagu.counting.grids import Grid

HARMFUL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=1",
    "\N{FULLWIDTH EQUALS SIGN}1",
    '=HYPERLINK("x")',
    "\N{IDEOGRAPHIC SPACE}\N{FULLWIDTH EQUALS SIGN}1",
]
HARMLESS = ["1", "a=1", "", "a+b", "児童", "'quoted'"]


def grid(*cells: str | int) -> Grid:
    return Grid("A: title/with [signs]", tuple(f"column {number}" for number in range(len(cells))), (cells,))


def of_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", HARMFUL)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert of_csv(csv_bytes(grid(cell, 5)))[1][0].startswith("'")
    sheet = load_workbook(io.BytesIO(excel_bytes(grid(cell, 5)))).active
    assert sheet is not None
    assert (sheet["A2"].data_type, sheet["B2"].data_type, sheet["B2"].value) == ("s", "n", 5)


@pytest.mark.parametrize("cell", HARMLESS)
def test_other_text_stays_as_it_is(cell: str) -> None:
    assert of_csv(csv_bytes(grid(cell, -5)))[1] == [cell, "-5"]


def test_a_control_character_neither_breaks_a_workbook_nor_disappears() -> None:
    sheet = load_workbook(io.BytesIO(excel_bytes(grid("a\x00b")))).active
    assert sheet is not None
    assert sheet["A2"].value == "a\N{REPLACEMENT CHARACTER}b"


def test_headings_are_guarded_too() -> None:
    made = Grid("t", ("=1+1",), ((1,),))
    assert of_csv(csv_bytes(made))[0] == ["'=1+1"]


def test_the_same_table_is_the_same_file() -> None:
    one = grid("a", 1)
    assert excel_bytes(one) == excel_bytes(grid("a", 1))
    assert csv_bytes(one) == csv_bytes(grid("a", 1))
    assert excel_bytes(one) != excel_bytes(grid("a", 2))
