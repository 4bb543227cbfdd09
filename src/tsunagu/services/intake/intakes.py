"""Intakes: from a watched folder, seen on their way, stopped. Uploads have a module of their own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.intake_run import IntakeProgress, IntakeSource, IntakeState, IntakeSummary, RefusedPlace
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.records import cases as case_rows
from tsunagu.records import intakes, kept_files
from tsunagu.records.refused_places import refused_places
from tsunagu.records.session import acting_for
from tsunagu.records.uploads import UploadStore
from tsunagu.records.watched import WatchedFolders
from tsunagu.services.access import case_for, check_reference, deed, denials_recorded, exhibit_for
from tsunagu.services.intake.uploads import run_arguments
from tsunagu.services.page import Page
from tsunagu.services.parts import Keys, Ledger, Queue


def watched_folders(
    *, actor: Actor, watched: WatchedFolders, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[str, ...]:
    """Return the names of the folders that lie directly in the watched folder of the actor's agency, sorted.

    Raises:
        Forbidden: the actor brings in no media.
        Unavailable: no watched folder is configured, or the agency has none.
    """
    with denials_recorded(
        actor=actor, permission=Permission.MEDIA_INGEST, asked="watched folders", now=now, keys=keys, ledger=ledger
    ):
        found = watched.names(actor.agency_id)
    ledger.record(
        Deed(Act.INTAKE_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details={"folders": len(found)})
    )
    return found


def begin_folder_intake(
    *,
    actor: Actor,
    case_reference: str,
    exhibit_reference: str,
    folder: str,
    watched: WatchedFolders,
    queue: Queue,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> IntakeSummary:
    """Let a folder on this host be brought into an exhibit of a case; the exhibit is registered if it is new.

    Args:
        folder: relative to the watched folder of the actor's agency, its parts divided by "/".
        watched: where the watched folders lie.

    Raises:
        Forbidden: the actor brings in no media.
        InputError: the exhibit cannot be called this, or the path leads elsewhere.
        NotFound: no such case, or not the actor's; or no such folder.
        Unavailable: no watched folder is configured.
    """
    check_reference(exhibit_reference)
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=now, keys=keys, ledger=ledger
    )
    named = _bytes_of(folder)
    watched.path_of(actor.agency_id, named)
    intake_id = uuid4()
    with acting_for(actor.agency_id):
        exhibit_id = exhibit_for(actor=actor, case=case, reference=exhibit_reference, now=now, ledger=ledger)
        intakes.add_intake(
            intake_id,
            actor,
            exhibit_id,
            source=IntakeSource.FOLDER,
            state=IntakeState.WAITING,
            now=now,
            folder=named,
        )
        begun = intakes.intake_of(actor, intake_id)
        queue.defer("run-intake", run_arguments(actor.agency_id, begun))
        ledger.write(
            deed(
                Act.INTAKE_BEGUN,
                actor=actor,
                case=case,
                now=now,
                intake=str(intake_id),
                exhibit=str(exhibit_id),
                source=IntakeSource.FOLDER.value,
            )
        )
    return begun


def intakes_of(
    *, actor: Actor, case_reference: str, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[IntakeSummary, ...]:
    """Return the intakes into one of the actor's cases, newest first.

    Raises:
        Forbidden: the actor brings in no media.
        NotFound: no such case, or not the actor's.
    """
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=now, keys=keys, ledger=ledger
    )
    with acting_for(actor.agency_id):
        found = intakes.intakes_of(case.case_id)
    ledger.record(deed(Act.INTAKE_READ, actor=actor, case=case, now=now, intakes=len(found)))
    return found


def intake_progress(
    *, actor: Actor, intake_id: UUID, uploads: UploadStore, now: datetime, keys: Keys, ledger: Ledger
) -> IntakeProgress:
    """Return how an intake stands. It is meant to be asked every second or two, and tells no content: counts alone.

    Raises:
        Forbidden: the actor brings in no media, which is written down; an answer is not.
        NotFound: no such intake, or not in a case of the actor's; likewise.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.MEDIA_INGEST, asked=str(intake_id), now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        intake = intakes.intake_of(actor, intake_id)
        rate = intakes.rate_of(intake_id, now)
        offered = intakes.offered_bytes(intake_id)
        is_kept = kept_files.keeps_files(intake_id)
    held = uploads.held_bytes(actor.agency_id, intake_id) if offered else 0
    return IntakeProgress(intake, rate, min(held, offered), offered, is_kept)


def refused_of(
    *, actor: Actor, intake_id: UUID, skip: int, most: int, now: datetime, keys: Keys, ledger: Ledger
) -> Page[RefusedPlace]:
    """Return places that an intake could not examine, or not to its end, each with its reason, by their paths.

    Args:
        actor: who asks.
        intake_id: the intake.
        skip: how many were read before.
        most: how many at most.
        now: the time.
        keys: make the reference of a denial.
        ledger: takes the entry.

    Raises:
        Forbidden: the actor reads no media.
        NotFound: no such intake, or not in a case of the actor's.
    """
    intake, case = _intake_for(actor, intake_id, permission=Permission.MEDIA_READ, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        found = Page.of(refused_places(intake.intake_id, skip=skip, most=most + 1), most)
    ledger.record(deed(Act.MEDIA_READ, actor=actor, case=case, now=now, intake=str(intake_id), refused=len(found)))
    return found


def stop_intake(
    *, actor: Actor, intake_id: UUID, uploads: UploadStore, now: datetime, keys: Keys, ledger: Ledger
) -> IntakeSummary:
    """Stop an intake, and return it. What it has brought in stays; a run that is under way ends within seconds.

    Raises:
        Conflict: it has ended.
        Forbidden: the actor brings in no media.
        NotFound: no such intake, or not in a case of the actor's.
    """
    _, case = _intake_for(actor, intake_id, permission=Permission.MEDIA_INGEST, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        intake = intakes.intake_of(actor, intake_id, locked=True)
        if intake.state.has_ended:
            raise Conflict("this intake has ended")
        if intake.state is IntakeState.RUNNING:  # whoever runs it ends it, with what it came to
            intakes.ask_to_stop(intake_id)
        else:
            intakes.end(intake_id, state=IntakeState.STOPPED, now=now)
        stopped = intakes.intake_of(actor, intake_id)
        ledger.write(deed(Act.INTAKE_STOPPED, actor=actor, case=case, now=now, intake=str(intake_id)))
    if stopped.ended_at is not None:
        uploads.remove(actor.agency_id, intake_id)
    return stopped


def run_intake_again(
    *,
    actor: Actor,
    intake_id: UUID,
    uploads: UploadStore,
    queue: Queue,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> IntakeSummary:
    """Let what was uploaded be examined again after its intake has failed: as another intake, the actor's own.

    Raises:
        Conflict: nothing is kept of it: it has not failed, or too long ago, or was run again; or the case is closed.
        Forbidden: the actor brings in no media.
        NotFound: no such intake, or not in a case of the actor's.
        Unavailable: the folder of uploads cannot be written.
    """
    failed, case = _intake_for(actor, intake_id, permission=Permission.MEDIA_INGEST, now=now, keys=keys, ledger=ledger)
    again = uuid4()
    with acting_for(actor.agency_id):
        exhibit_id = exhibit_for(actor=actor, case=case, reference=failed.exhibit, now=now, ledger=ledger)
        intakes.add_intake(again, actor, exhibit_id, source=IntakeSource.UPLOAD, state=IntakeState.WAITING, now=now)
        kept_files.hand_files_on(intake_id, again, actor.agency_id)
        begun = intakes.intake_of(actor, again)
        queue.defer("run-intake", run_arguments(actor.agency_id, begun))
        told = {"intake": str(again), "exhibit": str(exhibit_id), "source": IntakeSource.UPLOAD.value}
        uploads.hand_on(actor.agency_id, intake_id, again)
        ledger.write(deed(Act.INTAKE_BEGUN, actor=actor, case=case, now=now, again=str(intake_id), **told))
    uploads.remove(actor.agency_id, intake_id)
    return begun


def _intake_for(
    actor: Actor, intake_id: UUID, *, permission: Permission, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[IntakeSummary, CaseSummary]:
    """Return an intake that the actor may use in this way, with its case."""
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(intake_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        intake = intakes.intake_of(actor, intake_id)
        return intake, case_rows.case_of(actor, intake.case)


def _bytes_of(folder: str) -> bytes:
    try:
        return folder.encode()
    except UnicodeEncodeError as error:
        raise InputError("the name of a folder is no text") from error
