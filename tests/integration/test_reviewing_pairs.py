"""Pairs of rows for people: two say the same or nothing happens, and what was joined can be parted again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from tsunagu.domain.permission import Role
from tsunagu.records import seized
from tsunagu.records.kept_rows import KeptRow
from tsunagu.records.models import Officer
from tsunagu.records.seized_seals import ListSeal
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import staff_case
from tsunagu.services.seized.review import list_pairs

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
    resolved = here.resolve()
    assert (resolved["persons"], resolved["pairs_to_people"]) == (1, 0)  # the other row alone bears no such name
    for who in (named[0], other):
        assert here.json("review", by=who) == []
        assert world.last_entry()["details"]["withheld"] == 1
        done = world.run(who, "list", "review", "--case", here.case, "--pair", "1", "2")
        absent = world.run(who, "list", "review", "--case", here.case, "--pair", "1", "3")
        assert (done.status, done.stdout, done.stderr) == (absent.status, absent.stdout, absent.stderr)
        assert done.status == NOT_FOUND
        assert world.last_entry()["act"] == "access:denied"
        [view] = here.json("status", by=who)
        counted = {one["stage"]: one["count"] for one in view["stages"]}
        assert {count for stage, count in counted.items() if stage.startswith("pairs")} == {0}
        assert counted["persons"] == 1
    assert len(here.json("review", by=chief)) == 1
    [view] = here.json("status", by=chief)
    assert {one["stage"]: one["count"] for one in view["stages"]}["pairs-waiting"] == 1


def test_pairs_go_on_behind_the_last_one_that_was_shown(desk: Desk) -> None:
    pairs = [(f"Sato {name}", "", f"{name}@example.jp") for name in ("Taro", "Jiro", "Goro")]
    desk.bring_in(table(*(row for name, _, mail in pairs for row in ((name, "", mail), ("佐藤 某", "", mail)))))
    desk.resolve()
    asked = {"actor": desk.one.actor, "reference": desk.case, "number": None, "most": 2, **desk.world.parts}
    first = list_pairs(**asked)
    assert (first.waiting, first.has_more, len(first.pairs)) == (3, True, 2)
    last = first.pairs[-1]
    rest = list_pairs(after=(last.one, last.other), **asked)
    assert (rest.waiting, rest.has_more, len(rest.pairs)) == (3, False, 1)
    assert {(one.one, one.other) for one in (*first.pairs, *rest.pairs)} == {(1, 2), (3, 4), (5, 6)}


def test_two_who_disagree_are_both_told_so_and_of_the_others_answer_and_nobody_before(desk: Desk) -> None:
    desk.bring_in(table(*ASKED))
    desk.resolve()
    desk.answer([1, 2], "same")
    assert desk.json("review", "--disputed") == []
    assert desk.json("review", "--pair", "1", "2", by=desk.other)[0]["answers"] == []
    desk.answer([1, 2], "different", by=desk.other)
    for who, answers in ((desk.one, ["same", "different"]), (desk.other, ["different", "same"])):
        [told] = desk.json("review", "--disputed", by=who)
        assert (told["answers"], told["settled"]) == (answers, "none-yet")
    desk.answer([1, 2], "same", by=desk.other)
    assert desk.json("review", "--disputed") == []


def test_an_answer_opens_no_other_row_of_the_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bring_in(table(*ASKED, *fillers()))
    desk.resolve()
    opened: list[Sequence[int]] = []
    of_list = seized.rows_of_list

    def noted(list_id: UUID, seal: ListSeal, *, numbers: Sequence[int] = ()) -> Iterator[KeptRow]:
        opened.append(numbers)
        return of_list(list_id, seal, numbers=numbers)

    monkeypatch.setattr(seized, "rows_of_list", noted)
    for who in (desk.one, desk.other):
        desk.answer([1, 2], "same", by=who)
    assert opened == []
    assert [1, 2] in desk.persons()
    assert len(desk.json("review", "--pair", "1", "2")) == 1
    assert opened == [[1, 2]]
