"""In whose name the database is asked. Row-level security reads it; without it every query fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections, transaction

LINKER = "linker"
DATABASE_FAILED = (OperationalError, InterfaceError)
"""What is raised where the database fails, and not what was asked of it."""


@contextmanager
def acting_for(agency_id: UUID) -> Iterator[None]:
    """Open a transaction in which only rows of one agency can be seen or written.

    Transactions of this kind do not nest: the inner one would change the agency of the outer.
    """
    with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('tsunagu.agency', %s, true)", [str(agency_id)])
        yield


@contextmanager
def asking_for_login(login: str) -> Iterator[None]:
    """Open a transaction in which the one row of the directory that has exactly this login can be seen."""
    with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('tsunagu.login', %s, true)", [login])
        yield


@contextmanager
def linking() -> Iterator[None]:
    """Open a transaction as the linker, alone: one linker works at a time."""
    with transaction.atomic(using=LINKER, durable=True), connections[LINKER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7400101)")
        yield
