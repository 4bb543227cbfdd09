"""Several processes share one server; the last to leave stops it, and whoever was killed is not waited for."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tsunagu.records.postgres.server import EmbeddedPostgres

HOLD = """
with EmbeddedPostgres(Path(sys.argv[1])).use() as addresses:
    with psycopg.connect(addresses.app.conninfo()) as connection:
        print(connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()[0], flush=True)
    sys.stdin.readline()
    with psycopg.connect(addresses.app.conninfo()) as connection:
        print(connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()[0], flush=True)
"""
CHURN = """
import random, time
chance = random.Random(int(sys.argv[2]))
for _ in range(6):
    with EmbeddedPostgres(Path(sys.argv[1])).use() as addresses:
        with psycopg.connect(addresses.app.conninfo()) as connection:
            time.sleep(chance.random() * 0.05)
            connection.execute("SELECT 1")
    time.sleep(chance.random() * 0.05)
"""
FORK = """
import os
with EmbeddedPostgres(Path(sys.argv[1])).use() as addresses:
    child = os.fork()
    if child == 0:
        sys.exit(0)
    os.waitpid(child, 0)
    with psycopg.connect(addresses.app.conninfo()) as connection:
        connection.execute("SELECT 1")
"""


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def let_go(process: subprocess.Popen[str]) -> str:
    """Let a holder leave; return when the server that it saw last was started."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    seen = line(process)
    assert process.wait() == 0
    return seen


@pytest.mark.parametrize("count", [2, 5])
def test_processes_enter_at_once_and_leave_in_any_order(
    home: Path, spawn: Callable[..., subprocess.Popen[str]], count: int
) -> None:
    server = EmbeddedPostgres(home)
    holders = [spawn(HOLD, home) for _ in range(count)]
    started = {line(one) for one in holders}
    assert len(started) == 1, "all of them use one server"
    random.Random(count).shuffle(holders)
    for holder in holders:
        assert server.status().is_running
        assert {let_go(holder)} == started
    assert not server.status().is_running


def test_leaving_while_others_enter_never_takes_the_server_from_them(
    home: Path, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    processes = [spawn(CHURN, home, seed) for seed in range(5)]
    assert [one.wait() for one in processes] == [0] * 5
    assert not EmbeddedPostgres(home).status().is_running


def test_a_killed_holder_leaves_the_server_to_the_others_or_to_the_next(
    home: Path, spawn: Callable[..., subprocess.Popen[str]], use_once: Callable[[Path], None]
) -> None:
    first, second = spawn(HOLD, home), spawn(HOLD, home)
    started = {line(first), line(second)}
    first.kill()
    first.wait()
    use_once(home)
    assert EmbeddedPostgres(home).status().is_running, "the second still holds it"
    second.kill()
    second.wait()
    assert EmbeddedPostgres(home).status().is_running, "nobody was left to stop it"
    with EmbeddedPostgres(home).use() as addresses, psycopg.connect(addresses.app.conninfo()) as connection:
        row = connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()
        assert row is not None
        assert {row[0]} == started
    assert not EmbeddedPostgres(home).status().is_running


def test_an_interrupted_holder_stops_the_server_on_its_way_out(
    home: Path, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    holder = spawn(HOLD, home)
    line(holder)
    holder.send_signal(signal.SIGINT)
    assert holder.wait() != 0
    assert not EmbeddedPostgres(home).status().is_running


def test_a_forked_child_that_ends_does_not_take_the_server_from_its_parent(
    home: Path, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    assert spawn(FORK, home).wait() == 0
    assert not EmbeddedPostgres(home).status().is_running


def test_killed_at_any_moment_of_the_first_start_the_next_one_completes_it(
    empty_home: Path, spawn: Callable[..., subprocess.Popen[str]]
) -> None:
    for delay_s in (0.4, 0.9, 1.3, 1.6):
        starter = spawn(HOLD, empty_home)
        time.sleep(delay_s)
        starter.kill()
        starter.wait()
    with EmbeddedPostgres(empty_home).use() as addresses:
        for address in (addresses.app, addresses.owner, addresses.linker):
            with psycopg.connect(address.conninfo()) as connection:
                assert connection.execute("SELECT current_database()").fetchone() == ("tsunagu",)
    assert not EmbeddedPostgres(empty_home).status().is_running
    assert sorted(one.name for one in (empty_home / "pg").iterdir()) == ["data", "log", "run"]
