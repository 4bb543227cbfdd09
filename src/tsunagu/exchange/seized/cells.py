"""Cells that leave for a spreadsheet, which would run some of them as formulas; and the way back."""

from __future__ import annotations

from typing import Final

_STARTS: Final = tuple("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
_MARK: Final = "'"


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet runs: an apostrophe stands before what begins as a formula does.

    Their full-width forms begin one too, where Japanese is typed; so does what stands behind apostrophes of its own.

    Source: OWASP, "CSV Injection": cells that begin with = + - @, tab or carriage return.
    """
    return _MARK + text if _begins_a_formula(text) else text


def meant_by(cell: str) -> str:
    """Return what `safe_cell` was given."""
    return cell[1:] if cell.startswith(_MARK) and _begins_a_formula(cell[1:]) else cell


def _begins_a_formula(text: str) -> bool:
    return text.lstrip(_MARK + " ").startswith(_STARTS)
