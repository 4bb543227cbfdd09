"""The text lists of the NSRL, version 2: one file of a known product a line. Known is all it means, never lawful."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.columns import NSRL_NAMES, Columns
from tsunagu.exchange.lines import Lines, delimited_rows
from tsunagu.exchange.reading import Row, Stated

DATABASE_MAGIC: Final = "SQLite format 3"


def read_nsrl(stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Row]:
    """Read `NSRLFile.txt`: see `Reader`. Codes of products, systems and specials are carried in `extra`.

    Raises:
        InputError: also when the first line is no header, or begins a database of version 3, which is read by
            `read_nsrl_database`.
    """
    lines = iter(Lines(stream, report))
    first = next(lines, (0, None))
    if first[1] is not None and first[1].startswith(DATABASE_MAGIC):
        raise InputError("an NSRL database is read from its path")
    rows = delimited_rows(chain((first,), lines), ",")
    _, titles, _ = next(rows, (0, None, False))
    if titles is None:
        raise InputError("the list has no header")
    columns = Columns.of(titles, NSRL_NAMES)
    for number, cells, is_too_long in rows:
        if cells is None:
            yield RefusedRow(number, RowRefusal.TOO_LONG if is_too_long else RowRefusal.MALFORMED)
        else:
            yield columns.row(number, cells, stated, report)
