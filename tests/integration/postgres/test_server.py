"""The embedded server: closed to everybody but the program, quiet in its log, gone when nobody needs it."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path

import psycopg
import pytest

from tsunagu.records.postgres.addresses import Addresses
from tsunagu.records.postgres.folders import Folders
from tsunagu.records.postgres.processes import listening_process
from tsunagu.records.postgres.server import EmbeddedPostgres, ServerStatus
from tsunagu.records.postgres.users import database_account

SECRET = "Hanako Planted"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_starts_from_nothing_and_again_and_is_gone_after_each_use(empty_home: Path) -> None:
    server = EmbeddedPostgres(empty_home)
    assert server.status() == ServerStatus(is_running=False, major_version=None, size_bytes=None)
    took = []
    for _ in range(3):
        begun = time.monotonic()
        with server.use() as addresses, psycopg.connect(addresses.app.conninfo()) as connection:
            took.append(time.monotonic() - begun)
            assert connection.execute("SELECT current_user").fetchone() == ("tsunagu_app",)
            status = server.status()
            assert status.is_running
            assert status.major_version == "18"
            assert (status.size_bytes or 0) > 1_000_000
        assert not server.status().is_running
    print(f"cold {took[0]:.2f} s, warm {took[1]:.2f} s and {took[2]:.2f} s")
    assert max(took[1:]) < took[0]


def test_a_use_within_a_use_leaves_the_server_to_the_outer_one(addresses: Addresses, shared_server) -> None:
    with shared_server.use() as inner:
        assert inner == addresses
    with psycopg.connect(addresses.app.conninfo()) as connection:
        connection.execute("SELECT 1")


def test_nobody_signs_in_without_the_password_or_with_another_roles(addresses: Addresses) -> None:
    app = addresses.app
    for password in ("", "wrong", addresses.owner.password):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=app.host, dbname=app.database, user=app.user, password=password, passfile="/nowhere")
    with psycopg.connect(addresses.owner.conninfo()) as connection:
        assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)
    with psycopg.connect(app.conninfo()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT rolpassword FROM pg_authid")


def test_it_listens_on_no_network(addresses: Addresses) -> None:
    account = database_account()
    process = listening_process(account, Path(addresses.app.host))
    opened = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it opens and closes files as it works
            opened.add(str(one.readlink()))
    network = {
        f"socket:[{line.split()[9]}]"
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    }
    assert any(one.startswith("socket:") for one in opened)
    assert not opened & network
    with psycopg.connect(addresses.app.conninfo()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_folders_socket_and_files_are_closed_to_other_users(addresses: Addresses, shared_server) -> None:
    folders: Folders = shared_server._folders
    account = database_account()
    for folder in (folders.pg, folders.data, folders.log.parent, folders.pg / "run"):
        assert (mode(folder), folder.stat().st_uid) == (0o700, account.uid)
    for folder in (folders.keys, folders.gate.parent):
        assert (mode(folder), folder.stat().st_uid) == (0o700, os.geteuid())
    for file in (folders.keys / "database.json", folders.gate, folders.use, folders.alive):
        assert (mode(file), file.stat().st_uid) == (0o600, os.geteuid())
    assert mode(Path(addresses.app.host) / ".s.PGSQL.5432") == 0o700
    assert mode(folders.log) == 0o600


def test_pages_carry_checksums_and_text_sorts_by_code_point_everywhere(addresses: Addresses) -> None:
    with psycopg.connect(addresses.app.conninfo()) as connection:
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        row = connection.execute(
            "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
        assert row == ("b", "C.UTF-8", "UTF8")


def test_the_variables_of_the_caller_do_not_reach_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGUSER", "nobody")
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    with EmbeddedPostgres(home).use() as addresses, psycopg.connect(addresses.app.conninfo()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_log_quotes_no_value_of_a_row_a_statement_or_a_parameter(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with server.use() as addresses:
        with psycopg.connect(addresses.owner.conninfo(), autocommit=True) as connection:
            connection.execute("CREATE TABLE person (name text UNIQUE CHECK (length(name) > 3), born int)")
            connection.execute("INSERT INTO person VALUES (%s, 1)", [SECRET])
            failing = (
                ("INSERT INTO person VALUES (%s, 1)", [SECRET]),
                ("INSERT INTO person VALUES (%s, 'Hanako Planted')", ["x"]),
                ("SELECT %s::int", [SECRET]),
                ("SELECT 'Hanako Planted'::date", []),
                ("SELECT nothing FROM person WHERE name = 'Hanako Planted'", []),
            )
            for statement, parameters in failing:
                with pytest.raises(psycopg.Error):
                    connection.execute(statement, parameters)
        kill_a_session_at_work(addresses, server)
    logged = b"".join(one.read_bytes() for one in server._folders.log.parent.iterdir())
    assert b"terminated by signal 9" in logged
    assert b"Planted" not in logged


def kill_a_session_at_work(addresses: Addresses, server: EmbeddedPostgres) -> None:
    """A session that dies makes the server tell what it was doing, unless it is told not to."""
    with psycopg.connect(addresses.owner.conninfo()) as connection:
        session = connection.info.backend_pid
        connection.pgconn.send_query(b"SELECT pg_sleep(60), 'Hanako Planted'")
        with psycopg.connect(server.admin_address().conninfo()) as admin:
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
            while admin.execute(query, [session]).fetchone() != (1,):
                time.sleep(0.01)
        os.kill(session, 9)
        connection.close()
    with server.use():
        pass


@pytest.mark.parametrize("strange", ["d" * 120, "with, comma 'and' \"quotes\" 名"])
def test_a_home_whose_path_no_socket_can_have_gets_a_private_folder_elsewhere(home: Path, strange: str) -> None:
    home = home.rename(home.with_name(strange))
    server = EmbeddedPostgres(home)
    with server.use() as addresses, psycopg.connect(addresses.app.conninfo()) as connection:
        folder = Path(addresses.app.host)
        assert not folder.is_relative_to(home)
        assert (mode(folder), folder.stat().st_uid) == (0o700, database_account().uid)
        connection.execute("SELECT 1")
        with server.use() as again:
            assert again.app.host == addresses.app.host
    assert not folder.exists()


def test_a_folder_elsewhere_that_another_user_has_taken_is_not_used(home: Path, tmp_path: Path) -> None:
    home = home.rename(home.with_name("d" * 120))
    planted = tmp_path / "planted"
    planted.mkdir(mode=0o755)
    (home / "run" / "database-socket").write_text(str(planted))
    with EmbeddedPostgres(home).use() as addresses:
        assert addresses.app.host != str(planted)
    assert planted.exists()
