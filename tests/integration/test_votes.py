"""Votes on items of series: blind, until all are in; disputed, and given anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tsunagu.domain.permission import Role
from tsunagu.services.series.schemes import demonstration, scheme_in

from .scene import OVERSEES, WORKS
from .series_scene import hold
from .test_series import WHY, case_of
from .world import Person, World, random_name

NOT_FOUND, FORBIDDEN, CONFLICT, REFUSED = 4, 5, 6, 2
INDOORS = ("--answer", "place=indoors", "--answer", "people=nobody", "--answer", "made=drawn")
OUTDOORS = ("--answer", "place=outdoors", *INDOORS[2:])


@dataclass
class Bench:
    """Three officers of one case, with a series of two items."""

    world: World
    people: list[Person]
    case: str
    name: str
    items: list[str]

    def vote(
        self, by: int, *answers: str, item: int = 0, grade: str = "not_illegal", scheme: str = "demonstration"
    ) -> int:
        typed = ("series", "vote", self.name, self.items[item], "--case", self.case, "--scheme", scheme)
        return self.world.run(self.people[by], *typed, "--grade", grade, *(answers or INDOORS)).status

    def dispute(self, by: int, item: int = 0) -> int:
        typed = ("series", "dispute", self.name, self.items[item], "--case", self.case, "--scheme", "demonstration")
        return self.world.run(self.people[by], *typed, *WHY).status

    def told(self, by: int, item: int = 0) -> dict[str, Any]:
        typed = ("series", "votes", self.name, "--scheme", "demonstration")
        found = self.world.json(self.people[by], *typed)
        return next(one for one in found if one["sha256"] == self.items[item])


@pytest.fixture
def bench(world: World) -> Bench:
    anna, adam = world.found(WORKS, OVERSEES)
    people = [anna, *(world.enroll(adam, Role.OFFICER) for _ in range(2))]
    case = case_of(world, anna)
    items = hold(world, anna, case, 2)
    name = random_name("series")
    for one in people[1:]:
        assert world.run(anna, "case", "join", case, one.login).status == 0
    assert world.run(anna, "series", "open", name, "--case", case).status == 0
    assert world.run(anna, "series", "add", name, *items, "--case", case).status == 0
    assert world.run(anna, "scheme", "load", "demonstration").status == 0
    return Bench(world, people, case, name, items)


def test_nobody_is_told_what_others_have_voted_before_all_have(bench: Bench) -> None:
    nothing = bench.told(2)
    assert bench.vote(0, grade="baseline") == bench.vote(1, grade="baseline") == 0
    assert bench.told(2) == nothing  # not even that somebody has voted
    mine = bench.told(0)
    assert (mine["state"], mine["votes"], mine["own"]["grade"]) == ("open", [], "baseline")
    assert bench.vote(2, *OUTDOORS) == 0
    told = bench.told(2)
    assert (told["state"], told["grade"], told["answers"]["place"]) == ("agreed", "baseline", "indoors")
    assert {one["by"] for one in told["votes"]} == {one.login for one in bench.people}
    assert told["votes"] == bench.told(0)["votes"]
    assert bench.told(2, item=1)["state"] == "open"


def test_a_vote_stands_and_each_votes_once(bench: Bench) -> None:
    assert bench.vote(0) == 0
    assert bench.vote(0, grade="baseline") == CONFLICT
    assert bench.told(0)["own"]["grade"] == "not_illegal"
    assert bench.vote(1) == bench.vote(2) == 0
    assert bench.vote(0) == CONFLICT


def test_what_is_disputed_is_voted_on_anew_and_blind_again(bench: Bench) -> None:
    assert bench.dispute(0) == CONFLICT  # not all are in
    for number, grade in enumerate(("baseline", "nationally_illegal", "not_illegal")):
        assert bench.vote(number, grade=grade) == 0
    assert (bench.told(0)["state"], bench.told(0)["grade"]) == ("disputed", None)
    assert bench.vote(0) == CONFLICT  # somebody has to take it up first
    assert bench.dispute(1) == 0
    assert bench.dispute(1) == CONFLICT
    assert bench.told(0)["disputed_because"] == "it is so"
    assert bench.vote(0) == 0
    assert (bench.told(1)["state"], bench.told(1)["votes"], bench.told(1)["round"]) == ("open", [], 2)
    assert bench.vote(1) == bench.vote(2) == 0
    assert (bench.told(0)["state"], bench.told(0)["grade"]) == ("agreed", "not_illegal")
    assert bench.dispute(2) == 0
    assert bench.told(0)["state"] == "disputed"


def test_a_question_left_out_or_answered_by_nothing_that_it_takes_is_no_vote(bench: Bench) -> None:
    assert bench.vote(0, *INDOORS[:4]) == bench.vote(0, *INDOORS, "--answer", "class=x") == REFUSED
    assert bench.vote(0, "--answer", "place=at home", *INDOORS[2:]) == REFUSED
    assert bench.vote(0, scheme="another") == NOT_FOUND
    assert bench.told(0)["own"] is None


def test_what_is_not_in_the_series_is_not_voted_on_and_no_stranger_votes(bench: Bench) -> None:
    [outside] = hold(bench.world, bench.people[0], bench.case, 1)
    bench.items.append(outside)
    assert bench.vote(0, item=2) == NOT_FOUND
    cleo, clerk = bench.world.found(WORKS, OVERSEES)
    bench.people += [cleo, clerk]
    assert (bench.vote(3), bench.vote(4)) == (NOT_FOUND, FORBIDDEN)


def test_a_scheme_is_data_and_a_version_stays_what_it_was(bench: Bench) -> None:
    anna = bench.people[0]
    assert bench.world.run(anna, "scheme", "load", "demonstration").status == CONFLICT
    newer = json.loads(demonstration()) | {"version": 2, "voters": 1, "needed": 1}
    path = bench.world.folder / random_name("scheme")
    path.write_text(json.dumps(newer))
    assert bench.world.run(bench.people[1], "scheme", "load", str(path)).status == FORBIDDEN
    assert bench.world.run(anna, "scheme", "load", str(path)).status == 0
    assert [one["version"] for one in bench.world.json(anna, "scheme", "list")] == [2, 1]
    assert bench.vote(0) == 0
    assert bench.told(0)["state"] == "agreed"
    for wrong in (b"", b"[]", b'{"name": "x"}', demonstration().replace(b'"version": 1', b'"version": true')):
        path.write_bytes(wrong)
        assert bench.world.run(anna, "scheme", "load", str(path)).status == REFUSED


def test_the_scheme_that_is_shipped_asks_in_both_languages_what_anybody_can_answer() -> None:
    shipped = scheme_in(demonstration())
    assert (shipped.needed, shipped.voters) == (2, 3)
    assert all({"en", "ja"} <= one.question.keys() for one in shipped.elements)
