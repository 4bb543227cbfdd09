"""The lists of the NSRL, as text and as a database."""

import contextlib
import random
import sqlite3

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import KnownFile, KnownItem, LossReport
from tsunagu.exchange.nsrl_database import read_nsrl_database
from tsunagu.exchange.reading import Stated

from .lists import MD5, SHA1, SHA256, only, read, reasons

HEADER = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\r\n'
COLUMNS = "sha256, sha1, md5, crc32, file_name, file_size, package_id"


def test_the_text_gives_digests_name_and_size_and_carries_the_codes():
    row = f'"{SHA1.hex().upper()}","{MD5.hex().upper()}","0A0B0C0D","a, b.dll",12,34,"WIN","M"\r\n'
    assert only("nsrl", HEADER + row) == KnownItem(
        2, MD5, SHA1, files=(KnownFile(name="a, b.dll"),), size_bytes=12,
        extra={"CRC32": "0A0B0C0D", "ProductCode": "34", "OpSystemCode": "WIN", "SpecialCode": "M"},
    )  # fmt: skip


def test_the_empty_file_of_the_text_is_refused():
    row = '"DA39A3EE5E6B4B0D3255BFEF95601890AFD80709","D41D8CD98F00B204E9800998ECF8427E","00000000","a",0,1,"W",""'
    assert reasons(read("nsrl", HEADER + row)[0]) == {2: "empty-file"}


@pytest.mark.parametrize("data", ["", "a,b\n", b"SQLite format 3\0" + b"\0" * 100])
def test_what_is_no_such_text_is_refused_as_a_whole(data):
    with pytest.raises(InputError):
        read("nsrl", data)


@pytest.fixture
def made(tmp_path):
    """A function that makes a database of statements and gives its path."""

    def make(*statements, rows=()):
        path = tmp_path / "a b?#%.db"
        path.unlink(missing_ok=True)
        database = sqlite3.connect(path)
        for statement in statements:
            database.execute(statement)
        if rows:
            database.executemany("INSERT INTO FILE VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        database.commit()
        database.close()
        return path

    return make


def database_rows(path):
    report = LossReport()
    return list(read_nsrl_database(path, Stated(), report)), report


TABLE = f"CREATE TABLE FILE ({COLUMNS})"


def test_the_database_gives_every_row_of_its_files(made):
    row = (SHA256.hex().upper(), SHA1.hex().upper(), MD5.hex(), "0A0B0C0D", "a.dll", 12, 7)
    rows, report = database_rows(made(TABLE, rows=[row] * 2500))
    assert rows[0] == KnownItem(
        1,
        MD5,
        SHA1,
        SHA256,
        files=(KnownFile(name="a.dll"),),
        size_bytes=12,
        extra={"crc32": "0A0B0C0D", "package_id": 7},
    )
    assert [one.row for one in rows] == list(range(1, 2501))
    assert report.lost == {}


def test_a_view_over_the_known_tables_is_read(made):
    path = made(
        "CREATE TABLE METADATA (sha1, md5, package_id)",
        "INSERT INTO METADATA VALUES ('" + "ab" * 20 + "', NULL, NULL)",
        "CREATE VIEW FILE AS SELECT upper(sha1) AS sha1, md5, package_id FROM METADATA",
    )
    assert database_rows(path)[0] == [KnownItem(1, sha1=b"\xab" * 20)]


def test_optional_columns_may_lack(made):
    insert = "INSERT INTO FILE VALUES (NULL, '01010101010101010101010101010101', 1)"
    path = made("CREATE TABLE FILE (sha1, md5, package_id)", insert)
    assert database_rows(path)[0] == [KnownItem(1, b"\1" * 16, extra={"package_id": 1})]


def test_strange_values_are_refused_or_counted(made):
    digests = (None, SHA1.hex(), MD5.hex())
    rows = [
        (*digests, b"x", b"y", "many", 1.5),
        (None, 5, MD5.hex(), None, None, None, None),
        (None, None, "D41D8CD98F00B204E9800998ECF8427E", None, None, None, None),
        (*digests, None, "a\0b", -1, None),
    ]
    found, report = database_rows(made(TABLE, rows=rows))
    assert reasons(found) == {2: "malformed", 3: "empty-file"}
    assert found[3].files == (KnownFile(name="a\ufffdb"),)
    assert report.lost == {"size_bytes": 2, "crc32": 1, "package_id": 1, "unreadable-text": 1}


@pytest.mark.parametrize(
    "statements",
    [
        [],
        ["CREATE TABLE OTHER (sha1, md5, package_id)"],
        ["CREATE TABLE FILE (sha1, md5)"],
        ["CREATE TABLE OTHER (sha1, md5, package_id)", "CREATE VIEW FILE AS SELECT * FROM OTHER"],
        ["CREATE VIRTUAL TABLE FILE USING fts5(sha1, md5, package_id)"],
        ["CREATE VIEW FILE AS SELECT hex(randomblob(20)) AS sha1, 'x' AS md5, 1 AS package_id"],
        ["CREATE VIEW FILE AS SELECT sql AS sha1, sql AS md5, 1 AS package_id FROM sqlite_master"],
        [
            """CREATE VIEW FILE AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT i AS sha1, i AS md5, i AS package_id FROM n"""
        ],
    ],
    ids=["nothing", "no table", "no column", "another table", "a virtual table", "a function", "the schema", "no end"],
)
def test_a_database_that_is_no_such_list_or_more_is_refused(made, statements):
    with pytest.raises(InputError):
        database_rows(made(*statements))


def test_a_statement_that_goes_on_without_a_row_is_stopped(made, monkeypatch):
    monkeypatch.setattr("tsunagu.exchange.nsrl_database.MOST_STEPS_TO_A_ROW", 2_000_000)
    path = made(
        "CREATE TABLE METADATA (sha1, md5, package_id)",
        *["INSERT INTO METADATA VALUES (1, 2, 3)"] * 200,
        """CREATE VIEW FILE AS SELECT a.sha1 AS sha1, a.md5 AS md5, a.package_id AS package_id
        FROM METADATA a, METADATA b, METADATA c WHERE a.md5 + b.md5 + c.md5 < 0""",
    )
    with pytest.raises(InputError):
        database_rows(path)


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path, data):
    path = tmp_path / "x.db"
    path.write_bytes(data)
    with pytest.raises(InputError):
        database_rows(path)
    with pytest.raises(InputError):
        database_rows(tmp_path / "missing.db")
    assert [one.name for one in tmp_path.iterdir()] == ["x.db"]


def test_a_value_over_its_bound_is_refused_with_its_file(made):
    with pytest.raises(InputError):
        database_rows(made(TABLE, rows=[(None, SHA1.hex(), "x" * 100_000, None, None, None, None)]))


def test_damage_gives_rows_refusals_or_an_input_error_and_changes_nothing(made):
    rng = random.Random(7)
    whole = bytearray(made(TABLE, rows=[(None, SHA1.hex(), MD5.hex(), None, "a" * 50, 1, 1)] * 300).read_bytes())
    path = made(TABLE)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 20)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])])
        before = path.read_bytes()
        with contextlib.suppress(InputError):
            database_rows(path)
        assert path.read_bytes() == before
