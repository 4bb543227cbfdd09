"""A seized file as rows, whatever its format is: what it is read as, by itself or as its mapping says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.seized import ListMapping
from tsunagu.exchange.seized.delimited import Found, layout_of, rows_of
from tsunagu.exchange.seized.encodings import Encoding
from tsunagu.exchange.seized.mapping import proposed_columns

DELIMITED: Final = "delimited"
FORMATS: Final = (DELIMITED,)


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


def opened(stream: BinaryIO, mapping: ListMapping) -> Opened:
    """Return a file's rows as a mapping says.

    Args:
        stream: the file from its first byte, seekable.

    Raises:
        InputError: it is empty, of no format that is read, or lacks a column that the mapping names.
    """
    if mapping.format not in {"", *FORMATS}:
        raise InputError("a list of this format is not read")
    return _delimited(stream, mapping)


def _delimited(stream: BinaryIO, mapping: ListMapping) -> Opened:
    layout = layout_of(stream)
    if mapping.delimiter:
        layout = layout_of(stream, delimiter=mapping.delimiter)
    check_columns(mapping, layout.columns)
    encodings = tuple(
        Encoding(mapping.encodings[title]) if title in mapping.encodings else found
        for title, found in zip(layout.columns, layout.encodings, strict=True)
    )
    layout = replace(layout, encodings=encodings)
    twice = frozenset(at for at, one in enumerate(encodings) if one is Encoding.UTF_8_TWICE)
    known = {title: one.value for title, one in zip(layout.columns, encodings, strict=True) if not layout.is_utf16}
    read = replace(mapping, format=DELIMITED, delimiter=layout.delimiter, encodings=known)
    return Opened(read, layout.columns, twice, rows_of(stream, layout))


def check_columns(mapping: ListMapping, columns: tuple[str, ...]) -> None:
    """Do nothing when the file has every column that a mapping names, once, and the encodings are ones that are read.

    Raises:
        InputError: it has not.
    """
    named = {*mapping.columns.values(), *mapping.encodings}
    if any(columns.count(title) != 1 for title in named):
        raise InputError("the list has not every column that the mapping names, or has one of them twice")
    if not set(mapping.encodings.values()) <= set(Encoding):
        raise InputError("the mapping names an encoding that is not read")


def proposed(stream: BinaryIO) -> ListMapping:
    """Return how a file seems to be read: for a person to look at, to change and to confirm.

    Raises:
        InputError: as for `opened`.
    """
    found = opened(stream, ListMapping({}))
    return replace(found.mapping, columns=proposed_columns(found.columns))
