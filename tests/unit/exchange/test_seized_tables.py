"""Workbooks, databases, dumps and JSON as rows: what a cell's bytes are comes through, and nothing runs."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tsunagu.config.children import table_child
from tsunagu.domain.errors import InputError
from tsunagu.domain.seized import ListField, ListMapping
from tsunagu.exchange.seized.delimited import SeizedRow, UnreadRow
from tsunagu.exchange.seized.opening import Opened, TableReader, opened, proposed

NAMES = ListMapping({ListField.NAME: "氏名"})


@pytest.fixture(scope="module")
def child() -> Iterator[TableReader]:
    with table_child() as pool:
        yield pool


@contextmanager
def none_needed() -> Iterator[TableReader]:
    raise AssertionError("text is read without a child")
    yield  # pragma: no cover


def read(path: Path, content: bytes, mapping: ListMapping = NAMES, child: TableReader | None = None) -> Opened:
    path.write_bytes(content)

    @contextmanager
    def lent() -> Iterator[TableReader]:
        assert child is not None
        yield child

    with path.open("rb") as stream:
        found = opened(stream, mapping, readers=lent if child else none_needed)
        return replace(found, rows=iter(list(found.rows)))


def cells(found: Opened) -> list[tuple[str, ...]]:
    return [one.cells for one in found.rows if isinstance(one, SeizedRow)]


def workbook(*rows: tuple[object, ...], is_1904: bool = False, **sheets: list[tuple[object, ...]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def database(tmp_path: Path, *statements: str, rows: list[tuple[object, ...]]) -> bytes:
    path = tmp_path / "made.sqlite"
    with sqlite3.connect(path) as made:
        for one in statements:
            made.execute(one)
        made.executemany("INSERT INTO 顧客 VALUES (?, ?)", rows)
    made.close()
    return path.read_bytes()


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_workbook_tells_numbers_in_full_and_days_by_its_own_calendar(
    tmp_path: Path, child: TableReader, *, is_1904: bool
) -> None:
    content = workbook(
        ("氏名", "電話", "日"), ("髙橋 一", 9012345678, date(1980, 1, 2)),
        ("斎藤 二", 12.5, datetime(2015, 7, 15, 12, 30, tzinfo=UTC).replace(tzinfo=None)),
        is_1904=is_1904,
    )  # fmt: skip
    found = read(tmp_path / "w.xlsx", content, child=child)
    assert found.mapping.format == "workbook"
    assert cells(found) == [
        ("髙橋 一", "9012345678", "1980-01-02"), ("斎藤 二", "12.5", "2015-07-15T12:30:00"),
    ]  # fmt: skip


def test_of_several_sheets_the_longest_is_read_or_the_one_that_is_named(tmp_path: Path, child: TableReader) -> None:
    content = workbook(("氏名",), ("一",), more=[("氏名",), ("二",), ("三",), (None,)])
    assert cells(read(tmp_path / "a", content, child=child)) == [("二",), ("三",)]
    named = ListMapping({ListField.NAME: "氏名"}, table="Sheet")
    assert cells(read(tmp_path / "b", content, named, child)) == [("一",)]
    with pytest.raises(InputError):
        read(tmp_path / "c", content, ListMapping({ListField.NAME: "氏名"}, table="none"), child)


def test_a_database_gives_each_text_in_the_encoding_that_it_is_in(tmp_path: Path, child: TableReader) -> None:
    made = "CREATE TABLE 顧客 (氏名 TEXT, 番号 INTEGER)"
    rows = [("髙橋 一", 1), (None, None)]
    content = database(tmp_path, made, rows=rows)
    assert cells(read(tmp_path / "u", content, child=child)) == [("髙橋 一", "1")]
    japanese = database(tmp_path / "..", "DROP TABLE IF EXISTS 顧客", made, rows=[("x", 1)])
    path = tmp_path / "c.sqlite"
    path.write_bytes(japanese)
    with sqlite3.connect(path) as changed:
        changed.execute("UPDATE 顧客 SET 氏名 = CAST(? AS TEXT)", ["髙橋 表ソ".encode("cp932")])
    changed.close()
    assert cells(read(tmp_path / "d", path.read_bytes(), child=child)) == [("髙橋 表ソ", "1")]


def test_no_view_of_a_database_is_run_and_no_virtual_table_is_read(tmp_path: Path, child: TableReader) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS 氏名 FROM n"
    content = database(
        tmp_path,
        "CREATE TABLE 顧客 (氏名 TEXT, 番号 INTEGER)",
        f"CREATE VIEW a AS {endless}",
        "CREATE VIRTUAL TABLE b USING fts5(氏名)",
        rows=[("一", 1)],
    )
    assert cells(read(tmp_path / "v", content, child=child)) == [("一", "1")]


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 broken", b"SQLite format 3\x00 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_a_damaged_file_is_refused_and_the_child_goes_on(tmp_path: Path, child: TableReader, content: bytes) -> None:
    with pytest.raises(InputError):
        read(tmp_path / "x", content, child=child)
    assert cells(read(tmp_path / "y", workbook(("氏名",), ("一",)), child=child)) == [("一",)]


MYSQL = """-- a dump
CREATE TABLE `orders` (
  `id` int(11) NOT NULL,
  `氏名` varchar(40) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `orders` VALUES (1,'表 ソ能'),(2,'O''Neil \\'x\\' \\\\'),
(3,NULL),(4,'a;b),(c');
INSERT INTO `orders` VALUES (5,'too','many'),(6,'後');
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_dump_of_mysql_is_taken_apart_byte_by_byte(tmp_path: Path, encoding: str) -> None:
    content = MYSQL.encode(encoding)
    found = read(tmp_path / "d.sql", content)
    rows = list(found.rows)
    assert found.columns == ("id", "氏名")
    assert [one.cells for one in rows if isinstance(one, SeizedRow)] == [
        ("1", "表 ソ能"), ("2", "O'Neil 'x' \\"), ("3", ""), ("4", "a;b),(c"), ("6", "後"),
    ]  # fmt: skip
    assert [one.raw for one in rows if isinstance(one, UnreadRow)] == [b"(5,'too','many')"]
    assert all(content[one.offset : one.offset + len(one.raw)] == one.raw for one in rows)
    assert [one.line for one in rows] == [7, 7, 8, 8, 9, 9]


def test_a_dump_of_postgresql_is_read_line_by_line(tmp_path: Path) -> None:
    content = "COPY public.orders (id, 氏名) FROM stdin;\n1\t髙橋\\t一\n2\t\\N\n3\n\\.\nSELECT 1;\n".encode()
    rows = list(read(tmp_path / "p.sql", content).rows)
    assert [one.cells for one in rows if isinstance(one, SeizedRow)] == [("1", "髙橋\t一"), ("2", "")]
    assert [one.raw for one in rows if isinstance(one, UnreadRow)] == [b"3\n"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("shape", ["array", "lines", "named"])
def test_json_is_read_whatever_its_shape_and_encoding(tmp_path: Path, codec: str, shape: str) -> None:
    rows = [{"氏名": "髙橋", "点": 1}, {"氏名": "斎藤", "他": ["x"]}]
    text = {
        "array": json.dumps([*rows, 3], ensure_ascii=False),
        "lines": "\n".join(json.dumps(one, ensure_ascii=False) for one in rows),
        "named": json.dumps({"customers": rows}, ensure_ascii=False),
    }[shape]
    content = text.encode(codec)
    found = read(tmp_path / "j", content)
    told = list(found.rows)
    assert found.columns == ("氏名", "点", "他")
    assert [one.cells for one in told if isinstance(one, SeizedRow)] == [("髙橋", "1", ""), ("斎藤", "", '["x"]')]
    assert sum(isinstance(one, UnreadRow) for one in told) == (shape == "array")
    if shape != "named":
        assert all(content[one.offset : one.offset + len(one.raw)] == one.raw for one in told)


def test_a_file_that_only_begins_like_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read(tmp_path / "j", b'[{"a": ')


def test_a_proposal_names_the_columns_by_their_titles_and_leaves_where_a_parcel_went_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(
        "顧客名\tメールアドレス\t配送先住所\t住所\t注文日\n髙橋\ta@example.jp\t港区\t北区\t2015/1/1\n", "cp932"
    )
    with path.open("rb") as stream:
        found = proposed(stream, readers=none_needed)
    assert found.columns == {
        ListField.NAME: "顧客名", ListField.MAIL: "メールアドレス", ListField.SENT_ADDRESS: "配送先住所",
        ListField.ADDRESS: "住所", ListField.ORDERED_ON: "注文日",
    }  # fmt: skip
    assert found.delimiter == "\t"
    assert found.encodings["顧客名"] == "cp932"
