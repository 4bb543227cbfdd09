"""After a crash the next use has all that was committed; what cannot be opened is refused with its reason."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tsunagu.domain.errors import TsunaguError, Unavailable
from tsunagu.records.postgres.processes import listening_process, log_tail
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.postgres.users import database_account

Refusal = Callable[..., TsunaguError]
UseOnce = Callable[[Path], None]


def kill_postmaster(folder: str) -> None:
    process = listening_process(database_account(), Path(folder))
    assert process
    os.kill(process, signal.SIGKILL)


def test_what_was_committed_is_there_after_the_server_is_killed(home: Path) -> None:
    server, chance, kept = EmbeddedPostgres(home), random.Random(5), 0
    with server.use() as addresses, psycopg.connect(addresses.owner.conninfo()) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    for _ in range(5):
        with server.use() as addresses:
            with psycopg.connect(addresses.owner.conninfo(), autocommit=True) as connection:
                for _ in range(chance.randrange(200)):
                    connection.execute("INSERT INTO kept VALUES (%s)", [kept])
                    kept += 1
                kill_postmaster(addresses.app.host)
                connection.close()
            with server.use() as again, psycopg.connect(again.owner.conninfo()) as connection:
                numbers = connection.execute("SELECT number FROM kept ORDER BY number").fetchall()
            assert [row[0] for row in numbers] == list(range(kept))
    assert not server.status().is_running


def test_orphans_that_work_on_without_their_server_are_ended(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with server.use() as addresses:
        with psycopg.connect(addresses.owner.conninfo()) as connection:
            # Pure computing never looks up to see that the postmaster has died.
            session = connection.info.backend_pid
            connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
            connection.pgconn.flush()
            time.sleep(0.3)
            kill_postmaster(addresses.app.host)
            begun = time.monotonic()
            with server.use() as again, psycopg.connect(again.owner.conninfo()) as fresh:
                assert fresh.execute("SELECT 1").fetchone() == (1,)
            connection.close()
        print(f"orphan ended and server back after {time.monotonic() - begun:.2f} s")
        assert time.monotonic() - begun < 20
        assert not is_living(session)


def is_living(process: int) -> bool:
    """Say whether a process runs; one that its parent has not yet asked after does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_leaving_while_the_server_recovers_from_a_killed_session_ends_it(home: Path) -> None:
    server = EmbeddedPostgres(home)
    for _ in range(5):
        with server.use() as addresses, psycopg.connect(addresses.owner.conninfo()) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            connection.close()
        assert not server.status().is_running


def test_a_last_leaver_after_the_server_was_killed_just_leaves(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with server.use() as addresses:
        kill_postmaster(addresses.app.host)
    assert not server.status().is_running


@pytest.mark.parametrize("stale", [str(2**22 - 3), "", "SELF"])
def test_files_of_a_dead_server_do_not_keep_the_next_one_from_starting(
    home: Path, stale: str, use_once: UseOnce
) -> None:
    account = database_account()
    # The number of the dead server may belong to any process by now, even one of the same user.
    with_number = account.run('sleep 60 >/dev/null 2>&1 & printf %s "$!"').stdout if stale == "SELF" else stale
    try:
        for name in ("data/postmaster.pid", "run/.s.PGSQL.5432.lock"):
            file = home / "pg" / name
            file.write_text(f"{with_number}\n{home}/pg/data\n1\n5432\n")
            os.chown(file, account.uid, account.gid)
        use_once(home)
    finally:
        if stale == "SELF":
            os.kill(int(with_number), signal.SIGKILL)


def test_a_server_that_was_started_some_other_way_is_left_alone(home: Path, refusal: Refusal) -> None:
    server, account = EmbeddedPostgres(home), database_account()
    with server.use():
        binary = Path(f"/proc/{listening_process(account, home / 'pg' / 'run')}/exe").readlink()
    elsewhere = home / "pg" / "log"
    started = account.run(
        '"$1" -D "$2" -k "$3" -c listen_addresses= >/dev/null 2>&1 & printf %s "$!"',
        binary,
        home / "pg/data",
        elsewhere,
    )
    try:
        while not (elsewhere / ".s.PGSQL.5432").exists():
            time.sleep(0.01)
        error = refusal(Unavailable, lambda: server.use().__enter__())
        assert "some other way" in str(error)
    finally:
        os.kill(int(started.stdout), signal.SIGINT)
    while (home / "pg/data/postmaster.pid").exists():
        time.sleep(0.01)


def damage(home: Path, what: str) -> None:
    data = home / "pg" / "data"
    if what == "no version":
        (data / "PG_VERSION").unlink()
    elif what == "no control file":
        (data / "global" / "pg_control").unlink()
    elif what == "another version":
        (data / "PG_VERSION").write_text("15\n")
    elif what == "a file in its place":
        shutil.rmtree(data)
        data.write_text("")
    elif what == "another owner":
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder away")
        os.chown(data, 0, 0)
    elif what == "spoilt control file":
        (data / "global" / "pg_control").write_bytes(bytes(8192))
    elif what == "passwords lost":
        (home / "keys" / "database.json").unlink()
    elif what == "passwords spoilt":
        (home / "keys" / "database.json").write_text("{")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("no version", "damaged"),
        ("no control file", "damaged"),
        ("another version", "another major version"),
        ("a file in its place", "damaged"),
        ("another owner", "belongs to another user"),
        ("spoilt control file", "stopped while starting"),
        ("passwords lost", "passwords of the database are missing"),
        ("passwords spoilt", "passwords is damaged"),
    ],
)
def test_a_home_that_cannot_be_opened_is_refused_with_its_reason(
    home: Path, what: str, says: str, refusal: Refusal
) -> None:
    damage(home, what)
    server = EmbeddedPostgres(home)
    error = refusal(Unavailable, lambda: server.use().__enter__())
    assert says in str(error)
    assert not server.status().is_running
    if what == "spoilt control file":
        assert "FATAL" in str(error.details["log"])
        assert log_tail(server._folders)
