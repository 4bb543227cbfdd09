"""The world of the matrix, in the rooms that pages and operations are served from."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache

from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.watched import WatchedFolders
from tsunagu.services.house import Rooms
from tsunagu.web.rooms import serve_from

from ..world import World  # noqa: TID252 - tests are no package with a name
from .planted import Planted, plant


@pytest.fixture(scope="package")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that agencies' tools put extractions in."""
    return tmp_path_factory.mktemp("watched")


@pytest.fixture(scope="module", autouse=True)
def _served(rooms: Rooms, watched: Path) -> Iterator[None]:
    """Serve the rooms of these tests, under a secret key as the wiring would make one."""
    settings.SECRET_KEY = secrets.token_hex(32)
    settings.ALLOWED_HOSTS = ["localhost"]
    serve_from(replace(rooms, watched=WatchedFolders(watched)))
    cache.clear()
    with pytest.MonkeyPatch.context() as patch:
        # Everybody sat down at the beginning, and is asked for no proof before the end.
        patch.setattr(settings, "ACCOUNT_REAUTHENTICATION_TIMEOUT", 3600, raising=False)
        yield


@pytest.fixture(scope="module")
def planted(world: World, world_home: Path, watched: Path) -> Planted:
    """The world, planted."""
    address = replace(EmbeddedPostgres(world_home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as superuser:
        return plant(world, watched, superuser)
