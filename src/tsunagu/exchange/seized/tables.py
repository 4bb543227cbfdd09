"""Rows of tables that are no text of separated cells: what the limited child said of a workbook or a database.

A row's own bytes are those with which the child told of it: the file itself has none that stand by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import RowRefusal
from tsunagu.exchange.seized.delimited import Found, SeizedRow, UnreadRow
from tsunagu.exchange.seized.encodings import Encoding, RowDecoder, decoded, likeliest
from tsunagu.media.messages import MemberData, MemberStart, Message

SAMPLE_ROWS: Final = 500
MOST_BYTES: Final = 1 << 30
Cells = list[bytes]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a table before its encodings are told.

    Attributes:
        line: its number in the file or in its table.
        offset: where it lies in the file; of a workbook or database, its number again.
        raw: its own bytes.
        cells: None where it cannot be read.
    """

    line: int
    offset: int
    raw: bytes
    cells: Cells | None


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table: its name, the titles of its columns, its rows."""

    name: str
    titles: Cells
    rows: Sequence[RawRow]


def told_tables(messages: Iterable[Message]) -> list[RawTable]:
    """Return the tables that the child tells of, in its order.

    Raises:
        InputError: it tells of more than fits.
    """
    parts: list[bytearray] = []
    size = 0
    for one in messages:
        if isinstance(one, MemberStart):
            parts.append(bytearray())
        elif isinstance(one, MemberData) and parts:
            size += len(one.data)
            if size > MOST_BYTES:
                raise InputError("the tables of this file are too large to be read at once")
            parts[-1] += one.data
    return [table for part in parts if (table := _table(bytes(part))) is not None]


def _table(told: bytes) -> RawTable | None:
    """Return one table; None where it has no row at all, not even titles. What is malformed ends it: it is not ours."""
    lines = told.split(b"\n")[:-1]
    if len(lines) < 2:
        return None
    name = json.loads(lines[0])
    rows = []
    for line in lines[1:]:
        number, *cells = json.loads(line)
        rows.append(RawRow(number, number, line, [(one or "").encode("latin-1") for one in cells]))
    return RawTable(str(name), rows[0].cells or [], rows[1:])


def chosen(tables: Sequence[RawTable], name: str, columns: Iterable[str]) -> RawTable:
    """Return the table of a name, or without one, of those that have these columns, that with most rows.

    Raises:
        InputError: there is none.
    """
    needed = set(columns)
    found = [one for one in tables if name in {"", one.name}]
    fitting = [one for one in found if needed <= set(_titles(one))] or found
    if not fitting:
        raise InputError("the file has no such table")
    return max(fitting, key=lambda one: len(one.rows))


def _titles(table: RawTable) -> tuple[str, ...]:
    named = likeliest(table.titles)
    return tuple(decoded(one, named)[0].strip() for one in table.titles)


def layout_of_table(table: RawTable) -> tuple[tuple[str, ...], tuple[Encoding, ...]]:
    """Return the titles of a table's columns and the encoding that each seems to be in."""
    sample = [one.cells for one in table.rows[:SAMPLE_ROWS] if one.cells is not None]
    encodings = (likeliest(row[at] for row in sample if at < len(row)) for at in range(len(table.titles)))
    return _titles(table), tuple(encodings)


def rows_of_table(table: RawTable, encodings: Sequence[Encoding]) -> Iterator[Found]:
    """Yield every row of a table as a row or as a refusal; those in which nothing stands are none."""
    decoder = RowDecoder(encodings)
    for one in table.rows:
        if one.cells is None or len(one.cells) != len(encodings):
            yield UnreadRow(one.line, one.offset, one.raw, RowRefusal.MALFORMED)
        elif any(one.cells):
            texts, lossy = decoder.decoded([cell.decode("latin-1") for cell in one.cells])
            yield SeizedRow(one.line, one.offset, one.raw, texts, lossy)
