"""The ledger's table takes entries through one door and in one chain, whoever writes and however many at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connections, transaction
from psycopg import Connection

from tsunagu.domain.act import Act
from tsunagu.domain.errors import Unavailable
from tsunagu.domain.ledger import Deed
from tsunagu.records.ledger import book
from tsunagu.records.ledger.book import Book, all_entries, hashes_after
from tsunagu.records.ledger.chain import GENESIS, entry_hash
from tsunagu.records.postgres.embedded_roles import DATABASE, EMBEDDED_NAMES
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.services.house import Rooms

CHANGES = ["UPDATE ledger.entry SET body = '{}'", "DELETE FROM ledger.entry", "TRUNCATE ledger.entry"]
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANOTHER_PROCESS = """
import os, sys
from datetime import UTC, datetime
from uuid import UUID
import django
django.setup()
from tsunagu.config.application import Application
from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
with Application(os.environ).open() as rooms:
    for number in range(int(sys.argv[2])):
        rooms.ledger.record(Deed(Act.CASE_READ, datetime.now(UTC), UUID(sys.argv[1]), details={"n": number}))
"""


@pytest.fixture
def admin(rooms: Rooms, world_home: Path) -> Iterator[Connection[Any]]:
    """The superuser, whom no rule binds."""
    address = replace(EmbeddedPostgres(world_home).admin_address(), database=DATABASE)
    with psycopg.connect(address.conninfo(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def mark() -> Any:
    """An agency that nobody else writes for, by which the entries of one test are told from others."""
    return uuid4()


def deed(mark: Any, **details: str | int) -> Deed:
    return Deed(Act.CASE_READ, NOW, mark, details=details)


def entries_of(admin: Connection[Any], mark: Any) -> list[tuple[int, int]]:
    """The number and the `n` of each entry of a test, in the order of numbers."""
    query = "SELECT number, (body::jsonb -> 'details' ->> 'n')::int FROM ledger.entry WHERE agency_id = %s ORDER BY 1"
    return admin.execute(query, [mark]).fetchall()


def commits_of(admin: Connection[Any], mark: Any) -> int:
    """In how many transactions the entries of a test were written."""
    query = "SELECT count(DISTINCT xmin::text) FROM ledger.entry WHERE agency_id = %s"
    return admin.execute(query, [mark]).fetchall()[0][0]


def assert_one_chain() -> None:
    previous = GENESIS
    for number, entry in enumerate(all_entries(), start=1):
        assert entry.number == number
        assert entry.hash == entry_hash(previous, number, entry.body)
        previous = entry.hash


def in_threads(count: int, work: Callable[[int], object]) -> list[object]:
    """Let threads begin at the same moment; return what each returned or raised."""
    together = Barrier(count)

    def run(number: int) -> object:
        together.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - it is looked at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def changing(admin: Connection[Any], role: str | None, statement: str) -> None:
    with admin.transaction():
        if role:
            admin.execute(f"SET LOCAL ROLE {role}")
        admin.execute(statement)


@pytest.mark.parametrize("statement", [*CHANGES, "INSERT INTO ledger.entry VALUES (0, '{}', '')"])
@pytest.mark.parametrize("role", [EMBEDDED_NAMES.app, EMBEDDED_NAMES.linker])
def test_those_who_work_may_only_append(admin: Connection[Any], role: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        changing(admin, role, statement)


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("role", [EMBEDDED_NAMES.ledger, EMBEDDED_NAMES.owner, None])
def test_not_even_the_owner_of_the_table_changes_it_in_passing(
    admin: Connection[Any], role: str | None, statement: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        changing(admin, role, statement)


def test_threads_that_share_a_book_write_one_chain_and_share_transactions(
    rooms: Rooms, admin: Connection[Any], mark: Any
) -> None:
    def work(thread: int) -> None:
        for number in range(20):
            rooms.ledger.record(deed(mark, n=thread * 20 + number))

    assert in_threads(16, work) == [None] * 16
    written = entries_of(admin, mark)
    assert sorted(n for _, n in written) == list(range(320))
    for thread in range(16):
        mine = [n for _, n in written if n // 20 == thread]
        assert mine == sorted(mine), "one thread's entries stand in its order"
    assert commits_of(admin, mark) < 300, "320 entries, one by one, would be as many commits"
    assert_one_chain()


def test_processes_write_one_chain_without_a_gap(
    rooms: Rooms, world_home: Path, admin: Connection[Any], mark: Any
) -> None:
    environ = {**os.environ, "TSUNAGU_HOME": str(world_home)}
    writers = [subprocess.Popen([sys.executable, "-c", ANOTHER_PROCESS, str(mark), "40"], env=environ) for _ in "abc"]
    for number in range(40):
        rooms.ledger.record(deed(mark, n=1000 + number))
    assert [one.wait(60) for one in writers] == [0, 0, 0]
    found = sorted(n for _, n in entries_of(admin, mark))
    assert found == sorted([*range(40)] * 3 + [*range(1000, 1040)])
    assert_one_chain()


def test_an_entry_within_a_transaction_is_kept_or_lost_with_it(admin: Connection[Any], mark: Any) -> None:
    def write(*, and_fail: bool) -> None:
        with transaction.atomic():
            Book().write(deed(mark, n=1), deed(mark, n=2))
            if and_fail:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(and_fail=True)
    assert entries_of(admin, mark) == []
    write(and_fail=False)
    (first, _), (second, _) = entries_of(admin, mark)
    assert second == first + 1
    assert_one_chain()


def test_the_hashes_that_are_signed_are_those_of_the_entries_and_tell_no_more(rooms: Rooms) -> None:
    entries = list(all_entries())
    assert list(hashes_after(0)) == [entry.hash for entry in entries]
    assert list(hashes_after(len(entries) - 1)) == [entries[-1].hash]


@contextmanager
def door_closed(admin: Connection[Any]) -> Iterator[None]:
    admin.execute("ALTER FUNCTION ledger.append(text[]) RENAME TO append_away")
    try:
        yield
    finally:
        admin.execute("ALTER FUNCTION ledger.append_away(text[]) RENAME TO append")


def test_a_commit_that_fails_raises_in_every_waiter_and_the_next_one_is_none_the_worse(
    rooms: Rooms, admin: Connection[Any], mark: Any
) -> None:
    with door_closed(admin):
        answers = in_threads(12, lambda number: rooms.ledger.record(deed(mark, n=number)))
    assert [type(one) for one in answers] == [Unavailable] * 12
    assert {str(one) for one in answers} == {"the ledger takes no entry, so nothing is done or answered"}
    assert entries_of(admin, mark) == []
    rooms.ledger.record(deed(mark, n=99))
    assert [n for _, n in entries_of(admin, mark)] == [99]


def test_whoever_waited_for_a_commit_that_was_interrupted_is_not_answered(
    monkeypatch: pytest.MonkeyPatch, admin: Connection[Any], rooms: Rooms, mark: Any
) -> None:
    shared, append, begun = Book(), book._append, Barrier(2)

    def interrupted(bodies: list[str], using: str) -> None:
        if any('"n":0' in body for body in bodies):
            begun.wait()
            while len(shared._queue) < 3:
                time.sleep(0.01)
        append(bodies, using)
        if any('"n":1' in body for body in bodies):
            raise KeyboardInterrupt

    monkeypatch.setattr(book, "_append", interrupted)

    def work(number: int) -> object:
        if number:
            begun.wait() if number == 1 else time.sleep(0.3)
        try:
            return shared.record(deed(mark, n=number))
        except KeyboardInterrupt:
            return "interrupted"

    answers = in_threads(4, work)
    written = {n for _, n in entries_of(admin, mark)}
    assert answers[0] is None
    assert "interrupted" in answers
    for number, answer in enumerate(answers):
        assert (answer is None) == (number in written)
    assert sum(isinstance(answer, Unavailable) for answer in answers) == 2
