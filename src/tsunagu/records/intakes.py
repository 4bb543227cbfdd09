"""Intakes as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.intake_run import IntakeSource, IntakeState, IntakeSummary, OfferedFile, UploadedFile
from tsunagu.domain.media import Refusal
from tsunagu.domain.purpose import Purpose
from tsunagu.records.bulk import insert
from tsunagu.records.holdings import path_digest
from tsunagu.records.models import Holding, Intake, IntakeChange, IntakeFile
from tsunagu.records.upload_room import check_room, lock_room

REASON = Coalesce("refused", "item__refused")
"""Why a place could not be examined, or not to its end: by itself, or by what its content is."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a worker needs to know of an intake that it runs.

    Attributes:
        folder: relative to the agency's own watched folder; None for an upload.
        attempts: how many runs, this one among them, have begun since one last ended in an orderly way.
        is_stopped: somebody has asked for its end.
    """

    intake: IntakeSummary
    purpose: Purpose | None
    folder: bytes | None
    attempts: int
    is_stopped: bool


def add_intake(
    intake_id: UUID,
    actor: Actor,
    exhibit_id: UUID,
    *,
    source: IntakeSource,
    state: IntakeState,
    now: datetime,
    folder: bytes | None = None,
) -> None:
    """Begin an intake."""
    Intake.objects.create(
        id=intake_id,
        agency_id=actor.agency_id,
        exhibit_id=exhibit_id,
        begun_by_id=actor.officer_id,
        purpose=actor.purpose,
        source=source,
        folder=folder,
        state=state,
        begun_at=now,
        touched_at=now,
    )


def intake_of(actor: Actor, intake_id: UUID, *, locked: bool = False) -> IntakeSummary:
    """Return one intake into a case that the actor works on; `locked` keeps everybody else from changing it meanwhile.

    Raises:
        NotFound: no such intake, or not the actor's case: the answer is the same for both.
    """
    rows = _rows().filter(exhibit__case__casemember__officer_id=actor.officer_id, id=intake_id)
    # Row-level security lets nobody lock what has ended, which nobody can change.
    row = (rows.select_for_update(of=("self",)).first() if locked else None) or rows.first()
    if row is None:
        raise NotFound("no such intake")
    return _summary(row)


def intakes_of(case_id: UUID) -> tuple[IntakeSummary, ...]:
    """Return the intakes into a case, newest first."""
    return tuple(_summary(row) for row in _rows().filter(exhibit__case_id=case_id).order_by("-begun_at", "id"))


def rate_of(intake_id: UUID, now: datetime) -> float | None:
    """Return the files dealt with a second since the run began; None when nothing can be said yet."""
    row = Intake.objects.filter(id=intake_id, state=IntakeState.RUNNING).first()
    if row is None or row.running_since is None or now <= row.running_since:
        return None
    return (row.files_done - row.done_before) / (now - row.running_since).total_seconds()


def offer(intake_id: UUID, agency_id: UUID, files: Sequence[OfferedFile], *, quota_bytes: int) -> list[tuple[int, int]]:
    """Keep the names of files to be uploaded, and return number and size of each; one that was offered keeps its own.

    Raises:
        Conflict: a name was offered before with another size.
        Unavailable: the agency would have offered more than `quota_bytes`; none of these files is kept then.
    """
    lock_room(agency_id)  # numbers without gaps, and no quota passed
    names = {_digest(one): one for one in files}
    rows = IntakeFile.objects.filter(intake_id=intake_id, name_digest__in=list(names))
    known = {
        bytes(key): (number, size) for key, number, size in rows.values_list("name_digest", "number", "size_bytes")
    }
    last: int = IntakeFile.objects.filter(intake_id=intake_id).aggregate(last=Max("number"))["last"] or 0
    new = [(key, one) for key, one in names.items() if key not in known]
    numbered = {key: (last + place, one.size_bytes) for place, (key, one) in enumerate(new, start=1)}
    insert(IntakeFile, [_file_row(intake_id, agency_id, key, names[key], at[0]) for key, at in numbered.items()])
    given = [(known | numbered)[_digest(one)] for one in files]
    if any(size != one.size_bytes for (_, size), one in zip(given, files, strict=True)):
        raise Conflict("a file of this name was offered with another size")
    if new:
        check_room(quota_bytes)
    return given


def files_of(intake_id: UUID, held: Mapping[int, int]) -> tuple[UploadedFile, ...]:
    """Return the files that were offered, by number, with what `held` says is here of each."""
    rows = IntakeFile.objects.filter(intake_id=intake_id).order_by("number")
    return tuple(
        UploadedFile(row.number, bytes(row.name).decode(), row.size_bytes, min(held.get(row.number, 0), row.size_bytes))
        for row in rows.iterator(chunk_size=5000)
    )


def size_of(intake_id: UUID, number: int) -> int:
    """Return how long an offered file will be, in bytes.

    Raises:
        NotFound: no file of this number was offered.
    """
    size = IntakeFile.objects.filter(intake_id=intake_id, number=number).values_list("size_bytes", flat=True).first()
    if size is None:
        raise NotFound("no such file was offered")
    return size


def offered_bytes(intake_id: UUID) -> int:
    """Return how long all offered files of an intake will be together; 0 once it has ended."""
    return _offered_bytes(IntakeFile.objects.filter(intake_id=intake_id, intake__ended_at=None))


def touch(intake_id: UUID, now: datetime, *, unless_since: datetime) -> None:
    """Note that an upload is alive, unless that was noted lately."""
    Intake.objects.filter(id=intake_id, touched_at__lt=unless_since).update(touched_at=now)


def give_up_uploads(
    states: Collection[IntakeState], *, now: datetime, failure: str, untouched_since: datetime | None = None
) -> list[tuple[UUID, UUID]]:
    """End the uploads that are in one of `states`, and return their ids, each with its case's.

    With `untouched_since` only those that nobody went on with since.
    """
    rows = Intake.objects.filter(source=IntakeSource.UPLOAD, state__in=states, ended_at=None)
    rows = rows if untouched_since is None else rows.filter(touched_at__lt=untouched_since)
    found = list(rows.select_related("exhibit").select_for_update(of=("self",)))
    for one in found:
        end(one.id, state=IntakeState.FAILED, now=now, failure=failure)
    return [(one.id, one.exhibit.case_id) for one in found]


def enqueue(intake_id: UUID) -> None:
    """Let an intake wait for a worker."""
    Intake.objects.filter(id=intake_id, ended_at=None).update(state=IntakeState.WAITING)


def begin_run(intake_id: UUID, now: datetime) -> Run | None:
    """Begin or resume a run, and return what is to be done; None when the intake has ended or is not there."""
    row = _rows().filter(id=intake_id, ended_at=None).select_for_update(of=("self",)).first()
    if row is None:
        return None
    is_stopped = row.state == IntakeState.STOPPED
    if not is_stopped:
        row.state, row.attempts, row.running_since, row.done_before = IntakeState.RUNNING, row.attempts + 1, now, 0
        row.save(update_fields=["state", "attempts", "running_since", "done_before"])
    folder = None if row.folder is None else bytes(row.folder)
    purpose = Purpose(row.purpose) if row.purpose else None
    return Run(_summary(row), purpose, folder, row.attempts, is_stopped)


def note_progress(intake_id: UUID, **counts: Any) -> bool:
    """Keep how far a run is, and return whether it may go on."""
    return Intake.objects.filter(id=intake_id, state=IntakeState.RUNNING).update(**counts) == 1


def note_changes(intake_id: UUID, agency_id: UUID, paths: Iterable[bytes]) -> None:
    """Keep the places whose file is another than the one that came in; each once."""
    rows = [
        {"agency_id": agency_id, "intake_id": intake_id, "path": path, "path_digest": path_digest(path)}
        for path in paths
    ]
    insert(IntakeChange, rows, then="ON CONFLICT DO NOTHING")


def hand_back(intake_id: UUID) -> None:
    """Let an intake wait for a worker again, as one that nothing is wrong with."""
    Intake.objects.filter(id=intake_id, state=IntakeState.RUNNING).update(state=IntakeState.WAITING, attempts=0)


def ask_to_stop(intake_id: UUID) -> None:
    """Ask the run of an intake for its end."""
    Intake.objects.filter(id=intake_id, ended_at=None).update(state=IntakeState.STOPPED)


def end(
    intake_id: UUID, *, state: IntakeState, now: datetime, failure: str | None = None, keeps_files: bool = False
) -> IntakeSummary | None:
    """End an intake with what it came to, and return it; None when another has ended it.

    A stop that was asked for meanwhile stays a stop, unless all is done. The names that were offered are forgotten,
    since places keep theirs; where a failed one keeps its files, so that it can be run again, they stay.
    """
    row = _rows().select_for_update(of=("self",)).filter(id=intake_id, ended_at=None).first()
    if row is None:
        return None
    if row.state == IntakeState.STOPPED and state is not IntakeState.DONE:
        state, failure = IntakeState.STOPPED, None
    if not keeps_files or state is not IntakeState.FAILED:
        IntakeFile.objects.filter(intake_id=intake_id).delete()
    row.state, row.failure, row.ended_at = state, failure, now
    row.kept, refused = counted(intake_id)
    row.refused = {reason.value: count for reason, count in sorted(refused.items())}
    row.save(update_fields=["state", "failure", "ended_at", "kept", "refused"])
    return _summary(row)


def counted(intake_id: UUID) -> tuple[int, Counter[Refusal]]:
    """Return how many places an intake has brought in, and how many of its places were refused, by reason."""
    rows = Holding.objects.filter(intake_id=intake_id).values_list(REASON).annotate(Count("id"))
    by_reason = dict(rows)
    refused = Counter({Refusal(reason): count for reason, count in by_reason.items() if reason})
    if changed := IntakeChange.objects.filter(intake_id=intake_id).count():
        refused[Refusal.CHANGED] += changed
    return sum(by_reason.values()), refused


def _rows() -> QuerySet[Intake]:
    return Intake.objects.select_related("exhibit__case")


def _summary(row: Any) -> IntakeSummary:
    return IntakeSummary(
        intake_id=row.id,
        case=row.exhibit.case.reference,
        exhibit=row.exhibit.reference,
        exhibit_id=row.exhibit_id,
        begun_by=row.begun_by_id,
        source=IntakeSource(row.source),
        state=IntakeState(row.state),
        files_total=row.files_total,
        files_done=row.files_done,
        kept=row.kept,
        skipped=row.skipped,
        refused={Refusal(reason): count for reason, count in row.refused.items()},
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        failure=row.failure,
    )


def _digest(file: OfferedFile) -> bytes:
    return hashlib.sha256(file.name.encode()).digest()


def _file_row(intake_id: UUID, agency_id: UUID, key: bytes, file: OfferedFile, number: int) -> dict[str, Any]:
    return {
        "agency_id": agency_id,
        "intake_id": intake_id,
        "number": number,
        "name": file.name.encode(),
        "name_digest": key,
        "size_bytes": file.size_bytes,
    }


def _offered_bytes(files: QuerySet[IntakeFile]) -> int:
    total: int | None = files.aggregate(total=Sum("size_bytes"))["total"]
    return total or 0
