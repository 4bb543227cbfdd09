"""Reading notices and overlaps: who compares what waits, what the reader is told of it, and what is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from tsunagu.config.queue import WorkerQueue
from tsunagu.config.worker import work
from tsunagu.domain.act import Act
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.timeline import TimelineEntry
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.ledger.timeline import case_timeline, own_deeds, seen_by_others
from tsunagu.services.overlaps import linking, notices
from tsunagu.services.overlaps.answers import view_overlap
from tsunagu.services.overlaps.notices import NoticeList, list_notices

from .counting import counting
from .linked import Held, Made, copy, link, overlap_between
from .scene import OVERSEES, WORKS
from .world import Person, World, random_name

QUEUE = WorkerQueue()


@pytest.fixture(autouse=True)
def _nothing_waits(world: World) -> None:
    link(world)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'link-waiting'")


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person, Person]:
    """Two colleagues, and an officer of another agency."""
    anna, adam = world.found(WORKS, OVERSEES)
    return anna, adam, world.found(WORKS, OVERSEES)[0]


def jobs() -> int:
    """How many jobs to compare what waits the queue holds."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'link-waiting'")
        return int(cursor.fetchone()[0])


def read(world: World, person: Person, act: Act = Act.NOTICE_READ, queue: Any = QUEUE) -> NoticeList:
    return list_notices(actor=person.actor, act=act, queue=queue, **world.parts)


def written(world: World, before: int) -> list[dict[str, Any]]:
    """Return the entries of the ledger from this number on, but for denials of others."""
    return world.entries()[before:]


def test_where_a_worker_runs_a_reader_compares_nothing_and_is_told_what_of_his_own_waits(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _, ben = people
    picture = Made().picture()
    ours, theirs = Held.open(world, anna), Held.open(world, ben).bring(picture)
    ours.keep(copy(picture), Made().picture())
    with monkeypatch.context() as patch:
        patch.setattr(linking, "link_all", pytest.fail)
        patch.setattr(linking, "link_batch", pytest.fail)
        first = read(world, anna)
        assert (first.waiting, ours.case.case_id in {one.notice.case_id for one in first.views}) == (2, False)
        assert read(world, ben).waiting == 0
    assert jobs() == 1
    work(world.table, replace(world.rooms, queue=QUEUE), once=True, is_quiet=False)
    then = read(world, anna)
    assert then.waiting == 0
    assert ours.case.case_id in {one.notice.case_id for one in then.views}
    view = view_overlap(actor=anna.actor, overlap_id=overlap_between(ours, theirs), queue=QUEUE, **world.parts)
    assert view.waiting == 0


def test_where_no_worker_runs_it_is_compared_first(world: World, people: tuple[Person, ...]) -> None:
    anna, _, ben = people
    picture = Made().picture()
    ours = Held.open(world, anna)
    Held.open(world, ben).bring(picture)
    ours.keep(copy(picture))
    found = read(world, anna, queue=world.rooms.queue)
    assert found.waiting == 0
    assert ours.case.case_id in {one.notice.case_id for one in found.views}
    assert jobs() == 0


def test_what_waits_of_others_changes_nothing_for_a_reader(world: World, people: tuple[Person, ...]) -> None:
    """Neither the answer, nor how often the database is asked; of a colleague's case as little as of an agency's."""
    anna, adam, ben = people
    mine = Held.open(world, anna).bring(Made().picture())

    def asked() -> tuple[NoticeList, list[int]]:
        with counting("default", "linker") as queries:
            found = read(world, anna)
        return found, [*queries.values()]

    alone = asked()
    Held.open(world, ben).keep(Made().picture())
    Held.open(world, replace(anna, actor=replace(anna.actor, officer_id=adam.actor.officer_id)), covert=True).keep(
        Made().picture()
    )
    assert asked() == alone
    assert jobs() == 0
    mine.keep(Made().picture())
    assert asked()[0].waiting == 1


def test_a_command_tells_of_what_still_waits(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may be at it."""
    held = Held.open(world, people[0])
    held.keep(Made().picture())
    monkeypatch.setattr(notices, "link_first", lambda **_: False)
    for command in ("notices", "overlaps"):
        assert world.json(held.person, command)[-1] == {"waiting": 1}
        text = world.run(held.person, command).text
        assert "1 items of your cases still wait to be compared" in text
        assert "All that is held was compared" not in text


def test_reading_a_list_is_one_entry_that_names_its_notices_and_is_told_of_each_case(world: World) -> None:
    (anna, adam), (ben, _) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
    carl = world.enroll(adam, *WORKS)
    made = Made()
    ours, theirs = [Held.open(world, anna) for _ in range(4)], Held.open(world, ben)
    for one in ours:
        picture = made.picture()
        one.keep(picture)
        theirs.keep(copy(picture))
    link(world)
    for one in ours[:2]:
        staff_case(actor=anna.actor, reference=one.case.reference, login=carl.login, **world.parts)
    before = world.entry_count()
    found = read(world, carl, Act.OVERLAP_READ)
    [entry] = written(world, before)
    assert (entry["act"], entry["officer"]) == (Act.OVERLAP_READ, str(carl.actor.officer_id))
    assert entry["purpose"] == Purpose.INVESTIGATION
    assert entry["cases"] == sorted(str(one.case.case_id) for one in ours[:2])
    root = merkle_root([one.notice.notice_id.bytes for one in found.views]).hex()
    assert entry["details"] == {"notices": 2, "merkle_root": root}

    def reads(entries: tuple[TimelineEntry, ...]) -> list[TimelineEntry]:
        return [one for one in entries if one.act is Act.OVERLAP_READ]

    for one in ours:
        line = case_timeline(actor=anna.actor, reference=one.case.reference, before="", most=50, **world.parts)
        # How many he read is of all his cases, and not this one's to tell.
        expected = [(carl.login, (one.case.reference,), ())] if one in ours[:2] else []
        assert [(told.login, told.cases, told.told) for told in reads(line)] == expected
    both = tuple(sorted(one.case.reference for one in ours[:2]))
    [seen] = reads(seen_by_others(actor=anna.actor, before="", most=50, **world.parts))
    assert (seen.login, seen.cases) == (carl.login, both)
    [mine] = reads(own_deeds(actor=carl.actor, before="", most=50, **world.parts))
    assert mine.cases == both
    assert reads(seen_by_others(actor=carl.actor, before="", most=50, **world.parts)) == []
    assert reads(seen_by_others(actor=ben.actor, before="", most=50, **world.parts)) == []


def test_a_time_line_is_paged_over_lists_and_single_deeds_alike(world: World) -> None:
    (anna, _), (ben, _) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
    picture = Made().picture()
    ours = Held.open(world, anna).bring(picture)
    Held.open(world, ben).bring(copy(picture))
    for _ in range(3):
        read(world, anna)
    named = {"actor": anna.actor, "reference": ours.case.reference}
    whole = case_timeline(**named, before="", most=100, **world.parts)
    pages, before = [], ""
    while page := case_timeline(**named, before=before, most=2, **world.parts):
        pages += [one for one in page if one.act is not Act.CASE_READ]
        before = page[-1].entry
    assert pages == [one for one in whole if one.act is not Act.CASE_READ]
    assert [one.act for one in pages].count(Act.NOTICE_READ) == 3


def test_reading_is_written_down_for_each_purpose_that_it_was_read_for(world: World) -> None:
    (anna, _), (ben, _) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
    purposes = list(Purpose)[:2]
    theirs = Held.open(world, ben)
    for purpose in purposes:
        case = open_case(actor=anna.actor, reference=random_name("case"), purpose=purpose, covert=False, **world.parts)
        picture = Made().picture()
        Held(world, anna, case).keep(picture)
        theirs.keep(copy(picture))
    link(world)
    before = world.entry_count()
    read(world, anna)
    assert {one["purpose"] for one in written(world, before)} == {one.value for one in purposes}
    anna = replace(anna, actor=replace(anna.actor, purpose=purposes[1]))
    before = world.entry_count()
    read(world, anna)
    assert [one["purpose"] for one in written(world, before)] == [purposes[1].value]


def test_who_is_told_of_nothing_has_read_all_the_same(world: World, people: tuple[Person, ...]) -> None:
    lonely = world.found(WORKS, OVERSEES)[0]
    before = world.entry_count()
    assert read(world, lonely).views == ()
    [entry] = written(world, before)
    assert entry["details"]["notices"] == 0
    assert "cases" not in entry
