"""What is held, compared: what is found, whom it is told, and what it weighs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from django.db import connections

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.hit import Evidence
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.media import Examined, Refusal
from tsunagu.domain.overlap import Commonness
from tsunagu.overlap.commonness import COMMON_CASES, SEVERAL_CASES
from tsunagu.overlap.compare import compare
from tsunagu.records import held_snapshots, links
from tsunagu.records.models import HitRow, Holding, Overlap
from tsunagu.records.session import LINKER, linking
from tsunagu.records.telling import NOTHING
from tsunagu.services.banks.ownership import extend_bank, open_bank
from tsunagu.services.overlaps.answers import judge_hit
from tsunagu.services.overlaps.likeness import Benign, find_links
from tsunagu.services.overlaps.linking import apply_benign

from .counting import counting
from .linked import Held, Made, copy, link, overlap_between
from .scene import WORKS
from .world import Person, World, now, random_name


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person, Person]:
    """Officers of three agencies, among so many empty cases that nothing is common for want of others."""
    found = tuple(world.found(WORKS, WORKS)[0] for _ in range(3))
    for _ in range(2 * COMMON_CASES + 10):
        Held.open(world, found[0])
    return found


def words(made: Made, count: int) -> np.ndarray:
    """Words of a moving sound: each differs from the one before in 15 bits of 100."""
    changes = np.packbits(made.rng.random((count, 32)) < 0.15, axis=1).view(np.uint32).ravel()
    return np.bitwise_xor.accumulate(changes)


def exact(made: Made) -> tuple[Examined, Examined]:
    one = made.picture()
    return one, copy(one)


def turned(turn: Turn) -> Callable[[Made], tuple[Examined, Examined]]:
    def pair(made: Made) -> tuple[Examined, Examined]:
        one = made.picture()
        return one, made.picture(made.worn(one.pdq_turns[turn].data))

    return pair


def still(made: Made) -> tuple[Examined, Examined]:
    rows = made.rows(30)
    return made.picture(made.worn(made.eight(rows[12])[Turn.ROTATED_270])), made.video(rows)


def stretch(made: Made) -> tuple[Examined, Examined]:
    rows = made.rows(60)
    return made.video(rows), made.video(made.rows(7) + [made.worn(row) for row in rows[20:45]])


def turned_video(made: Made) -> tuple[Examined, Examined]:
    rows = made.rows(40)
    return made.video(rows), made.video([made.eight(row)[Turn.ROTATED_90] for row in rows[5:]])


def sound(made: Made) -> tuple[Examined, Examined]:
    track = words(made, 400)
    return made.sound(track), made.sound(np.concatenate((words(made, 50), track[100:260])))


def strange(made: Made) -> tuple[Examined, Examined]:
    return made.picture(), made.video(made.rows(30))


PAIRS = (
    exact, turned(Turn.UPRIGHT), turned(Turn.ROTATED_90), turned(Turn.MIRRORED_LEFT_RIGHT), turned(Turn.TRANSVERSED),
    still, stretch, turned_video, sound, strange,
)  # fmt: skip


def seen_from(item: int, found: Evidence, *, first: int) -> Evidence:
    """Return the evidence of a link with this item as the first of the two."""
    if item == first:
        return in_order(found)
    turn = None if found.turn is None else found.turn.inverse
    return in_order(replace(found, turn=turn, stretches=tuple(one.reversed() for one in found.stretches)))


def in_order(evidence: Evidence) -> Evidence:
    return replace(evidence, stretches=tuple(sorted(evidence.stretches, key=repr)))


@pytest.mark.parametrize("exchanged", [False, True])
@pytest.mark.parametrize("pair", PAIRS)
def test_the_linker_finds_what_a_comparison_finds_and_either_side_reads_it_from_there(
    world: World, people: tuple[Person, ...], pair: Callable[[Made], tuple[Examined, Examined]], *, exchanged: bool
) -> None:
    a, b = pair(Made())[:: -1 if exchanged else 1]
    expected = {in_order(one) for one in compare(a, b)}
    ours, theirs = Held.open(world, people[0]), Held.open(world, people[1])
    ours.bring(a)
    theirs.bring(b)
    item_a, item_b = ours.item(a), theirs.item(b)
    for asked in (item_a, item_b):
        with linking():
            found = find_links([asked], Benign.declared())
        mutual = [one for one in found if {one.item_a, one.item_b} == {item_a, item_b}]
        assert {seen_from(item_a, one.evidence, first=one.item_a) for one in mutual} == expected
    if not expected:
        assert not ours.notices()
        return
    overlap = overlap_between(ours, theirs)
    assert (ours.share(overlap), theirs.share(overlap)) == (False, True)
    assert {in_order(hit.evidence) for hit in ours.hits(overlap)} == expected
    assert {in_order(hit.evidence) for hit in theirs.hits(overlap)} == {in_order(one) for one in compare(b, a)}


@pytest.mark.parametrize("refused", [None, Refusal.DECODER_DIED], ids=["whole", "examined anew"])
def test_what_is_changed_while_it_is_compared_waits_to_be_compared_again(
    world: World, people: tuple[Person, ...], refused: Refusal | None
) -> None:
    held, one = Held.open(world, people[0]), Made().picture()
    held.keep(one if refused is None else replace(one, refused=refused, pdq=None, pdq_turns=()))
    again = threading.Thread(target=_keep_and_close, args=(held, one))
    with linking():
        waiting, items = links.unlinked(most=1000)
        again.start()
        again.join(0.3)
        assert again.is_alive()
        links.mark_linked(waiting, now=now())
        held_snapshots.number(items)
    again.join()
    item = held.item(one)
    with linking():
        assert Holding.objects.using(LINKER).filter(item_id=item).values_list("linked_at", flat=True)[0] is None
    link(world)
    with linking():
        assert links.unlinked(most=1) == ([], [])


def _keep_and_close(held: Held, examined: Examined) -> None:
    held.keep(examined)
    connections.close_all()


def test_what_an_ingest_is_changing_is_left_to_that_ingest(world: World, people: tuple[Person, ...]) -> None:
    held, one = Held.open(world, people[0]), Made().picture()
    held.keep(one)
    changing, done = threading.Event(), threading.Event()

    def change() -> None:
        from tsunagu.records.session import acting_for

        with acting_for(held.case.agency_id):
            Holding.objects.update(linked_at=None)
            changing.set()
            done.wait(10)
        connections.close_all()

    ingest = threading.Thread(target=change)
    ingest.start()
    changing.wait(10)
    link(world)
    done.set()
    ingest.join()
    with linking():
        _, items = links.unlinked(most=1000)
    assert held.item(one) in items
    link(world)


def test_a_sharing_that_died_half_way_is_healed_by_the_other_sides(world: World, people: tuple[Person, ...]) -> None:
    ours, theirs = (Held.open(world, one) for one in people[:2])
    one = Made().picture()
    ours.bring(one)
    theirs.bring(copy(one))
    overlap = overlap_between(ours, theirs)
    ours.note_sharing(overlap)
    assert theirs.share(overlap)
    assert ours.notice(overlap).revealed.case == theirs.case.reference
    assert theirs.notice(overlap).revealed.case == ours.case.reference


def test_a_sharing_that_died_half_way_is_healed_for_whoever_reads_next_though_nothing_waits(
    world: World, people: tuple[Person, ...]
) -> None:
    ours, theirs = (Held.open(world, one) for one in people[:2])
    one = Made().picture()
    ours.bring(one)
    theirs.bring(copy(one))
    overlap = overlap_between(ours, theirs)
    ours.note_sharing(overlap)
    theirs.note_sharing(overlap)
    assert ours.notice(overlap).revealed.summary.exact == 1
    assert len(theirs.hits(overlap)) == 1


def test_ids_of_hits_do_not_tell_how_many_there_are_and_stay(world: World, people: tuple[Person, ...]) -> None:
    ours, theirs = (Held.open(world, one) for one in people[:2])
    a, b = stretch(made := Made())
    ours.bring(a, one := made.picture())
    theirs.bring(b, copy(one))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    first = {hit.hit_id for hit in ours.hits(overlap)}
    assert len(first) == 2
    assert all(2**40 < hit < 2**63 for hit in first)
    ours.bring(a, one)
    assert {hit.hit_id for hit in ours.hits(overlap)} == first


def test_an_agencys_word_on_benign_content_counts_for_its_own_items_alone(
    world: World, people: tuple[Person, ...]
) -> None:
    ours, theirs, third = (Held.open(world, one) for one in people)
    logo = Made().picture()
    for held in (ours, theirs, third):
        held.bring(copy(logo))
    mine, others = overlap_between(ours, theirs), overlap_between(theirs, third)
    for held, overlap in ((ours, mine), (theirs, mine), (theirs, others), (third, others)):
        held.share(overlap)
    _declare_benign(world, people[0], logo)
    assert all(hit.silenced for hit in ours.hits(mine))
    assert ours.notice(mine).revealed.summary == theirs.notice(mine).revealed.summary == NOTHING
    assert not any(hit.silenced for hit in third.hits(others))
    assert third.notice(others).revealed.summary.exact == 1
    later = Held.open(world, people[0]).bring(copy(logo))
    assert not later.notices()


def test_a_benign_picture_silences_its_near_copies(world: World, people: tuple[Person, ...]) -> None:
    made = Made()
    logo = made.picture()
    _declare_benign(world, people[0], logo)
    ours, theirs = (Held.open(world, one) for one in people[:2])
    ours.bring(near := made.picture(made.worn(logo.pdq.data)))
    theirs.bring(copy(near))
    assert not ours.notices()
    assert not theirs.notices()


def _declare_benign(world: World, person: Person, *examined: Examined) -> None:
    name = random_name("bank")
    open_bank(actor=person.actor, name=name, semantics=BankSemantics.BENIGN, legal_ground="a law", **world.parts)
    extend_bank(actor=person.actor, name=name, examined=examined, queue=world.rooms.queue, **world.parts)
    apply_benign(agency_id=person.actor.agency_id, now=now(), ledger=world.rooms.ledger)


def test_bands_follow_the_cases_and_what_became_common_is_no_longer_revealed(
    world: World, people: tuple[Person, ...]
) -> None:
    logo, held = Made().picture(), []
    bands: list[set[str]] = []
    for number in range(COMMON_CASES + 2):
        held.append(Held.open(world, people[number % 2]).bring(copy(logo)))
        if number == 1:
            overlap = overlap_between(*held)
            held[0].share(overlap)
            held[1].share(overlap)
        if number:
            bands.append({hit.commonness for hit in held[0].hits(overlap)})
    rare, some = SEVERAL_CASES - 2, COMMON_CASES - SEVERAL_CASES
    assert bands == [{Commonness.RARE}] * rare + [{Commonness.SOME}] * some + [{Commonness.COMMON}] * 3
    assert held[0].notice(overlap).revealed.summary == held[1].notice(overlap).revealed.summary == NOTHING
    assert held[-4].notices()
    assert not held[-3].notices()
    with linking():
        cases = [one.case.case_id for one in held[-3:]]
        rows = Overlap.objects.using(LINKER)
        assert not (rows.filter(case_a__in=cases) | rows.filter(case_b__in=cases)).exists()


def test_what_looks_like_common_content_is_common(world: World, people: tuple[Person, ...]) -> None:
    made = Made()
    logo = made.picture()
    for number in range(COMMON_CASES):
        Held.open(world, people[number % 2]).bring(copy(logo))
    variant = made.picture(made.worn(logo.pdq.data, 20))
    ours, theirs = (Held.open(world, one) for one in people[:2])
    ours.bring(variant)
    # Near the variant alone, and so compared with what was common before it came.
    theirs.bring(made.picture(made.worn(variant.pdq.data, 25)))
    assert not ours.notices()
    assert not theirs.notices()


def test_common_content_brought_into_one_more_case_asks_no_more_of_the_database(
    world: World, people: tuple[Person, ...]
) -> None:
    logo, asked = Made().picture(), []
    for number in range(COMMON_CASES + 8):
        held = Held.open(world, people[number % 3])
        held.keep(copy(logo))
        with counting(LINKER) as queries:
            link(world)
        asked.append(queries[LINKER])
    assert len(set(asked[COMMON_CASES:])) == 1
    assert asked[-1] < asked[COMMON_CASES - 2]


def test_a_hit_that_does_not_hold_any_more_weighs_nothing_and_keeps_its_judgements(
    world: World, people: tuple[Person, ...]
) -> None:
    made = Made()
    rows = made.rows(40)
    whole = made.video(made.rows(40))
    cut = replace(whole, frames=made.video(rows[:20]).frames, refused=Refusal.OUT_OF_TIME)
    ours, theirs = (Held.open(world, one) for one in people[:2])
    theirs.bring(made.video(rows))
    ours.bring(cut)
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    assert ours.notice(overlap).revealed.summary.video_stretches == 1
    [hit] = ours.hits(overlap)
    answer = {"answer": Judgement.UNSURE, "sameness": None}
    judge_hit(actor=people[0].actor, hit_id=hit.hit_id, **answer, **world.parts)
    ours.bring(whole)
    assert ours.notice(overlap).revealed.summary == NOTHING
    with linking():
        assert not HitRow.objects.using(LINKER).get(id=hit.hit_id).holds
    assert [(one.judgement, one.holds) for one in ours.hits(overlap) if one.hit_id == hit.hit_id] == [
        (Judgement.UNSURE, False)
    ]
    theirs.bring(again := made.video([made.worn(one.fingerprint.data) for one in whole.frames]))
    assert ours.notice(overlap).revealed.summary.video_stretches == 1
    assert compare(again, whole)


def test_a_file_held_twice_in_one_case_is_no_overlap(world: World, people: tuple[Person, ...]) -> None:
    one = Made().picture()
    held = Held.open(world, people[0]).bring(one, copy(one))
    assert not held.notices()


def test_empty_files_are_nobodys(world: World, people: tuple[Person, ...]) -> None:
    ours, theirs = (Held.open(world, one) for one in people[:2])
    for held in (ours, theirs):
        world.bring_in(held.person, held.case.reference, random_name("exhibit"), world.file(b""))
    assert not ours.notices()
    assert hashlib.sha256().digest() == links.EMPTY_SHA256
