"""In whose name the database is asked. Row-level security reads it; without it every query fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connections, transaction

from tsunagu.domain.errors import Unavailable

LINKER = "linker"
Statement = tuple[str, Sequence[Any]]
"""SQL with its values, whose rows nobody reads: it can be sent together with others."""
DATABASE_FAILED = (OperationalError, InterfaceError)
"""What is raised where the database fails, and not what was asked of it."""
DISK_FULL = "53100"
"""The SQLSTATE of a server whose disk is full: PostgreSQL 18, appendix A."""


def is_disk_full(error: BaseException) -> bool:
    """Return whether the database failed because its disk is full."""
    cause = error if hasattr(error, "sqlstate") else error.__cause__
    return getattr(cause, "sqlstate", None) == DISK_FULL


def outage(error: BaseException, otherwise: Unavailable) -> Unavailable:
    """Return what is told where the database fails: that its disk is full when it said so, and else `otherwise`.

    The server's own words may quote a value, so they are not passed on.
    """
    if not is_disk_full(error):
        return otherwise
    return Unavailable("the database's disk is full: what was committed is kept, and nothing more until there is room")


@contextmanager
def acting_for(agency_id: UUID) -> Iterator[None]:
    """Open a transaction in which only rows of one agency can be seen or written.

    Transactions of this kind do not nest: the inner one would change the agency of the outer.
    """
    with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('tsunagu.agency', %s, true)", [str(agency_id)])
        yield


def asked_for(agency_id: UUID, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows that one query finds of one agency's: a transaction that is one message to the server.

    It is for what is asked hundreds of times a second; elsewhere `acting_for` says better what is meant.
    """
    asked = connections["default"]
    asked.validate_no_atomic_block()
    with asked.cursor() as cursor:
        # Statements of one message are one transaction: PostgreSQL 18, "Multiple Statements in a Simple Query".
        cursor.execute(f"SELECT set_config('tsunagu.agency', %s, true); {query}", [str(agency_id), *values])
        cursor.nextset()
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@contextmanager
def visiting(agency_id: UUID, guest_id: UUID) -> Iterator[None]:
    """Open a transaction of one agency in which, besides, the series of an invitation can be seen that lasts.

    See `acting_for`. Whether it lasts the database decides by its own clock.
    """
    with acting_for(agency_id), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('tsunagu.guest', %s, true)", [str(guest_id)])
        yield


@contextmanager
def asking_for_login(login: str) -> Iterator[None]:
    """Open a transaction in which the one row of the directory that has exactly this login can be seen."""
    with transaction.atomic(durable=True), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('tsunagu.login', %s, true)", [login])
        yield


def database_time() -> datetime:
    """Return what the database's own clock says, which may be another host's."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


@contextmanager
def locked(lock: int, name: str, *, shared: bool = False, waits: bool = True) -> Iterator[bool]:
    """Hold an advisory lock across transactions, until the block ends; give whether it was got.

    The database lets it go as well when the connection ends, as by a kill.

    Args:
        lock: the kind of lock.
        name: of what is locked.
        shared: with others who share it.
        waits: for as long as somebody else holds it; otherwise the block is run without it.
    """
    kind, ask = "_shared" if shared else "", "" if waits else "try_"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT pg_{ask}advisory_lock{kind}(%s, hashtext(%s))", [lock, name])
        is_got = waits or bool(cursor.fetchone()[0])
    try:
        yield is_got
    finally:
        if is_got:
            with suppress(*DATABASE_FAILED), connections["default"].cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock{kind}(%s, hashtext(%s))", [lock, name])


@contextmanager
def linking() -> Iterator[None]:
    """Open a transaction as the linker, alone: one linker works at a time."""
    with transaction.atomic(using=LINKER, durable=True), connections[LINKER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7400101)")
        yield


@contextmanager
def looking_up() -> Iterator[None]:
    """Open a transaction as the linker, beside others: what banks know is asked across agencies."""
    with transaction.atomic(using=LINKER, durable=True):
        yield


def connections_renewed() -> None:
    """Let this thread's next query connect anew where its connection has failed: for who works before the framework."""
    for alias in ("default", LINKER):
        connections[alias].close_if_unusable_or_obsolete()


def connections_left() -> None:
    """Close the connections of this thread, which ends without the framework's knowing."""
    connections.close_all()
