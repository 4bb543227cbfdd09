"""Servers of the tests' own: the embedded one in throw-away homes, and Debian's as the one somebody else runs."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tsunagu.domain.errors import TsunaguError
from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.postgres.users import database_account

from ...conftest import DISK, quick_folder  # noqa: TID252 - tests are no package with a name

DEBIAN = Path("/usr/lib/postgresql/15/bin")
SOURCE = Path(__file__).parents[3] / "src"
PROGRAM = """
import sys
from pathlib import Path
import psycopg
from tsunagu.records.postgres.server import EmbeddedPostgres
"""


@contextmanager
def _throw_away_home(template: Path | None = None) -> Iterator[Path]:
    # Not pytest's tmp_path: that is closed to the user that root runs the database as.
    top = Path(tempfile.mkdtemp(prefix="tsu-", dir=DISK if template is None else quick_folder()))
    top.chmod(0o711)
    home = top / "home"
    if template is not None:
        subprocess.run(["cp", "-a", template, home], check=True)
    try:
        yield home
    finally:
        for place in top.iterdir():  # a test may have renamed its home
            server = EmbeddedPostgres(place)
            if server.status().is_running:
                with server.use():
                    pass
            assert not server.status().is_running
        shutil.rmtree(top)


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A home in which nothing has been started yet."""
    with _throw_away_home() as home:
        yield home


@pytest.fixture(scope="session")
def _stopped_home() -> Iterator[Path]:
    with _throw_away_home() as home:
        with EmbeddedPostgres(home).use():
            pass
        yield home


@pytest.fixture
def home(_stopped_home: Path) -> Iterator[Path]:
    """A home of the test's own whose database exists and is down."""
    with _throw_away_home(_stopped_home) as home:
        yield home


@pytest.fixture(scope="session")
def shared_server(_stopped_home: Path) -> Iterator[EmbeddedPostgres]:
    """A running embedded server that no test may harm."""
    with _throw_away_home(_stopped_home) as home, EmbeddedPostgres(home).use():
        yield EmbeddedPostgres(home)


@pytest.fixture
def addresses(shared_server: EmbeddedPostgres) -> Iterator[Addresses]:
    """The addresses of the shared server."""
    with shared_server.use() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def debian_server() -> Iterator[DatabaseAddress]:
    """The superuser's address on a throw-away cluster of Debian's PostgreSQL 15."""
    if not (DEBIAN / "postgres").exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed: nothing is tested against a server of somebody else")
    account, password = database_account(), secrets.token_urlsafe(16)
    top = Path(tempfile.mkdtemp(prefix="tsu-deb-", dir=DISK))
    os.chown(top, account.uid, account.gid)
    try:
        made = account.run(
            'cat >"$1/pw"; "$2/initdb" -D "$1/data" -U dba -A scram-sha-256 --pwfile="$1/pw" -N -E UTF8 --no-locale'
            ' && "$2/pg_ctl" -w -l "$1/log" -D "$1/data" -o "-k $1 -h \'\' -F" start >"$1/out" 2>&1',
            top,
            DEBIAN,
            stdin=password,
        )
        assert made.returncode == 0, made.stderr
        yield DatabaseAddress(str(top), 5432, "postgres", "dba", password)
    finally:
        account.run('"$2/pg_ctl" -w -m fast -D "$1/data" stop', top, DEBIAN)
        shutil.rmtree(top)


@dataclass(frozen=True)
class Foreign:
    """A database on a server that somebody else runs, with the roles that its administrator made."""

    dba: DatabaseAddress
    environ: dict[str, str]

    def connect_dba(self) -> psycopg.Connection:
        return psycopg.connect(self.dba.conninfo(), autocommit=True)


def _url(address: DatabaseAddress, user: str, database: str, password: str) -> str:
    return f"postgresql://{user}:{password}@/{database}?host={address.host}&port={address.port}"


@pytest.fixture(params=["embedded 18", "Debian 15"])
def make_foreign(request: pytest.FixtureRequest) -> Iterator[Callable[..., Foreign]]:
    """Make a database whose owner may, or may not, make roles."""
    if request.param == "Debian 15":
        dba = request.getfixturevalue("debian_server")
    else:
        dba = request.getfixturevalue("shared_server").admin_address()
    made: list[str] = []

    def make(*, owner_makes_roles: bool) -> Foreign:
        name = f"police_{secrets.token_hex(4)}"
        made.append(name)
        right = "CREATEROLE" if owner_makes_roles else "NOCREATEROLE"
        with psycopg.connect(dba.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {name}_owner LOGIN {right} PASSWORD 'o'")
            connection.execute(f"CREATE ROLE {name}_app LOGIN PASSWORD 'a'")
            connection.execute(f"CREATE DATABASE {name} OWNER {name}_owner")
        environ = {
            "TSUNAGU_DATABASE_URL": _url(dba, f"{name}_app", name, "a"),
            "TSUNAGU_DATABASE_OWNER_URL": _url(dba, f"{name}_owner", name, "o"),
        }
        return Foreign(replace(dba, database=name), environ)

    yield make
    with psycopg.connect(dba.conninfo(), autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
            roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [f"{name}%"]).fetchall()
            # On PostgreSQL 16 and later the owner granted memberships, and what it granted has to go first.
            for role in sorted((row[0] for row in roles), key=lambda one: one.endswith("_owner")):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def spawn() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start another Python process that uses the launcher; warnings are errors in it. It is gone after the test."""
    with ExitStack() as stack:

        def start(body: str, *arguments: str | Path) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", "-c", PROGRAM + body, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(SOURCE)},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


@pytest.fixture
def refusal() -> Callable[..., TsunaguError]:
    """Run something that must fail, and hand over its error after checking that the message is safe to show."""

    def run(kind: type[TsunaguError], action: Callable[[], object]) -> TsunaguError:
        with pytest.raises(kind) as caught:
            action()
        assert "/" not in str(caught.value).replace("keys/database.json", "").replace("://", "")
        return caught.value

    return run


@pytest.fixture
def use_once() -> Callable[[Path], None]:
    """Start the server of a home and stop it again."""

    def use(home: Path) -> None:
        with EmbeddedPostgres(home).use():
            pass

    return use
