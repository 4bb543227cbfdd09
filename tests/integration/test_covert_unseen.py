"""What a covert case is told, and what it keeps from others, leaks by no count and by no time-line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tsunagu.domain.act import Act
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.permission import Role
from tsunagu.services.cases.life import withdraw_exhibit, withdrawal_consequences
from tsunagu.services.cases.opening import staff_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion, view_deletion
from tsunagu.services.erasures.proofs import prove_erasures
from tsunagu.services.ledger.timeline import case_timeline, seen_by_others
from tsunagu.services.overlaps.answers import release, view_overlap
from tsunagu.services.overlaps.notices import list_notices

from .linked import Held, Made, copy
from .scene import OVERSEES, WORKS
from .world import Person, World


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person, Person]:
    """Officers of two agencies, and an ordinary officer and colleague of the first."""
    anna, adam = world.found(WORKS, OVERSEES)
    return anna, world.enroll(adam, Role.OFFICER), world.found(WORKS, OVERSEES)[0]


def timeline(held: Held, person: Person) -> list[Act]:
    """Return the deeds of a case as one of its people reads them, newest first."""
    named = {"reference": held.case.reference, "before": "", "most": 1000}
    return [one.act for one in case_timeline(actor=person.actor, **named, **held.world.parts)]


@pytest.mark.parametrize("is_held_by", ["nobody", "an unshared case", "a covert case"])
def test_withdrawing_an_exhibit_tells_nothing_of_who_else_holds_what_was_in_it(
    world: World, people: tuple[Person, Person, Person], is_held_by: str
) -> None:
    anna, _, ben = people
    picture = Made().picture()
    if is_held_by != "nobody":
        Held.open(world, ben, covert="covert" in is_held_by).bring(copy(picture))
    ours = Held.open(world, anna).bring(picture)
    named = {"actor": anna.actor, "reference": ours.case.reference}
    withdraw_exhibit(exhibit="E1", ground=ErasureGround.WRONG_EXHIBIT, queue=world.rooms.queue, **named, **world.parts)
    [completed] = [
        one for one in world.entries() if one["act"] == Act.ERASURE_COMPLETED and one["case"] == str(ours.case.case_id)
    ]
    told = completed["details"]
    assert {name: value for name, value in told.items() if isinstance(value, int)} == {
        "places": 1,
        "items": 1,
        "fingerprints": 1,
    }
    shown = case_timeline(before="", most=1, **named, **world.parts)[0]
    assert (shown.act, [value for _, value in shown.told if value.isdigit()]) == (Act.ERASURE_COMPLETED, ["1", "1"])
    [proof] = prove_erasures(actor=_auditor(world, anna).actor, reference=ours.case.reference, **world.parts)
    assert proof.is_sound


def _auditor(world: World, of: Person) -> Person:
    return next(one for one in world.founders[of.agency] if Role.AUDITOR in one.actor.roles)


def test_before_a_covert_case_is_released_its_people_are_told_of_no_overlap_by_any_way_round(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, ben = people
    picture = Made().picture()
    ours = Held.open(world, anna, covert=True)
    staff_case(actor=anna.actor, reference=ours.case.reference, login=carl.login, **world.parts)
    ours.bring(picture)
    before = timeline(ours, carl)
    Held.open(world, ben).bring(copy(picture))
    [held] = ours.notices()
    named = {"reference": ours.case.reference}
    view_overlap(actor=anna.actor, overlap_id=held.overlap_id, queue=world.rooms.queue, **world.parts)
    assert timeline(ours, carl) == [Act.CASE_READ, *before]
    others = seen_by_others(actor=carl.actor, before="", most=1000, **world.parts)
    assert not {Act.NOTICE_READ, Act.OVERLAP_READ} & {one.act for one in others}
    for person, count in ((carl, 0), (anna, 1)):
        of_exhibit = withdrawal_consequences(actor=person.actor, exhibit="E1", **named, **world.parts)
        of_case = view_deletion(actor=person.actor, **named, **world.parts).would
        assert (of_exhibit.overlaps, of_case.overlaps) == (count, count)
    release(actor=anna.actor, overlap_id=held.overlap_id, **world.parts)
    assert withdrawal_consequences(actor=carl.actor, exhibit="E1", **named, **world.parts).overlaps == 1
    assert Act.OVERLAP_RELEASED in timeline(ours, carl)


def test_between_two_covert_cases_the_first_release_is_on_no_time_line(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, ben = people
    picture = Made().picture()
    ours, theirs = Held.open(world, anna, covert=True), Held.open(world, ben, covert=True)
    staff_case(actor=anna.actor, reference=ours.case.reference, login=carl.login, **world.parts)
    ours.bring(picture)
    theirs.bring(copy(picture))
    [held] = ours.notices()
    told = {Act.OVERLAP_NOTICED, Act.OVERLAP_RELEASED, Act.NOTICE_READ}
    assert not release(actor=anna.actor, overlap_id=held.overlap_id, **world.parts)
    assert not told & set(timeline(ours, carl))
    assert release(actor=ben.actor, overlap_id=held.overlap_id, **world.parts)
    assert Act.OVERLAP_NOTICED in timeline(ours, carl)
    list_notices(actor=carl.actor, act=Act.NOTICE_READ, queue=world.rooms.queue, **world.parts)
    assert Act.NOTICE_READ in timeline(ours, carl)


def test_a_notice_whose_other_case_is_gone_is_released_all_the_same(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, ben = people
    picture = Made().picture()
    theirs = Held.open(world, ben, covert=True).bring(picture)
    ours = Held.open(world, anna).bring(copy(picture))
    [held] = theirs.notices()
    staff_case(actor=anna.actor, reference=ours.case.reference, login=carl.login, **world.parts)
    named = {"reference": ours.case.reference}
    propose_deletion(actor=anna.actor, ground=ErasureGround.ORDERED, **named, **world.parts)
    confirm_deletion(actor=carl.actor, queue=world.rooms.queue, **named, **world.parts)
    assert release(actor=ben.actor, overlap_id=held.overlap_id, **world.parts)
    assert theirs.notice(held.overlap_id) == replace(
        held, held=False, ended=True, noticed_at=theirs.notice(held.overlap_id).noticed_at
    )
