"""A case is deleted before its time by two of its people, and what a restore brings back is erased again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError

from tsunagu.domain.erasure import ErasureGround, ErasureList, ListedErasure
from tsunagu.domain.errors import Conflict, InputError, LedgerBroken, NotFound
from tsunagu.domain.permission import Role
from tsunagu.records.ledger.erasures import erasures_from_lines
from tsunagu.records.models import Case, Erasure, Exhibit, ProposalRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import staff_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion, view_deletion, withdraw_deletion
from tsunagu.services.erasures.proofs import prove_erasures
from tsunagu.services.erasures.replaying import list_erasures, replay_erasures

from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS
from .test_withdrawing import withdraw
from .world import Person, World, now


@pytest.fixture
def people(world: World) -> tuple[Person, Person, Person]:
    """An officer, a colleague of his, and their auditor."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    return anna, world.enroll(adam, Role.OFFICER), world.enroll(adam, Role.AUDITOR)


def opened(world: World, anna: Person, carl: Person) -> Held:
    """Return a case of both with a picture in it."""
    held = Held.open(world, anna).bring(Made().picture())
    staff_case(actor=anna.actor, reference=held.case.reference, login=carl.login, **world.parts)
    return held


def test_one_proposes_another_confirms_and_all_of_it_is_erased_with_a_proof(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, audra = people
    ours = opened(world, anna, carl)
    named = {"reference": ours.case.reference}
    would = view_deletion(actor=anna.actor, **named, **world.parts)
    assert (would.would.exhibits, would.would.places, would.proposal) == (1, 1, None)
    propose_deletion(actor=anna.actor, ground=ErasureGround.ORDERED, **named, **world.parts)
    with pytest.raises(InputError, match="himself"):
        confirm_deletion(actor=anna.actor, queue=world.rooms.queue, **named, **world.parts)
    with pytest.raises(Conflict, match="already"):
        propose_deletion(actor=carl.actor, ground=ErasureGround.ORDERED, **named, **world.parts)
    assert view_deletion(actor=carl.actor, **named, **world.parts).may_confirm
    assert not view_deletion(actor=anna.actor, **named, **world.parts).may_confirm
    confirm_deletion(actor=carl.actor, queue=world.rooms.queue, **named, **world.parts)
    with acting_for(anna.actor.agency_id):
        assert not Case.objects.exists()
        assert not Exhibit.objects.exists()
    [proof] = prove_erasures(actor=audra.actor, **named, **world.parts)
    assert proof.is_sound
    assert proof.begun_by == carl.login
    acts = [one["act"] for one in world.entries() if one.get("case") == str(ours.case.case_id)]
    assert [one for one in acts if one.startswith(("deletion", "case:deleted", "erasure"))] == [
        "deletion:proposed",
        "case:deleted",
        "erasure:completed",
    ]


def test_a_proposal_is_withdrawn_or_expires_and_the_case_stays(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, _ = people
    ours = opened(world, anna, carl)
    named = {"reference": ours.case.reference}
    for by in (anna, carl):
        propose_deletion(actor=anna.actor, ground=ErasureGround.ORDERED, **named, **world.parts)
        withdraw_deletion(actor=by.actor, **named, **world.parts)
        with pytest.raises(Conflict):
            confirm_deletion(actor=carl.actor, queue=world.rooms.queue, **named, **world.parts)
    propose_deletion(actor=anna.actor, ground=ErasureGround.ORDERED, **named, **world.parts)
    with pytest.raises(Conflict):
        confirm_deletion(
            actor=carl.actor, queue=world.rooms.queue, **named, **world.parts | {"now": now() + timedelta(days=15)}
        )
    for ground in (ErasureGround.EXPIRED, ErasureGround.WRONG_EXHIBIT):
        with pytest.raises(InputError):
            propose_deletion(actor=carl.actor, ground=ground, **named, **world.parts)
    assert world.run(anna, "case", "show", ours.case.reference).status == 0


def test_the_database_itself_lets_nobody_erase_a_case_alone(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, _ = people
    ours = opened(world, anna, carl)
    erasure = {
        "agency_id": ours.case.agency_id,
        "case_id": ours.case.case_id,
        "case_mac": bytes(32),
        "begun_at": now(),
        "begun_by_id": anna.actor.officer_id,
    }
    proposal = {
        "agency_id": ours.case.agency_id,
        "kind": "case-deletion",
        "terms": {"case": str(ours.case.case_id), "ground": "ordered"},
        "proposed_by_id": anna.actor.officer_id,
        "proposed_at": now(),
        "expires_at": now(),
    }
    with acting_for(ours.case.agency_id):
        ProposalRow.objects.create(**proposal)
    for fields in ({"ground": "ordered"}, {"ground": "expired"}, {"ground": "ordered", "begun_by_id": None}):
        with pytest.raises(ProgrammingError, match="row-level security"), acting_for(ours.case.agency_id):
            Erasure.objects.create(**erasure | fields)


def test_what_a_restore_brought_back_is_erased_again_and_what_it_does_not_know_it_says(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, audra = people
    ben = world.found(WORKS, OVERSEES)[0]
    theirs = Held.open(world, ben)
    ours, gone = opened(world, anna, carl), opened(world, anna, carl)
    picture = Made().picture()
    theirs.bring(picture)
    ours.bring(copy(picture))
    overlap = overlap_between(ours, theirs)
    withdraw(gone)
    with acting_for(ours.case.agency_id):
        [exhibit] = Exhibit.objects.filter(case_id=ours.case.case_id).values_list("id", flat=True)
        [done] = Erasure.objects.values_list("id", flat=True)
    agency = ours.case.agency_id
    back = ListedErasure(uuid4(), agency, ours.case.case_id, exhibit, bytes(32), now())
    known = ListedErasure(done, agency, gone.case.case_id, None, bytes(32), now())
    later = ListedErasure(uuid4(), agency, uuid4(), None, bytes(32), now())
    whole = ListedErasure(uuid4(), agency, gone.case.case_id, None, bytes(32), now())
    listed = ErasureList((back, known, later, whole), 7, now())
    replayed = replay_erasures(listed, **world.parts)
    assert (replayed.done_again, replayed.known, replayed.absent, replayed.other_content) == (2, 1, 1, 2)
    assert replayed.known_until == listed.listed_at
    assert theirs.notice(overlap).ended
    with acting_for(agency):
        assert list(Case.objects.values_list("id", flat=True)) == [ours.case.case_id]
        assert not Exhibit.objects.exists()
    assert replay_erasures(listed, **world.parts).known == 3
    assert replay_erasures(None, **world.parts).known_until is None
    proofs = prove_erasures(actor=audra.actor, reference=gone.case.reference, **world.parts)
    assert [one.proof.ground for one in proofs] == [ErasureGround.WRONG_EXHIBIT, ErasureGround.ERASED_BEFORE]
    assert all(one.is_sound for one in proofs)


def test_the_list_of_erasures_is_signed_as_a_whole_and_names_nobody(
    world: World, people: tuple[Person, Person, Person]
) -> None:
    anna, carl, _ = people
    ours = opened(world, anna, carl)
    withdraw(ours)
    keys = world.rooms.keys
    lines = list_erasures(now=now(), signer=keys.signer())
    text = "\n".join(lines).encode()
    listed = erasures_from_lines(text, keys.public_keys())
    assert listed.erasures[-1].case_id == ours.case.case_id
    assert listed.entries == world.entry_count()
    printed = world.run("", "ledger", "erasures").stdout
    assert ours.case.reference not in printed
    assert erasures_from_lines(printed.encode(), keys.public_keys()).erasures == listed.erasures
    damaged = (
        "\n".join(lines[1:]).encode(),
        "\n".join([*lines[:-2], lines[-1]]).encode(),
        text.replace(str(ours.case.case_id).encode(), str(uuid4()).encode()),
        text.replace(b'"erasures":', b'"erasures":1'),
        b"",
        b"\xff",
        b"{}",
    )
    for one in damaged:
        with pytest.raises(LedgerBroken):
            erasures_from_lines(one, keys.public_keys())
    with pytest.raises(LedgerBroken):
        erasures_from_lines(text, {})


def test_who_does_not_work_on_the_case_confirms_nothing(world: World, people: tuple[Person, Person, Person]) -> None:
    anna, carl, _ = people
    ours = Held.open(world, anna)
    propose_deletion(actor=anna.actor, reference=ours.case.reference, ground=ErasureGround.ORDERED, **world.parts)
    with pytest.raises(NotFound):
        confirm_deletion(actor=carl.actor, queue=world.rooms.queue, reference=ours.case.reference, **world.parts)
