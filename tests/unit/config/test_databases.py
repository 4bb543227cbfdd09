"""What goes wrong with the database becomes one failure that every door anticipates, and quotes nothing."""

from __future__ import annotations

import django.db
import psycopg
import pytest
from psycopg import errors

from tsunagu.config.databases import outages_told
from tsunagu.domain.errors import Unavailable

QUOTED = "Key (path)=(name-of-a-file)"


def by_django(kind: type[Exception], cause: Exception) -> Exception:
    error = kind(QUOTED)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError(QUOTED),
        errors.AdminShutdown(QUOTED),
        errors.ConnectionFailure(QUOTED),
        by_django(django.db.OperationalError, psycopg.OperationalError(QUOTED)),
        by_django(django.db.OperationalError, errors.CrashShutdown(QUOTED)),
        django.db.InterfaceError(QUOTED),
    ],
)
def test_a_lost_connection_is_told_as_the_databases_going_away(error: Exception) -> None:
    with pytest.raises(Unavailable, match="gone away") as caught, outages_told():
        raise error
    assert QUOTED not in str(caught.value)
    assert caught.value.details == {}


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (errors.DiskFull(QUOTED), "the database's disk is full"),
        (by_django(django.db.OperationalError, errors.DiskFull(QUOTED)), "the database's disk is full"),
        (by_django(django.db.OperationalError, errors.OutOfMemory(QUOTED)), "53200"),
        (by_django(django.db.OperationalError, errors.DeadlockDetected(QUOTED)), "40P01"),
    ],
)
def test_a_server_that_cannot_go_on_is_told_with_its_state_or_what_is_full(error: Exception, state: str) -> None:
    with pytest.raises(Unavailable, match=state) as caught, outages_told():
        raise error
    assert QUOTED not in str(caught.value)


@pytest.mark.parametrize(
    "error", [django.db.IntegrityError(QUOTED), django.db.ProgrammingError(QUOTED), errors.UniqueViolation(QUOTED)]
)
def test_a_fault_of_our_own_is_not_told_as_an_outage(error: Exception) -> None:
    with pytest.raises(type(error)), outages_told():
        raise error
