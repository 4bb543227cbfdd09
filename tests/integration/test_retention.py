"""A case is kept until its last day, looked at half a year before, and erased after it, with a proof."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from tsunagu.domain.act import Act
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.erasure import Erasing, ErasureGround
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.retention import add_months
from tsunagu.records import cases as case_rows
from tsunagu.records import erasing as erasing_rows
from tsunagu.records import retention
from tsunagu.records.models import Case, CaseMember, CaseReason, Erasure, Exhibit, Holding, Intake, MediaItem, Trace
from tsunagu.records.retention import overdue_count, review_count
from tsunagu.records.session import acting_for
from tsunagu.services import access
from tsunagu.services.cases.life import close_case, reopen_case, withdraw_exhibit
from tsunagu.services.cases.opening import list_cases, open_case, view_case
from tsunagu.services.clock import MOST_LEAP
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.erasures.proofs import prove_erasures
from tsunagu.services.overlaps.answers import judge_hit
from tsunagu.services.persons import access as person_access
from tsunagu.services.upkeep.retention import erase_expired, keep_case, set_retention

from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS
from .world import Person, World, now, random_name


@pytest.fixture
def people(world: World) -> tuple[Person, Person]:
    """An officer, and who administers and audits his agency."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    return anna, adam


def at(world: World, moment: datetime) -> dict[str, Any]:
    """Return what services are given at another moment."""
    return world.parts | {"now": moment}


def let_expire(held: Held) -> None:
    """Let a case's last day have been yesterday, as the database alone can."""
    with acting_for(held.case.agency_id):
        Case.objects.filter(id=held.case.case_id).update(keep_until=now().date() - timedelta(days=1))


def test_an_agency_says_for_how_long_and_an_officer_may_say_shorter(
    world: World, people: tuple[Person, Person]
) -> None:
    anna, adam = people
    set_retention(actor=adam.actor, keep_months=12, **world.parts)
    assert world.last_entry()["details"] == {"from_months": 60, "months": 12}
    assert world.json(adam, "retention", "show") == [{"keep_months": 12}]
    today = now().date()
    named = {"actor": anna.actor, "purpose": Purpose.INVESTIGATION, "covert": False}
    latest = open_case(reference=random_name("case"), **named, **world.parts)
    assert latest.keep_until == add_months(today, 12)
    limit = today + timedelta(days=90)
    shorter = open_case(reference=random_name("case"), keep_limit=limit, **named, **world.parts)
    assert (shorter.keep_until, shorter.keep_limit) == (limit, limit)
    with pytest.raises(InputError):
        keep_case(
            actor=anna.actor,
            reference=shorter.reference,
            until=limit + timedelta(days=1),
            reason="longer",
            **world.parts,
        )
    assert world.run(anna, "retention", "set", "1").status == 5


def test_a_case_waits_for_its_review_from_half_a_year_before_and_keeping_it_needs_a_reason(
    world: World, people: tuple[Person, Person]
) -> None:
    anna, _ = people
    case = Held.open(world, anna).case
    opened = now()
    [listed] = list_cases(actor=anna.actor, **world.parts)
    assert not listed.waits_for_review(opened.date())
    assert not listed.waits_for_review(add_months(case.keep_until, -6) - timedelta(days=1))
    late = datetime.combine(add_months(case.keep_until, -6), opened.timetz())
    assert listed.waits_for_review(late.date())
    until = add_months(late.date(), 24)
    keep_case(actor=anna.actor, reference=case.reference, until=until, reason="裁判が続く", **at(world, late))
    entry = world.last_entry()
    assert entry["act"] == "case:kept"
    assert (entry["details"]["from"], entry["details"]["until"]) == (str(case.keep_until), str(until))
    assert "裁判" not in str(entry)
    [listed] = list_cases(actor=anna.actor, **at(world, late))
    assert not listed.waits_for_review(late.date())


def test_whose_case_it_is_is_asked_in_the_transaction_that_changes_it(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _ = people
    held, seen = Held.open(world, anna), list[tuple[str, int]]()
    held.keep(Made().picture())

    def noting(module: Any, name: str) -> None:
        real = getattr(module, name)

        def noted(*given: Any, **named: Any) -> Any:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()::text::bigint")
                seen.append((name, cursor.fetchone()[0]))
            return real(*given, **named)

        monkeypatch.setattr(module, name, noted)

    for module in (access, person_access, case_rows):
        noting(module, "case_of")
    for module, name in ((case_rows, "close"), (case_rows, "reopen"), (case_rows, "keep_until")):
        noting(module, name)
    noting(erasing_rows, "begin")
    named = {"actor": anna.actor, "reference": held.case.reference} | world.parts
    close_case(**named)
    reopen_case(reason="why", **named)
    keep_case(until=held.case.keep_until, reason="why", **named)
    ground, queue = ErasureGround.WRONG_EXHIBIT, world.rooms.queue
    withdraw_exhibit(exhibit="E1", ground=ground, queue=queue, **named)
    deeds = [place for place, (name, _) in enumerate(seen) if name != "case_of"]
    assert [seen[place][0] for place in deeds] == ["close", "reopen", "keep_until", "begin"]
    for place in deeds:
        assert seen[place - 1] == ("case_of", seen[place][1]), seen[place]


def test_after_its_last_day_a_case_is_erased_and_the_proof_names_nothing(
    world: World, people: tuple[Person, Person]
) -> None:
    made, (anna, adam) = Made(), people
    audra = world.enroll(adam, Role.AUDITOR)
    ben = world.found(WORKS, OVERSEES)[0]
    ours, theirs = Held.open(world, anna, keep_until=now().date()), Held.open(world, ben)
    picture = made.picture()
    ours.bring(picture, made.video(made.rows(3)))
    theirs.bring(copy(picture))
    overlap = overlap_between(ours, theirs)
    for one in (ours, theirs):
        one.share(overlap)
    [hit] = theirs.hits(overlap)
    for one in (ours, theirs):
        judge_hit(actor=one.person.actor, hit_id=hit.hit_id, answer=Judgement.UNSURE, sameness=None, **world.parts)
    world.run(anna, "case", "close", ours.case.reference)
    reopen_case(actor=anna.actor, reference=ours.case.reference, reason="その名前", **world.parts)
    named = {"actor": anna.actor, "reference": ours.case.reference}
    erase_expired(**world.parts)
    assert view_case(**named, **world.parts).exhibits
    let_expire(ours)
    assert erase_expired(**world.parts) >= 1
    with pytest.raises(NotFound):
        view_case(**named, **world.parts)
    with acting_for(anna.actor.agency_id):
        for model in (Case, CaseMember, CaseReason, Exhibit, Holding, Intake, MediaItem, Trace):
            assert not model.objects.exists()
        assert Erasure.objects.count() == 1
    notice = theirs.notice(overlap)
    assert notice.ended
    assert notice.revealed is not None
    assert notice.revealed.case == ""
    assert [(one.holds, one.judgement) for one in theirs.hits(overlap)] == [(False, Judgement.UNSURE)]
    [proof] = prove_erasures(actor=audra.actor, reference=ours.case.reference, **world.parts)
    assert proof.is_sound
    assert proof.begun_by is None
    assert (proof.proof.erased.places, proof.proof.erased.items) == (2, 2)
    printed = world.run(audra, "case", "erasure", ours.case.reference)
    assert printed.status == 0
    assert "the ledger agrees" in printed.stdout
    assert ours.case.reference not in printed.stdout
    acts = [one["act"] for one in world.entries() if one.get("case") == str(ours.case.case_id)]
    assert acts[-2:] == ["case:expired", "erasure:completed"] or acts[-3:-1] == ["case:expired", "erasure:completed"]
    # The chain is whole, and what named anybody is gone: the same reference may be used again.
    assert world.run("", "ledger", "verify").status == 0
    assert open_case(purpose=Purpose.INVESTIGATION, covert=False, **named, **world.parts)


def test_nobody_alone_brings_a_last_day_forward_so_far_that_no_colleague_has_the_time_to_object(
    world: World, people: tuple[Person, Person]
) -> None:
    anna, today = people[0], now().date()
    case = Held.open(world, anna).case
    soonest = today + timedelta(days=30)

    def keep(until: date) -> None:
        keep_case(actor=anna.actor, reference=case.reference, until=until, reason="why", **world.parts)

    for until in (today, soonest - timedelta(days=1)):
        with pytest.raises(InputError, match="two of its people"):
            keep(until)
    keep(soonest)
    short = Held.open(world, anna, keep_until=today + timedelta(days=3)).case
    named = {"actor": anna.actor, "reference": short.reference, "reason": "why"}
    with pytest.raises(InputError, match="two of its people"):
        keep_case(until=today + timedelta(days=2), **named, **world.parts)
    keep_case(until=today + timedelta(days=4), **named, **world.parts)


def test_the_database_lets_a_case_expire_after_its_own_last_day_only(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Held.open(world, people[0], keep_until=now().date())
    with monkeypatch.context() as patch:
        patch.setattr(retention, "expired_cases", lambda **_: (ours.case,))
        patch.setattr(retention, "still_expired", lambda *_, **__: True)
        with pytest.raises(ProgrammingError, match="row-level security"):
            erase_expired(**world.parts)
    assert view_case(actor=people[0].actor, reference=ours.case.reference, **world.parts)


def test_who_prolongs_a_case_at_the_last_moment_keeps_it_and_after_that_is_told_that_he_does_not(
    world: World, people: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = people[0]
    ours = Held.open(world, anna)
    named = {"actor": anna.actor, "reference": ours.case.reference}
    until = now().date() + timedelta(days=90)
    let_expire(ours)
    read = retention.expired_cases

    def read_and_prolonged(**asked: Any) -> tuple[CaseSummary, ...]:
        found = read(**asked)
        if ours.case.case_id in {one.case_id for one in found}:
            Case.objects.filter(id=ours.case.case_id).update(keep_until=until)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(retention, "expired_cases", read_and_prolonged)
        erase_expired(**world.parts)
    assert view_case(**named, **world.parts).case.keep_until == until
    let_expire(ours)
    with monkeypatch.context() as patch:
        patch.setattr("tsunagu.services.upkeep.retention.complete_erasures", lambda **_: 0)
        erase_expired(**world.parts)
    with pytest.raises(Conflict, match="being erased"):
        keep_case(until=until, reason="why", **named, **world.parts)
    erase_expired(**world.parts)
    with pytest.raises(NotFound):
        view_case(**named, **world.parts)


def test_a_proof_that_was_changed_is_not_sound(world: World, people: tuple[Person, Person], admin: Any) -> None:
    made, (anna, adam) = Made(), people
    audra = world.enroll(adam, Role.AUDITOR)
    ours = Held.open(world, anna).bring(made.picture())
    let_expire(ours)
    erase_expired(**world.parts)
    named = {"actor": audra.actor, "reference": ours.case.reference}
    admin.execute("UPDATE erasure SET places = 7 WHERE case_id = %s", [ours.case.case_id])
    admin.commit()
    [proof] = prove_erasures(**named, **world.parts)
    assert not proof.agrees
    assert world.run(audra, "case", "erasure", ours.case.reference).status == 1
    with pytest.raises(NotFound):
        prove_erasures(actor=audra.actor, reference=random_name("never"), **world.parts)


def believed(world: World, moment: datetime) -> None:
    """Let the clock have been believed at a moment, the last of all."""
    world.rooms.ledger.record(Deed(Act.CLOCK_BELIEVED, moment, None, details={"by": "operator"}))


def test_a_clock_that_has_leapt_erases_nothing_until_the_operator_says_that_it_is_right(
    world: World, people: tuple[Person, Person]
) -> None:
    ours = Held.open(world, people[0]).bring(Made().picture())
    let_expire(ours)
    named = {"actor": people[0].actor, "reference": ours.case.reference}
    expired = now()
    for last, moment in (
        (expired - MOST_LEAP - timedelta(seconds=1), expired),  # it was off for long, or came up in another year
        (now() + timedelta(days=20), now() + timedelta(days=21)),  # what the database's own clock does not know of
    ):
        believed(world, last)
        # Whatever the leapt clock has written meanwhile proves nothing.
        world.rooms.ledger.record(Deed(Act.BACKUP_TAKEN, moment, None))
        with pytest.raises(Conflict, match="clock"):
            erase_expired(**at(world, moment))
        assert view_case(**named, **world.parts).exhibits
    believed(world, expired - MOST_LEAP - timedelta(seconds=1))
    assert erase_expired(clock_is_right=True, **at(world, expired)) >= 1
    with pytest.raises(NotFound):
        view_case(**named, **world.parts)
    assert [one["details"]["by"] for one in world.entries() if one["act"] == "clock:believed"][-1] == "operator"
    # From there it goes on by itself, and is written down about once a day.
    before = world.entry_count()
    erase_expired(**at(world, expired + timedelta(hours=1)))
    assert world.entry_count() == before
    erase_expired(**at(world, expired + timedelta(hours=24)))
    assert world.last_entry()["details"] == {"by": "machine"}
    believed(world, now())


def test_one_case_that_cannot_be_erased_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made, broken = Made(), Held.open(world, world.found(WORKS, OVERSEES)[0])
    sound = [Held.open(world, world.found(WORKS, OVERSEES)[0]) for _ in range(2)]
    for one in (broken, *sound):
        one.bring(made.picture())
        let_expire(one)
    real = erasing_rows.erase_places

    def erase_places(erasing: Erasing, *arguments: Any, **named: Any) -> Any:
        if erasing.case_id == broken.case.case_id:
            raise Conflict("a row that cannot go")
        return real(erasing, *arguments, **named)

    monkeypatch.setattr(erasing_rows, "erase_places", erase_places)
    with pytest.raises(Conflict, match="a row that cannot go"):
        erase_expired(**world.parts)
    for one in sound:
        with pytest.raises(NotFound):
            view_case(actor=one.person.actor, reference=one.case.reference, **world.parts)
    monkeypatch.undo()
    assert complete_erasures(**world.parts) == 1


def test_an_operator_is_told_how_many_cases_wait_for_their_review_and_how_many_are_overdue(
    world: World, people: tuple[Person, Person]
) -> None:
    today = now().date()
    before = review_count(today=today), overdue_count(today=today + timedelta(days=3))
    Held.open(world, people[0], keep_until=today)
    Held.open(world, people[0], keep_until=add_months(today, 6) + timedelta(days=5))
    assert review_count(today=today) == before[0] + 1
    assert overdue_count(today=today + timedelta(days=2)) == overdue_count(today=today)
    assert overdue_count(today=today + timedelta(days=3)) == before[1] + 1
