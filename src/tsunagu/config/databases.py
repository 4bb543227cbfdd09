"""Django told where the database is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connections

from tsunagu.domain.errors import Unavailable
from tsunagu.records.migrating import SchemaState, migrate, schema_state
from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress
from tsunagu.records.postgres.guard import refuse_if_app_can_bypass
from tsunagu.records.session import outage

LOST = ("08", "57P")
"""SQLSTATE classes of a lost connection and of a server that ends its sessions, PostgreSQL's Appendix A."""


def connect(addresses: Addresses) -> None:
    """Point Django at the database, make the schema of a new one, and check the app role.

    Tables with something in them are changed when the operator asks for it, never by the way: other processes and
    hosts may still work with the earlier release, and a backup comes first.

    Raises:
        Unavailable: the tables are of another release, or the app role could pass row-level security.
    """
    point(addresses)
    state = schema_state()
    if state is SchemaState.OLDER:
        raise Unavailable(
            "the database is of an earlier release: stop what else works with it, run `tsunagu backup`, "
            "then `tsunagu upgrade`"
        )
    if state is SchemaState.NEWER:
        raise Unavailable("a later release has been at work on this database: use that one")
    if state is SchemaState.UNUSED:
        migrate()
    check_roles(addresses)


def point(addresses: Addresses) -> None:
    """Point Django at the database, whatever is in it."""
    doors = {"default": addresses.app, "linker": addresses.linker, "owner": addresses.owner}
    for alias, address in doors.items():
        connections.databases[alias].update(_door(address))
    settings.TSUNAGU_ROLES = asdict(addresses.names) | {"database": addresses.app.database}


def check_roles(addresses: Addresses) -> None:
    """Refuse an app role that row-level security does not bind.

    Raises:
        Unavailable: it could pass it.
    """
    owner = connections["owner"]  # which the tables were looked at by: another connection takes longer than the check
    owner.ensure_connection()
    refuse_if_app_can_bypass(owner.connection, addresses.names)


@contextmanager
def outages_told() -> Iterator[None]:
    """Turn the database's going away, or its refusing to go on, into the failure that every door anticipates.

    The server's own words may quote a value, so they are not passed on.

    Raises:
        Unavailable: the connection was lost, or the server lacks disk or memory, is shutting down or the like.
    """
    try:
        yield
    except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        state = getattr(cause, "sqlstate", None)
        if state is None or state.startswith(LOST):
            raise Unavailable(
                "the database has gone away; what was committed is kept, so run the command again"
            ) from error
        stopped = Unavailable(f"the database cannot go on (SQLSTATE {state}); what was committed is kept")
        raise outage(error, stopped) from error


def disconnect() -> None:
    """Close this thread's connections."""
    connections.close_all()


def _door(address: DatabaseAddress) -> dict[str, Any]:
    return {
        "HOST": address.host,
        "PORT": str(address.port),
        "NAME": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
        "OPTIONS": dict(address.options),
        "CONN_MAX_AGE": None,
    }
