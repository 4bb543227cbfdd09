"""Workbooks and SQLite databases read in the limited child: their parsers are native code, and the files are hostile.

An answer is shaped as an archive's: each sheet or table is a member, and its bytes are lines of JSON. The first line is
the table's name, the second the titles of its columns, and each other one a row with its number. A cell is its bytes,
one character a byte, so that text in whatever encoding comes through as it is; null where there is nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import BinaryIO, Final

from tsunagu.domain.media import MediaType, Refusal
from tsunagu.media.messages import DecodeOptions, MemberData, MemberStart, Message, Refused, RgbPicture

SQLITE_BEGINS: Final = b"SQLite format 3\x00"
_AT_ONCE: Final = 1 << 19
_MOST_TABLES: Final = 200
_MOST_EXACT: Final = 1e15
_MOST_STEPS: Final = 400
"""So many millions of steps SQLite may take for one table."""
_READS: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
Row = Iterable[object]


def decode(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Yield the tables of a workbook or of a database.

    Raises:
        Refused: it is none that can be read.
    """
    del media_type, options  # one shape for both, and the tally of the parent bounds what is said
    data = file.read()
    tables = _database(data) if data.startswith(SQLITE_BEGINS) else _workbook(data)
    for number, (name, rows) in enumerate(tables):
        yield MemberStart(b"table %d" % number, None)
        waiting = bytearray(_line(name))
        for line, cells in rows:
            waiting += _line([line, *(None if one is None else _bytes(one).decode("latin-1") for one in cells)])
            if len(waiting) >= _AT_ONCE:
                yield from _pieces(waiting)
                waiting = bytearray()
        yield from _pieces(waiting)


def fingerprint(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Do the same: no table has a fingerprint."""
    return decode(file, media_type, options)


def decode_rgb(file: BinaryIO, media_type: MediaType, options: DecodeOptions, *, max_side: int) -> RgbPicture:
    """Refuse: no table is a picture."""
    del file, media_type, options, max_side
    raise Refused(Refusal.DAMAGED)


def warm_up() -> None:
    """Load the parsers before the doors are closed."""
    import python_calamine  # noqa: F401, PLC0415 - nobody else needs it

    sqlite3.connect(":memory:").close()


def _pieces(waiting: bytearray) -> Iterator[MemberData]:
    for at in range(0, len(waiting), _AT_ONCE):
        yield MemberData(bytes(waiting[at : at + _AT_ONCE]))


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _bytes(value: object) -> bytes:
    """Return a cell's bytes: numbers in full and without a point that means nothing, days as ISO 8601 has them."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer() and abs(value) < _MOST_EXACT):
        value = int(value)
    elif isinstance(value, datetime) and value.time() == time():
        value = value.date()
    text = value.isoformat() if isinstance(value, date | time) else str(value)
    return text.encode("utf-8", "surrogatepass")


def _workbook(data: bytes) -> Iterator[tuple[str, Iterator[tuple[int, Row]]]]:
    import io  # noqa: PLC0415

    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names[:_MOST_TABLES]:
            sheet = book.get_sheet_by_name(name)
            first = sheet.start[0] + 1 if sheet.start else 1
            yield name, enumerate(sheet.iter_rows(), first)
    except (CalamineError, ValueError, OSError) as error:
        raise Refused(Refusal.DAMAGED) from error


def _database(data: bytes) -> Iterator[tuple[str, Iterator[tuple[int, Row]]]]:
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON"):
                database.execute(f"PRAGMA {pragma}")
            database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            tables = [str(name) for (name,) in database.execute(_TABLES).fetchmany(_MOST_TABLES)]
            database.text_factory = bytes
            database.set_authorizer(_allows)
            for name in tables:
                database.set_progress_handler(_Patience().is_over, 1_000_000)
                quoted = name.replace('"', '""')
                cursor = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - a quoted name
                titles = [one[0] for one in cursor.description]
                yield name, _numbered(titles, cursor)
    except (sqlite3.Error, OverflowError) as error:
        raise Refused(Refusal.DAMAGED) from error


class _Patience:
    """Stops a statement that goes through too many steps."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def is_over(self) -> bool:
        self._left -= 1
        return self._left < 0


def _numbered(titles: list[str], rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    yield 0, titles
    yield from enumerate(rows, 1)


def _allows(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY
