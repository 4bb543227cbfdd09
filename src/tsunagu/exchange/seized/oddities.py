"""What is odd about the cells of a seized list, by what their column says: counted and shown, and never mended here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from tsunagu.domain.seized import OF_DAYS, ListField, Oddity

_SCIENTIFIC: Final = re.compile(r"\s*[0-9](?:[.][0-9]+)?[eE][+]?[0-9]{1,2}\s*")
_BARE: Final = re.compile(r"\s*[1-9][0-9]*(?:[.]0)?\s*")
_ERA: Final = re.compile(r"\s*(?:明治|大正|昭和|平成|令和|[MTSHRmtshr][.]?[0-9元]).*", re.DOTALL)
_SERIAL: Final = re.compile(r"\s*[0-9]{4,5}(?:[.][0-9]+)?\s*")
_DIGITS_WITHOUT_ZERO: Final = {ListField.PHONE: {9, 10}, ListField.POSTCODE: {5, 6}, ListField.SENT_POSTCODE: {5, 6}}
"""How many digits are left of a telephone or a postcode whose zeros a spreadsheet took."""


class Oddities:
    """Counts what is odd in the rows of one list."""

    def __init__(self, columns: Sequence[str], fields: Mapping[ListField, str], *, twice: frozenset[int]) -> None:
        """Take the titles of all columns, and which of them says which field.

        Args:
            twice: places of columns that were encoded twice.
        """
        self._columns = columns
        self._twice = tuple(sorted(twice))
        at = {title: place for place, title in enumerate(columns)}
        told = [(at[title], one) for one, title in fields.items() if title in at]
        self._days = tuple(place for place, one in told if one in OF_DAYS)
        self._numbers = tuple((place, _DIGITS_WITHOUT_ZERO[one]) for place, one in told if one in _DIGITS_WITHOUT_ZERO)
        self._counts: Counter[tuple[int, Oddity]] = Counter()

    def take(self, cells: Sequence[str], lossy: Sequence[int]) -> None:
        """Take the cells of one row, and the places of those in which a character was lost."""
        for place in lossy:
            self._counts[place, Oddity.LOSSY] += 1
        for place in self._twice:
            if not cells[place].isascii():
                self._counts[place, Oddity.ENCODED_TWICE] += 1
        for place, lengths in self._numbers:
            cell = cells[place]
            if cell and cell[0] != "0":
                self._number(place, cell, lengths)
        for place in self._days:
            cell = cells[place]
            if _ERA.fullmatch(cell):
                self._counts[place, Oddity.ERA_DATE] += 1
            elif _SERIAL.fullmatch(cell):
                self._counts[place, Oddity.SERIAL_DATE] += 1

    def _number(self, place: int, cell: str, lengths: set[int]) -> None:
        if _SCIENTIFIC.fullmatch(cell):
            self._counts[place, Oddity.SCIENTIFIC] += 1
        elif _BARE.fullmatch(cell) and len(cell.strip().removesuffix(".0")) in lengths:
            self._counts[place, Oddity.LOST_ZERO] += 1

    def told(self) -> dict[str, int]:
        """Return how many cells of which column are odd in which way, as `title: oddity`, and begin anew."""
        counts, self._counts = self._counts, Counter()
        return {f"{self._columns[place]}: {one}": count for (place, one), count in sorted(counts.items())}
