"""Pairs of rows for people: two say the same or nothing happens, and what was joined can be parted again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsunagu.domain.permission import Role
from tsunagu.records.models import Officer
from tsunagu.records.session import acting_for
from tsunagu.services.cases import staff_case

from .seized import Desk, fillers, staff, table
from .world import Person, World

REFUSED, NOT_FOUND = 2, 4
HOUSE = ("090-0000-0001", "060-0001", "北海道札幌市中央区北一条西1-2-3")
SAME = ("佐藤 太郎", "サトウ タロウ", "taro@example.jp", *HOUSE, "")
ASKED = ("Sato Taro", "", "taro@example.jp", "", "", "", ""), ("佐藤 太郎", "", "taro@example.jp", "", "", "", "")


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    return staff(world)


@pytest.fixture
def desk(world: World, people: tuple[Person, Person], tmp_path: Path) -> Desk:
    return Desk.of(world, people, tmp_path)


def test_a_pair_is_shown_side_by_side_with_the_weight_of_each_field(desk: Desk) -> None:
    desk.bring_in(table(*ASKED))
    assert desk.resolve()["pairs_to_people"] == 1
    [pair] = desk.json("review")
    assert pair["rows"] == [1, 2]
    assert pair["cells"]["name"] == ["Sato Taro", "佐藤 太郎"]
    assert {one["field"]: one["agreement"] for one in pair["reasons"]}["e-mail"] == "same"
    assert (pair["own"], pair["said"], pair["settled"]) == ("none-yet", 0, "none-yet")


def test_what_one_person_says_changes_nothing_and_what_two_say_alike_joins(desk: Desk) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    assert desk.persons() == [[1], [2]]
    assert desk.answer([1, 2], "same") == "none-yet"
    assert desk.answer([2, 1], "same") == "none-yet"  # the same person once more is one person still
    assert desk.persons() == [[1], [2]]
    assert desk.answer([1, 2], "same", by=desk.other) == "same"
    assert desk.persons() == [[1, 2]]
    stages = desk.stages()
    assert (stages["pairs-waiting"]["count"], stages["pairs-settled"]["parts"]) == (0, {"same": 1})


def test_the_second_is_not_told_what_the_first_has_said(desk: Desk) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    desk.answer([1, 2], "different")
    [told] = desk.json("review", by=desk.other)
    assert (told["own"], told["said"], told["settled"]) == ("none-yet", 1, "none-yet")
    assert desk.json("review") == []
    [own] = desk.json("review", "--pair", "1", "2")
    assert own["own"] == "different"


def test_what_two_people_part_stays_apart_also_when_it_is_resolved_again_and_the_history_stays(desk: Desk) -> None:
    desk.bring_in(table(SAME, SAME, SAME, *fillers()))
    desk.resolve()
    assert desk.persons()[0] == [1, 2, 3]
    for who in (desk.one, desk.other):
        desk.answer([1, 2], "different", by=who)
    apart = desk.persons()
    assert len(apart) == 62
    desk.resolve()
    assert desk.persons() == apart
    assert desk.persons(ended=True) == [[1, 2, 3]]
    assert desk.answer([1, 2], "none-yet") == "none-yet"  # who takes one back has undone what followed from it
    assert desk.persons()[0] == [1, 2, 3]


def test_two_people_who_disagree_settle_nothing(desk: Desk) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    desk.answer([1, 2], "same")
    assert desk.answer([1, 2], "different", by=desk.other) == "none-yet"
    assert desk.persons() == [[1], [2]]


def test_an_answer_needs_a_reason_and_a_pair_that_was_compared(desk: Desk) -> None:
    desk.bring_in(table(*ASKED, ("山田 花子", "", "", "", "", "", "")))
    desk.resolve()
    base = ("list", "review", "--case", desk.case)
    assert desk.world.run(desk.one, *base, "--pair", "1", "2", "--answer", "same").status == REFUSED
    assert desk.world.run(desk.one, *base, "--pair", "1", "2", "--answer", "same", "--reason", " ").status == REFUSED
    assert desk.world.run(desk.one, *base, "--pair", "1", "3", "--answer", "same", "--reason", "w").status == NOT_FOUND


def test_every_look_at_a_pair_and_every_answer_is_in_the_ledger_without_the_persons_words(desk: Desk) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    desk.json("review")
    assert desk.world.last_entry()["act"] == "seized-list:pairs_read"
    desk.answer([1, 2], "same")
    entry = desk.world.last_entry()
    assert (entry["act"], entry["details"]["answer"]) == ("seized-list:pair_answered", "same")
    assert "as seen" not in str(entry)
    assert "Sato" not in str(entry)


def test_a_pair_with_an_officers_own_name_is_not_there_for_him_and_one_with_a_colleagues_for_co_ordinators_alone(
    world: World, desk: Desk
) -> None:
    named = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    with acting_for(named[0].actor.agency_id):
        Officer.objects.filter(id=named[0].actor.officer_id).update(name="髙橋 一郎")
    other = world.enroll(named[1], Role.OFFICER)
    chief = world.enroll(named[1], Role.COORDINATOR)
    here = Desk.of(world, (named[0], other), desk.folder)
    staff_case(actor=named[0].actor, reference=here.case, login=chief.login, **world.parts)
    here.bring_in(table(("Takahashi Ichiro", "", "t@example.jp"), ("高橋 一郎", "", "t@example.jp")))
    assert here.resolve()["pairs_to_people"] == 1
    for who in (named[0], other):
        assert here.json("review", by=who) == []
        assert world.last_entry()["details"]["withheld"] == 1
        done = world.run(who, "list", "review", "--case", here.case, "--pair", "1", "2")
        absent = world.run(who, "list", "review", "--case", here.case, "--pair", "1", "3")
        assert (done.status, done.stdout, done.stderr) == (absent.status, absent.stdout, absent.stderr)
        assert done.status == NOT_FOUND
        assert world.last_entry()["act"] == "access:denied"
    assert len(here.json("review", by=chief)) == 1
