"""Every row of the database as one stream, read in one snapshot, and loaded again in one transaction.

PostgreSQL's own COPY does both, without programs beside the server: nothing lies on a disk in clear, no password leaves
this process, and a copy from one major version loads into another. The tables themselves are not in it; the migrations
make them, which also gives each role its rights under whatever name it has here.

The stream consists of frames: 4 bytes of length, big-endian, and as many bytes. The first frame is JSON and names the
tables. Then come each table's rows as COPY writes them in text, in frames, ended by an empty frame and a JSON frame
with their number; last, one JSON frame with the values of the sequences.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg import Connection, Cursor, sql
from psycopg.rows import TupleRow

from tsunagu.domain.errors import Conflict, InputError, Unavailable

MIGRATING = 7400103
"""The advisory lock under which the schema is changed."""

_MOST_FRAME_BYTES = 1 << 24
_TABLES = r"""
SELECT nspname, relname, array_agg(attname ORDER BY attnum)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relkind = 'r' AND relpersistence = 'p' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
GROUP BY nspname, relname ORDER BY nspname, relname
"""
_SEQUENCES = r"""
SELECT nspname, relname
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'S' AND relpersistence = 'p' AND nspname !~ '^pg_' ORDER BY nspname, relname
"""
# However the server or the role is set, both ends write and read values alike.
_PLAIN = (
    "SET client_encoding = 'UTF8'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET TimeZone = 'UTC'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table and those of its columns that hold rows' own values, in order."""

    schema: str
    name: str
    columns: tuple[str, ...]


def dump(connection: Connection, at_snapshot: Callable[[Connection], None]) -> Iterator[bytes]:
    """Yield every row of every table as it was at one moment, while others go on writing.

    Args:
        connection: of a role that no row-level security binds, outside any transaction; used up by this.
        at_snapshot: called within the snapshot, before the first frame, to read what else shall belong to it.

    Raises:
        Unavailable: the role may not read every row: PostgreSQL refuses then instead of leaving rows out.
    """
    connection.autocommit = True
    for statement in _PLAIN:
        connection.execute(statement)
    # A failure instead of a silently shorter copy, for a role whom a policy would bind.
    connection.execute("SET row_security = off")
    # Waited for outside the transaction: a snapshot from before a migration's end would be of the older schema.
    connection.execute("SELECT pg_advisory_lock_shared(%s)", [MIGRATING])
    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            at_snapshot(connection)
            yield from _rows(cursor)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable("the role that makes the backup may not read every row of the database") from error


def load(connection: Connection, pieces: Iterable[bytes]) -> None:
    """Put every row back into a database that has the same tables, in one transaction: all of them or none.

    Rows that the migrations made there are replaced. Rules and triggers do not act on what is loaded: they have done
    so before.

    Args:
        connection: a superuser's, outside any transaction.
        pieces: what `dump` yielded, cut in any way.

    Raises:
        InputError: it is no such stream, or not whole.
        Conflict: the tables here are not those that the rows come from.
        Unavailable: the role may not load past triggers.
    """
    frames = _Frames(pieces)
    try:
        with connection.transaction(), connection.cursor() as cursor:
            for statement in _PLAIN:
                cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = replica")
            tables = _tables_named(frames.json())
            if set(tables) != set(_tables(cursor)):
                raise Conflict("the tables here are not those that the backup was made of")
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(_identifier, tables))))
            for table in tables:
                _load_table(cursor, table, frames)
            _set_sequences(cursor, frames.json())
            frames.end()
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable("the role that restores must be a superuser of the database server") from error
    except psycopg.DataError as error:
        raise InputError("the copy of the database holds rows that cannot be loaded") from error


def holds_tables(connection: Connection) -> bool:
    """Return whether any table was ever made in this database."""
    return connection.execute(_TABLES).fetchone() is not None


def _rows(cursor: Cursor) -> Iterator[bytes]:
    tables = _tables(cursor)
    names = sql.SQL(", ").join(map(_identifier, tables))
    cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))
    yield _json_frame([[one.schema, one.name, list(one.columns)] for one in tables])
    for table in tables:
        yield from _table_frames(cursor, table)
    yield _json_frame(_sequence_values(cursor))


def _table_frames(cursor: Cursor, table: Table) -> Iterator[bytes]:
    waiting = bytearray()
    with cursor.copy(_copy(table, "TO STDOUT")) as copy:
        for block in copy:
            waiting += block
            if len(waiting) > 1 << 18:
                yield _frame(bytes(waiting))
                waiting.clear()
    if waiting:
        yield _frame(bytes(waiting))
    yield _frame(b"")
    yield _json_frame(cursor.rowcount)


def _load_table(cursor: Cursor, table: Table, frames: _Frames) -> None:
    with cursor.copy(_copy(table, "FROM STDIN")) as copy:
        while block := frames.next():
            copy.write(block)
    if cursor.rowcount != frames.json():
        raise InputError("the copy of the database does not hold as many rows as it says")


def _copy(table: Table, direction: str) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("COPY {} ({}) " + direction).format(_identifier(table), columns)


def _tables(cursor: Cursor) -> list[Table]:
    return [Table(schema, name, tuple(columns)) for schema, name, columns in cursor.execute(_TABLES)]


def _tables_named(listed: object) -> list[Table]:
    try:
        return [Table(schema, name, tuple(columns)) for schema, name, columns in listed]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise InputError("the copy of the database cannot be read") from None


def _sequence_values(cursor: Cursor) -> list[list[object]]:
    found = cursor.execute(_SEQUENCES).fetchall()
    return [[schema, name, *_value(cursor, schema, name)] for schema, name in found]


def _value(cursor: Cursor, schema: str, name: str) -> TupleRow:
    query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(schema, name))
    (row,) = cursor.execute(query).fetchall()
    return row


def _set_sequences(cursor: Cursor, listed: object) -> None:
    if not isinstance(listed, list):
        raise InputError("the copy of the database cannot be read")
    for schema, name, last, is_called in listed:
        relation = sql.Identifier(schema, name).as_string(cursor)
        cursor.execute("SELECT setval(%s::regclass, %s, %s)", [relation, last, is_called])


def _identifier(table: Table) -> sql.Identifier:
    return sql.Identifier(table.schema, table.name)


def _frame(payload: bytes) -> bytes:
    return len(payload).to_bytes(4) + payload


def _json_frame(value: object) -> bytes:
    return _frame(json.dumps(value).encode())


class _Frames:
    """The frames of a stream that comes in pieces of any length."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._waiting = bytearray()

    def next(self) -> bytes:
        """Return the payload of the next frame."""
        length = int.from_bytes(self._take(4))
        if length > _MOST_FRAME_BYTES:
            raise InputError("the copy of the database cannot be read")
        return self._take(length)

    def json(self) -> object:
        """Return the value in the next frame."""
        try:
            return json.loads(self.next())
        except ValueError:
            raise InputError("the copy of the database cannot be read") from None

    def end(self) -> None:
        """See to it that nothing follows; only then is the stream known to be whole."""
        if self._waiting or any(self._pieces):
            raise InputError("the copy of the database holds more than it says")

    def _take(self, size: int) -> bytes:
        while len(self._waiting) < size:
            piece = next(self._pieces, None)
            if piece is None:
                raise InputError("the copy of the database ends too early")
            self._waiting += piece
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken
