"""Two sides of an overlap: who works on both, what is checked first, and what is done only once."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tsunagu.domain.act import Act
from tsunagu.domain.digest import Digests
from tsunagu.domain.errors import Conflict, Forbidden
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.media import Refusal
from tsunagu.records import holdings, notices
from tsunagu.records.models import MediaItem, OverlapNotice, Trace
from tsunagu.records.session import LINKER, acting_for
from tsunagu.services.overlaps import answers as service
from tsunagu.services.overlaps.notices import list_notices

from .linked import Held, Made, copy, link, overlap_between
from .scene import OVERSEES, WORKS
from .world import Person, World, random_name


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """Officers of two agencies."""
    return world.found(WORKS, WORKS)[0], world.found(WORKS, WORKS)[0]


def entries(world: World, act: Act) -> list[dict[str, Any]]:
    return [one for one in world.entries() if one["act"] == act]


def test_who_works_on_both_cases_sees_each_hit_from_either_and_judges_for_both(
    world: World, people: tuple[Person, ...]
) -> None:
    made = Made()
    one, other = (Held.open(world, people[0]) for _ in range(2))
    a = made.picture()
    b = made.picture(made.worn(a.pdq.data))
    one.bring(a)
    other.bring(b)
    [overlap] = {notice.overlap_id for notice in one.notices()}
    assert one.share(overlap)
    before = len(entries(world, Act.OVERLAP_READ))
    seen = one.hits(overlap)
    assert {(hit.case, hit.sha256) for hit in seen} == {
        (one.case.reference, a.digests.sha256),
        (other.case.reference, b.digests.sha256),
    }
    [hit_id] = {hit.hit_id for hit in seen}
    assert {seen[0].label, seen[0].other_label} == {seen[1].label, seen[1].other_label}
    read = entries(world, Act.OVERLAP_READ)[before:]
    both = {str(one.case.case_id), str(other.case.case_id)}
    assert {entry["case"] for entry in read if "hits" in entry["details"]} == both
    service.judge_hit(
        actor=people[0].actor, hit_id=hit_id, answer=Judgement.SAME, sameness=Sameness.PICTURE, **world.parts
    )
    judged = [entry for entry in entries(world, Act.HIT_JUDGED) if entry["details"]["hit"] == hit_id]
    assert {entry["case"] for entry in judged} == both


def test_the_ledger_counts_the_hits_of_the_page_that_was_told_and_none_more(
    world: World, people: tuple[Person, ...]
) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    pictures = [made.picture() for _ in range(3)]
    ours.bring(*pictures)
    theirs.bring(*(copy(one) for one in pictures))
    overlap_id = overlap_between(ours, theirs)
    ours.share(overlap_id)
    assert theirs.share(overlap_id)
    asked: dict[str, Any] = {"overlap_id": overlap_id, "queue": world.rooms.queue, **world.parts}
    for most, goes_on in ((2, True), (3, False)):
        told = service.view_overlap(actor=people[0].actor, most=most, **asked)
        assert (len(told.hits), told.going_on) == (most, {ours.case.reference} if goes_on else set())
        assert entries(world, Act.OVERLAP_READ)[-1]["details"]["hits"] == most


def test_nothing_is_compared_for_who_may_read_no_notices(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    held = Held.open(world, anna)
    held.keep(Made().picture())
    denied = len(entries(world, Act.ACCESS_DENIED))
    monkeypatch.setattr("tsunagu.services.overlaps.linking.link_all", pytest.fail)
    with pytest.raises(Forbidden):
        list_notices(actor=adam.actor, act=Act.NOTICE_READ, queue=world.rooms.queue, **world.parts)
    assert len(entries(world, Act.ACCESS_DENIED)) == denied + 1
    monkeypatch.undo()
    link(world)


@pytest.mark.parametrize("both_covert", [False, True])
def test_a_release_is_done_once_however_stale_the_page_it_comes_from(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch, *, both_covert: bool
) -> None:
    picture = Made().picture()
    ours = Held.open(world, people[0], covert=True).bring(picture)
    theirs = Held.open(world, people[1], covert=both_covert).bring(copy(picture))
    [held] = ours.notices()
    assert held.held
    rows = OverlapNotice.objects.using(LINKER).filter(overlap_id=held.overlap_id).order_by("id")
    with monkeypatch.context() as patch:
        patch.setattr(notices, "notices_of", lambda *_, **__: (held,))
        assert service.release(actor=people[0].actor, overlap_id=held.overlap_id, **world.parts) is not both_covert
        before, released = list(rows.values()), len(entries(world, Act.OVERLAP_RELEASED))
        assert not service.release(actor=people[0].actor, overlap_id=held.overlap_id, **world.parts)
    assert list(rows.values()) == before
    assert len(entries(world, Act.OVERLAP_RELEASED)) == released
    if both_covert:
        assert service.release(actor=people[1].actor, overlap_id=held.overlap_id, **world.parts)
        assert overlap_between(ours, theirs) == held.overlap_id


def test_what_cannot_be_read_is_written_down_once(world: World, people: tuple[Person, ...]) -> None:
    held, exhibit = Held.open(world, people[0]), random_name("exhibit")
    alias = world.folder / random_name("link")
    alias.symlink_to(world.file(b"somewhere else"))
    before = len(entries(world, Act.MEDIA_ACQUIRED))
    reports = [world.bring_in(held.person, held.case.reference, exhibit, str(alias)) for _ in range(3)]
    assert [(one.files, one.kept, one.skipped) for one in reports] == [(1, 1, 0), (1, 0, 1), (1, 0, 1)]
    assert all(one.refused == {Refusal.NOT_A_FILE: 1} for one in reports)
    [entry] = entries(world, Act.MEDIA_ACQUIRED)[before:]
    assert (entry["details"]["places"], entry["details"]["items"]) == (1, 0)


def test_a_file_named_twice_is_brought_in_once(world: World, people: tuple[Person, ...]) -> None:
    held, file = Held.open(world, people[0]), world.file(os.urandom(30))
    report = world.bring_in(held.person, held.case.reference, random_name("exhibit"), file, file)
    assert (report.files, report.kept) == (1, 1)
    one = Made().picture()
    held.keep(one, one)


def test_what_the_database_does_not_let_be_replaced_is_not_half_replaced(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if this release took a reason for a passing one that the database does not."""
    held, picture = Held.open(world, people[0]), Made().picture()
    digests: Digests = picture.digests
    held.keep(picture)
    with acting_for(held.case.agency_id):
        item = MediaItem.objects.get(sha256=digests.sha256)
    monkeypatch.setattr(holdings, "_is_cut_short", lambda _: True)
    with pytest.raises(Conflict), acting_for(held.case.agency_id):
        holdings._replace({item.id: picture}, claimed=False)
    with acting_for(held.case.agency_id):
        assert Trace.objects.filter(item_id=item.id).count() == 1
    link(world)
