"""The house within this process: one database for all tests, and agencies of their own for each who asks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import django
import psycopg
import pytest

# Before any model is imported.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.db import connections  # noqa: E402

from tsunagu.config.application import Application  # noqa: E402
from tsunagu.records.keys.keyring import Keyring  # noqa: E402
from tsunagu.records.postgres.server import EmbeddedPostgres  # noqa: E402
from tsunagu.services.house import Rooms  # noqa: E402

from ..conftest import made_once, quick_folder  # noqa: E402, TID252 - tests are no package with a name
from .homes import drop_homes, keep_fresh, open_homes  # noqa: E402
from .lined import Line, between  # noqa: E402
from .scene import Scene, set_the_scene  # noqa: E402
from .three_homes import Three, joined  # noqa: E402
from .world import Table, World  # noqa: E402


@pytest.fixture(autouse=True)
def no_queries_of_others() -> Iterator[None]:
    """Forget the queries that a test counted: Django keeps 9,000, and warns of the next."""
    yield
    for connection in connections.all(initialized_only=True):
        connection.queries_log.clear()


@pytest.fixture(scope="session")
def world_home() -> Iterator[Path]:
    """The home that all tests within this process share."""
    home = Path(tempfile.mkdtemp(prefix="tsunagu-test-", dir=quick_folder()))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def rooms(world_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """The rooms of an installation whose database runs as long as the tests do."""
    environ = {"TSUNAGU_HOME": str(world_home)}

    def make() -> None:
        Keyring.create(world_home, environ)
        with Application(environ).open():
            pass

    made_once(tmp_path_factory, "installation", world_home, make)
    with Application(environ).open() as opened, pytest.MonkeyPatch.context() as patch:
        # No test within this process pulls the plug: none has to wait for the disk.
        with psycopg.connect(EmbeddedPostgres(world_home).admin_address().conninfo(), autocommit=True) as superuser:
            superuser.execute("ALTER SYSTEM SET synchronous_commit = off")
            superuser.execute("SELECT pg_reload_conf()")
        keep_fresh(EmbeddedPostgres(world_home).admin_address())
        # Passwords of dozens of officers: as many passes over as much memory as is allowed at least.
        for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield opened


@pytest.fixture(scope="session")
def world(rooms: Rooms, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The house, in which a test founds agencies of random names and speaks for their officers."""
    return World(rooms, Table(rooms), tmp_path_factory.mktemp("seized"))


@pytest.fixture(scope="module")
def scene(world: World) -> Scene:
    """Three agencies, two of which hold the same; see `set_the_scene`."""
    return set_the_scene(world)


@pytest.fixture(scope="session")
def common_scene(world: World) -> Scene:
    """One scene for all tests that read in it, or add what no other test counts: to set it takes some seconds."""
    return set_the_scene(world)


@pytest.fixture(scope="session")
def three(world: World, world_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    """Three installations beside the one that all tests share; see `three_homes`."""
    server = EmbeddedPostgres(world_home).admin_address()
    homes = open_homes(world, server, tmp_path_factory.mktemp("homes"), "body", "japan", "nordic")
    try:
        yield joined(*homes)
    finally:
        drop_homes(server, homes)


@pytest.fixture(scope="session")
def line(three: Three) -> Line:
    """Two of these installations, and forces at both; see `lined`."""
    return between(three)


@pytest.fixture(scope="module")
def no_session_is_prolonged() -> Iterator[None]:
    """Write no session anew: a page asks the database once more whenever a minute has passed, whoever asks for what."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tsunagu.web.sessions.PROLONGED_BY", timedelta(days=1))
        yield


@pytest.fixture
def admin(world_home: Path, rooms: object) -> Iterator[psycopg.Connection]:
    """The superuser, whom row-level security does not bind; nothing that it does outlives the test."""
    address = replace(EmbeddedPostgres(world_home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as connection:
        yield connection
        connection.rollback()
