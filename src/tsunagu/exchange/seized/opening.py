"""A seized file as rows, whatever its format is: what it is read as, by itself or as its mapping says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO, Final, Protocol

from tsunagu.domain.errors import InputError
from tsunagu.domain.media import MediaType
from tsunagu.domain.seized import ListMapping
from tsunagu.exchange.seized.delimited import Found, layout_of, rows_of
from tsunagu.exchange.seized.dumps import dumped_tables, looks_like_a_dump
from tsunagu.exchange.seized.encodings import Encoding
from tsunagu.exchange.seized.mapping import proposed_columns
from tsunagu.exchange.seized.objects import looks_like_json, told_objects
from tsunagu.exchange.seized.tables import RawTable, chosen, layout_of_table, rows_of_table, told_tables
from tsunagu.media.messages import Message, Refused

_START_BYTES: Final = 1 << 16
_SQLITE: Final = b"SQLite format 3\x00"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a workbook begins: one of today, which is a ZIP archive, and one of before 2007."""


class FileFormat(StrEnum):
    """What a seized file is read as."""

    DELIMITED = "delimited"
    WORKBOOK = "workbook"
    SQLITE = "sqlite"
    DUMP = "sql"
    JSON = "json"


class TableReader(Protocol):
    """The limited child that reads workbooks and databases: `tables_child` behind closed doors."""

    def decode(self, fd: int, media_type: MediaType) -> Iterable[Message]:
        """Yield what the file says; raises `Refused` at any time."""
        ...


Readers = Callable[[], AbstractContextManager[TableReader]]
"""Starts the child, and ends it again: only for files that need one."""


@dataclass(frozen=True)
class Opened:
    """A seized file that can be read.

    Attributes:
        mapping: how it is read, with what the file itself tells in the place of what was left out.
        columns: titles of its columns, in their order.
        twice: places of columns that were encoded twice.
        rows: its rows, once, in the order of the file.
    """

    mapping: ListMapping
    columns: tuple[str, ...]
    twice: frozenset[int]
    rows: Iterator[Found]


def opened(stream: BinaryIO, mapping: ListMapping, *, readers: Readers) -> Opened:
    """Return a file's rows as a mapping says.

    Args:
        stream: the file from its first byte, seekable, with a descriptor.
        mapping: how it is read.
        readers: starts the child that reads workbooks and databases.

    Raises:
        InputError: it is empty, damaged, of no format that is read, or lacks a column that the mapping names.
        Unavailable: the child cannot be started, or not be shut in.
    """
    if mapping.format not in {"", *FileFormat}:
        raise InputError("a list of this format is not read")
    start = stream.read(_START_BYTES)
    stream.seek(0)
    form = FileFormat(mapping.format) if mapping.format else _format_of(start)
    if form is FileFormat.DELIMITED:
        return _delimited(stream, mapping)
    return _of_table(chosen(_tables(stream, form, readers), mapping.table, mapping.columns.values()), mapping, form)


def proposed(stream: BinaryIO, *, readers: Readers) -> ListMapping:
    """Return how a file seems to be read: for a person to look at, to change and to confirm.

    Raises:
        InputError, Unavailable: as for `opened`.
    """
    found = opened(stream, ListMapping({}), readers=readers)
    return replace(found.mapping, columns=proposed_columns(found.columns))


def _format_of(start: bytes) -> FileFormat:
    if start.startswith(_SQLITE):
        return FileFormat.SQLITE
    if start.startswith(_WORKBOOKS):
        return FileFormat.WORKBOOK
    if looks_like_json(start):
        return FileFormat.JSON
    return FileFormat.DUMP if looks_like_a_dump(start) else FileFormat.DELIMITED


def _tables(stream: BinaryIO, form: FileFormat, readers: Readers) -> list[RawTable]:
    if form is FileFormat.DUMP:
        return dumped_tables(stream.read())
    if form is FileFormat.JSON:
        return told_objects(stream.read())
    try:
        with readers() as reader:
            return told_tables(reader.decode(stream.fileno(), MediaType.ZIP))  # its messages are shaped as an archive's
    except Refused as error:
        raise InputError("the file is damaged, locked by a password, or too costly to be read") from error


def _of_table(table: RawTable, mapping: ListMapping, form: FileFormat) -> Opened:
    columns, found = layout_of_table(table)
    _check_columns(mapping, columns)
    encodings = _encodings(mapping, columns, found)
    read = replace(mapping, format=form, table=table.name, encodings=_named(columns, encodings))
    return Opened(read, columns, _twice(encodings), rows_of_table(table, encodings))


def _delimited(stream: BinaryIO, mapping: ListMapping) -> Opened:
    layout = layout_of(stream, delimiter=mapping.delimiter)
    _check_columns(mapping, layout.columns)
    encodings = _encodings(mapping, layout.columns, layout.encodings)
    read = replace(
        mapping,
        format=FileFormat.DELIMITED,
        delimiter=layout.delimiter,
        encodings={} if layout.is_utf16 else _named(layout.columns, encodings),
    )
    rows = rows_of(stream, replace(layout, encodings=encodings))
    return Opened(read, layout.columns, _twice(encodings), rows)


def _encodings(mapping: ListMapping, columns: tuple[str, ...], found: tuple[Encoding, ...]) -> tuple[Encoding, ...]:
    given = mapping.encodings
    return tuple(Encoding(given[title]) if title in given else one for title, one in zip(columns, found, strict=True))


def _named(columns: tuple[str, ...], encodings: tuple[Encoding, ...]) -> dict[str, str]:
    """Return the encoding of each column that has a title of its own: others cannot be named."""
    named = zip(columns, encodings, strict=True)
    return {title: one.value for title, one in named if columns.count(title) == 1}


def _twice(encodings: tuple[Encoding, ...]) -> frozenset[int]:
    return frozenset(at for at, one in enumerate(encodings) if one is Encoding.UTF_8_TWICE)


def _check_columns(mapping: ListMapping, columns: tuple[str, ...]) -> None:
    """Do nothing when the file has every column that a mapping names, once, and the encodings are ones that are read.

    Raises:
        InputError: it has not.
    """
    named = {*mapping.columns.values(), *mapping.encodings}
    if any(columns.count(title) != 1 for title in named):
        raise InputError("the list has not every column that the mapping names, or has one of them twice")
    if not set(mapping.encodings.values()) <= set(Encoding):
        raise InputError("the mapping names an encoding that is not read")
