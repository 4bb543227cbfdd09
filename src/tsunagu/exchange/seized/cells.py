"""Cells that leave for a spreadsheet, which would run some of them as formulas."""

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


def _begins_a_formula(text: str) -> bool:
    return text.lstrip(_MARK + " ").startswith(_STARTS)
