"""Whatever is done to the ledger in the database shows against the root outside it; and no entry, no answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from tsunagu.records.ledger.chain import GENESIS, entry_hash
from tsunagu.records.postgres.embedded_roles import DATABASE
from tsunagu.records.postgres.server import EmbeddedPostgres

from .conftest import Installation

BAD = 5
GONE = "The signed roots beside the ledger are gone."
Rows = list[tuple[int, str, bytes]]


@dataclass
class Signed:
    """A ledger whose last root a second agency holds, on a server that runs as long as the tests of this file do."""

    house: Installation
    admin: Connection[Any]
    witness: Path
    size: int

    def rows(self) -> Rows:
        found = self.admin.execute("SELECT number, body, hash FROM ledger.entry ORDER BY number")
        return [(number, body, bytes(value)) for number, body, value in found]

    def put(self, rows: Rows) -> None:
        """Replace the whole table, as only a superuser can who stops the trigger."""
        with self.admin.transaction(), self.admin.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM ledger.entry")
            cursor.executemany("INSERT INTO ledger.entry (number, body, hash) VALUES (%s, %s, %s)", rows)

    def verify(self, *options: str | Path, status: int) -> dict[str, Any]:
        [report] = self.house.json("ledger", "verify", *options, status=status)
        return report


@pytest.fixture(scope="module")
def signed(two_agencies: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    with two_agencies.copied() as house, EmbeddedPostgres(house.home).use():
        for number in range(4):
            house.run("case", "open", f"DK-{number}", officer="anna")
        house.run("case", "list", officer="anna")
        server = EmbeddedPostgres(house.home)
        address = replace(server.admin_address(), database=DATABASE)
        with psycopg.connect(address.conninfo(), autocommit=True) as admin:
            witness = tmp_path_factory.mktemp("elsewhere") / "root.json"
            witness.write_text(house.run("ledger", "root").stdout)
            (size,) = admin.execute("SELECT count(*) FROM ledger.entry").fetchone() or (0,)
            assert size >= BAD + 5
            yield Signed(house, admin, witness, size)


@pytest.fixture
def ledger(signed: Signed, tmp_path: Path) -> Iterator[Signed]:
    """The signed ledger; whatever a test does to it, in the database or beside it, is undone."""
    rows, beside = signed.rows(), signed.house.home / "ledger"
    shutil.copytree(beside, tmp_path / "kept")
    yield signed
    signed.put(rows)
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(tmp_path / "kept", beside)


def chained(bodies: list[str]) -> Rows:
    """An honest chain over other bodies."""
    rows: Rows = []
    for number, body in enumerate(bodies, start=1):
        rows.append((number, body, entry_hash(rows[-1][2] if rows else GENESIS, number, body)))
    return rows


def other(body: str) -> str:
    return body.replace('"act":"', '"act":"not-')


def changed(rows: Rows) -> Rows:
    return [(number, other(body) if number == BAD else body, value) for number, body, value in rows]


def without_one(rows: Rows) -> Rows:
    return [row for row in rows if row[0] != BAD]


def without_the_tail(rows: Rows) -> Rows:
    return rows[: BAD - 1]


def swapped(rows: Rows) -> Rows:
    one, next_one = rows[BAD - 1], rows[BAD]
    return [*rows[: BAD - 1], (BAD, *next_one[1:]), (BAD + 1, *one[1:]), *rows[BAD + 1 :]]


def rewritten(rows: Rows) -> Rows:
    return chained([other(body) if number == BAD else body for number, body, _ in rows])


def closed_up(rows: Rows) -> Rows:
    return chained([body for number, body, _ in rows if number != BAD])


def grown_anew(rows: Rows) -> Rows:
    return chained([*(body for _, body, _ in rows[: BAD - 1]), *(other(body) for _, body, _ in rows[BAD - 1 :])])


CHAIN_BROKEN = [
    (changed, "does not follow from the one before it and its own text"),
    (without_one, "is missing: another number stands in its place"),
    (swapped, "does not follow from the one before it and its own text"),
]
CHAIN_WHOLE = [rewritten, closed_up, grown_anew]
NOT_AS_SIGNED = [*CHAIN_BROKEN, *((forge, "is not the one that was signed") for forge in CHAIN_WHOLE)]
EVERY = [*NOT_AS_SIGNED, (without_the_tail, "The end was cut")]


@pytest.mark.parametrize(("forge", "problem"), EVERY)
def test_what_was_done_to_the_database_is_found_and_the_first_bad_entry_named(
    ledger: Signed, forge: Callable[[Rows], Rows], problem: str
) -> None:
    ledger.put(forge(ledger.rows()))
    report = ledger.verify(status=1)
    assert (report["ledger_ok"], report["first_bad"]) == (False, BAD)
    assert problem in report["problem"]
    assert ledger.verify(status=1) == report, "to look must not change what is found"


@pytest.mark.parametrize(("forge", "problem"), EVERY)
def test_it_is_found_against_a_witnessed_root_when_the_roots_of_this_host_are_gone(
    ledger: Signed, forge: Callable[[Rows], Rows], problem: str
) -> None:
    ledger.put(forge(ledger.rows()))
    (ledger.house.home / "ledger" / "roots.jsonl").unlink()
    report = ledger.verify("--against", ledger.witness, status=1)
    assert report["first_bad"] == BAD
    assert problem in report["problem"] or "differs from the leaf that was kept of it" in report["problem"]
    assert GONE in report["problem"]


@pytest.mark.parametrize(
    ("forge", "problem"),
    [(rewritten, "are not those that were signed"), (closed_up, "The end was cut"), (changed, "does not follow")],
)
def test_it_is_found_against_a_witnessed_root_when_nothing_is_left_beside_the_ledger(
    ledger: Signed, forge: Callable[[Rows], Rows], problem: str
) -> None:
    ledger.put(forge(ledger.rows()))
    shutil.rmtree(ledger.house.home / "ledger")
    report = ledger.verify("--against", ledger.witness, status=1)
    assert report["first_bad"] is not None
    assert problem in report["problem"]


def test_it_is_found_as_well_after_other_commands_have_run_on_top_of_it(ledger: Signed) -> None:
    ledger.put(rewritten(ledger.rows()))
    ledger.house.run("case", "open", "DK-new", officer="anna")
    report = ledger.verify(status=1)
    assert (report["first_bad"], report["entries"] > ledger.size) == (BAD, True)
    assert "is not the one that was signed" in report["problem"]


def test_nothing_is_signed_in_the_place_of_roots_that_are_gone(ledger: Signed) -> None:
    (ledger.house.home / "ledger" / "roots.jsonl").unlink()
    refused = ledger.house.run("case", "list", officer="anna", status=7)
    assert "gone" in refused.stderr
    assert "DK-" not in refused.stdout
    assert ledger.verify(status=1)["problem"] == GONE


def test_an_honest_ledger_is_sound_and_the_window_since_the_last_root_is_printed_as_unproven(ledger: Signed) -> None:
    # As a program that was killed before its clean stop leaves it.
    [(before,)] = ledger.admin.execute("SELECT count(*) FROM ledger.entry").fetchall()
    ledger.admin.execute("""SELECT ledger.append(ARRAY['{"act":"case:read"}', '{"act":"case:opened"}'])""")
    report = ledger.verify(status=0)
    assert (report["ledger_ok"], report["entries"], report["proven"]) == (True, before + 2, before)
    assert (report["unproven"], report["first_bad"], report["problem"]) == (2, None, None)
    ledger.admin.execute("""SELECT ledger.append(ARRAY['{"act":"case:read"}'])""")
    told = ledger.house.run("ledger", "verify", "--against", ledger.witness).stdout
    assert "Sound" in told
    assert "1 entry is newer than the last signed root, and unproven" in told


@contextmanager
def no_ledger(admin: Connection[Any]) -> Iterator[None]:
    """Take the one door away through which entries come."""
    admin.execute("ALTER FUNCTION ledger.append(text[]) RENAME TO append_away")
    try:
        yield
    finally:
        admin.execute("ALTER FUNCTION ledger.append_away(text[]) RENAME TO append")


READING = [
    ("case", "list"),
    ("case", "list", "--json"),
    ("case", "show", "DK-1"),
    ("items", "--case", "DK-1", "--json"),
    ("notices",),
    ("overlaps",),
    ("hits", "00000000-0000-4000-8000-000000000000"),
    ("case", "show", "not there"),
]


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_without_a_ledger_entry_there_is_no_answer(ledger: Signed, command: tuple[str, ...]) -> None:
    with no_ledger(ledger.admin):
        refused = ledger.house.run(*command, officer="anna", status=7)
        assert refused.stdout == ""
        assert refused.stderr == "tsunagu: the ledger takes no entry, so nothing is done or answered\n"


def test_without_a_ledger_entry_nothing_is_changed(ledger: Signed, tmp_path: Path) -> None:
    tables = ["case", "case_member", "exhibit", "media_item", "holding", "bank", "judgement"]

    def counts() -> list[Any]:
        return [ledger.admin.execute(f'SELECT count(*) FROM "{table}"').fetchone() for table in tables]  # noqa: S608

    before = counts()
    (tmp_path / "file").write_bytes(b"unknown")
    with no_ledger(ledger.admin):
        ledger.house.run("case", "open", "DK-9", officer="anna", status=7)
        ledger.house.run("ingest", "--case", "DK-1", "--exhibit", "E1", tmp_path, officer="anna", status=7)
    assert counts() == before
