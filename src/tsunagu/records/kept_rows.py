"""Rows of a seized list as they are kept: the bytes that are sealed, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class KeptRow(NamedTuple):
    """One row of a list as it is kept.

    Attributes:
        number: within the list, from 1, in the order of the file.
        line, offset: where it lies in the file; of a table, the number of the row twice.
        raw: its own bytes.
        cells: what it says; None where it was refused.
        lossy: places of cells in which a character is lost.
        refusal: why it was refused, as a code; "" where it was taken.
    """

    number: int
    line: int
    offset: int
    raw: bytes
    cells: tuple[str, ...] | None
    lossy: tuple[int, ...]
    refusal: str


def rows_bytes(rows: Sequence[KeptRow]) -> bytes:
    """Return rows as bytes: JSON of all but their own bytes, its length before it, and these one behind the other."""
    told = [[one.line, one.offset, len(one.raw), one.cells, one.lossy, one.refusal] for one in rows]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
    return b"".join((len(text).to_bytes(8, "big"), text, *(one.raw for one in rows)))


def rows_in(kept: bytes, first: int) -> Iterator[KeptRow]:
    """Yield the rows that `rows_bytes` was given, numbered from `first` on."""
    at = 8 + int.from_bytes(kept[:8], "big")
    for number, told in enumerate(json.loads(kept[8:at].decode(errors="surrogatepass")), first):
        line, offset, length, cells, lossy, refusal = told
        texts = None if cells is None else tuple(cells)
        yield KeptRow(number, line, offset, kept[at : at + length], texts, tuple(lossy), refusal)
        at += length
