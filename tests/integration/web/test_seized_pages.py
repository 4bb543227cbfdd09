"""Pages of seized lists: counts with their units, pairs answered one after the other, and prefectures decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tsunagu.domain.permission import Role
from tsunagu.records.models import Officer
from tsunagu.records.session import acting_for

from ..seized import Desk, fillers, invented, staff, table  # noqa: TID252 - tests are no package with a name
from ..world import Person, World  # noqa: TID252 - likewise
from .visitors import Visitor

ASKED = (("Sato Taro", "", "taro@example.jp"), ("佐藤 太郎", "", "taro@example.jp"))
Visitors = Callable[[], Visitor]


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    return staff(world)


@pytest.fixture
def desk(world: World, people: tuple[Person, Person], tmp_path: Path) -> Desk:
    return Desk.of(world, people, tmp_path)


def page(desk: Desk, visitor: Visitors, place: str = "", *, by: Person | None = None) -> str:
    answer = visitor().sits_down_as(by or desk.one).get(f"/cases/{desk.case}/lists/{place}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_a_list_says_how_far_it_is_and_what_each_count_is_a_part_of(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(table(*ASKED, ("山田 一", "", "", "", "060-0001")) + b'"broken', status=2)
    assert "not compared yet" in page(desk, visitor)
    assert "Pairs" not in page(desk, visitor, "1/").partition("<h2>Funnel</h2>")[2].partition("</table>")[0]
    desk.resolve()
    shown = page(desk, visitor, "1/")
    assert "Persons whom they name" in shown
    assert '<span class="faint">Rows of the file:</span> 4' in shown
    assert "75.0 %" in shown
    assert "北海道" not in shown
    assert "Hokkaido" in shown
    assert "malformed" in page(desk, visitor, "1/refused/")


def test_the_map_keeps_small_counts_back_and_the_table_beside_it_too(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(
        table(*((f"某 {at}", "", "", "", "060-0001") for at in range(9)), ("山田 一", "", "", "", "811-5301"))
    )
    desk.resolve()
    shown = page(desk, visitor, "1/").partition('class="japan"')[2]
    table_of_it = shown.partition("<table>")[2].partition("</table>")[0]
    assert 'Nagasaki</th><td class="number">*' in table_of_it
    assert 'Hokkaido</th><td class="number">9' not in table_of_it  # with the total it would tell the small one
    assert "with those that are kept back" in table_of_it


def test_an_answer_brings_the_pair_back_answered_and_the_other_officer_sees_no_more_than_that(
    desk: Desk, visitor: Visitors
) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    one = visitor().sits_down_as(desk.one)
    path = f"/cases/{desk.case}/lists/1/review/"
    answer = one.client.post(path, {"answer": "different:1-2", "reason": "as seen"}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().startswith('<tbody id="pair-1-2" class="hit answered"')
    blind = page(desk, visitor, "1/review/", by=desk.other)
    assert "one officer has answered" in blind
    assert "Others:" not in blind
    assert "No pair waits for you." in one.get(path).content.decode()
    other = visitor().sits_down_as(desk.other)
    assert other.post(path, answer="same:1-2", reason="as seen").status_code == 302
    assert "Others:" in one.get(path, state="disputed").content.decode()


def test_an_answer_without_a_reason_or_a_pair_is_refused(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    one, path = visitor().sits_down_as(desk.one), f"/cases/{desk.case}/lists/1/review/"
    for typed in ({"answer": "same:1-2"}, {"answer": "perhaps:1-2", "reason": "w"}):
        assert one.post(path, **typed).status_code == 422
    for answer in ("same", "same:1-9", "same:1", "same:x-y"):
        assert one.post(path, answer=answer, reason="w").status_code == 404


def test_ten_pairs_are_shown_and_the_next_ones_follow(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(table(*((name, "", f"m{at}@example.jp") for at in range(12) for name in ("Sato Taro", "佐藤 某"))))
    desk.resolve()
    first = page(desk, visitor, "1/review/")
    assert first.count('<tbody id="pair-') == 10
    following = first.partition("after=")[2].partition('"')[0]
    assert page(desk, visitor, f"1/review/?after={following}").count('<tbody id="pair-') == 2


def test_an_officer_decides_a_prefecture_on_the_page(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(table(("佐藤 太郎", "", "", "", "498-0000"), *fillers()))
    desk.resolve()
    assert "the postcode lies in several prefectures" in page(desk, visitor, "1/prefectures/")
    one, path = visitor().sits_down_as(desk.one), f"/cases/{desk.case}/lists/1/prefectures/"
    assert one.post(path, rows="1", prefecture="23", reason="").status_code == 422
    assert one.post(path, rows="1", prefecture="23", reason="seen there").status_code == 302
    shown = one.get(path).content.decode()
    assert "seen there" in shown
    assert desk.one.login in shown
    assert desk.stages()["prefecture"]["parts"] == {"23": 1}


def test_no_page_tells_that_a_row_bears_the_readers_own_name(world: World, tmp_path: Path, visitor: Visitors) -> None:
    one, administrator = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    with acting_for(one.actor.agency_id):
        Officer.objects.filter(id=one.actor.officer_id).update(name="佐藤 太郎")
    desk = Desk.of(world, (one, world.enroll(administrator, Role.COORDINATOR)), tmp_path)
    desk.bring_in(table(*ASKED, ("佐藤 太郎", "", "", "", "498-0000")))
    desk.resolve()
    for place in ("1/", "1/review/", "1/prefectures/"):
        shown = page(desk, visitor, place)
        assert "taro@example.jp" not in shown
        assert "498-0000" not in shown
    counted = page(desk, visitor, "1/").partition("Pairs that people are asked about")[2]
    assert counted.partition('class="number">')[2].startswith("0<")
    assert "taro@example.jp" in page(desk, visitor, "1/review/", by=desk.other)


def test_a_list_of_invented_people_opens_every_page(desk: Desk, visitor: Visitors) -> None:
    desk.bring_in(invented(400, 9))
    desk.resolve()
    for place in ("", "1/", "1/refused/", "1/review/", "1/prefectures/"):
        assert page(desk, visitor, place)
