"""The door to the database, whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tsunagu.records.postgres.addresses import Addresses
from tsunagu.records.postgres.foreign import APP_VARIABLE, OWNER_VARIABLE, use_foreign
from tsunagu.records.postgres.server import EmbeddedPostgres


def open_database(home: Path, environ: Mapping[str, str]) -> AbstractContextManager[Addresses]:
    """Return a context in which the database runs and its roles exist; it yields their addresses.

    The embedded server is used unless TSUNAGU_DATABASE_URL or TSUNAGU_DATABASE_OWNER_URL is set.

    Entering raises:
        InputError: the URLs are wrong.
        Unavailable: the database cannot be used; the message says why.
    """
    if environ.get(APP_VARIABLE) or environ.get(OWNER_VARIABLE):
        return use_foreign(home, environ)
    return EmbeddedPostgres(home).use()
