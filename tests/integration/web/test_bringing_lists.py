"""A seized list brought in through the browser: looked at, corrected, sealed, compared; nothing is kept before that."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse

from tsunagu.records.models import SeizedListRow
from tsunagu.records.session import acting_for
from tsunagu.web.pages import seized_bringing

from ..seized import COLUMNS, TITLES, Desk, invented, staff, table  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, random_name  # noqa: TID252 - likewise
from .visitors import Visitor, seen

ROW = ("髙橋 一郎", "タカハシ イチロウ", "t@example.jp", "9012345678", "060-0001", "", "平成1年5月1日")
NOT_FOUND = 4
Visitors = Callable[[], Visitor]


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    return staff(world)


@pytest.fixture
def desk(world: World, people: tuple[Person, Person], tmp_path: Path) -> Desk:
    return Desk.of(world, people, tmp_path)


def send(desk: Desk, act: str, content: bytes, *, by: Visitor, case: str = "", **told: Any) -> HttpResponse:
    line = json.dumps({"name": "orders.csv", "exhibit": "", **told}).encode()
    path = f"/cases/{case or desk.case}/lists/new/{act}/"
    return by.client.put(path, line + b"\n" + content, content_type="application/octet-stream")


def as_mapped(encoding: str = "cp932") -> list[tuple[str, str, str]]:
    return [(title, field, encoding) for field, title in COLUMNS.items()]


def kept(desk: Desk) -> int:
    with acting_for(desk.one.actor.agency_id):
        return SeizedListRow.objects.filter(exhibit__case__reference=desk.case).count()


def chosen(page: str, column: str, name: str) -> str:
    """Return what is chosen for a column on the page."""
    row = page.partition(f'data-column="{column}"')[2].partition("</tr>")[0]
    options = row.partition(f'name="{name}"')[2].partition("</select>")[0]
    before, _, is_chosen = options.partition(" selected")
    return before.rpartition('value="')[2].partition('"')[0] if is_chosen else ""


def test_what_a_file_says_is_shown_with_what_is_proposed_and_what_is_odd_and_nothing_is_kept(
    desk: Desk, visitor: Visitors
) -> None:
    one = visitor().sits_down_as(desk.one)
    page = send(desk, "look", table(ROW, encoding="cp932") + b'"', by=one).content.decode()
    assert "髙橋 一郎" in page
    assert (chosen(page, "氏名", "field"), chosen(page, "氏名", "encoding")) == ("name", "cp932")
    assert "a leading zero is lost 1" in page
    assert "dates by eras 1" in page
    assert "malformed" in page
    assert kept(desk) == 0
    assert desk.world.last_entry()["act"] == "seized-list:previewed"
    assert "髙橋" not in str(desk.world.last_entry())


def test_what_the_officer_corrects_is_what_is_shown_and_then_kept_and_compared(desk: Desk, visitor: Visitors) -> None:
    one, content = visitor().sits_down_as(desk.one), table(ROW, encoding="cp932")
    corrected = [("フリガナ", "name", "cp932"), ("メールアドレス", "mail", "euc-jp")]
    page = send(desk, "look", content, by=one, columns=corrected).content.decode()
    assert chosen(page, "フリガナ", "field") == "name"
    assert chosen(page, "氏名", "field") == ""
    assert chosen(page, "メールアドレス", "encoding") == "euc-jp"
    answer = send(desk, "keep", content, by=one, columns=as_mapped(), exhibit="shop")
    assert answer.status_code == 201, answer.content
    shown = one.get(answer.json()["list"]).content.decode()
    assert "orders.csv" in shown
    assert "Persons whom they name" in shown  # this world's queue does at once what is asked of a worker
    [view] = desk.json("status")
    assert (view["rows"], view["whole"]) == (1, True)
    again = send(desk, "keep", content, by=one, columns=as_mapped())
    assert again.json() == answer.json()
    assert kept(desk) == 1


def test_a_workbook_is_read_by_the_limited_child_and_a_damaged_one_refused(desk: Desk, visitor: Visitors) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in (TITLES, ROW):
        book.active.append(line)
    book.save(out)
    one = visitor().sits_down_as(desk.one)
    page = send(desk, "look", out.getvalue(), by=one, name="orders.xlsx").content.decode()
    assert "Excel workbook" in page
    assert "髙橋 一郎" in page
    assert send(desk, "look", out.getvalue()[:2000], by=one).status_code == 422
    assert send(desk, "keep", out.getvalue(), by=one, columns=as_mapped("utf-8")).status_code == 201


def test_a_list_is_read_like_an_earlier_one_of_the_officers_cases(desk: Desk, visitor: Visitors) -> None:
    renamed = table(ROW).replace("氏名".encode(), b"x")
    desk.bring_in(renamed, columns={**COLUMNS, "name": "x"})
    one = visitor().sits_down_as(desk.one)
    assert f'value="1 {desk.case}"' in one.get(f"/cases/{desk.case}/lists/new/").content.decode()
    assert chosen(send(desk, "look", renamed, by=one).content.decode(), "x", "field") == ""
    page = send(desk, "look", renamed, by=one, like=f"1 {desk.case}").content.decode()
    assert chosen(page, "x", "field") == "name"
    assert send(desk, "look", table(ROW), by=one, like=f"1 {desk.case}").status_code == 422
    assert send(desk, "look", table(ROW), by=one, like=f"2 {desk.case}").status_code == 404


def test_a_mapping_is_kept_under_a_name_of_the_officers_chosen_again_and_deleted(desk: Desk, visitor: Visitors) -> None:
    renamed, name = table(ROW).replace("氏名".encode(), b"x"), random_name("kept")
    one, other, new = (
        *(visitor().sits_down_as(who) for who in (desk.one, desk.other)),
        f"/cases/{desk.case}/lists/new/",
    )
    mapped = [("x" if field == "name" else title, field, "") for title, field, _ in as_mapped()]
    saved = send(desk, "look", renamed, by=one, columns=mapped, save_as=f" {name} ").content.decode()
    assert f"Kept as {name}" in saved
    assert send(desk, "look", renamed, by=one, columns=[], save_as="no column").status_code == 422
    assert f'value="saved {name}"' in one.get(new).content.decode()
    page = send(desk, "look", renamed, by=one, like=f"saved {name}").content.decode()
    assert chosen(page, "x", "field") == "name"
    path = desk.file(renamed)
    typed = ("list", "import", path, "--mapping", name, "--case", desk.case)
    assert desk.world.run(desk.other, *typed).status == NOT_FOUND
    assert desk.world.run(desk.one, *typed).status == 0
    assert [told["name"] for told in desk.world.json(desk.one, "list", "mappings")] == [name]
    assert name not in other.get(new).content.decode()
    assert send(desk, "look", renamed, by=other, like=f"saved {name}").status_code == 404
    assert other.post(f"{new}mapping/", name=name).status_code == 404
    assert one.post(f"{new}mapping/", name=name).status_code == 302
    assert name not in one.get(new).content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {"columns": []},
        {"columns": [("氏名", "name", ""), ("フリガナ", "name", "")]},
        {"columns": [("氏名", "soul", "")]},
        {"columns": [("no such column", "name", "")]},
        {"columns": [("氏名", "name", "latin-1")]},
        {"columns": ["氏名"]},
        {"columns": 7},
        {"columns": [("氏名", "name", "")], "delimiter": "|"},
        {"columns": [("氏名", "name", "")], "calendar": "1905"},
    ],
)
def test_what_is_no_mapping_is_refused_and_nothing_is_kept(desk: Desk, visitor: Visitors, told: dict[str, Any]) -> None:
    one = visitor().sits_down_as(desk.one)
    assert send(desk, "keep", table(ROW), by=one, **told).status_code == 422
    assert kept(desk) == 0


def test_a_file_that_is_too_long_or_empty_or_comes_without_its_line_is_refused(
    desk: Desk, visitor: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = visitor().sits_down_as(desk.one)
    assert send(desk, "look", b"", by=one).status_code == 422
    for body in (b"", b"[]\nx", b"no line", b"{" * 1000 + b"\nx"):
        path = f"/cases/{desk.case}/lists/new/look/"
        assert one.client.put(path, body, content_type="application/octet-stream").status_code == 422
    monkeypatch.setattr(seized_bringing, "MOST_FILE_BYTES", 1000)
    refused = send(desk, "look", invented(50, 1), by=one)
    assert refused.status_code == 422
    assert "tsunagu list import" in refused.content.decode()


def test_nobody_elses_case_takes_a_list_and_absent_is_answered_like_not_yours(desk: Desk, visitor: Visitors) -> None:
    stranger, _ = staff(desk.world)
    for act in ("look", "keep"):
        told = {"columns": as_mapped("utf-8")}
        one = visitor().sits_down_as(stranger)
        theirs = seen(send(desk, act, table(ROW), by=one, **told))
        entry = desk.world.last_entry()
        absent = seen(send(desk, act, table(ROW), by=one, case=random_name("absent"), **told))
        assert theirs == absent
        assert (theirs.status, entry["act"]) == (404, "access:denied")
    assert kept(desk) == 0


def test_a_closed_case_takes_no_list(desk: Desk, visitor: Visitors) -> None:
    assert desk.world.run(desk.one, "case", "close", desk.case).status == 0
    one = visitor().sits_down_as(desk.one)
    assert one.get(f"/cases/{desk.case}/lists/new/").status_code == 409
    assert send(desk, "look", table(ROW), by=one).status_code == 409
    assert "lists/new" not in one.get(f"/cases/{desk.case}/lists/").content.decode()


def test_the_page_asks_until_its_rows_are_compared_and_is_shown_anew_then(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(table(ROW))
    one, path = visitor().sits_down_as(desk.one), f"/cases/{desk.case}/lists/1/"
    with acting_for(desk.one.actor.agency_id):
        SeizedListRow.objects.filter(exhibit__case__reference=desk.case).update(
            resolve_asked_at=desk.world.parts["now"]
        )
    assert f'hx-get="{path}state/"' in one.get(path).content.decode()
    assert one.get(f"{path}state/").status_code == 204
    assert one.post(f"{path}compare/").status_code == 302
    assert one.get(f"{path}state/")["HX-Refresh"] == "true"
    assert f'hx-get="{path}state/"' not in one.get(path).content.decode()


def test_who_left_before_his_turn_came_has_nothing_compared_and_nobody_waits_for_it(
    desk: Desk, visitor: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.bring_in(table(ROW))
    queued: list[dict[str, Any]] = []
    queue = desk.world.rooms.queue
    monkeypatch.setattr(type(queue), "defer", lambda _, __, ids: queued.append(dict(ids)))
    path = f"/cases/{desk.case}/lists/1/"
    assert visitor().sits_down_as(desk.one).post(f"{path}compare/").status_code == 302
    monkeypatch.undo()
    assert desk.world.run(desk.one, "case", "close", desk.case).status == 0
    queue.defer("resolve-list", queued[0])
    [view] = desk.json("status")
    assert view["resolved_at"] is None
    assert visitor().sits_down_as(desk.one).get(f"{path}state/")["HX-Refresh"] == "true"
