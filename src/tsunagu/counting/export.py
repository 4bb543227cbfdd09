"""Tables as files: CSV and Excel. The same table makes the same bytes, and no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from tsunagu.counting.grids import Cell, Grid

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time that members of an archive carry, which has to have one."""
_WRITTEN_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def csv_bytes(grid: Grid) -> bytes:
    """Return a table as CSV in UTF-8, with the mark by which Excel knows it; lines end with CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[_harmless(cell) for cell in row] for row in (grid.columns, *grid.rows)])
    return text.getvalue().encode("utf-8-sig")


def excel_bytes(grid: Grid) -> bytes:
    """Return a table as an Excel workbook of one sheet; numbers are numbers, everything else is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", grid.title)[:31])
    sheet.freeze_panes = "A2"
    for number, row in enumerate((grid.columns, *grid.rows)):
        cells = []
        for content in row:
            cell = WriteOnlyCell(sheet, value=_harmless(content))
            if isinstance(content, str):
                cell.data_type = "s"
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return _without_times(made.getvalue())


def _harmless(cell: Cell) -> Cell:
    """Return a cell that no program takes for a formula: one that begins like one begins with an apostrophe."""
    if isinstance(cell, int):
        return cell
    text = _UNPRINTABLE.sub("�", cell)
    return f"'{text}" if text.lstrip(" \n　").startswith(_STARTS_A_FORMULA) else text


def _without_times(book: bytes) -> bytes:
    """Return a workbook that does not tell when it was made, and so is the same each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = _WRITTEN_AT.sub(rb"\g<1>1980-01-01T00:00:00Z", old.read(member))
            info = zipfile.ZipInfo(member.filename, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return made.getvalue()
