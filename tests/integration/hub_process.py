"""The program as a process of its own, at an installation that a test holds: only the database is found for it.

Called with the program's arguments; HOME_ADDRESSES says where each role reaches the database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()

from tsunagu.config import application, entry  # noqa: E402
from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress  # noqa: E402
from tsunagu.records.postgres.embedded_roles import EMBEDDED_NAMES  # noqa: E402


@contextmanager
def found(*_: object) -> Iterator[Addresses]:
    """Yield where the database is."""
    roles = [DatabaseAddress(*one, options=()) for one in json.loads(os.environ["HOME_ADDRESSES"])]
    yield Addresses(*roles, EMBEDDED_NAMES)


application.open_database = found  # type: ignore[assignment]
application.revive_database = lambda *_: None
entry.main()
