"""Uploads: files of an exhibit come in through a browser, in chunks, and can be gone on with after any interruption.

The bytes lie in a folder of this host until they have been examined, and are removed then: media are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Forbidden, InputError
from tsunagu.domain.intake_run import IntakeSource, IntakeState, IntakeSummary, OfferedFile, UploadedFile
from tsunagu.domain.permission import Permission
from tsunagu.records import cases as case_rows
from tsunagu.records import intakes
from tsunagu.records.session import acting_for
from tsunagu.records.uploads import MOST_CHUNK_BYTES, UploadStore
from tsunagu.services.access import case_for, check_reference, deed, denials_recorded, exhibit_for
from tsunagu.services.parts import Keys, Ledger, Queue

MOST_OFFERED = 1000
"""How many files may be offered in one call."""
_NOTED_EVERY = timedelta(minutes=30)


def begin_upload(
    *, actor: Actor, case_reference: str, exhibit_reference: str, now: datetime, keys: Keys, ledger: Ledger
) -> IntakeSummary:
    """Begin an upload into an exhibit of a case; the exhibit is registered if it is new.

    Raises:
        Forbidden: the actor brings in no media.
        InputError: the exhibit cannot be called this.
        NotFound: no such case, or not the actor's.
    """
    check_reference(exhibit_reference)
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=now, keys=keys, ledger=ledger
    )
    intake_id = uuid4()
    with acting_for(actor.agency_id):
        exhibit_id = exhibit_for(actor=actor, case=case, reference=exhibit_reference, now=now, ledger=ledger)
        intakes.add_intake(
            intake_id, actor, exhibit_id, source=IntakeSource.UPLOAD, state=IntakeState.UPLOADING, now=now
        )
        begun = intakes.intake_of(actor, intake_id)
        ledger.write(
            deed(
                Act.INTAKE_BEGUN,
                actor=actor,
                case=case,
                now=now,
                intake=str(intake_id),
                exhibit=str(exhibit_id),
                source=IntakeSource.UPLOAD.value,
            )
        )
    return begun


def offer_files(
    *,
    actor: Actor,
    intake_id: UUID,
    files: Sequence[OfferedFile],
    uploads: UploadStore,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> tuple[UploadedFile, ...]:
    """Say which files are to be uploaded, and return each with its number and with what is here of it already.

    A file that was offered before, by its name, keeps its number: to go on after an interruption, offer it again.

    Args:
        actor: who began the upload.
        intake_id: the upload.
        files: at most `MOST_OFFERED`, no two of one name.
        uploads: where the bytes lie.
        now: the time.
        keys: make the reference of a denial.
        ledger: takes the denial.

    Returns:
        As many as were given, in the same order.

    Raises:
        Conflict: the upload has been finished, or a name was offered before with another size.
        Forbidden: the actor brings in no media, or another officer began this upload.
        InputError: too many files at once, or two of one name.
        NotFound: no such intake, or not in a case of the actor's.
        Unavailable: the agency's quota or the disk does not hold them; none of them is taken then.
    """
    if len(files) > MOST_OFFERED or len({one.name for one in files}) < len(files):
        raise InputError(f"offer at most {MOST_OFFERED} files at once, and each once")
    with _own_upload(actor, intake_id, now, keys, ledger):
        given = intakes.offer(intake_id, actor.agency_id, files, quota_bytes=uploads.quota_bytes)
        held = uploads.held_of(actor.agency_id, intake_id, [number for number, _ in given])
        answer = tuple(
            UploadedFile(number, one.name, size, min(held.get(number, 0), size))
            for one, (number, size) in zip(files, given, strict=True)
        )
        uploads.check_space(sum(one.size_bytes - one.held_bytes for one in answer))
        intakes.touch(intake_id, now, unless_since=now - _NOTED_EVERY)
    return answer


def add_chunk(
    *,
    actor: Actor,
    intake_id: UUID,
    number: int,
    offset: int,
    data: bytes,
    uploads: UploadStore,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Add a chunk to a file of an upload, and return how many bytes of the file are safe on the disk.

    Args:
        actor: who began the upload.
        intake_id: the upload.
        number: the file's, as `offer_files` gave it.
        offset: where the chunk begins in the file: how much is here.
        data: 1 to `MOST_CHUNK_BYTES` bytes.
        uploads: where the bytes lie.
        now: the time.
        keys: make the reference of a denial.
        ledger: takes the denial.

    Raises:
        Conflict: the upload has been finished; or the chunk does not begin where the file ends, or goes beyond its
            size: `held_bytes` in the details says where it ends; or another request is writing this file.
        Forbidden: the actor brings in no media, or another officer began this upload.
        InputError: the chunk is empty or too long.
        NotFound: no such intake or file, or not in a case of the actor's.
        Unavailable: the disk is full; what is here is kept.
    """
    if not 0 < len(data) <= MOST_CHUNK_BYTES:
        raise InputError(f"a chunk holds 1 to {MOST_CHUNK_BYTES} bytes")
    with _own_upload(actor, intake_id, now, keys, ledger):
        size = intakes.size_of(intake_id, number)
        intakes.touch(intake_id, now, unless_since=now - _NOTED_EVERY)
    # Not within the transaction: a disk may take its time.
    return uploads.append(actor.agency_id, intake_id, number, offset=offset, data=data, size_bytes=size)


def finish_upload(
    *, actor: Actor, intake_id: UUID, uploads: UploadStore, queue: Queue, now: datetime, keys: Keys, ledger: Ledger
) -> IntakeSummary:
    """Let a whole upload be examined, and return it as it waits for that.

    Raises:
        Conflict: a file is not whole, or the upload has been finished before.
        Forbidden: the actor brings in no media, or another officer began this upload.
        NotFound: no such intake, or not in a case of the actor's.
    """
    with _own_upload(actor, intake_id, now, keys, ledger) as upload:
        files = intakes.files_of(intake_id, uploads.held(actor.agency_id, intake_id))
        missing = sum(not one.is_whole for one in files)
        if missing:
            raise Conflict("not all files are whole yet", files=missing)
        intakes.enqueue(intake_id)
        queue.defer("run-intake", run_arguments(actor.agency_id, upload))
        case = case_rows.case_of(actor, upload.case)
        size = sum(one.size_bytes for one in files)
        ledger.write(
            deed(
                Act.INTAKE_UPLOADED,
                actor=actor,
                case=case,
                now=now,
                intake=str(intake_id),
                files=len(files),
                size_bytes=size,
            )
        )
        return intakes.intake_of(actor, intake_id)


def run_arguments(agency_id: UUID, intake: IntakeSummary) -> dict[str, str | int]:
    """Return what the task that runs an intake is deferred with."""
    return {"agency": str(agency_id), "intake": str(intake.intake_id), "exhibit": str(intake.exhibit_id)}


@contextmanager
def _own_upload(actor: Actor, intake_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[IntakeSummary]:
    """Give an upload of the actor's own that has not been finished, which nobody changes meanwhile."""
    with (
        denials_recorded(
            actor=actor,
            permission=Permission.MEDIA_INGEST,
            asked=str(intake_id),
            now=now,
            keys=keys,
            ledger=ledger,
        ),
        acting_for(actor.agency_id),
    ):
        upload = intakes.intake_of(actor, intake_id, locked=True)
        if upload.begun_by != actor.officer_id:
            raise Forbidden("another officer began this upload")
        if upload.state is not IntakeState.UPLOADING:
            raise Conflict("this upload has been finished")
        yield upload
