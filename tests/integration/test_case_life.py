"""Cases are closed and reopened, and colleagues leave them."""

from __future__ import annotations

import pytest

from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.models import CaseReason
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.references import MOST_REASON

from .scene import WORKS
from .world import Person, World, random_name

CONFLICT, NOT_FOUND, INPUT = 6, 4, 2


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """An officer and a colleague of his."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    return anna, world.enroll(adam, Role.OFFICER)


@pytest.fixture
def case(world: World, people: tuple[Person, Person]) -> str:
    reference = random_name("case")
    open_case(actor=people[0].actor, reference=reference, purpose=Purpose.INVESTIGATION, covert=False, **world.parts)
    return reference


def test_nothing_is_brought_into_a_closed_case_until_it_is_reopened_with_a_reason(
    world: World, people: tuple[Person, Person], case: str
) -> None:
    anna = people[0]
    bring = ("ingest", "--case", case, "--exhibit", "E1", world.file(random_name("bytes").encode()))
    assert world.run(anna, "case", "close", case).status == 0
    assert world.last_entry()["act"] == "case:closed"
    assert world.run(anna, "case", "close", case).status == CONFLICT
    refused = world.run(anna, *bring)
    assert refused.status == CONFLICT
    assert "closed" in refused.stderr
    assert world.json(anna, "case", "show", case)[0]["closed_at"] is not None
    assert world.run(anna, "case", "reopen", case, "--reason", "新しい事実").status == 0
    entry = world.last_entry()
    assert entry["act"] == "case:reopened"
    assert "新しい事実" not in str(entry)
    assert len(entry["details"]["reason"]) == 64
    with acting_for(anna.actor.agency_id):
        assert CaseReason.objects.get(case__reference=case).reason == "新しい事実"
    assert world.run(anna, "case", "reopen", case, "--reason", "again").status == CONFLICT
    assert world.run(anna, *bring).status == INPUT  # of no type that is read, and kept


@pytest.mark.parametrize("reason", ["", " \n ", "a\0b", "x" * (MOST_REASON + 1)], ids=ascii)
def test_a_reason_says_something(world: World, people: tuple[Person, Person], case: str, reason: str) -> None:
    world.run(people[0], "case", "close", case)
    outcome = world.run(people[0], "case", "reopen", case, "--reason", reason)
    assert (outcome.status, outcome.entries) == (INPUT, 0)


def test_who_leaves_a_case_reads_it_no_more_and_the_last_one_stays(
    world: World, people: tuple[Person, Person], case: str
) -> None:
    anna, carl = people
    staff_case(actor=anna.actor, reference=case, login=carl.login, **world.parts)
    assert [one["login"] for one in world.json(carl, "case", "show", case)[0]["people"]] == [anna.login, carl.login]
    assert world.run(anna, "case", "leave", case, carl.login).status == 0
    assert world.last_entry()["details"] == {"left": str(carl.actor.officer_id)}
    assert world.run(carl, "case", "show", case).status == NOT_FOUND
    assert world.run(anna, "case", "leave", case, carl.login).status == NOT_FOUND
    assert world.run(anna, "case", "leave", case, anna.login).status == CONFLICT
    assert world.run(anna, "case", "show", case).status == 0
