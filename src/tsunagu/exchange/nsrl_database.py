"""The databases of the NSRL, version 3: SQLite files, read as hostile input.

The file is opened read-only and as one that nobody changes, so no journal beside it is read. Only the tables of such
a list may be read, by selecting alone, with no function but those that fold case; a statement that works for long
without giving a row is stopped. SQLite works within our process all the same: a fault of its own is not contained.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import Json, KnownFile, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.digest_forms import Form
from tsunagu.exchange.gathering import Gathered
from tsunagu.exchange.reading import Row, Stated
from tsunagu.exchange.values import clean_text, whole_number

ROWS_AT_A_TIME: Final = 1000
MOST_VALUE_BYTES: Final = 1 << 16
MOST_STEPS_TO_A_ROW: Final = 100_000_000
_STEPS_AT_A_TIME: Final = 1_000_000
_MOST_TABLES: Final = 100
_REQUIRED: Final = frozenset({"sha1", "md5", "package_id"})
_COLUMNS: Final = ("sha256", "sha1", "md5", "file_name", "file_size", "crc32", "package_id")
_EXTRA: Final = ("crc32", "package_id")
_TABLES: Final = frozenset({"FILE", "METADATA"})
_FUNCTIONS: Final = frozenset({"upper", "lower"})


class _Patience:
    """Stops a statement that goes through too many steps without a row."""

    def __init__(self) -> None:
        self._steps = 0

    def rows_came(self) -> None:
        self._steps = 0

    def is_over(self) -> bool:
        self._steps += _STEPS_AT_A_TIME
        return self._steps > MOST_STEPS_TO_A_ROW


def read_nsrl_database(path: Path, stated: Stated, report: LossReport) -> Iterator[Row]:
    """Yield every row of the table or view `FILE`, in its order, as `Reader` does; rows are numbered from 1.

    Args:
        path: the database. A journal beside it is not looked at.
        stated: as for every reader.
        report: as for every reader.

    Raises:
        InputError: it is no such database, a required column is absent, or it is damaged.
    """
    patience = _Patience()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            statement = _statement(database)
            _confine(database, patience)
            cursor = database.execute(statement)
            names = [one[0] for one in cursor.description]
            number = 0
            while rows := cursor.fetchmany(ROWS_AT_A_TIME):
                patience.rows_came()
                for number, values in enumerate(rows, number + 1):  # noqa: B020 - it goes on where it was
                    yield _row(number, dict(zip(names, values, strict=True)), stated, report)
    except (sqlite3.Error, OverflowError) as error:
        raise InputError("the database cannot be read as an NSRL list") from error


def _statement(database: sqlite3.Connection) -> str:
    """Return the one statement that is run, over the columns that are there."""
    for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0", "temp_store=MEMORY"):
        database.execute(f"PRAGMA {pragma}")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_VALUE_BYTES)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100)
    database.setlimit(sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 10)
    database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    schema = "SELECT upper(name), sql FROM sqlite_master WHERE type IN ('table', 'view')"
    kinds = database.execute(schema).fetchmany(_MOST_TABLES)
    sql = {name: str(text).lstrip().upper() for name, text in kinds}
    if "FILE" not in sql or any(sql.get(one, "").startswith("CREATE VIRTUAL") for one in _TABLES):
        raise InputError("the database has no table of files")
    there = {str(one[1]).lower() for one in database.execute("PRAGMA table_info(FILE)")}
    if not there >= _REQUIRED:
        raise InputError("the table of files lacks a column")
    return f"SELECT {', '.join(one for one in _COLUMNS if one in there)} FROM FILE"  # noqa: S608 - names of our own


def _confine(database: sqlite3.Connection, patience: _Patience) -> None:
    """Let the connection do nothing from now on but read those tables, for a bounded time."""

    def allows(action: int, first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
        allowed = (
            action == sqlite3.SQLITE_SELECT
            or (action == sqlite3.SQLITE_READ and (first or "").upper() in _TABLES)
            or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    database.set_authorizer(allows)
    database.set_progress_handler(patience.is_over, _STEPS_AT_A_TIME)


def _row(number: int, values: dict[str, Any], stated: Stated, report: LossReport) -> Row:
    """Return what one row says. A digest is text; anything else in its place makes the row malformed."""
    gathered = Gathered(stated, report)
    for form in (Form.SHA256, Form.SHA1, Form.MD5):
        text = values.get(form)
        if text is not None and not isinstance(text, str):
            return RefusedRow(number, RowRefusal.MALFORMED)
        gathered.take((text or "").strip(), form)
    name, size = values.get("file_name"), values.get("file_size")
    size_bytes = whole_number(str(size))
    if size is not None and size_bytes is None:
        report.lost["size_bytes"] += 1
    extra: dict[str, Json] = {}
    for one in _EXTRA:
        value = values.get(one)
        if isinstance(value, str | int):
            extra[one] = clean_text(value, report) if isinstance(value, str) else value
        elif value is not None:
            report.lost[one] += 1
    files = (KnownFile(name=clean_text(name, report)),) if isinstance(name, str) and name else ()
    return gathered.row(number, {"size_bytes": size_bytes, "files": files, "extra": extra})
