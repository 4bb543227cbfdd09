"""Lists are narrowed down within what an officer may read, and a time-line tells who did what in his cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tsunagu.domain.act import Act
from tsunagu.domain.errors import InputError
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.notice import NoticeState
from tsunagu.domain.overlap import Strength
from tsunagu.domain.permission import Role
from tsunagu.domain.search import Answered, CaseSearch, CaseState, OverlapSearch
from tsunagu.domain.timeline import Told
from tsunagu.services.cases.life import close_case
from tsunagu.services.cases.opening import list_cases, staff_case, view_case
from tsunagu.services.ledger.timeline import case_timeline, own_deeds, seen_by_others
from tsunagu.services.overlaps.answers import acknowledge, judge_hit
from tsunagu.services.overlaps.notices import list_notices

from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS, Scene
from .test_withdrawing import withdraw
from .world import Person, World, now, random_name


@pytest.fixture
def people(world: World) -> tuple[Person, Person, Person]:
    """An officer, a colleague of his, and an officer of another agency."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    return anna, world.enroll(adam, Role.OFFICER), world.found(WORKS, OVERSEES)[0]


def found(world: World, person: Person, search: CaseSearch) -> list[str]:
    return [one.reference for one in list_cases(actor=person.actor, search=search, **world.parts)]


def test_cases_are_found_by_a_part_of_their_reference_their_state_and_the_day(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna = people[0]
    one, other = (Held.open(world, anna).case.reference for _ in range(2))
    soon = Held.open(world, anna, keep_until=now().date() + timedelta(days=30)).case.reference
    close_case(actor=anna.actor, reference=other, **world.parts)
    today = now().date()
    assert found(world, anna, CaseSearch(one[5:].upper())) == [one]
    assert found(world, anna, CaseSearch(state=CaseState.CLOSED)) == [other]
    assert set(found(world, anna, CaseSearch(state=CaseState.OPEN))) == {one, soon}
    assert found(world, anna, CaseSearch(state=CaseState.TO_REVIEW)) == [soon]
    assert len(found(world, anna, CaseSearch(since=today, until=today))) == 3
    assert len(found(world, anna, CaseSearch(since=today, until=date.max))) == 3
    assert found(world, anna, CaseSearch(since=today + timedelta(days=1))) == []
    assert found(world, anna, CaseSearch(until=today - timedelta(days=1))) == []
    assert found(world, anna, CaseSearch("%")) == found(world, anna, CaseSearch("_")) == []
    entry = world.last_entry()
    assert (entry["act"], len(entry["details"]["searched"])) == ("case:read", 64)


def test_overlaps_are_found_by_state_strength_agency_answers_and_day(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, _, ben = people
    made, ours, theirs = Made(), [Held.open(world, anna) for _ in range(4)], Held.open(world, ben)
    pictures = [made.picture() for _ in ours]
    for one, picture in zip(ours, pictures, strict=True):
        one.bring(picture)
    theirs.bring(*(copy(one) for one in pictures))
    shared, ended, taken, new = (overlap_between(one, theirs) for one in ours)
    for side in (ours[0], theirs):
        side.share(shared)
    withdraw(ours[1])
    acknowledge(actor=anna.actor, overlap_id=taken, **world.parts)

    def narrowed(**search: object) -> set[object]:
        views = list_notices(
            actor=anna.actor,
            act=Act.OVERLAP_READ,
            search=OverlapSearch(**search),
            queue=world.rooms.queue,
            **world.parts,  # type: ignore[arg-type]
        )
        return {one.notice.overlap_id for one in views.views}

    assert narrowed() == {shared, ended, taken, new}
    for state, which in (
        (NoticeState.SHARED, shared),
        (NoticeState.ENDED, ended),
        (NoticeState.ACKNOWLEDGED, taken),
        (NoticeState.NEW, new),
    ):
        assert narrowed(state=state) == {which}
    assert narrowed(state=NoticeState.HELD) == set()
    assert narrowed(text=ours[3].case.reference.upper()) == {new}
    assert narrowed(text=theirs.case.reference) == {shared}
    assert narrowed(agency=ben.agency[3:]) == {shared, ended, taken, new}
    assert narrowed(agency=anna.agency) == set()
    assert set().union(*(narrowed(strength=one) for one in Strength)) == {shared}
    assert narrowed(answered=Answered.NOT_JUDGED) == {shared}
    [hit] = ours[0].hits(shared)
    judge_hit(actor=anna.actor, hit_id=hit.hit_id, answer=Judgement.UNSURE, sameness=None, **world.parts)
    assert narrowed(answered=Answered.JUDGED) == {shared}
    assert narrowed(answered=Answered.NOT_JUDGED) == set()
    assert narrowed(since=now().date() + timedelta(days=1)) == set()


@pytest.mark.parametrize(
    "command",
    [("case", "list", "--search"), ("overlaps", "--search"), ("overlaps", "--agency")],
    ids=" ".join,
)
def test_what_is_not_yours_is_found_no_more_than_what_is_not_there(
    common_scene: Scene, command: tuple[str, ...]
) -> None:
    """In bytes, queries and entries: by a stranger, another agency, a colleague, and a covert case's other side."""
    targets = [common_scene.targets["case"], common_scene.targets["covert case"], common_scene.people["anna"].agency]
    for name in ("cleo", "carl"):
        for target in targets:
            of_others = common_scene.world.run(common_scene.people[name], *command, target)
            of_nobody = common_scene.world.run(common_scene.people[name], *command, random_name("case"))
            assert of_others == of_nobody
            assert not common_scene.told_in(of_others.text)
    for target in targets[:2]:
        of_others = common_scene.world.run(common_scene.people["ben"], *command, target, "--json")
        assert of_others == common_scene.world.run(common_scene.people["ben"], *command, random_name("case"), "--json")
        assert of_others.stdout == ""


def test_a_time_line_tells_in_words_who_did_what_page_by_page(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, ben = people
    ours = Held.open(world, anna)
    case = ours.case.reference
    world.bring_in(anna, case, "laptop", world.file(random_name("bytes").encode()))
    staff_case(actor=anna.actor, reference=case, login=carl.login, **world.parts)
    view_case(actor=carl.actor, reference=case, **world.parts)
    named = {"actor": anna.actor, "reference": case, "most": 3}
    pages, before = [], ""
    while page := case_timeline(**named, before=before, **world.parts):
        pages += page
        assert world.entries()[-1]["details"]["entries"] == len(page), "one is looked ahead, and not told"
        before = page[-1].entry
    told = [one for one in reversed(pages) if one.act is not Act.CASE_READ or one.login == carl.login]
    assert [(one.act, one.login) for one in told] == [
        (Act.CASE_OPENED, anna.login),
        (Act.EXHIBIT_REGISTERED, anna.login),
        (Act.MEDIA_ACQUIRED, anna.login),
        (Act.MEDIA_COMPARED, anna.login),
        (Act.CASE_JOINED, anna.login),
        (Act.CASE_READ, carl.login),
    ]
    assert (Told.EXHIBIT, "laptop") in told[2].told
    assert (Told.COLLEAGUE, carl.login) in told[4].told
    assert case_timeline(**named, before="00" * 8, **world.parts) == ()
    mine = own_deeds(actor=carl.actor, before="", most=50, **world.parts)
    assert {one.login for one in mine} == {carl.login}
    assert (Act.CASE_READ, (case,)) in {(one.act, one.cases) for one in mine}
    seen = seen_by_others(actor=anna.actor, before="", most=50, **world.parts)
    assert {(one.login, one.cases, one.act) for one in seen} == {(carl.login, (case,), Act.CASE_READ)}
    assert own_deeds(actor=ben.actor, before=mine[0].entry, most=50, **world.parts) == ()
    assert seen_by_others(actor=ben.actor, before="", most=50, **world.parts) == ()


@pytest.mark.parametrize("typed", ["x", "0" * 15, "00" * 9, "zz" * 8])
def test_a_page_that_can_be_none_is_refused(world: World, people: tuple[Person, ...], typed: str) -> None:
    with pytest.raises(InputError):
        own_deeds(actor=people[0].actor, before=typed, most=5, **world.parts)
