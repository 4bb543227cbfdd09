"""A wrong exhibit is withdrawn with everything that was learnt of it, and others learn that an overlap has ended."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.judgement import Judgement
from tsunagu.records import cases, holdings
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.models import (
    Erasure,
    Exhibit,
    ExhibitKeyRow,
    Holding,
    Intake,
    IntakeChange,
    MediaItem,
    Trace,
)
from tsunagu.records.session import acting_for
from tsunagu.services.cases.life import withdraw_exhibit, withdrawal_consequences
from tsunagu.services.erasures import erasing
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.intake.exhibit_keys import give_exhibit_key
from tsunagu.services.overlaps.answers import judge_hit
from tsunagu.services.references import erased_reference

from .linked import Held, Made, copy, link, overlap_between
from .scene import OVERSEES, WORKS
from .world import Person, World, now


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """Officers of two agencies."""
    return world.found(WORKS, OVERSEES)[0], world.found(WORKS, OVERSEES)[0]


def withdraw(
    held: Held, exhibit: str = "E1", ground: ErasureGround = ErasureGround.WRONG_EXHIBIT, queue: Any = None
) -> None:
    withdraw_exhibit(
        actor=held.person.actor,
        reference=held.case.reference,
        exhibit=exhibit,
        ground=ground,
        queue=queue or held.world.rooms.queue,
        **held.world.parts,
    )


def left_of(held: Held) -> dict[str, int]:
    """Return how many rows of each kind an agency has."""
    models = (Exhibit, ExhibitKeyRow, Holding, Intake, IntakeChange, MediaItem, Trace)
    with acting_for(held.case.agency_id):
        return {one.__name__: one.objects.count() for one in models}


def more(held: Held, exhibit: str, *examined: Any) -> None:
    """Bring files into another exhibit of a case, and compare them."""
    with acting_for(held.case.agency_id):
        exhibit_id, _ = cases.exhibit_of(held.case, exhibit, registered_by=held.person.actor.officer_id, now=now())
        holdings.keep([(one, 1) for one in examined], agency_id=held.case.agency_id, exhibit_id=exhibit_id)
    link(held.world)


def test_what_was_learnt_of_an_exhibit_goes_with_it_and_what_another_exhibit_holds_too_stays(world: World) -> None:
    made, person = Made(), world.found(WORKS, OVERSEES)[0]
    ours = Held.open(world, person)
    ours.bring(made.picture(), shared := made.picture(), made.video(made.rows(3)))
    more(ours, "E2", copy(shared))
    give_exhibit_key(actor=person.actor, case_reference=ours.case.reference, exhibit_reference="E1", **world.parts)
    named = {"reference": ours.case.reference, "exhibit": "E1"}
    would = withdrawal_consequences(actor=person.actor, **named, **world.parts)
    assert (would.exhibits, would.places, would.items, would.overlaps) == (1, 3, 2, 0)
    withdraw(ours)
    assert left_of(ours) == {
        "Exhibit": 1, "ExhibitKeyRow": 0, "Holding": 1, "Intake": 0, "IntakeChange": 0, "MediaItem": 1, "Trace": 1,
    }  # fmt: skip
    with pytest.raises(NotFound):
        withdraw(ours)


def test_the_ledger_proves_what_is_gone_by_a_root_over_keyed_references(world: World) -> None:
    made, person = Made(), world.found(WORKS, OVERSEES)[0]
    ours = Held.open(world, person).bring(made.picture(), made.picture())
    with acting_for(ours.case.agency_id):
        [exhibit] = Exhibit.objects.values_list("id", flat=True)
        places = list(Holding.objects.order_by("id").values_list("id", "item_id"))
    withdraw(ours, ground=ErasureGround.ORDERED)
    entry = world.last_entry()
    names = [f"place {one}" for one, _ in places] + [f"item {one}" for _, one in places] + [f"exhibit {exhibit}"]
    root = merkle_root([erased_reference(world.rooms.keys, one) for one in names])
    assert entry["act"] == "erasure:completed"
    assert entry["details"] == {
        "erasure": entry["details"]["erasure"],
        "exhibit": str(exhibit),
        "ground": "ordered",
        "places": 2,
        "items": 2,
        "fingerprints": 2,
        "merkle_root": root.hex(),
    }
    assert (entry["case"], entry["officer"]) == (str(ours.case.case_id), str(person.actor.officer_id))
    with acting_for(ours.case.agency_id):
        [proof] = Erasure.objects.all()
    assert proof.ended_at is not None


def test_the_other_side_is_told_that_an_overlap_ended_and_neither_why_nor_where(
    world: World, people: tuple[Person, Person]
) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    picture = made.picture()
    ours.bring(picture)
    theirs.bring(copy(picture), made.picture())
    overlap = overlap_between(ours, theirs)
    assert not theirs.notice(overlap).ended
    before = left_of(theirs)
    withdraw(ours)
    mine, other = ours.notice(overlap), theirs.notice(overlap)
    assert mine.ended
    assert other.ended
    assert mine.revealed is other.revealed is None
    assert left_of(theirs) == before
    entries = [one for one in world.entries() if one.get("agency") == str(theirs.case.agency_id)]
    assert not any("erasure" in str(one) or "ground" in str(one) for one in entries)
    # And who brings the same in again is told that there is something again.
    ours.bring(copy(picture))
    assert not theirs.notice(overlap).ended


def test_what_both_have_shared_is_weighed_anew_and_an_answer_of_the_other_side_stays_its_own(
    world: World, people: tuple[Person, Person], admin: psycopg.Connection
) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    gone, stays = made.picture(), made.picture()
    ours.bring(gone)
    more(ours, "E2", stays)
    theirs.bring(copy(gone), copy(stays))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    judged = next(one for one in theirs.hits(overlap) if one.sha256 == gone.digests.sha256)
    for one in (ours, theirs):
        judge_hit(
            actor=one.person.actor, hit_id=judged.hit_id, answer=Judgement.DIFFERENT, sameness=None, **world.parts
        )
    withdraw(ours)
    revealed = theirs.notice(overlap).revealed
    assert revealed is not None
    assert revealed.summary.exact == 1
    assert not theirs.notice(overlap).ended
    assert {one.sha256: one.holds for one in theirs.hits(overlap)} == {
        gone.digests.sha256: False,
        stays.digests.sha256: True,
    }
    assert [one.sha256 for one in ours.hits(overlap)] == [stays.digests.sha256]
    query = "SELECT agency_id FROM judgement WHERE hit_id = %s"
    assert admin.execute(query, [judged.hit_id]).fetchall() == [(theirs.case.agency_id,)]
    withdraw(ours, "E2")
    notice = theirs.notice(overlap)
    assert notice.ended
    assert notice.revealed is not None
    assert notice.revealed.summary.reasons == ("Nothing that counts is shared.",)


def test_an_overlap_of_others_counts_as_rarer_once_a_case_holds_its_content_no_more(
    world: World, people: tuple[Person, Person], admin: psycopg.Connection
) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    third = Held.open(world, people[0])
    picture = made.picture()
    for one in (ours, theirs, third):
        one.bring(copy(picture))
    counted = "SELECT count(*) FROM hit WHERE item_a = %(item)s OR item_b = %(item)s"
    item = {"item": theirs.item(picture)}
    assert admin.execute(counted, item).fetchone() == (2,)
    admin.rollback()
    withdraw(ours)
    assert admin.execute(counted, item).fetchone() == (1,)
    assert not third.notice(overlap_between(third, theirs)).ended


def test_who_dies_in_the_middle_leaves_an_erasure_that_the_next_one_completes(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    pictures = [made.picture() for _ in range(5)]
    ours.bring(*pictures)
    theirs.bring(copy(pictures[4]))
    overlap = overlap_between(ours, theirs)
    monkeypatch.setattr(erasing, "CHUNK", 2)
    names = expected_names(ours)
    for step in ("forget_answers", "complete"):

        def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(erasing.erasing, step, die)
            with pytest.raises(KeyboardInterrupt):
                withdraw(ours) if step == "forget_answers" else complete_erasures(**world.parts)
        with pytest.raises(Conflict, match="withdrawn"):
            more(ours, "E1", made.picture())
    assert complete_erasures(**world.parts) == 1
    assert complete_erasures(**world.parts) == 0
    assert theirs.notice(overlap).ended
    [done] = [
        one for one in world.entries() if one["act"] == "erasure:completed" and one["case"] == str(ours.case.case_id)
    ]
    assert done["details"]["places"] == 5
    # The order of the references is by chunk.
    chunks = [names[0][at : at + 2] + names[1][at : at + 2] for at in range(0, 5, 2)]
    root = merkle_root([erased_reference(world.rooms.keys, one) for chunk in [*chunks, names[2]] for one in chunk])
    assert done["details"]["merkle_root"] == root.hex()


def test_two_processes_at_one_erasure_count_what_went_once_and_the_person_gets_his_answer(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made()
    ours, theirs = (Held.open(world, one) for one in people)
    ours.bring(picture := made.picture())
    theirs.bring(copy(picture))
    real, came = erasing.erasing.forget_answers, []

    def while_the_worker_comes(*arguments: Any) -> None:
        def come() -> None:
            came.append(complete_erasures(**world.parts))
            connections.close_all()

        worker = Thread(target=come)
        worker.start()
        worker.join()
        real(*arguments)

    monkeypatch.setattr(erasing.erasing, "forget_answers", while_the_worker_comes)
    withdraw(ours)
    assert came == [0]
    entry = world.last_entry()
    assert (entry["act"], entry["details"]["places"]) == ("erasure:completed", 1)


def test_who_withdraws_what_another_process_has_begun_to_erase_waits_until_it_is_gone(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Held.open(world, people[0])
    ours.bring(Made().picture())
    is_at_it, answers, places = Event(), erasing.erasing.forget_answers, erasing.erasing.has_more_places
    workers: list[Thread] = []

    def slowly(*arguments: Any) -> None:
        is_at_it.set()
        time.sleep(0.5)
        answers(*arguments)

    def once_the_worker_is_at_it(*arguments: Any, **named: Any) -> bool:
        def come() -> None:
            complete_erasures(**world.parts)
            connections.close_all()

        workers.append(Thread(target=come))
        workers[0].start()
        assert is_at_it.wait(30)
        return places(*arguments, **named)

    monkeypatch.setattr(erasing.erasing, "forget_answers", slowly)
    monkeypatch.setattr(erasing.erasing, "has_more_places", once_the_worker_is_at_it)
    withdraw(ours)
    with acting_for(ours.case.agency_id):
        [erasure] = Erasure.objects.filter(case_id=ours.case.case_id)
    assert erasure.ended_at is not None
    workers[0].join()


def test_a_large_erasure_is_decided_at_once_and_left_to_the_worker(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    deferred: list[str] = []

    class Later:
        is_at_once = False

        def defer(self, task: str, _: object) -> None:
            deferred.append(task)

    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    made, ours = Made(), Held.open(world, people[0])
    ours.bring(made.picture(), made.picture())
    withdraw(ours, queue=Later())
    assert deferred == ["complete-erasures"]
    with pytest.raises(Conflict, match="being erased"):
        withdraw(ours)
    assert complete_erasures(**world.parts) == 1
    with pytest.raises(NotFound):
        withdraw(ours)


def expected_names(held: Held) -> tuple[list[str], list[str], list[str]]:
    with acting_for(held.case.agency_id):
        [exhibit] = Exhibit.objects.filter(case_id=held.case.case_id).values_list("id", flat=True)
        rows = list(Holding.objects.filter(exhibit_id=exhibit).order_by("id").values_list("id", "item_id"))
    return [f"place {one}" for one, _ in rows], [f"item {one}" for _, one in rows], [f"exhibit {exhibit}"]


def test_nothing_is_deleted_that_no_erasure_was_decided_of(world: World, people: tuple[Person, Person]) -> None:
    ours = Held.open(world, people[0]).bring(Made().picture())
    with acting_for(ours.case.agency_id):
        for model in (Exhibit, Holding, MediaItem, Trace):
            assert model.objects.all()._raw_delete("default") == 0
        assert Holding.objects.filter(exhibit__case_id=ours.case.case_id).count() == 1


def test_an_overlap_is_no_longer_there_for_anybody_who_was_never_told(
    world: World, people: tuple[Person, Person], admin: psycopg.Connection
) -> None:
    made = Made()
    ours, theirs = Held.open(world, people[0], covert=True), Held.open(world, people[1])
    picture = made.picture()
    ours.bring(picture)
    theirs.bring(copy(picture))
    assert theirs.notices() == []
    [notice] = ours.notices()
    withdraw(ours)
    assert theirs.notices() == []
    assert ours.notice(notice.overlap_id).ended
    assert _hits(admin, notice.overlap_id) == 0


def _hits(admin: psycopg.Connection, overlap_id: UUID) -> int:
    row = admin.execute("SELECT count(*) FROM hit WHERE overlap_id = %s", [overlap_id]).fetchone()
    assert row is not None
    return int(row[0])
