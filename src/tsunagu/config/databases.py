"""Django told where the database is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from tsunagu.records.migrating import is_current, migrate
from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress
from tsunagu.records.postgres.guard import refuse_if_app_can_bypass


def connect(addresses: Addresses) -> None:
    """Point Django at the database, bring the schema up to date, and check the app role.

    Raises:
        Unavailable: the app role could pass row-level security.
    """
    doors = {"default": addresses.app, "linker": addresses.linker, "owner": addresses.owner}
    for alias, address in doors.items():
        connections.databases[alias].update(_door(address))
    settings.TSUNAGU_ROLES = asdict(addresses.names) | {"database": addresses.app.database}
    if not is_current():
        migrate()
    with psycopg.connect(addresses.owner.conninfo()) as connection:
        refuse_if_app_can_bypass(connection, addresses.names)


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
