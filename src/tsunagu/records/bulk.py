"""Many rows in one statement, where an object a row would cost more than the row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

BATCH = 5000
"""Rows in one statement: what bounds its length."""


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, then: str = "") -> list[tuple[Any, ...]]:
    """Insert `rows` and return what `then` asks to be returned.

    They travel as one JSON text, which the server spells out as the columns' types: an array a column, or a
    placeholder a value, is put together one value at a time on this side.

    Args:
        rows: values by column; all rows have the same columns; bytes, UUIDs, aware times and whatever JSON holds.
        then: what the statement ends with, a literal of our own: ON CONFLICT, RETURNING.

    Raises:
        ValueError: a number is not finite.
    """
    meta = model._meta  # noqa: SLF001 - documented by Django
    if not rows:
        return []
    columns = {field.column: field.db_type(connection) for field in meta.concrete_fields}
    names = ", ".join(f'"{column}"' for column in rows[0])
    types = ", ".join(f'"{column}" {columns[column]}' for column in rows[0])
    statement = (
        f'INSERT INTO "{meta.db_table}" ({names})'  # noqa: S608 - names of our own
        f" SELECT {names} FROM json_to_recordset(%s) AS given ({types}) {then}"
    )
    returned: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            text = json.dumps(rows[start : start + BATCH], default=_plain, allow_nan=False)
            cursor.execute(statement, [text])
            returned += cursor.fetchall() if cursor.description else []
    return returned


def _plain(value: object) -> str:
    """Return a value as PostgreSQL reads it from text."""
    match value:
        case bytes():
            return "\\x" + value.hex()
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
    raise TypeError(f"no column holds a {type(value).__name__}")
