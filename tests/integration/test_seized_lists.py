"""A shop's list from its file to people and prefectures: nothing is lost on the way, guessed, or told elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from tsunagu.domain.erasure import ErasureGround
from tsunagu.records import seized
from tsunagu.records.kept_rows import KeptRow
from tsunagu.records.models import SeizedListRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.seized import imports as seized_import
from tsunagu.services.seized.access import seal_of

from .seized import Desk, fillers, invented, staff, table
from .world import Person, World

REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6
SATO = ("佐藤 太郎", "サトウ タロウ", "taro@example.jp", "090-0000-0001", "811-5301", "長崎県壱岐市", "1980-01-02")
TABLES = ("seized_list", "seized_piece", "seized_chunk", "pair_answer", "listed_person")


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    return staff(world)


@pytest.fixture
def desk(world: World, people: tuple[Person, Person], tmp_path: Path) -> Desk:
    return Desk.of(world, people, tmp_path)


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


def kept(desk: Desk) -> tuple[list[KeptRow], bytes]:
    """Return the rows of the only list as they are kept, and its sealed copy opened."""
    with acting_for(desk.one.actor.agency_id):
        row = SeizedListRow.objects.get(exhibit__case__reference=desk.case)
        seal = seal_of(row.id, bytes(row.key), desk.world.rooms.keys)
        copy = b"".join(seal.opened(f"piece {number}", sealed) for number, sealed in seized.pieces(row.id))
        return list(seized.rows_of_list(row.id, seal)), copy


def test_an_invented_list_becomes_people_and_prefectures_and_every_stage_has_its_denominator(desk: Desk) -> None:
    content = invented(600, 5)
    done = desk.bring_in(content)
    assert (done["rows"], done["imported"], done["refused"]) == (600, 600, {})
    assert done["sha256"] == hashlib.sha256(content).hexdigest()
    resolved = desk.resolve()
    stages = desk.stages()
    assert stages["persons"]["count"] == resolved["persons"]
    assert 250 < resolved["persons"] < 500
    assert stages["imported"] == {
        "stage": "imported", "count": 600, "unit": "rows", "of": "rows", "denominator": 600, "parts": {},
    }  # fmt: skip
    parts = [stages[one] for one in ("prefecture", "prefecture-to-people", "prefecture-unknown")]
    assert {one["unit"] for one in parts} == {"persons"}
    assert {one["denominator"] for one in parts} == {sum(one["count"] for one in parts)} == {resolved["persons"]}
    assert sum(stages["prefecture"]["parts"].values()) == stages["prefecture"]["count"]
    assert stages["pairs-waiting"]["denominator"] == resolved["pairs_to_people"]


def test_the_copy_and_every_row_come_back_as_they_were_also_those_that_were_refused(desk: Desk) -> None:
    content = table(SATO, ("高橋 一", "", "", "", "", "", ""), encoding="cp932") + b'"broken\r\n' + table(SATO)[-60:]
    done = desk.bring_in(content, status=REFUSED)
    rows, copy = kept(desk)
    assert copy == content
    assert done["rows"] == done["imported"] + sum(done["refused"].values()) == len(rows)
    assert sum(done["refused"].values()) > 0
    for one in rows:
        assert content[one.offset : one.offset + len(one.raw)] == one.raw
        assert (one.cells is None) == bool(one.refusal)
    assert b"".join(one.raw for one in rows) == content[rows[0].offset :]


def test_what_is_lost_or_odd_is_told_and_not_mended(desk: Desk) -> None:
    rows = (
        ("吉田 〓", "", "", "9012345678", "60001", "", "平成1年5月1日"),
        ("佐藤 一", "", "", "9.0E+10", "810-0001", "", "H29.5.1"),
        ("鈴木 一", "", "", "03-0000-0000", "", "", "42000"),
    )
    oddities = desk.bring_in(table(*rows, encoding="cp932"))["oddities"]
    assert oddities == {
        "氏名: lossy": 1, "電話番号: lost-zero": 1, "電話番号: scientific": 1, "郵便番号: lost-zero": 1,
        "生年月日: era-date": 2, "生年月日: serial-date": 1,
    }  # fmt: skip
    assert kept(desk)[0][0].cells == (*rows[0],)


def test_columns_of_one_file_may_be_in_encodings_of_their_own_and_one_may_be_encoded_twice(desk: Desk) -> None:
    name, kana = "髙橋 﨑".encode("cp932"), "タカハシ".encode("euc-jp")
    twice = "".join(map(chr, "東京都港区".encode())).encode()
    line = b",".join([name, kana, b"a@example.jp", b"", b"", twice, b""])
    content = table().rstrip() + b"\r\n" + line + b"\r\n"
    done = desk.bring_in(content)
    assert kept(desk)[0][0].cells[:6] == ("髙橋 﨑", "タカハシ", "a@example.jp", "", "", "東京都港区")
    assert done["oddities"] == {"住所: encoded-twice": 1}


def test_a_list_that_was_stopped_goes_on_where_it_was_and_is_imported_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seized_import, "CHUNK_ROWS", 50)
    content, stopped = invented(300, 6), []

    def stop(*typed: object, **_: object) -> None:
        stopped.append(typed)
        if len(stopped) == 3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(seized_import, "_tell", stop)
        with pytest.raises(Killed):
            desk.bring_in(content)
    [view] = desk.json("status")
    assert (view["rows"], view["whole"]) == (100, False)
    assert desk.world.run(desk.one, "list", "resolve", "--case", desk.case).status == CONFLICT
    done = desk.bring_in(content)
    assert (done["rows"], done["was_done"], done["whole"]) == (300, False, True)
    rows, copy = kept(desk)
    assert [one.number for one in rows] == list(range(1, 301))
    assert copy == content
    assert desk.bring_in(content)["was_done"] is True
    assert len(desk.json("status")) == 1


def test_a_list_that_was_begun_is_not_gone_on_with_by_another_mapping(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = table(SATO)
    with monkeypatch.context() as patch:
        patch.setattr(seized_import, "_keep_rows", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            desk.bring_in(content)
    typed = ("--mapping", desk.mapping(columns={"name": "氏名"}), "--case", desk.case)
    assert desk.world.run(desk.one, "list", "import", desk.file(content), *typed).status == CONFLICT
    assert desk.bring_in(content)["rows"] == 1


def test_what_a_row_says_stands_nowhere_in_the_database_in_clear(desk: Desk, admin: psycopg.Connection) -> None:
    desk.bring_in(table(SATO, SATO))
    desk.resolve()
    for name in TABLES:
        told = "\n".join(str(row) for row in admin.execute(f"SELECT t.*::text FROM {name} AS t"))  # noqa: S608
        for secret in ("佐藤", "taro@example.jp", "壱岐", "0900000001", "氏名"):
            assert secret not in told
            assert secret.encode().hex() not in told


@pytest.mark.parametrize(
    ("postcode", "address", "prefecture", "stage"),
    [
        ("811-5301", "", "42", "prefecture"),
        ("498-0000", "", None, "prefecture-to-people"),
        ("630-0271", "", "27", "prefecture"),
        ("810-0001", "長崎県壱岐市", None, "prefecture-to-people"),
        ("", "府中市", None, "prefecture-to-people"),
        ("", "", None, "prefecture-unknown"),
    ],
)
def test_a_prefecture_is_answered_by_all_seven_digits_or_goes_to_people(
    desk: Desk, postcode: str, address: str, prefecture: str | None, stage: str
) -> None:
    desk.bring_in(table(("佐藤 太郎", "", "", "", postcode, address, "")))
    desk.resolve()
    stages = desk.stages()
    assert stages[stage]["count"] == 1
    assert stages["prefecture"]["parts"] == ({prefecture: 1} if prefecture else {})


def test_rows_of_one_person_that_tell_of_two_prefectures_go_to_people(desk: Desk) -> None:
    desk.bring_in(table(SATO, (*SATO[:4], "060-0001", "北海道札幌市", SATO[6]), *fillers()))
    assert desk.resolve()["persons"] == 61
    assert desk.stages()["prefecture-to-people"]["parts"] == {"moved": 1}


def test_variants_of_a_kanji_are_one_name_and_a_name_alone_joins_nobody(desk: Desk) -> None:
    same = [(name, "", "w@example.jp", "090-0000-0002") for name in ("髙﨑 渡", "高崎 渡")]
    alone = [("佐藤 太郎",)] * 2
    desk.bring_in(table(*same, *alone, *fillers(), encoding="cp932"))
    assert desk.resolve()["persons"] == 63


def test_withdrawing_the_exhibit_leaves_nothing_of_the_list(desk: Desk, admin: psycopg.Connection) -> None:
    desk.bring_in(invented(60, 8))
    desk.resolve()
    with acting_for(desk.one.actor.agency_id):
        lists = SeizedListRow.objects.filter(exhibit__case__reference=desk.case)
        [(exhibit, list_id)] = lists.values_list("exhibit__reference", "id")
    withdrawal = ("exhibit", "withdraw", "--case", desk.case, "--exhibit", exhibit, "--ground", "wrong-exhibit")
    assert "60 rows of seized lists" in desk.world.run(desk.one, *withdrawal).stdout
    withdraw_exhibit(
        actor=desk.one.actor, reference=desk.case, exhibit=exhibit, ground=ErasureGround.WRONG_EXHIBIT,
        queue=desk.world.rooms.queue, **desk.world.parts,
    )  # fmt: skip
    for name in TABLES:
        query = f"SELECT count(*) FROM {name} WHERE {'id' if name == 'seized_list' else 'list_id'} = %s"  # noqa: S608
        assert admin.execute(query, [list_id]).fetchone() == (0,)
    assert desk.json("status") == []


def test_nothing_of_a_list_can_be_deleted_while_no_erasure_of_it_is_under_way(desk: Desk) -> None:
    desk.bring_in(table(SATO))
    desk.resolve()
    with acting_for(desk.one.actor.agency_id), connections["default"].cursor() as cursor:
        for name in TABLES:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608
            assert cursor.rowcount == 0


def test_nothing_is_brought_into_a_closed_case_and_nothing_by_a_mapping_that_does_not_fit(desk: Desk) -> None:
    typed = ("list", "import", desk.file(table(SATO)), "--case", desk.case, "--mapping")
    wrong = desk.mapping(columns={"name": "no such column"})
    assert desk.world.run(desk.one, *typed, wrong).status == REFUSED
    assert desk.world.run(desk.one, *typed, desk.mapping(encodings={"氏名": "latin-1"})).status == REFUSED
    assert desk.world.run(desk.one, *typed, desk.mapping(file="no-such-format")).status == REFUSED
    assert desk.world.run(desk.one, "case", "close", desk.case).status == 0
    assert desk.world.run(desk.one, *typed, desk.mapping()).status == CONFLICT


def test_a_mapping_is_proposed_by_the_titles_and_is_what_the_list_is_imported_by(desk: Desk) -> None:
    path, out = desk.file(invented(20, 3)), str(desk.folder / "proposed.json")
    assert desk.world.run(desk.one, "list", "mapping", path, "--out", out).status == 0
    done = desk.world.run(desk.one, "list", "import", path, "--mapping", out, "--case", desk.case)
    assert done.status == 0, done.text
    assert desk.resolve()["rows"] == 20
