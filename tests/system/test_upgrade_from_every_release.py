"""Every state that the tables were ever in is upgraded with a row in each of them, and none of the rows is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
from psycopg import Connection, sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()  # before any model is imported

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402

from tsunagu.config.databases import disconnect, point  # noqa: E402
from tsunagu.records import migrations  # noqa: E402
from tsunagu.records.migrating import migrate_to  # noqa: E402
from tsunagu.records.postgres.server import EmbeddedPostgres  # noqa: E402

from .backups import superuser  # noqa: E402
from .conftest import Installation  # noqa: E402

EARLIER = sorted(path.stem for path in Path(migrations.__path__[0]).glob("0*.py"))[1:]
"""From the one on that made the ledger: an installation without it never was."""
VALUES = {
    "uuid": "'00000000-0000-4000-8000-000000000001'",
    "bytea": "decode(repeat('01', 32), 'hex')",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "boolean": "false",
    "date": "'2026-03-01'",
    "ARRAY": "'{}'",
}
OTHERS = {"proposed_by_id": 2, "confirmed_by_id": 3, "reviewed_by_id": 2, "other_id": 2}
"""Columns that name what a table holds to be different ones."""
HELD_TO = {("law_rule_set", "sha256"): "sha256('1')"}
"""Columns that a table holds to another of its own."""
COLUMNS = """
SELECT table_name, array_agg(column_name::text), array_agg(data_type::text) FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
  AND table_name !~ '^(django_|auth_|procrastinate_)'
GROUP BY table_name ORDER BY table_name
"""


BECAME = {"bank_entry": "bank_item"}
"""Tables whose rows lie elsewhere since."""


def value_of(table: str, column: str, data_type: str) -> str:
    if (table, column) in HELD_TO:
        return HELD_TO[table, column]
    if column in OTHERS:
        return f"'00000000-0000-4000-8000-00000000000{OTHERS[column]}'"
    return VALUES.get(data_type, "'1'")


def fill(admin: Connection[Any]) -> list[str]:
    """Put one row into each table, every key the same, so that they all fit each other."""
    tables = admin.execute(COLUMNS).fetchall()
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for table, columns, types in tables:
            values = ", ".join(value_of(table, *one) for one in zip(columns, types, strict=True))
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            row = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
            admin.execute(row.format(sql.Identifier(table), names, sql.SQL(values)))
    entry = '{"act":"agency:founded","at":"2026-03-01T12:00:00.000000Z"}'
    admin.execute("SELECT ledger.append(ARRAY[%s])", [entry])
    names = [table for table, _, _ in tables]
    if "bank_entry" in names:
        admin.execute("UPDATE bank_entry SET kind = 'sha256'")
    return names


@contextmanager
def at(house: Installation, migration: str):
    """The embedded server of a new home, with its tables as one migration left them."""
    # Tests beside this one, in this very process, may have a house of their own open: Django is pointed back to it.
    before = {alias: dict(connections.databases[alias]) for alias in connections.databases}
    roles = settings.TSUNAGU_ROLES
    with EmbeddedPostgres(house.home).use() as addresses:
        connections.close_all()
        point(addresses)
        try:
            graph = MigrationLoader(None).graph
            migrate_to(graph.forwards_plan(("records", migration)))
            yield
        finally:
            disconnect()
            for alias, database in before.items():
                connections.databases[alias].clear()
                connections.databases[alias].update(database)
            settings.TSUNAGU_ROLES = roles


@pytest.mark.parametrize("migration", [EARLIER[0], *(pytest.param(one, marks=pytest.mark.soak) for one in EARLIER[1:])])
def test_an_upgrade_keeps_every_row(make_installation: Callable[..., Installation], migration: str) -> None:
    house = make_installation()
    house.run("keys", "init")
    with at(house, migration), superuser(house) as admin:
        tables = fill(admin)
        assert {"agency", "case", "holding", "fingerprint", "hit"} <= set(tables)
        house.run("upgrade")
        lost = [
            table
            for table in tables
            if admin.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(BECAME.get(table, table)))
            ).fetchone()
            != (1,)
        ]
        assert lost == []
    [answer] = house.json("doctor", status=None)
    assert {one["name"]: one["ok"] for one in answer["checks"]}["schema"] is True
    assert house.json("ledger", "verify")[0]["ledger_ok"]
