"""Queries of the pages that are asked all day long: written as SQL, and planned once for each connection.

By way of the models the text of such a query is put together anew each time, which takes this program longer than the
answer takes the database; and to plan it takes the database longer than to find its rows.
"""

from __future__ import annotations

from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Model

_names = count(1)
_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""By connection, the queries that its server knows, each with its name. Threads share no connection."""


def rows_of(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows that a query finds. Call it within `acting_for`: row-level security binds it as any other.

    A query that fails the first time is forgotten, and stays on the server under its name, for nobody, until the
    connection ends. The server plans one anew when what it knows of the tables changes, and whenever these values make
    a better plan.

    Args:
        query: SQL in which `$1`, `$2`, ... stand for the values, each with its type: `$1::uuid`.
        values: one for each.
    """
    with connection.cursor() as cursor:
        known = _planned.setdefault(connection.connection, {})
        name = known.get(query)
        if name is not None:
            cursor.execute(_asked(name, len(values)), values)
        else:  # both in one message, so that the first time asks no oftener; under a new name, should it fail halfway
            name = f"page_{next(_names)}"
            cursor.execute(f"PREPARE {name} AS {query.replace('%', '%%')}; {_asked(name, len(values))}", values)
            cursor.nextset()
            known[query] = name
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """Return the columns of a model in the order of its fields, as `from_db` takes them."""
    return tuple(one.attname for one in model._meta.concrete_fields)  # noqa: SLF001 - Django documents it


def _asked(name: str, values: int) -> str:
    return f"EXECUTE {name}({', '.join(['%s'] * values)})" if values else f"EXECUTE {name}"
