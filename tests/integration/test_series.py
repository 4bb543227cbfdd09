"""Series: put together by people, seen by whoever works on their cases, undone as often as is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.permission import Role
from tsunagu.domain.series import ENDS, SeriesStatus
from tsunagu.records.models import SeriesItemRow, SeriesPlacing
from tsunagu.records.session import acting_for
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion

from .scene import OVERSEES, WORKS
from .series_scene import hold
from .world import Person, World, random_name

WHY = ("--reason", "it is so")
NOT_FOUND, FORBIDDEN, CONFLICT, REFUSED = 4, 5, 6, 2


@dataclass
class Desk:
    """An officer with a case that holds four contents."""

    world: World
    anna: Person
    adam: Person
    case: str
    items: list[str]

    def run(self, *arguments: str, by: Person | None = None) -> int:
        return self.world.run(by or self.anna, "series", *arguments).status

    def show(self, name: str, by: Person | None = None) -> dict[str, Any]:
        [found] = self.world.json(by or self.anna, "series", "show", name)
        return found

    def held(self, name: str, by: Person | None = None) -> set[str]:
        return {one["sha256"] for one in self.show(name, by)["holds"]}

    def open(self, *items: str, case: str = "") -> str:
        name = random_name("series")
        assert self.run("open", name, "--case", case or self.case) == 0
        if items:
            assert self.run("add", name, "--case", case or self.case, *items) == 0
        return name

    def undo(self, name: str, did: str) -> int:
        """Undo the newest step of this kind that counts."""
        step = next(one for one in self.show(name)["history"] if one["did"] == did and not one["undone"])
        return self.run("undo", name, step["step"], *WHY)


def case_of(world: World, person: Person, *, covert: bool = False) -> str:
    case = random_name("case")
    assert world.run(person, "case", "open", case, *["--covert"] * covert).status == 0
    world.bring_in(person, case, "E1", world.file(random_name("content").encode()))
    return case


@pytest.fixture
def desk(world: World) -> Desk:
    anna, adam = world.found(WORKS, OVERSEES)
    case = case_of(world, anna)
    return Desk(world, anna, adam, case, hold(world, anna, case, 4))


def test_an_officer_puts_items_of_his_cases_together_and_finds_them_again(desk: Desk) -> None:
    name = desk.open(*desk.items[:2])
    assert desk.run("add", name, "--case", desk.case, "--context", desk.items[2]) == 0
    assert desk.run("alias", name, "elsewhere") == 0
    shown = desk.show(name)
    assert desk.held(name) == set(desk.items[:3])
    assert [one["context"] for one in shown["holds"]].count(True) == 1
    told = {one: shown[one] for one in ("status", "distributed", "aliases", "cases", "items", "context")}
    assert told == {
        "status": "unidentified", "distributed": "unknown", "aliases": ["elsewhere"], "cases": [desk.case],
        "items": 3, "context": 1,
    }  # fmt: skip
    assert shown["handling"] == {"receivers": [], "purposes": [], "may_forward": False, "until": None}
    [listed] = desk.world.json(desk.anna, "series", "list", "--search", "ELSEwhere")
    assert listed["series"] == name
    numbers = [str(one["number"]) for one in shown["holds"]]
    assert desk.run("remove", name, "--case", desk.case, numbers[0], *WHY) == 0
    assert len(desk.held(name)) == 2


def test_the_history_tells_who_did_what_and_why(desk: Desk) -> None:
    name, other = desk.open(*desk.items[:1]), desk.open(*desk.items[1:2])
    assert desk.run("merge", name, other, "--reason", "the same room") == 0
    assert desk.undo(name, "merged") == 0
    told = [(one["did"], one["by"], one["other"], one["reason"]) for one in desk.show(name)["history"]]
    login = desk.anna.login
    assert told == [
        ("undone", login, other, "it is so"), ("merged", login, other, "the same room"), ("added", login, None, ""),
        ("opened", login, None, ""),
    ]  # fmt: skip
    assert [one["undone"] for one in desk.show(other)["history"]] == [False, True, False, False]


def test_merged_split_and_undone_in_any_order_a_series_is_what_it_was(desk: Desk) -> None:
    name, other = desk.open(*desk.items[:2]), desk.open(*desk.items[2:])
    before = desk.held(name), desk.held(other)
    assert desk.run("merge", name, other, *WHY) == 0
    assert desk.held(name) == desk.held(other) == set(desk.items)
    assert desk.show(other)["series"] == name
    assert desk.run("split", name, new := random_name("part"), "--case", desk.case, desk.items[3], *WHY) == 0
    assert desk.held(new) == {desk.items[3]}
    assert desk.undo(name, "merged") == 0
    assert (desk.held(name), desk.held(other)) == (before[0], {desk.items[2]})
    assert desk.undo(new, "split") == 0
    assert (desk.held(name), desk.held(other)) == before
    assert desk.run("show", new) == NOT_FOUND
    parted = next(one for one in desk.show(name)["history"] if one["did"] == "undone" and one["other"] == other)
    assert desk.run("undo", name, parted["step"], *WHY) == 0
    assert desk.held(name) == set(desk.items)


def test_what_does_not_go_together_is_refused_and_changes_nothing(desk: Desk) -> None:
    name, other = desk.open(*desk.items[:2]), desk.open()
    assert desk.run("add", other, "--case", desk.case, *desk.items[1:3]) == CONFLICT
    assert desk.held(other) == set()
    assert desk.run("add", other, "--case", desk.case, "0" * 64) == NOT_FOUND
    assert desk.run("add", other, "--case", desk.case, "no item") == NOT_FOUND
    assert desk.run("remove", other, "--case", desk.case, desk.items[0], *WHY) == CONFLICT
    assert desk.run("open", name, "--case", desk.case) == CONFLICT
    assert desk.run("merge", name, name, *WHY) == CONFLICT
    assert desk.run("merge", name, other, "--reason", " ") == REFUSED
    assert desk.run("merge", name, other, *WHY) == 0
    assert desk.run("alias", other, "gone") == desk.run("add", other, "--case", desk.case, desk.items[3]) == CONFLICT


def test_a_colleague_sees_of_a_series_what_lies_in_his_own_cases(desk: Desk) -> None:
    carl = desk.world.enroll(desk.adam, Role.OFFICER)
    mine, both = desk.open(*desk.items[:1]), desk.open(*desk.items[1:2])
    assert desk.run("show", mine, by=carl) == desk.run("show", both, by=carl) == NOT_FOUND
    joint = case_of(desk.world, desk.anna)
    [shared] = hold(desk.world, desk.anna, joint, 1)
    assert desk.world.run(desk.anna, "case", "join", joint, carl.login).status == 0
    assert desk.run("add", both, "--case", joint, shared) == 0
    seen = desk.show(both, by=carl)
    assert (desk.held(both, by=carl), seen["items"], seen["cases"]) == ({shared}, 1, [joint])
    assert [one["items"] for one in seen["history"]] == [1, 0]  # what was added of the other case is not told
    step = next(one for one in desk.show(both)["history"] if one["items"] == 1 and one["did"] == "added")
    hidden = [one["step"] for one in desk.show(both)["history"] if one["step"] not in str(seen)]
    assert step["step"] in str(seen)
    assert [desk.run("undo", both, one, *WHY, by=carl) for one in hidden] == [NOT_FOUND]
    assert desk.run("remove", both, "--case", desk.case, desk.items[1], *WHY, by=carl) == NOT_FOUND
    assert desk.held(both) == {shared, desk.items[1]}


def test_a_series_of_the_same_name_at_another_agency_is_another_one(desk: Desk) -> None:
    ben, _ = desk.world.found(WORKS, OVERSEES)
    name = desk.open(*desk.items)
    theirs = case_of(desk.world, ben)
    assert desk.run("open", name, "--case", theirs, by=ben) == 0
    assert desk.held(name, by=ben) == set()


def test_officers_say_how_far_the_search_is_and_a_coordinator_ends_it(desk: Desk) -> None:
    carl = desk.world.enroll(desk.adam, Role.OFFICER)
    assert desk.world.run(desk.anna, "case", "join", desk.case, carl.login).status == 0
    name = desk.open(*desk.items)
    assert desk.run("status", name, "located", *WHY, by=carl) == 0
    assert desk.run("status", name, "identified_safeguarded", *WHY, by=carl) == FORBIDDEN
    assert desk.run("status", name, "identified_safeguarded", *WHY) == 0
    assert desk.run("status", name, "located", *WHY) == CONFLICT
    assert desk.run("status", name, "reopened", *WHY, by=carl) == FORBIDDEN
    assert desk.run("status", name, "reopened", *WHY) == 0
    assert desk.run("status", name, "claimed", *WHY) == REFUSED
    steps = [one for one in desk.show(name)["history"] if one["did"] == "status-set"]
    assert [one["value"] for one in steps] == ["reopened", "identified_safeguarded", "located"]
    assert {SeriesStatus(one["value"]) in ENDS for one in steps} == {True, False}


def test_nobody_else_may_be_given_a_series_unless_its_owner_says_so(desk: Desk) -> None:
    name = desk.open(*desk.items)
    ben, _ = desk.world.found(WORKS, OVERSEES)
    use = ("--use", "victim-identification")
    assert desk.run("handling", name, "--to", ben.agency, *WHY) == REFUSED  # for what?
    assert desk.run("handling", name, "--to", "nobody", *use, *WHY) == NOT_FOUND
    assert desk.run("handling", name, "--to", desk.anna.agency, *use, *WHY) == REFUSED
    assert desk.run("handling", name, "--to", ben.agency, *use, "--until", "2020-01-01", *WHY) == REFUSED
    assert desk.run("handling", name, "--to", ben.agency, *use, *WHY) == 0
    shown = desk.show(name)
    assert (shown["handling"]["receivers"], shown["history"][0]["value"]) == ([ben.agency], "widened")
    assert desk.run("handling", name, *WHY) == 0
    assert (desk.show(name)["handling"]["receivers"], desk.show(name)["history"][0]["value"]) == ([], "narrowed")


def test_every_act_on_a_series_is_in_the_ledger_and_none_tells_a_name_or_a_reason(desk: Desk) -> None:
    before = desk.world.entry_count()
    name = desk.open(*desk.items[:1])
    reason = random_name("reason")
    assert desk.run("status", name, "alerted", "--reason", reason) == 0
    written = desk.world.entries()[before:]
    assert [one["act"] for one in written] == ["series:opened", "series:extended", "series:status_set"]
    assert all(one["cases"] for one in written)
    assert name not in str(written)
    assert reason not in str(written)


def test_what_is_withdrawn_goes_from_series_and_what_was_done_with_it(desk: Desk) -> None:
    world, anna = desk.world, desk.anna
    world.bring_in(anna, desk.case, "wrong", world.file(random_name("wrong").encode()))
    wrong = next(one for one in world.json(anna, "items", "--case", desk.case) if one["exhibit"] == "wrong")
    name = desk.open(desk.items[0], wrong["sha256"])
    withdraw_exhibit(
        actor=anna.actor, reference=desk.case, exhibit="wrong", ground=ErasureGround.WRONG_EXHIBIT,
        queue=world.rooms.queue, **world.parts,
    )  # fmt: skip
    assert desk.held(name) == {desk.items[0]}
    assert desk.undo(name, "added") == 0
    assert desk.undo(name, "undone") == 0
    assert desk.held(name) == {desk.items[0]}


def test_with_its_last_case_a_series_is_gone_and_what_was_merged_with_it_stands(desk: Desk) -> None:
    world, anna = desk.world, desk.anna
    carl = world.enroll(desk.adam, Role.OFFICER)
    other_case = case_of(world, anna)
    [kept] = hold(world, anna, other_case, 1)
    name, other = desk.open(*desk.items), desk.open(kept, case=other_case)
    assert desk.run("alias", name, "word of theirs") == 0
    assert desk.run("merge", name, other, *WHY) == 0
    assert world.run(anna, "case", "join", desk.case, carl.login).status == 0
    propose_deletion(actor=anna.actor, reference=desk.case, ground=ErasureGround.ORDERED, **world.parts)
    confirm_deletion(actor=carl.actor, reference=desk.case, queue=world.rooms.queue, **world.parts)
    with acting_for(anna.actor.agency_id):
        assert SeriesPlacing.objects.count() == SeriesItemRow.objects.count() == 1
    assert desk.held(other) == {kept}
    assert desk.show(other)["series"] == name  # it is one series still, and is called so until they are parted
    assert "word of theirs" not in str(desk.show(other))
    assert desk.undo(other, "merged") == 0
    assert name not in str(desk.show(other))
    assert desk.undo(other, "undone") == CONFLICT
    assert desk.held(other) == {kept}


def test_series_are_counted_by_the_year_for_whoever_works_on_their_cases(desk: Desk) -> None:
    def counts(by: Person | None = None) -> list[int]:
        [found] = desk.world.json(by or desk.anna, "series", "count")
        return [found[one] for one in ("known", "identified", "safeguarded")]

    assert counts() == [0, 0, 0]
    safe, merged = desk.open(desk.items[0]), desk.open(desk.items[1])
    desk.open(desk.items[2])
    assert counts() == [3, 0, 0]
    carl = desk.world.enroll(desk.adam, Role.OFFICER, Role.COORDINATOR)
    assert counts(carl) == [0, 0, 0]
    assert desk.world.run(desk.anna, "case", "join", desk.case, carl.login).status == 0
    assert desk.run("status", safe, "identified_safeguarded", *WHY, by=carl) == 0
    assert counts() == [3, 1, 1]
    assert desk.run("merge", safe, merged, *WHY) == 0
    assert counts() == [2, 1, 1]
    assert desk.run("status", safe, "reopened", *WHY, by=carl) == 0
    assert counts(carl) == [2, 0, 0]
    stranger, _ = desk.world.found(WORKS, OVERSEES)
    assert counts(stranger) == [0, 0, 0]
