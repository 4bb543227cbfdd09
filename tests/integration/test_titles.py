"""The title register of a seized list: people assess, the latest word counts, and it goes with the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tsunagu.domain.erasure import ErasureGround
from tsunagu.records.models import SeizedListRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.life import withdraw_exhibit

from .seized import Desk, staff, table
from .world import Person, World, random_name

REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6
TABLES = ("title", "title_assessment")


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    return staff(world)


@pytest.fixture
def desk(world: World, people: tuple[Person, Person], tmp_path: Path) -> Desk:
    made = Desk.of(world, people, tmp_path)
    made.bring_in(table(("佐藤 太郎",)))
    return made


def titles(desk: Desk, *typed: str, by: Person | None = None) -> list[dict[str, Any]]:
    command, *options = typed
    return desk.world.json(by or desk.one, "title", command, *options, "--case", desk.case)


def assess(desk: Desk, number: int, value: str, *more: str) -> list[dict[str, Any]]:
    return titles(
        desk, "assess", str(number), "--jurisdiction", "JP", "--as", value, "--from", "2015-07-15", "--reason", "seen",
        *more,
    )  # fmt: skip


def test_a_title_is_entered_and_assessed_by_a_person_and_every_word_that_was_said_stays(desk: Desk) -> None:
    [made] = titles(desk, "add", "--title", "記録集 第1巻", "--code", "T0001", "--maker", "M")
    assert (made["title"], made["assessments"]) == (1, [])
    assess(desk, 1, "lawful")
    [told] = assess(desk, 1, "illegal", "--to", "2016-12-31", "--precedent", "counsel, T0002, 2025-01-01")
    assert [one["as"] for one in told["assessments"]] == ["lawful", "illegal"]
    [listed] = titles(desk, "list", by=desk.other)
    assert {name: listed[name] for name in told} == told
    entry = desk.world.last_entry()
    assert (entry["act"], entry["details"]["titles"]) == ("title:read", 1)
    assert "記録集" not in str(entry)


def test_what_was_decided_of_its_like_is_proposed_and_decides_nothing(desk: Desk) -> None:
    series = random_name("series")
    for name in ("第1巻", "第2巻"):
        titles(desk, "add", "--title", name, "--maker", "M", "--series", series)
    assess(desk, 1, "illegal")
    first, second = titles(desk, "list")
    [proposed] = second["proposed"]
    assert (proposed["likeness"], proposed["as"], proposed["title"]) == ("same-series", "illegal", 1)
    assert (first["proposed"], second["assessments"]) == ([], [])


def test_what_was_decided_in_a_case_of_others_is_proposed_to_nobody_who_is_not_on_it(
    desk: Desk, people: tuple[Person, Person], tmp_path: Path
) -> None:
    jan = "4006381333931"
    titles(desk, "add", "--title", "A", "--jan", jan)
    assess(desk, 1, "illegal")
    other = Desk.of(desk.world, (people[0], people[1]), tmp_path)
    other.bring_in(table(("鈴木 一",)))
    titles(other, "add", "--title", "B", "--jan", jan)
    [told] = titles(other, "list")
    assert [one["case"] for one in told["proposed"]] == [desk.case]
    assert other.world.run(people[0], "case", "leave", desk.case, people[1].login).status == 0
    [told] = titles(other, "list", by=people[1])
    assert told["proposed"] == []


def test_a_title_is_entered_once_and_what_is_not_there_is_refused(desk: Desk) -> None:
    titles(desk, "add", "--title", "A", "--code", "T1")
    for status, typed in (
        (CONFLICT, ("add", "--title", "B", "--code", "T1")),
        (NOT_FOUND, ("add", "--title", "B", "--exhibit", "no such exhibit")),
        (REFUSED, ("add", "--title", "B", "--jan", "4006381333932")),
        (NOT_FOUND, ("assess", "2", "--jurisdiction", "JP", "--as", "lawful", "--from", "2015-07-15", "--reason", "w")),
        (REFUSED, ("assess", "1", "--jurisdiction", "XX", "--as", "lawful", "--from", "2015-07-15", "--reason", "w")),
        (REFUSED, ("assess", "1", "--jurisdiction", "JP", "--as", "lawful", "--from", "2015-07-15", "--reason", " ")),
        (
            REFUSED,
            (
                "assess", "1", "--jurisdiction", "JP", "--as", "lawful", "--from", "2015-07-15", "--to", "2015-07-14",
                "--reason", "w",
            ),
        ),
    ):  # fmt: skip
        assert desk.world.run(desk.one, "title", *typed, "--case", desk.case).status == status, typed


def test_no_title_stands_in_the_database_in_clear_and_titles_go_with_their_list(
    desk: Desk, admin: psycopg.Connection
) -> None:
    secret = random_name("film")
    titles(desk, "add", "--title", secret)
    assess(desk, 1, "lawful", "--precedent", secret)
    for name in TABLES:
        told = "\n".join(str(row) for row in admin.execute(f"SELECT t.*::text FROM {name} AS t"))  # noqa: S608
        assert secret not in told
        assert secret.encode().hex() not in told
    with acting_for(desk.one.actor.agency_id):
        lists = SeizedListRow.objects.filter(exhibit__case__reference=desk.case)
        [(exhibit, list_id)] = lists.values_list("exhibit__reference", "id")
    withdraw_exhibit(
        actor=desk.one.actor, reference=desk.case, exhibit=exhibit, ground=ErasureGround.WRONG_EXHIBIT,
        queue=desk.world.rooms.queue, **desk.world.parts,
    )  # fmt: skip
    for name in TABLES:
        query = f"SELECT count(*) FROM {name} WHERE list_id = %s"  # noqa: S608
        assert admin.execute(query, [list_id]).fetchone() == (0,)
