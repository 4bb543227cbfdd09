"""The actions book of a case: asked, due, answered once, and gone with the case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.models import EnquiryRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion

from .enquired import SOON, enquire
from .world import Person, World, now, random_name

REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, ...]:
    return world.found({Role.OFFICER}, {Role.OFFICER})


@pytest.fixture
def case(world: World, people: tuple[Person, ...]) -> str:
    one, colleague = people
    opened = random_name("case")
    kept = {"reference": opened, "purpose": Purpose.INVESTIGATION, "covert": False}
    open_case(actor=one.actor, **kept, **world.parts)
    assert world.run(one, "case", "join", opened, colleague.login).status == 0
    return opened


def do(world: World, by: Person, *typed: str) -> int:
    return world.run(by, "enquiry", *typed).status


def test_an_enquiry_is_answered_once_and_nothing_found_is_a_result(
    world: World, people: tuple[Person, ...], case: str
) -> None:
    one, colleague = people
    asked = ("add", "--case", case, "--what", "whose number it is", "--to", "a carrier", "--due")
    assert do(world, one, *asked, SOON) == 0
    assert do(world, one, *asked, f"{now().date() - timedelta(days=1)}") == REFUSED
    answer = ("answer", "1", "--case", case, "--result", "nothing-found", "--words", "it was never given out")
    assert do(world, colleague, *answer) == 0
    assert do(world, one, *answer) == CONFLICT
    assert do(world, one, "answer", "2", *answer[2:]) == NOT_FOUND
    [told] = world.json(one, "enquiry", "list", "--case", case)
    assert (told["enquiry"], told["result"], told["asked_by"], told["answered_by"]) == (
        1, "nothing-found", one.login, colleague.login,
    )  # fmt: skip


def test_what_has_no_result_comes_first_and_what_is_overdue_is_listed_over_all_cases(
    world: World, people: tuple[Person, ...], case: str
) -> None:
    one, _ = people
    enquire(world, one, case)
    book = world.json(one, "enquiry", "list", "--case", case)
    assert [(told["enquiry"], told["overdue"]) for told in book] == [(3, True), (1, False), (2, False)]
    late = [told["enquiry"] for told in world.json(one, "enquiry", "overdue") if told["case"] == case]
    assert late == [3]
    assert do(world, one, "answer", "3", "--case", case, "--result", "refused-to-answer", "--words", "w") == 0
    assert [told for told in world.json(one, "enquiry", "overdue") if told["case"] == case] == []


def test_nothing_is_asked_in_a_closed_case_but_what_was_asked_is_answered(
    world: World, people: tuple[Person, ...], case: str
) -> None:
    one, _ = people
    enquire(world, one, case)
    assert world.run(one, "case", "close", case).status == 0
    assert do(world, one, "add", "--case", case, "--what", "w", "--to", "t", "--due", SOON) == CONFLICT
    assert do(world, one, "answer", "1", "--case", case, "--result", "found", "--words", "w") == 0


def test_the_book_goes_with_its_case(world: World, people: tuple[Person, ...], case: str) -> None:
    one, colleague = people
    enquire(world, one, case)
    with acting_for(one.actor.agency_id):
        assert EnquiryRow.objects.filter(case__reference=case).delete()[0] == 0  # no erasure was decided
    propose_deletion(actor=one.actor, reference=case, ground=ErasureGround.ORDERED, **world.parts)
    confirm_deletion(actor=colleague.actor, reference=case, queue=world.rooms.queue, **world.parts)
    with acting_for(one.actor.agency_id):
        assert not EnquiryRow.objects.filter(case__reference=case).exists()
