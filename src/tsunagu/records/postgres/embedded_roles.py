"""The roles and the database of the embedded server, made by its superuser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import psycopg
from psycopg import Connection, sql

from tsunagu.records.postgres.addresses import DEFAULT_PORT, Addresses, DatabaseAddress, RoleNames
from tsunagu.records.postgres.passwords import scram_verifier
from tsunagu.records.postgres.rights import has_rights, statements

ADMIN = "tsunagu_admin"
DATABASE = "tsunagu"
EMBEDDED_NAMES = RoleNames("tsunagu_owner", "tsunagu_app", "tsunagu_linker", "tsunagu_ledger", "tsunagu_vault")
NO_RIGHTS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


def addresses_of(socket_folder: str, passwords: Mapping[str, str]) -> Addresses:
    """Return the addresses on the embedded server whose socket lies in `socket_folder`."""
    names = EMBEDDED_NAMES

    def address(role: str) -> DatabaseAddress:
        return DatabaseAddress(socket_folder, DEFAULT_PORT, DATABASE, role, passwords[role])

    return Addresses(address(names.app), address(names.owner), address(names.linker), names)


def prepare_embedded(admin: DatabaseAddress, passwords: Mapping[str, str]) -> None:
    """Make what is missing of roles, database and rights. Killed anywhere, it completes the next time.

    Only one process at a time may call it: the gate of the server sees to that.

    Args:
        admin: the superuser in the database `postgres`.
        passwords: of each role that signs in, by name.

    Raises:
        psycopg.OperationalError: the superuser cannot sign in, or the server goes away.
    """
    if _is_prepared(replace(admin, database=DATABASE)):
        return
    with psycopg.connect(admin.conninfo(), autocommit=True) as connection:
        if not _has_all(connection):
            _create(connection, passwords)
    with psycopg.connect(replace(admin, database=DATABASE).conninfo()) as connection:
        if not has_rights(connection, EMBEDDED_NAMES):
            for statement in statements(DATABASE, EMBEDDED_NAMES):
                connection.execute(statement)


def _is_prepared(admin: DatabaseAddress) -> bool:
    """Return whether nothing is missing, over one connection: every command asks."""
    try:
        with psycopg.connect(admin.conninfo()) as connection:
            return _has_all(connection) and has_rights(connection, EMBEDDED_NAMES)
    except psycopg.OperationalError:  # there is no such database yet; whatever else it is, the next connection tells
        return False


def _has_all(connection: Connection) -> bool:
    names = EMBEDDED_NAMES
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM pg_roles WHERE rolname = ANY(%(signing_in)s) AND rolcanlogin) = 3
           AND (SELECT count(*) FROM pg_roles WHERE rolname = ANY(%(others)s) AND NOT rolcanlogin) = 2
           AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ANY(%(signing_in)s || %(others)s) AND
                           (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls))
           AND EXISTS (SELECT FROM pg_database WHERE datname = %(database)s AND pg_get_userbyid(datdba) = %(owner)s)
           AND NOT has_database_privilege('public', 'postgres', 'CONNECT')
           AND NOT has_database_privilege('public', 'template1', 'CONNECT')
        """,
        {
            "signing_in": [names.owner, names.app, names.linker],
            "others": [names.ledger, names.vault],
            "database": DATABASE,
            "owner": names.owner,
        },
    ).fetchone()
    return row is not None and bool(row[0])


def _create(connection: Connection, passwords: Mapping[str, str]) -> None:
    names = EMBEDDED_NAMES
    with connection.transaction():
        for role in (names.owner, names.app, names.linker, names.ledger, names.vault):
            found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            verb = sql.SQL("CREATE" if found is None else "ALTER")
            login = (
                sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(scram_verifier(passwords[role])))
                if role in passwords
                else sql.SQL("NOLOGIN")
            )
            connection.execute(
                sql.SQL("{} ROLE {} {} {}").format(verb, sql.Identifier(role), sql.SQL(NO_RIGHTS), login)
            )
        connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
    if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
        # No transaction can hold this statement; PostgreSQL makes it whole or not at all.
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(DATABASE), sql.Identifier(names.owner)
            )
        )
