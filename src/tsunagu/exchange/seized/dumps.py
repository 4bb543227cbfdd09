"""Dumps of databases as SQL: what MySQL's and PostgreSQL's own programs write, read without running any of it.

A string is taken apart byte by byte, since columns may be in encodings of their own. Where the dump is no UTF-8 as a
whole, the second byte of a character of cp932 is never taken for a backslash or a quote: 表 and ソ end in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from tsunagu.exchange.seized.tables import Cells, RawRow, RawTable

_NAME: Final = rb'(?:[`"]?[\w$]+[`"]?\.)?[`"]?([^`"\s(.;]+)[`"]?'
_INSERT: Final = re.compile(
    rb"\s*(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+" + _NAME + rb"\s*(?:\(([^)]*)\))?\s*VALUES\s*", re.IGNORECASE
)
_CREATE: Final = re.compile(rb"\s*CREATE TABLE (?:IF NOT EXISTS )?" + _NAME + rb"\s*\(", re.IGNORECASE)
_COPY: Final = re.compile(rb"\s*COPY\s+" + _NAME + rb"\s*\(([^)]*)\)\s+FROM\s+stdin;", re.IGNORECASE)
_COLUMN: Final = re.compile(rb'\s*[`"]?([^`"\s,]+)[`"]?\s+\S')
_NO_COLUMNS: Final = (b"PRIMARY", b"KEY", b"UNIQUE", b"CONSTRAINT", b"INDEX", b"FULLTEXT", b"FOREIGN", b"CHECK", b")")
_ESCAPES: Final = {
    ord("n"): b"\n",
    ord("r"): b"\r",
    ord("t"): b"\t",
    ord("0"): b"\0",
    ord("Z"): b"\x1a",
    ord("b"): b"\b",
}
_BACKSLASH, _OPEN, _END = b"\\(;"
_PAIR: Final = rb"[\x81-\x9f\xe0-\xfc][\x40-\xfc]"
_STRING: Final = re.compile(rb"((?:[^'\\]++|\\.|'')*+)'", re.DOTALL)
_MARK: Final = re.compile(rb"\\.|''", re.DOTALL)
_STRING_OF_PAIRS: Final = re.compile(rb"((?:" + _PAIR + rb"|[^'\\]|\\.|'')*+)'", re.DOTALL)
_MARK_OR_PAIR: Final = re.compile(_PAIR + rb"|\\.|''", re.DOTALL)


@dataclass
class _Table:
    titles: Cells
    rows: list[RawRow] = field(default_factory=list)


def looks_like_a_dump(start: bytes) -> bool:
    """Return whether a file that begins so is a dump."""
    return any(_INSERT.match(line) or _CREATE.match(line) or _COPY.match(line) for line in start.splitlines())


def dumped_tables(data: bytes) -> list[RawTable]:
    """Return the tables of a dump that have rows, in its order; statements of other kinds are passed over.

    A row whose values do not fit its columns, or do not end, is told as one that cannot be read.
    """
    reader = _Reader(data)
    reader.read()
    return [RawTable(name, one.titles, one.rows) for name, one in reader.tables.items() if one.rows]


class _Reader:
    """Goes through a dump line by line, and through a statement of values byte by byte."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._line = 1
        is_utf8 = _is_utf8(data)
        self._strings, self._marks = (_STRING, _MARK) if is_utf8 else (_STRING_OF_PAIRS, _MARK_OR_PAIR)
        self._columns: dict[str, Cells] = {}
        self.tables: dict[str, _Table] = {}

    def read(self) -> None:
        while self._at < len(self._data):
            if found := _INSERT.match(self._data, self._at):
                self._take(found.end())
                self._values(found[1].decode("utf-8", "replace"), _names(found[2]))
            elif found := _COPY.match(self._data, self._at):
                self._take(found.end())
                self._copied(found[1].decode("utf-8", "replace"), _names(found[2]))
            elif found := _CREATE.match(self._data, self._at):
                self._take(found.end())
                self._columns[found[1].decode("utf-8", "replace")] = self._created()
            else:
                self._next_line()

    def _take(self, until: int) -> bytes:
        taken = self._data[self._at : until]
        self._line += taken.count(b"\n")
        self._at = until
        return taken

    def _next_line(self) -> bytes:
        end = self._data.find(b"\n", self._at)
        return self._take(len(self._data) if end < 0 else end + 1)

    def _created(self) -> Cells:
        """Return the columns that a CREATE TABLE names, one a line as the programs write them."""
        names: Cells = []
        self._next_line()
        while self._at < len(self._data):
            line = self._next_line().strip()
            if line.startswith(b")"):
                break
            if not line.upper().startswith(_NO_COLUMNS) and (found := _COLUMN.match(line)):
                names.append(found[1])
        return names

    def _table(self, name: str, columns: Cells, width: int) -> _Table:
        titles = columns or self._columns.get(name) or [b"column %d" % at for at in range(1, width + 1)]
        return self.tables.setdefault(name, _Table(titles))

    def _copied(self, name: str, columns: Cells) -> None:
        """Take the lines of a COPY up to the one that ends it."""
        self._next_line()
        table = self._table(name, columns, len(columns))
        while self._at < len(self._data):
            line, offset = self._line, self._at
            raw = self._next_line()
            text = raw.rstrip(b"\r\n")
            if text == rb"\.":
                return
            cells = [b"" if one == rb"\N" else _copied_cell(one) for one in text.split(b"\t")]
            table.rows.append(RawRow(line, offset, raw, cells if len(cells) == len(table.titles) else None))

    def _values(self, name: str, columns: Cells) -> None:
        """Take the tuples of an INSERT up to its semicolon."""
        data = self._data
        while self._at < len(data):
            while self._at < len(data) and data[self._at] in b" \t\r\n,":
                self._take(self._at + 1)
            if self._at >= len(data) or data[self._at] != _OPEN:
                break
            line, offset = self._line, self._at
            end, cells = self._tuple(offset + 1)
            table = self._table(name, columns, len(cells or ()))
            fits = cells is not None and len(cells) == len(table.titles)
            table.rows.append(RawRow(line, offset, self._take(end), cells if fits else None))
        if self._at < len(data) and data[self._at] == _END:
            self._take(self._at + 1)
        else:
            self._next_line()

    def _tuple(self, at: int) -> tuple[int, Cells | None]:
        """Return where a tuple ends and its cells; None for cells that do not end."""
        cells: Cells = []
        data, size, start = self._data, len(self._data), at
        while at < size:
            while at < size and data[at] in b" \t\r\n":
                at += 1
            start = at
            if data[at : at + 1].upper() in {b"E", b"N", b"B", b"X"} and data[at + 1 : at + 2] == b"'":
                at += 1
            if data[at : at + 1] == b"'":
                at, cell = self._string(at + 1)
                if cell is None:
                    break
                cells.append(cell)
            else:
                while at < size and data[at] not in b",)":
                    at += 1
                bare = data[start:at].strip()
                cells.append(b"" if bare.upper() == b"NULL" else bare)
            while at < size and data[at] in b" \t\r\n":
                at += 1
            if data[at : at + 1] == b")":
                return at + 1, cells
            at += 1
        end = data.find(b"\n", start)
        return (size if end < 0 else end + 1), None

    def _string(self, at: int) -> tuple[int, bytes | None]:
        """Return where a string ends, behind its quote, and its bytes; None for one that does not end."""
        found = self._strings.match(self._data, at)
        if found is None:
            return len(self._data), None
        return found.end(), self._marks.sub(_meant, found[1])


def _meant(found: re.Match[bytes]) -> bytes:
    """Return what an escape, a doubled quote or a character of two bytes stands for."""
    one = found[0]
    if one[0] == _BACKSLASH:
        return _ESCAPES.get(one[1], one[1:])
    return b"'" if one == b"''" else one


def _names(listed: bytes | None) -> Cells:
    return [one.strip().strip(b'`"') for one in listed.split(b",")] if listed else []


def _copied_cell(cell: bytes) -> bytes:
    if b"\\" not in cell:
        return cell
    return re.sub(rb"\\(.)", lambda found: _ESCAPES.get(found[1][0], found[1]), cell, flags=re.DOTALL)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
