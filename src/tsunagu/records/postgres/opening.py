"""The door to the database, whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress
from tsunagu.records.postgres.embedded_roles import DATABASE
from tsunagu.records.postgres.foreign import APP_VARIABLE, OWNER_VARIABLE, foreign_admin, use_foreign
from tsunagu.records.postgres.server import EmbeddedPostgres


def open_database(home: Path, environ: Mapping[str, str]) -> AbstractContextManager[Addresses]:
    """Return a context in which the database runs and its roles exist; it yields their addresses.

    The embedded server is used unless TSUNAGU_DATABASE_URL or TSUNAGU_DATABASE_OWNER_URL is set.

    Entering raises:
        InputError: the URLs are wrong.
        Unavailable: the database cannot be used; the message says why.
    """
    if is_foreign(environ):
        return use_foreign(home, environ)
    return EmbeddedPostgres(home).use()


def revive_database(home: Path, environ: Mapping[str, str]) -> None:
    """Start the embedded server again when it is down; call it while the database is open.

    Somebody else's server is somebody else's to start.

    Raises:
        Unavailable: it cannot be started.
    """
    if not is_foreign(environ):
        EmbeddedPostgres(home).revive()


def is_foreign(environ: Mapping[str, str]) -> bool:
    """Return whether the environment names a server that somebody else runs."""
    return bool(environ.get(APP_VARIABLE) or environ.get(OWNER_VARIABLE))


def has_database(home: Path, environ: Mapping[str, str]) -> bool:
    """Return whether there is a database to open, without starting or making one.

    A server of somebody else always is one: whether it answers, only opening it tells.
    """
    return is_foreign(environ) or EmbeddedPostgres(home).status().major_version is not None


def admin_address(home: Path, environ: Mapping[str, str]) -> DatabaseAddress:
    """Return where a role that sees every row reaches the open database: for backup and restore, never for work.

    Raises:
        InputError: the URL is wrong.
        Unavailable: the environment names a server of somebody else, and no such role on it.
    """
    if is_foreign(environ):
        return foreign_admin(environ)
    return replace(EmbeddedPostgres(home).admin_address(), database=DATABASE)
