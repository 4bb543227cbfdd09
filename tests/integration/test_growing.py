"""Overlaps that grow after they were acknowledged: each side that may know is told again, and nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest

from tsunagu.cli.findings import notice_json, print_notice
from tsunagu.domain.act import Act
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.notice import NoticeState
from tsunagu.services.overlaps.answers import acknowledge, judge_hit, release
from tsunagu.services.overlaps.notices import NoticeView, list_notices

from .linked import Held, Made, copy, overlap_between
from .scene import WORKS
from .world import Person, World


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """Officers of two agencies."""
    return world.found(WORKS, WORKS)[0], world.found(WORKS, WORKS)[0]


def view(held: Held, overlap: UUID) -> NoticeView:
    """Return the one line that a side reads of an overlap."""
    parts = held.world.parts
    read = list_notices(actor=held.person.actor, act=Act.NOTICE_READ, queue=held.world.rooms.queue, **parts)
    [found] = [one for one in read.views if one.notice.overlap_id == overlap]
    return found


def take_note(held: Held, overlap: UUID) -> None:
    acknowledge(actor=held.person.actor, overlap_id=overlap, **held.world.parts)


def met(world: World, people: tuple[Person, ...]) -> tuple[Held, Held, UUID]:
    """Return two cases with one picture in common, of which both sides have taken note."""
    picture = Made().picture()
    ours = Held.open(world, people[0]).bring(picture)
    theirs = Held.open(world, people[1]).bring(copy(picture))
    overlap = overlap_between(ours, theirs)
    take_note(ours, overlap)
    take_note(theirs, overlap)
    return ours, theirs, overlap


def grow(ours: Held, theirs: Held, pictures: int = 1) -> None:
    """Let both cases have more in common."""
    found = [Made().picture() for _ in range(pictures)]
    ours.bring(*found)
    theirs.bring(*map(copy, found))


def test_an_overlap_that_grows_before_it_is_shared_is_a_new_notice_to_both_and_counts_nothing(
    world: World, people: tuple[Person, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs, overlap = met(world, people)
    before = view(ours, overlap).notice.noticed_at
    told = len([one for one in world.entries() if one["act"] == Act.OVERLAP_NOTICED])
    grow(ours, theirs)
    for side in (ours, theirs):
        assert side.notice(overlap).state is NoticeState.NEW
        assert view(side, overlap).new_hits == 0
    assert view(ours, overlap).notice.noticed_at > before
    entries = [one for one in world.entries() if one["act"] == Act.OVERLAP_NOTICED][told:]
    assert {one["case"] for one in entries} == {str(ours.case.case_id), str(theirs.case.case_id)}
    print_notice(view(ours, overlap))
    assert "new;" in capsys.readouterr().out
    take_note(ours, overlap)
    assert (ours.notice(overlap).state, theirs.notice(overlap).state) == (NoticeState.ACKNOWLEDGED, NoticeState.NEW)


def test_an_overlap_that_grows_after_it_was_shared_tells_how_many_hits_wait_for_an_answer(
    world: World, people: tuple[Person, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs, overlap = met(world, people)
    ours.share(overlap)
    theirs.share(overlap)
    [hit] = ours.hits(overlap)
    judge_hit(actor=people[0].actor, hit_id=hit.hit_id, answer=Judgement.UNSURE, sameness=None, **world.parts)
    assert (view(ours, overlap).new_hits, view(theirs, overlap).new_hits) == (0, 0)
    grow(ours, theirs, 2)
    assert (view(ours, overlap).new_hits, view(theirs, overlap).new_hits) == (2, 3)
    assert notice_json(view(ours, overlap))["new_hits"] == 2
    print_notice(view(ours, overlap))
    assert "shared by both; 2 new hits, not judged yet" in capsys.readouterr().out
    take_note(ours, overlap)
    assert ours.notice(overlap).acknowledged_at
    assert view(ours, overlap).new_hits == 0


def test_who_shared_alone_is_told_that_more_was_found_and_not_how_much(
    world: World, people: tuple[Person, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    picture = Made().picture()
    ours = Held.open(world, people[0]).bring(picture)
    theirs = Held.open(world, people[1]).bring(copy(picture))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    assert ours.notice(overlap).acknowledged_at, "who shares has taken note"
    grow(ours, theirs)
    assert ours.notice(overlap).acknowledged_at is None
    assert view(ours, overlap).new_hits == 0
    print_notice(view(ours, overlap))
    assert "shared by you, not by them; more was found since" in capsys.readouterr().out


def test_what_was_compared_before_or_counts_for_nothing_tells_nobody_again(
    world: World, people: tuple[Person, ...]
) -> None:
    made = Made()
    picture, plain = made.picture(), made.file()
    ours = Held.open(world, people[0]).bring(picture)
    theirs = Held.open(world, people[1]).bring(copy(picture))
    overlap = overlap_between(ours, theirs)
    take_note(ours, overlap)
    ours.bring(copy(picture), plain)
    theirs.bring(copy(picture))
    assert ours.notice(overlap).state is NoticeState.ACKNOWLEDGED


def test_a_notice_that_is_held_stays_held_and_its_other_side_is_told_of_nothing(
    world: World, people: tuple[Person, ...]
) -> None:
    picture = Made().picture()
    ours = Held.open(world, people[0], covert=True).bring(picture)
    theirs = Held.open(world, people[1]).bring(copy(picture))
    [held] = ours.notices()
    take_note(ours, held.overlap_id)
    before = ours.notice(held.overlap_id)
    grow(ours, theirs)
    assert ours.notice(held.overlap_id) == before
    assert not theirs.notices()
    assert release(actor=people[0].actor, overlap_id=held.overlap_id, **world.parts)
    assert theirs.notice(held.overlap_id).state is NoticeState.NEW
