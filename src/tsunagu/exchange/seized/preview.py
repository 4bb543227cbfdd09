"""The beginning of a seized file as a mapping reads it: for a person to look at before anything of it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final

from tsunagu.domain.seized import ListField, ListMapping
from tsunagu.exchange.seized.delimited import SeizedRow
from tsunagu.exchange.seized.mapping import proposed_columns
from tsunagu.exchange.seized.oddities import Oddities
from tsunagu.exchange.seized.opening import Opened, Readers, opened

LOOKED_AT_ROWS: Final = 2000
"""Rows by which oddities are told before the import; all of them are counted by it."""
SHOWN_CELLS: Final = 4


@dataclass(frozen=True, slots=True)
class PreviewedColumn:
    """One column of a file that nothing is kept of yet.

    Attributes:
        title: in the file; a title that two columns have names neither.
        cells: of its first rows in which something stands.
        field: what it says by the mapping, or seems to say; None for nothing that is compared.
        encoding: by which its bytes are read; empty where the file leaves no choice.
        oddities: how many of the rows that were looked at are odd, by what is odd.
        is_alone: whether no other column has its title.
    """

    title: str
    cells: tuple[str, ...]
    field: ListField | None
    encoding: str
    oddities: tuple[tuple[str, int], ...]
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it would be read.

    Attributes:
        mapping: what it would be read by.
        rows, refused: rows that were looked at, and those of them that would not be taken, by reason.
        is_whole: whether these are all rows of the file.
    """

    mapping: ListMapping
    columns: tuple[PreviewedColumn, ...]
    rows: int
    refused: Mapping[str, int]
    is_whole: bool


def previewed(stream: BinaryIO, mapping: ListMapping, *, readers: Readers) -> Preview:
    """Return how a file begins, read by a mapping; where that names no column, they are proposed by their titles.

    Args:
        stream: the file from its first byte, seekable, with a descriptor.
        readers: starts the child that reads workbooks and databases.

    Raises:
        InputError: it is empty, damaged, of no format that is read, or lacks a column that the mapping names.
        Unavailable: the child cannot be started, or not be shut in.
    """
    read = opened(stream, mapping, readers=readers)
    fields = mapping.columns or {
        one: title for one, title in proposed_columns(read.columns).items() if read.columns.count(title) == 1
    }
    mapped = replace(read.mapping, columns=fields)
    looked = list(islice(read.rows, LOOKED_AT_ROWS + 1))
    taken = [one for one in looked[:LOOKED_AT_ROWS] if isinstance(one, SeizedRow)]
    refused = Counter(one.reason.value for one in looked[:LOOKED_AT_ROWS] if not isinstance(one, SeizedRow))
    columns = _columns(read, mapped, taken)
    return Preview(mapped, columns, min(len(looked), LOOKED_AT_ROWS), refused, len(looked) <= LOOKED_AT_ROWS)


def _columns(read: Opened, mapping: ListMapping, rows: list[SeizedRow]) -> tuple[PreviewedColumn, ...]:
    oddities = Oddities(read.columns, mapping.columns, twice=read.twice)
    for row in rows:
        oddities.take(row.cells, row.lossy)
    odd: dict[str, list[tuple[str, int]]] = {}
    for told, count in oddities.told().items():
        title, _, what = told.rpartition(": ")
        odd.setdefault(title, []).append((what, count))
    says = {title: one for one, title in mapping.columns.items()}
    return tuple(
        PreviewedColumn(
            title,
            tuple(islice((row.cells[at] for row in rows if row.cells[at].strip()), SHOWN_CELLS)),
            says.get(title),
            mapping.encodings.get(title, ""),
            tuple(odd.get(title, ())),
            read.columns.count(title) == 1,
        )
        for at, title in enumerate(read.columns)
    )
