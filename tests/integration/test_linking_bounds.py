"""What is odd, alike or without a place neither stops the linker nor fills its memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

from tsunagu.domain.fingerprint import TimedFingerprint
from tsunagu.domain.media import Examined
from tsunagu.overlap.stretch import MAX_TIME_S
from tsunagu.records.session import linking
from tsunagu.services.overlaps import near
from tsunagu.services.overlaps.likeness import Benign, find_links

from .linked import Held, Made, copy, link, overlap_between
from .scene import WORKS
from .world import Person, World


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """Officers of two agencies."""
    return world.found(WORKS, WORKS)[0], world.found(WORKS, WORKS)[0]


def links_of(item: int) -> set[tuple[int, int]]:
    with linking():
        return {(one.item_a, one.item_b) for one in find_links([item], Benign.declared())}


def test_a_still_video_takes_no_memory_for_its_frames_being_alike(world: World, people: tuple[Person, ...]) -> None:
    made = Made()
    still = made.video(made.rows(1) * 3600)
    held = Held.open(world, people[0])
    held.keep(still)
    item = held.item(still)
    links_of(item)  # compiles
    tracemalloc.start()
    try:
        assert links_of(item) == {(item, item)}
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    link(world)


def test_what_only_one_case_holds_is_not_paired_and_slices_lose_no_pair(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "SLICE_PAIRS", 300)
    made = Made()
    burst = [made.picture() for _ in range(60)]
    burst = [replace(one, pdq=burst[0].pdq, pdq_turns=burst[0].pdq_turns) for one in burst]
    ours, theirs = (Held.open(world, one) for one in people)
    ours.bring(*burst[:40])
    theirs.keep(*burst[40:])
    mine, others = [ours.item(one) for one in burst[:40]], [theirs.item(one) for one in burst[40:]]
    with linking():
        found = find_links(others, Benign.declared())
    pairs = [tuple(sorted((one.item_a, one.item_b))) for one in found if one.item_a != one.item_b]
    assert sorted(pairs) == sorted(tuple(sorted((a, b))) for a in mine for b in others)
    link(world)


def test_frames_at_a_time_that_no_video_has_are_no_evidence_and_stop_nobody(
    world: World, people: tuple[Person, ...]
) -> None:
    made = Made()
    rows = made.rows(40)
    honest = made.video(rows)
    lie = made.video([made.worn(row) for row in rows])
    lie = replace(lie, frames=(*lie.frames, *(_late(one) for one in lie.frames)))
    ours, theirs = (Held.open(world, one) for one in people)
    ours.bring(lie)
    theirs.bring(honest)
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    [hit] = theirs.hits(overlap)
    [stretch] = hit.evidence.stretches
    assert (stretch.b_from_s, stretch.b_to_s) == (0.0, 39.0)


def _late(one: TimedFingerprint) -> TimedFingerprint:
    return replace(one, at_s=one.at_s + 2 * MAX_TIME_S)


def test_a_content_that_has_lost_its_place_stops_nobody(world: World, people: tuple[Person, ...]) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    cut, whole = made.picture(), made.picture()
    ours.bring(cut)
    ours.bring(replace(whole, path=cut.path))
    theirs.bring(near_copy(made, cut), exact := copy(cut), again := copy(whole))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    assert [hit.sha256 for hit in theirs.hits(overlap)] == [again.digests.sha256]
    assert exact.digests == cut.digests


def near_copy(made: Made, one: Examined) -> Examined:
    return made.picture(made.worn(one.pdq.data))
