"""Exhibits that come in through the browser: uploaded in chunks or from a watched folder, run by a worker."""

from __future__ import annotations

import errno
import json
import secrets
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections, transaction

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound, Unavailable
from tsunagu.domain.intake_run import IntakeState, OfferedFile
from tsunagu.domain.media import Refusal
from tsunagu.domain.permission import Role
from tsunagu.records import intakes as rows
from tsunagu.records.models import Intake, IntakeFile, Officer
from tsunagu.records.session import acting_for
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.intake import intakes as services
from tsunagu.services.intake import uploads as upload_services
from tsunagu.services.intake.runs import MOST_ATTEMPTS, UNKNOWN_LAST, UPLOADS_LAST, purge_uploads

from .brought import SERVICES, Counter, Interrupting, begin_folder, places, run_again, stop
from .scene import OVERSEES, WORKS
from .world import Person, World, now, random_name

MIB = 1 << 20


@pytest.fixture
def counter(world: World, tmp_path: Path) -> Iterator[Counter]:
    counter = Counter.at(world, tmp_path)
    yield counter
    with connections["owner"].cursor() as cursor:  # what a test has left waiting is nobody else's
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, OVERSEES)[0]


def some(count: int = 3, size: int = 50) -> dict[str, bytes]:
    """Contents of no type that is decoded, in folders of beautiful names."""
    return {f"DCIM/写真 {number}/«{number}».txt": secrets.token_hex(size // 2).encode() for number in range(count)}


def test_an_upload_comes_in_under_the_names_that_the_files_had_and_leaves_no_bytes(
    counter: Counter, anna: Person
) -> None:
    files = some() | {"empty": b""}
    intake_id = counter.upload(anna, counter.case(anna), files)
    assert counter.state(anna, intake_id).state is IntakeState.WAITING
    assert len(counter.bytes_left()) == 3
    counter.work()
    done = counter.state(anna, intake_id)
    assert (done.state, done.files_total, done.files_done, done.kept, done.skipped, done.failure) == (
        IntakeState.DONE, 4, 4, 4, 0, None,
    )  # fmt: skip
    assert done.refused == {Refusal.UNKNOWN_TYPE: 3, Refusal.EMPTY: 1}
    assert places(anna) == sorted((b"upload:" + name.encode(), intake_id) for name in files)
    assert not counter.bytes_left()
    assert not counter.jobs()
    with acting_for(anna.actor.agency_id):
        assert not IntakeFile.objects.exists()


def test_uploaded_bytes_are_closed_to_others_and_lie_under_no_name_of_the_officers(
    counter: Counter, anna: Person
) -> None:
    counter.upload(anna, counter.case(anna), some(1))
    [path] = counter.bytes_left()
    assert path.name == "1"
    assert path.stat().st_mode & 0o077 == 0
    assert all(one.stat().st_mode & 0o777 == 0o700 for one in path.relative_to(counter.folder).parents and [
        counter.folder, path.parent, path.parent.parent
    ])  # fmt: skip


@pytest.mark.parametrize("cut", range(1, 10))
def test_an_upload_goes_on_wherever_it_broke_off(counter: Counter, anna: Person, cut: int) -> None:
    content = secrets.token_bytes(10)
    case = counter.case(anna)
    intake_id = counter.begin(anna, case)
    counter.offer(anna, intake_id, {"a": content})
    assert counter.add(anna, intake_id, 1, 0, content[:cut]) == cut
    # Whoever comes back, after whatever, asks by the name what is here.
    again = Counter.at(counter.world, counter.folder.parent)
    [one] = again.offer(anna, intake_id, {"a": content})
    assert (one.number, one.held_bytes, one.is_whole) == (1, cut, False)
    with pytest.raises(Conflict, match="not all files are whole"):
        again.finish(anna, intake_id)
    assert again.add(anna, intake_id, 1, cut, content[cut:]) == 10
    [path] = counter.bytes_left()
    assert path.read_bytes() == content
    again.finish(anna, intake_id)


def test_what_a_killed_server_had_written_of_a_chunk_counts(counter: Counter, anna: Person) -> None:
    intake_id = counter.begin(anna, counter.case(anna))
    counter.offer(anna, intake_id, {"a": b"0123456789"})
    counter.add(anna, intake_id, 1, 0, b"012")
    [path] = counter.bytes_left()
    path.write_bytes(b"01234")  # it died in the middle of the next one
    [one] = counter.offer(anna, intake_id, {"a": b"0123456789"})
    assert one.held_bytes == 5
    assert counter.add(anna, intake_id, 1, 5, b"56789") == 10


@pytest.mark.parametrize(("offset", "data"), [(2, b"x"), (4, b"x"), (-1, b"x"), (3, b"12345678"), (1 << 62, b"x")])
def test_a_chunk_that_does_not_follow_is_refused_and_told_where_to_go_on(
    counter: Counter, anna: Person, offset: int, data: bytes
) -> None:
    intake_id = counter.begin(anna, counter.case(anna))
    counter.offer(anna, intake_id, {"a": b"0123456789"})
    counter.add(anna, intake_id, 1, 0, b"012")
    with pytest.raises(Conflict) as refused:
        counter.add(anna, intake_id, 1, offset, data)
    assert refused.value.details == {"held_bytes": 3}
    assert counter.add(anna, intake_id, 1, 3, b"3456789") == 10
    with pytest.raises(Conflict):
        counter.add(anna, intake_id, 1, 10, b"x")


def test_a_chunk_of_no_length_or_too_long_or_of_no_file_is_refused(counter: Counter, anna: Person) -> None:
    intake_id = counter.begin(anna, counter.case(anna))
    counter.offer(anna, intake_id, {"a": bytes(9 * MIB)})
    for data in (b"", bytes(8 * MIB + 1)):
        with pytest.raises(InputError):
            counter.add(anna, intake_id, 1, 0, data)
    for number in (0, 2, -1):
        with pytest.raises(NotFound):
            counter.add(anna, intake_id, number, 0, b"x")
    assert counter.add(anna, intake_id, 1, 0, bytes(8 * MIB)) == 8 * MIB


def test_a_file_is_written_by_one_request_at_a_time(counter: Counter, anna: Person) -> None:
    intake_id = counter.begin(anna, counter.case(anna))
    counter.offer(anna, intake_id, {"a": b"0123"})
    store = counter.rooms.uploads
    with (
        store._opened(anna.actor.agency_id, intake_id, 1),
        pytest.raises(Conflict, match="another request"),
    ):
        counter.add(anna, intake_id, 1, 0, b"01")
    assert counter.add(anna, intake_id, 1, 0, b"01") == 2


def test_names_are_numbered_once_and_keep_their_size(counter: Counter, anna: Person) -> None:
    intake_id = counter.begin(anna, counter.case(anna))
    first = counter.offer(anna, intake_id, {"a": b"1", "b": b"22"})
    second = counter.offer(anna, intake_id, {"c": b"333", "b": b"22"})
    assert [(one.name, one.number) for one in first + second] == [("a", 1), ("b", 2), ("c", 3), ("b", 2)]
    with pytest.raises(Conflict, match="another size"):
        counter.offer(anna, intake_id, {"a": b"11"})
    twice = [OfferedFile("d", 1), OfferedFile("d", 1)]
    with pytest.raises(InputError):
        upload_services.offer_files(
            actor=anna.actor, intake_id=intake_id, files=twice, uploads=counter.rooms.uploads, **counter.parts
        )


def test_a_finished_upload_takes_nothing_more(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))
    for deed in (
        lambda: counter.offer(anna, intake_id, {"z": b"1"}),
        lambda: counter.add(anna, intake_id, 1, 50, b"x"),
        lambda: counter.finish(anna, intake_id),
    ):
        with pytest.raises(Conflict, match="has been finished"):
            deed()
    assert counter.jobs() == [("run-intake", "todo")]


def test_an_agency_offers_no_more_than_its_quota_until_what_is_there_was_examined(
    world: World, tmp_path: Path, anna: Person, counter: Counter
) -> None:
    small = Counter.at(world, tmp_path, quota_bytes=100)
    case = small.case(anna)
    full = small.upload(anna, case, {"a": bytes(60), "b": b"1" * 30})
    intake_id = small.begin(anna, case)
    with pytest.raises(Unavailable, match="room for uploads is taken"):
        small.offer(anna, intake_id, {"c": bytes(11)})
    small.offer(anna, intake_id, {"c": bytes(10)})
    [other, _] = world.found(WORKS, OVERSEES)
    small.offer(other, small.begin(other, small.case(other)), {"d": bytes(100)})
    small.work()
    assert small.state(anna, full).state is IntakeState.DONE
    small.offer(anna, intake_id, {"e": bytes(90)})


def test_a_full_disk_refuses_what_is_to_come_and_keeps_what_is_here(
    world: World, tmp_path: Path, anna: Person, counter: Counter
) -> None:
    intake_id = counter.begin(anna, counter.case(anna))
    counter.offer(anna, intake_id, {"a": b"0123"})
    counter.add(anna, intake_id, 1, 0, b"01")
    full = Counter.at(world, tmp_path, spare_bytes=1 << 60)
    with pytest.raises(Unavailable, match="the disk is full"):
        full.add(anna, intake_id, 1, 2, b"23")
    with pytest.raises(Unavailable, match="the disk is full"):
        full.offer(anna, intake_id, {"b": b"0123"})
    assert counter.add(anna, intake_id, 1, 2, b"23") == 4
    counter.finish(anna, intake_id)


def test_two_officers_who_upload_the_same_exhibit_double_nothing(counter: Counter, world: World) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    carl = world.enroll(adam, Role.OFFICER)
    case, files = counter.case(anna, carl), some()
    first = counter.upload(anna, case, files)
    second = counter.upload(carl, case, files)
    counter.work()
    assert places(anna) == sorted((b"upload:" + name.encode(), first) for name in files)
    done = counter.state(anna, second)
    assert (done.state, done.files_done, done.kept, done.skipped, done.refused) == (IntakeState.DONE, 3, 0, 3, {})


def test_another_content_under_a_name_that_came_in_is_reported_and_not_taken(counter: Counter, anna: Person) -> None:
    case = counter.case(anna)
    counter.upload(anna, case, {"a": b"0123", "b": b"4567"})
    second = counter.upload(anna, case, {"a": b"3210", "b": b"4567", "c": b"8"})
    counter.work()
    done = counter.state(anna, second)
    assert (done.kept, done.skipped, done.refused) == (1, 1, {Refusal.CHANGED: 1, Refusal.UNKNOWN_TYPE: 1})
    refused = services.refused_of(actor=anna.actor, intake_id=second, skip=0, most=9, **counter.parts)
    assert [(one.path, one.reason) for one in refused] == [
        (b"upload:a", Refusal.CHANGED), (b"upload:c", Refusal.UNKNOWN_TYPE),
    ]  # fmt: skip


def test_a_folder_called_like_an_archive_stands_for_none_of_its_members(counter: Counter, anna: Person) -> None:
    counter.upload(anna, counter.case(anna), {"x.zip!/a": b"1", "wow!": b"2"})
    counter.work()
    assert [path for path, _ in places(anna)] == [b"upload:wow!", b"upload:x.zip!//a"]


# Watched folders.


def test_a_watched_folder_comes_in_with_the_paths_that_its_files_have(counter: Counter, anna: Person) -> None:
    own = counter.watched / str(anna.actor.agency_id)
    (own / "phone" / "DCIM").mkdir(parents=True)
    (own / "phone" / "DCIM" / "1").write_bytes(b"one")
    (own / "loose").write_bytes(b"not a folder")
    names = services.watched_folders(actor=anna.actor, watched=counter.rooms.watched, **counter.parts)
    assert names == ("phone",)
    intake_id = begin_folder(counter, anna, counter.case(anna), "phone/DCIM")
    counter.work()
    done = counter.state(anna, intake_id)
    assert (done.state, done.files_total, done.kept) == (IntakeState.DONE, 1, 1)
    assert places(anna) == [(bytes(own / "phone" / "DCIM" / "1"), intake_id)]


@pytest.mark.parametrize("folder", ["", ".", "..", "../x", "a/../../x", "/etc", "a//b", "a/", "a\0b", "\udcff"])
def test_a_path_that_leads_out_of_the_watched_folder_is_refused(counter: Counter, anna: Person, folder: str) -> None:
    (counter.watched / str(anna.actor.agency_id)).mkdir()
    (counter.watched / "x").mkdir()
    with pytest.raises(InputError):
        begin_folder(counter, anna, counter.case(anna), folder)


def test_a_link_leads_nowhere_and_another_agencys_folder_is_none(counter: Counter, anna: Person, world: World) -> None:
    [ben, _] = world.found(WORKS, OVERSEES)
    own, theirs = (counter.watched / str(one.actor.agency_id) for one in (anna, ben))
    (theirs / "phone").mkdir(parents=True)
    own.mkdir()
    (own / "link").symlink_to(theirs)
    case = counter.case(anna)
    for folder in ("link", "link/phone", "phone"):
        with pytest.raises(NotFound):
            begin_folder(counter, anna, case, folder)
    assert services.watched_folders(actor=anna.actor, watched=counter.rooms.watched, **counter.parts) == ()
    assert not counter.jobs()


def test_without_a_watched_folder_it_says_so(world: World, anna: Person, counter: Counter) -> None:
    with pytest.raises(Unavailable, match="no watched folder"):
        services.watched_folders(actor=anna.actor, watched=world.rooms.watched, **counter.parts)
    with pytest.raises(Unavailable, match="no watched folder"):
        services.watched_folders(actor=anna.actor, watched=counter.rooms.watched, **counter.parts)


# Runs.


def test_a_job_is_kept_or_lost_with_the_change_that_it_belongs_to(counter: Counter, anna: Person) -> None:
    for fails in (True, False):
        try:
            with transaction.atomic():
                counter.rooms.queue.defer("run-intake", {"agency": "a", "intake": "b", "exhibit": "c"})
                if fails:
                    raise KeyError  # noqa: TRY301
        except KeyError:
            assert counter.jobs() == []
    assert counter.jobs() == [("run-intake", "todo")]
    with pytest.raises(KeyError):
        counter.rooms.queue.defer("no such task", {})


def test_what_is_enough_once_waits_once(counter: Counter) -> None:
    for _ in range(3):
        with transaction.atomic():
            counter.rooms.queue.defer("sign-due-root", {})
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sign-due-root'")
        assert cursor.fetchone() == (1,)


def test_the_arguments_of_a_job_are_opaque_ids(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT args::text, lock FROM procrastinate_jobs WHERE task_name = 'run-intake'")
        [(arguments, lock)] = cursor.fetchall()
    exhibit = str(counter.state(anna, intake_id).exhibit_id)
    expected = {"agency": str(anna.actor.agency_id), "intake": str(intake_id), "exhibit": exhibit}
    assert json.loads(arguments) == expected
    assert lock == f"exhibit:{exhibit}"


def test_an_officer_who_has_left_brings_in_nothing(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))
    with acting_for(anna.actor.agency_id):
        Officer.objects.filter(id=anna.actor.officer_id).update(is_active=False)
    counter.work()
    done = counter.state(anna, intake_id)
    assert (done.state, done.failure, done.kept) == (IntakeState.FAILED, "officer-left", 0)


def test_an_officer_who_has_lost_his_role_brings_in_nothing(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))
    with acting_for(anna.actor.agency_id):
        Officer.objects.filter(id=anna.actor.officer_id).update(roles=[Role.AUDITOR])
    counter.work()
    assert (counter.state(anna, intake_id).state, counter.state(anna, intake_id).failure) == (
        IntakeState.FAILED, "forbidden",
    )  # fmt: skip
    assert not places(anna)


def failed_upload(counter: Counter, person: Person, case: str, exhibit: str) -> UUID:
    """Upload two files whose intake fails of something that nobody has thought of."""

    def no_descriptor_left() -> None:
        raise OSError(errno.EMFILE, "too many open files")

    intake_id = counter.upload(person, case, some(2), exhibit)
    counter.work(Interrupting(no_descriptor_left))
    assert (counter.state(person, intake_id).state, len(counter.bytes_left())) == (IntakeState.FAILED, 2)
    return intake_id


def test_what_was_uploaded_is_kept_when_its_intake_fails_and_a_colleague_has_it_examined_again(
    counter: Counter, world: World
) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    carl, stranger = world.enroll(adam, Role.OFFICER), world.enroll(adam, Role.OFFICER)
    case = counter.case(anna, carl)
    failed = failed_upload(counter, anna, case, "E1")
    purge_uploads(uploads=counter.rooms.uploads, now=now(), ledger=counter.rooms.ledger)
    with pytest.raises(NotFound):
        run_again(counter, stranger, failed)
    begun = run_again(counter, carl, failed)
    assert world.last_entry()["details"]["again"] == str(failed)
    with pytest.raises(Conflict, match="nothing is kept"):
        run_again(counter, anna, failed)
    counter.work()
    done = counter.state(carl, begun.intake_id)
    assert (done.state, done.kept, done.begun_by) == (IntakeState.DONE, 2, carl.actor.officer_id)
    assert counter.state(anna, failed).state is IntakeState.FAILED
    assert not counter.bytes_left()


def test_what_is_kept_of_a_failed_upload_goes_after_a_week_and_with_its_exhibit(
    counter: Counter, anna: Person, admin: psycopg.Connection
) -> None:
    case = counter.case(anna)
    purge = partial(purge_uploads, uploads=counter.rooms.uploads, ledger=counter.rooms.ledger)
    old = failed_upload(counter, anna, case, "E1")
    admin.execute("UPDATE intake SET ended_at = ended_at - %s WHERE id = %s", [UPLOADS_LAST, old])
    admin.commit()
    purge(now=now())
    assert not counter.bytes_left()
    with pytest.raises(Conflict, match="nothing is kept"):
        run_again(counter, anna, old)
    failed_upload(counter, anna, case, "E2")
    withdraw_exhibit(
        actor=anna.actor,
        reference=case,
        exhibit="E2",
        ground=ErasureGround.WRONG_EXHIBIT,
        queue=counter.world.rooms.queue,
        **counter.parts,
    )
    purge(now=now())
    assert len(counter.bytes_left()) == 2  # they might be about to be handed on
    purge(now=now() + UNKNOWN_LAST)
    assert not counter.bytes_left()


def test_an_upload_can_be_stopped_while_it_comes_in_and_while_it_waits(counter: Counter, anna: Person) -> None:
    case = counter.case(anna)
    coming = counter.begin(anna, case)
    counter.offer(anna, coming, {"a": b"12"})
    counter.add(anna, coming, 1, 0, b"1")
    waiting = counter.upload(anna, case, some(1))
    for intake_id in (coming, waiting):
        stopped = stop(counter, anna, intake_id)
        assert (stopped.state, stopped.ended_at is not None) == (IntakeState.STOPPED, True)
        with pytest.raises(Conflict):
            stop(counter, anna, intake_id)
    assert not counter.bytes_left()
    counter.work()
    assert counter.state(anna, waiting).state is IntakeState.STOPPED
    assert not places(anna)


def test_a_run_that_is_stopped_ends_and_leaves_no_bytes(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))

    def meanwhile() -> None:
        assert counter.state(anna, intake_id).state is IntakeState.RUNNING
        assert stop(counter, anna, intake_id).ended_at is None

    counter.work(Interrupting(meanwhile))
    done = counter.state(anna, intake_id)
    assert (done.state, done.ended_at is not None, done.kept) == (IntakeState.STOPPED, True, 0)
    assert not counter.bytes_left()


def test_a_part_that_is_missing_lets_an_intake_wait_and_a_bug_fails_it(counter: Counter, anna: Person) -> None:
    case = counter.case(anna)
    waits, fails = (counter.upload(anna, case, some(1), exhibit) for exhibit in ("E1", "E2"))
    raised: list[Exception] = [Unavailable("no children today"), ZeroDivisionError("of a secret")]

    def trouble() -> None:
        raise raised.pop(0)

    counter.work(Interrupting(trouble))
    assert counter.state(anna, waits).state is IntakeState.WAITING
    assert (counter.state(anna, fails).state, counter.state(anna, fails).failure) == (IntakeState.FAILED, "error")
    assert sorted(counter.jobs()) == [("run-intake", "failed"), ("run-intake", "todo")]
    soon(counter)
    counter.work()
    assert counter.state(anna, waits).state is IntakeState.DONE


def test_a_database_whose_disk_is_full_lets_an_intake_wait_and_gives_it_up_never(
    counter: Counter, anna: Person
) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))

    def full() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$")

    for _ in range(MOST_ATTEMPTS + 1):
        counter.work(Interrupting(full))
        assert counter.state(anna, intake_id).state is IntakeState.WAITING
        assert counter.bytes_left()
        soon(counter)
    counter.work()
    assert counter.state(anna, intake_id).state is IntakeState.DONE


def soon(_: Counter) -> None:
    """Let what was put off be due."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def die(_: Counter) -> None:
    """Let the worker that has a job be dead for a minute."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        [worker] = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = 'run-intake'", [worker]
        )


def test_what_a_dead_worker_had_is_taken_up_by_the_next(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some())
    with acting_for(anna.actor.agency_id):
        assert rows.begin_run(intake_id, now()) is not None
    die(counter)
    counter.work()
    assert (counter.state(anna, intake_id).state, counter.state(anna, intake_id).kept) == (IntakeState.DONE, 3)


def test_what_kills_its_worker_again_and_again_is_given_up(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some())
    for _ in range(MOST_ATTEMPTS):
        with acting_for(anna.actor.agency_id):
            rows.begin_run(intake_id, now())
    counter.work()
    assert (counter.state(anna, intake_id).state, counter.state(anna, intake_id).failure) == (
        IntakeState.FAILED, "gave-up",
    )  # fmt: skip


def test_what_has_ended_stays_as_it_is(counter: Counter, anna: Person) -> None:
    intake_id = counter.upload(anna, counter.case(anna), some(1))
    counter.work()
    with acting_for(anna.actor.agency_id):
        assert Intake.objects.filter(id=intake_id).update(state="waiting") == 0
        assert rows.begin_run(intake_id, now()) is None
        assert rows.end(intake_id, state=IntakeState.FAILED, now=now(), failure="x") is None


def test_an_upload_that_nobody_goes_on_with_is_given_up_after_a_week(counter: Counter, anna: Person) -> None:
    case = counter.case(anna)
    left, fresh = counter.begin(anna, case), counter.begin(anna, case)
    for intake_id in (left, fresh):
        counter.offer(anna, intake_id, {"a": b"12"})
        counter.add(anna, intake_id, 1, 0, b"1")
    with acting_for(anna.actor.agency_id):
        Intake.objects.filter(id=left).update(touched_at=now() - UPLOADS_LAST)
    purge_uploads(uploads=counter.rooms.uploads, now=now() + timedelta(minutes=1), ledger=counter.rooms.ledger)
    assert (counter.state(anna, left).state, counter.state(anna, left).failure) == (IntakeState.FAILED, "expired")
    assert counter.state(anna, fresh).state is IntakeState.UPLOADING
    assert [one.parent.name for one in counter.bytes_left()] == [str(fresh)]
    # Another year, in which the host has come up, removes nothing.
    with pytest.raises(Conflict, match="clock"):
        purge_uploads(uploads=counter.rooms.uploads, now=now() + timedelta(days=3650), ledger=counter.rooms.ledger)
    assert counter.state(anna, fresh).state is IntakeState.UPLOADING


# Who may.

OWN_ALONE = ("offer_files", "add_chunk", "finish_upload")


def test_whoever_is_not_of_the_case_learns_nothing_and_whoever_is_succeeds(counter: Counter, world: World) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    carl, audra = world.enroll(adam, Role.OFFICER), world.enroll(adam, Role.AUDITOR)
    [ben, _] = world.found(WORKS, OVERSEES)
    for one in (anna, carl, ben, audra):
        (counter.watched / str(one.actor.agency_id) / "phone").mkdir(parents=True, exist_ok=True)
    case = counter.case(anna)
    intake_id = counter.begin(anna, case)
    counter.offer(anna, intake_id, {"n": b"12"})
    for name, service in SERVICES.items():
        for stranger in (carl, ben):
            answers = []
            for asked_case, asked_intake in ((case, intake_id), (random_name("absent"), uuid4())):
                entries = world.entry_count()
                with pytest.raises(NotFound) as refused:
                    service(counter, stranger, asked_case, asked_intake)
                answers.append((str(refused.value), refused.value.details))
                assert world.entry_count() == entries + 1, name
                assert world.last_entry()["act"] == "access:denied"
            assert answers[0] == answers[1], name
        for unfit in (adam, audra):
            with pytest.raises(Forbidden):
                service(counter, unfit, case, intake_id)
            assert world.last_entry()["act"] == "access:denied"
        # Nothing failed here to be run again: who is of the case is told so, and it is tried above.
        with pytest.raises(Conflict) if name == "run_intake_again" else nullcontext():
            service(counter, anna, case, intake_id)


def test_a_colleague_sees_and_stops_an_upload_and_adds_nothing_to_it(counter: Counter, world: World) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    carl = world.enroll(adam, Role.OFFICER)
    case = counter.case(anna, carl)
    intake_id = counter.begin(anna, case)
    counter.offer(anna, intake_id, {"n": b"12"})
    for name in OWN_ALONE:
        with pytest.raises(Forbidden, match="another officer"):
            SERVICES[name](counter, carl, case, intake_id)
    [seen] = services.intakes_of(actor=carl.actor, case_reference=case, **counter.parts)
    assert (seen.intake_id, seen.begun_by, seen.state) == (intake_id, anna.actor.officer_id, IntakeState.UPLOADING)
    stop(counter, carl, intake_id)


def test_every_answer_but_the_progress_and_the_bytes_is_in_the_ledger(counter: Counter, anna: Person) -> None:
    (counter.watched / str(anna.actor.agency_id) / "phone").mkdir(parents=True)
    case = counter.case(anna)
    intake_id = counter.begin(anna, case)
    silent = {"offer_files", "add_chunk", "intake_progress"}
    for name, service in SERVICES.items():
        if name in {"stop_intake", "run_intake_again"}:
            continue
        entries = counter.world.entry_count()
        service(counter, anna, case, intake_id)
        assert (counter.world.entry_count() > entries) == (name not in silent), name
