"""Where somebody lives whose rows do not tell it: an officer decides with a reason, and it holds for these rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsunagu.domain.permission import Role
from tsunagu.records.models import ListedPersonRow, Officer
from tsunagu.records.session import acting_for

from .seized import Desk, fillers, staff, table
from .world import Person, World

REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6
TWO = ("佐藤 太郎", "", "", "", "498-0000", "", "")
MOVED = [
    ("鈴木 花子", "", "h@example.jp", "090-0000-0001", code, place, "1980-01-02")
    for code, place in (("811-5301", "長崎県壱岐市"), ("060-0001", "北海道札幌市"))
]
WHY = "seen at the address"


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    return staff(world)


@pytest.fixture
def desk(world: World, people: tuple[Person, Person], tmp_path: Path) -> Desk:
    return Desk.of(world, people, tmp_path)


def decide(desk: Desk, rows: str, prefecture: str, *, by: Person | None = None) -> dict[str, object]:
    [done] = desk.json("prefecture", "--rows", rows, "--is", prefecture, "--reason", WHY, by=by)
    return done


def test_who_waits_is_shown_with_what_each_row_says_and_what_it_leaves_open(desk: Desk) -> None:
    desk.bring_in(table(TWO, *MOVED, *fillers()))
    desk.resolve()
    first, second = desk.json("prefecture")
    assert (first["rows"], first["method"], first["alternatives"]) == ([1], "postcode", ["23", "24"])
    assert (second["rows"], second["method"]) == ([2, 3], "moved")
    assert [(one["row"], one["prefecture"]) for one in second["told_by"]] == [(2, "42"), (3, "01")]
    assert second["told_by"][0]["cells"]["address"] == "長崎県壱岐市"
    assert desk.json("prefecture", "--after", "1") == [second]


def test_what_is_decided_is_where_he_lives_also_when_the_list_is_compared_again(desk: Desk) -> None:
    desk.bring_in(table(TWO))
    desk.resolve()
    done = decide(desk, "1", "23")
    assert (done["prefecture"], done["method"], done["alternatives"]) == ("23", "officer", ["24"])
    for _ in range(2):
        stages = desk.stages()
        assert (stages["prefecture"]["parts"], stages["prefecture-to-people"]["count"]) == ({"23": 1}, 0)
        desk.resolve()
    [kept] = desk.json("prefecture")
    assert kept["decision"] == {"by": desk.one.login, "reason": WHY}


def test_that_nobody_can_tell_is_a_decision_too_and_who_takes_one_back_is_asked_again(desk: Desk) -> None:
    desk.bring_in(table(TWO))
    desk.resolve()
    decide(desk, "1", "unknown")
    assert desk.stages()["prefecture-unknown"]["parts"] == {"officer": 1}
    assert decide(desk, "1", "open", by=desk.other)["needs_a_person"] is True
    assert desk.stages()["prefecture-to-people"]["parts"] == {"postcode": 1}
    with acting_for(desk.one.actor.agency_id):
        rows = ListedPersonRow.objects.filter(list__exhibit__case__reference=desk.case)
        assert rows.filter(ended_at=None).count() == 1
        assert rows.exclude(ended_at=None).count() == 2  # how he was known before stays as history


def test_a_decision_holds_no_longer_once_others_join_or_leave_the_rows_it_was_made_of(desk: Desk) -> None:
    desk.bring_in(table(*MOVED, *fillers()))
    desk.resolve()
    decide(desk, "1,2", "42")
    for who in (desk.one, desk.other):
        desk.answer([1, 2], "different", by=who)
    assert {tuple(one["rows"]) for one in desk.json("prefecture")} == set()
    assert desk.stages()["prefecture"]["parts"] == {"01": 1, "42": 1}
    desk.answer([1, 2], "none-yet")
    assert desk.stages()["prefecture"]["parts"] == {"42": 1}


def test_a_decision_needs_a_reason_a_prefecture_and_rows_that_name_one_who_waits(desk: Desk) -> None:
    desk.bring_in(table(TWO, *MOVED, ("山田 一", "", "", "", "060-0001"), *fillers()))
    base = ("list", "prefecture", "--case", desk.case)
    typed = ("--rows", "1", "--is", "23", "--reason")
    assert desk.world.run(desk.one, *base, *typed, "w").status == CONFLICT
    desk.resolve()
    assert desk.world.run(desk.one, *base, "--rows", "1", "--is", "23").status == REFUSED
    assert desk.world.run(desk.one, *base, *typed, " ").status == REFUSED
    assert desk.world.run(desk.one, *base, "--rows", "1", "--is", "48", "--reason", "w").status == REFUSED
    assert desk.world.run(desk.one, *base, "--rows", "1;2", "--is", "23", "--reason", "w").status == REFUSED
    for rows in ("2", "1,2", "4", "999", "999999999"):
        assert desk.world.run(desk.one, *base, "--rows", rows, "--is", "23", "--reason", "w").status == NOT_FOUND
    assert desk.world.run(desk.one, "case", "close", desk.case).status == 0
    assert desk.world.run(desk.one, *base, *typed, "w").status == CONFLICT


def test_the_ledger_has_the_decision_and_no_word_of_why(desk: Desk) -> None:
    desk.bring_in(table(TWO))
    desk.resolve()
    desk.json("prefecture")
    assert desk.world.last_entry()["act"] == "seized-list:persons_read"
    decide(desk, "1", "23")
    entry = desk.world.last_entry()
    assert (entry["act"], entry["details"]["prefecture"]) == ("seized-list:prefecture_decided", "23")
    assert WHY not in str(entry)
    assert "佐藤" not in str(entry)


def test_nobody_decides_of_his_own_name_or_learns_that_it_is_there(world: World, tmp_path: Path) -> None:
    one, administrator = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    with acting_for(one.actor.agency_id):
        Officer.objects.filter(id=one.actor.officer_id).update(name="佐藤 太郎")
    chief = world.enroll(administrator, Role.COORDINATOR)
    desk = Desk.of(world, (one, chief), tmp_path)
    desk.bring_in(table(TWO))
    desk.resolve()
    assert desk.json("prefecture") == []
    assert desk.stages()["persons"]["count"] == 0
    typed = ("list", "prefecture", "--case", desk.case, "--is", "23", "--reason", "w", "--rows")
    told, absent = (world.run(one, *typed, rows) for rows in ("1", "2"))
    assert (told.status, told.stdout, told.stderr) == (absent.status, absent.stdout, absent.stderr)
    assert told.status == NOT_FOUND
    assert decide(desk, "1", "24", by=chief)["prefecture"] == "24"
