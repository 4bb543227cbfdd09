"""Intakes run by a worker: as the officer who began them, to their end, whatever happens to the worker meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import NotFound, TsunaguError, Unavailable
from tsunagu.domain.incoming_list import ListState
from tsunagu.domain.intake_run import IntakeState, place_of
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Refusal
from tsunagu.domain.permission import Permission
from tsunagu.media.walk import Found, walk
from tsunagu.records import agencies, intakes, kept_files
from tsunagu.records.intakes import Run
from tsunagu.records.session import DATABASE_FAILED, acting_for, is_disk_full
from tsunagu.records.uploads import UploadStore
from tsunagu.records.vault.store import VaultStore
from tsunagu.records.watched import WatchedFolders
from tsunagu.services.access import case_for
from tsunagu.services.clock import believe_clock
from tsunagu.services.intake.ingest import bring_in
from tsunagu.services.intake.keeping import IngestReport, Keeping, Progress
from tsunagu.services.intake.list_uploads import give_up_lists
from tsunagu.services.media.examination import LocalExaminer
from tsunagu.services.media.vault import Keeper
from tsunagu.services.parts import Decoder, HandedBack, Keys, Ledger, Queue

MOST_ATTEMPTS = 5
"""How many runs of one intake may end without a word, as when its worker is killed, before it is given up."""
NOTED_EVERY_S = 1.0
UPLOADS_LAST = timedelta(days=7)
"""How long an upload may lie that nobody goes on with."""
UNKNOWN_LAST = timedelta(hours=1)
OFFICER_LEFT, GAVE_UP, EXPIRED, BUG = "officer-left", "gave-up", "expired", "error"


class _Stopped(Exception):
    """Somebody has asked for the end of this intake."""


@dataclass(frozen=True, slots=True)
class Runner:
    """What a worker runs intakes with.

    Attributes:
        decoder: starts the limited children.
        workers: how many files are examined at once.
        is_stopping: whether the worker has been asked to end.
        clock: tells the time.
    """

    uploads: UploadStore
    watched: WatchedFolders
    vault: VaultStore
    decoder: Callable[[], AbstractContextManager[Decoder]]
    workers: int
    is_stopping: Callable[[], bool]
    clock: Callable[[], datetime]
    keys: Keys
    ledger: Ledger
    queue: Queue

    def run(self, agency_id: UUID, intake_id: UUID) -> None:
        """Run an intake to its end. Nothing happens when it has ended; what an earlier run has done is not done again.

        The officer who began it needs his permission still: if not, the intake fails, and says why. What was uploaded
        is kept for `UPLOADS_LAST` where it fails, whatever it fails of, so that it can be run again.

        Raises:
            HandedBack: the worker has been asked to end; the intake waits.
            Unavailable: the decoder or the watched folder cannot be used; the intake waits to be run again later.
            django.db.Error: the database cannot go on; likewise.
        """
        with acting_for(agency_id):
            run = intakes.begin_run(intake_id, self.clock())
        if run is None:
            _remove_unneeded([(agency_id, intake_id)], self.uploads, self.clock())
            return
        try:
            self._bring_in(agency_id, run)
        except _Stopped:
            self._end(agency_id, intake_id, IntakeState.STOPPED)
        except (HandedBack, Unavailable):
            with acting_for(agency_id):
                intakes.hand_back(intake_id)
            raise
        except DATABASE_FAILED as error:
            if is_disk_full(error):  # which is no fault of this intake, however often it is met
                with suppress(*DATABASE_FAILED), acting_for(agency_id):
                    intakes.hand_back(intake_id)
            raise
        except TsunaguError as error:
            self._end(agency_id, intake_id, IntakeState.FAILED, error.code)
        except _Failed as failed:
            self._end(agency_id, intake_id, IntakeState.FAILED, failed.code)
        except Exception:
            self._end(agency_id, intake_id, IntakeState.FAILED, BUG)
            raise
        else:
            self._end(agency_id, intake_id, IntakeState.DONE)

    def _bring_in(self, agency_id: UUID, run: Run) -> None:
        if run.is_stopped:
            raise _Stopped
        if run.attempts > MOST_ATTEMPTS:
            raise _Failed(GAVE_UP)
        intake = run.intake
        actor = _officer_of(agency_id, run, self.clock())
        case = case_for(
            actor=actor,
            reference=intake.case,
            permission=Permission.MEDIA_INGEST,
            now=self.clock(),
            keys=self.keys,
            ledger=self.ledger,
        )
        found = self._found(agency_id, run)
        keeping = Keeping(
            intake.exhibit,
            actor=actor,
            case=case,
            clock=self.clock,
            ledger=self.ledger,
            queue=self.queue,
            intake_id=intake.intake_id,
        )
        notes = _Notes(agency_id, intake.intake_id, keeping.report, self.is_stopping)
        with self.decoder() as decoder:
            keeper = Keeper(agency_id, store=self.vault, keys=self.keys, decoder=decoder)
            bring_in(found, keeping, keeper, examiner=LocalExaminer(decoder, self.workers), told=notes.take)

    def _found(self, agency_id: UUID, run: Run) -> list[Found]:
        if run.folder is not None:
            return list(walk([self.watched.path_of(agency_id, run.folder)]))
        intake_id = run.intake.intake_id
        with acting_for(agency_id):
            files = intakes.files_of(intake_id, {})
        for one in files:
            if one.size_bytes == 0:
                self.uploads.append(agency_id, intake_id, one.number, offset=0, data=b"", size_bytes=0)
        return [
            Found(place_of(one.name), one.size_bytes, lies_at=self.uploads.path_of(agency_id, intake_id, one.number))
            for one in sorted(files, key=lambda file: file.name.encode())
        ]

    def _end(self, agency_id: UUID, intake_id: UUID, state: IntakeState, failure: str | None = None) -> None:
        now = self.clock()
        with acting_for(agency_id):
            ended = intakes.end(intake_id, state=state, now=now, failure=failure, keeps_files=True)
            if ended is None:
                return
            details: dict[str, str | int] = {
                "intake": str(intake_id),
                "state": ended.state.value,
                "kept": ended.kept,
                "skipped": ended.skipped,
                "refused": sum(ended.refused.values()),
            }
            if ended.failure:
                details["failure"] = ended.failure
            self.ledger.write(Deed(Act.INTAKE_ENDED, now, agency_id, ended.begun_by, details=details))
        # Only now: as long as it has not ended, another run may need them.
        _remove_unneeded([(agency_id, intake_id)], self.uploads, now)


class _Failed(Exception):
    """This intake cannot be run.

    Attributes:
        code: says why.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Notes:
    """Keeps how far a run is, at most once a second, and ends it when that is asked for."""

    def __init__(self, agency_id: UUID, intake_id: UUID, report: IngestReport, is_stopping: Callable[[], bool]) -> None:
        self._agency_id = agency_id
        self._intake_id = intake_id
        self._report = report
        self._is_stopping = is_stopping
        self._noted_at: float | None = None
        with acting_for(agency_id):
            self._kept, self._refused = intakes.counted(intake_id)

    def take(self, progress: Progress) -> None:
        """Take how far the run is.

        Raises:
            HandedBack: the worker is asked to end.
            _Stopped: somebody has stopped the intake.
        """
        if self._is_stopping():
            raise HandedBack
        is_first = self._noted_at is None
        now = time.monotonic()
        if self._noted_at is not None and now - self._noted_at < NOTED_EVERY_S and progress.done < progress.total:
            return
        self._noted_at = now
        report = self._report
        refused = Counter(self._refused)
        refused[Refusal.CHANGED] = 0
        refused += report.refused
        counts: dict[str, Any] = {
            "files_total": progress.total,
            "files_done": progress.done,
            "kept": self._kept + report.kept,
            "skipped": report.skipped,
            "refused": {reason.value: count for reason, count in sorted(refused.items())},
        }
        if report.kept:  # what this run has kept no other run will fail at
            counts["attempts"] = 0
        with acting_for(self._agency_id):
            if is_first:
                counts["done_before"] = progress.done
                changed = [path for path, reason in report.refused_items if reason is Refusal.CHANGED]
                intakes.note_changes(self._intake_id, self._agency_id, changed)
            may_go_on = intakes.note_progress(self._intake_id, **counts)
        if not may_go_on:
            raise _Stopped


def purge_uploads(*, uploads: UploadStore, now: datetime, ledger: Ledger) -> None:
    """End the uploads that nobody went on with for `UPLOADS_LAST`, and remove the bytes that nothing needs any more.

    What has failed is needed for as long, so that it can be run again.

    Raises:
        Conflict: the clock has leapt, see `services.clock`; what waits stays.
    """
    believe_clock(now=now, ledger=ledger)
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            kept_files.forget_kept_files(before=now - UPLOADS_LAST)
            given_up = intakes.give_up_uploads(
                {IntakeState.UPLOADING}, now=now, failure=EXPIRED, untouched_since=now - UPLOADS_LAST
            )
            ledger.write(
                *(
                    Deed(
                        Act.INTAKE_ENDED,
                        now,
                        agency_id,
                        case_id=case_id,
                        details={"intake": str(intake_id), "state": IntakeState.FAILED.value, "failure": EXPIRED},
                    )
                    for intake_id, case_id in given_up
                )
            )
            give_up_lists(
                agency_id,
                states={ListState.UPLOADING},
                now=now,
                failure=EXPIRED,
                ledger=ledger,
                untouched_since=now - UPLOADS_LAST,
            )
    _remove_unneeded(list(uploads.intakes()), uploads, now)


def _remove_unneeded(held: Sequence[tuple[UUID, UUID]], uploads: UploadStore, now: datetime) -> None:
    """Remove the bytes of what has ended, unless it keeps them, and of what is not there: its exhibit was erased."""
    for agency_id in {agency for agency, _ in held}:
        here = [intake for agency, intake in held if agency == agency_id]
        with acting_for(agency_id):
            needed, known = kept_files.needed_among(here), kept_files.known_among(here)
        for intake_id in here:
            # One that is not known may be about to be: it is handed files before its row is committed.
            since = uploads.lies_since(agency_id, intake_id)
            is_new = intake_id not in known and since is not None and now - since < UNKNOWN_LAST
            if intake_id not in needed and not is_new:
                uploads.remove(agency_id, intake_id)


def _officer_of(agency_id: UUID, run: Run, now: datetime) -> Actor:
    """Return the officer who began an intake, with the rights that he has now."""
    try:
        with acting_for(agency_id):
            card = agencies.officer_card(run.intake.begun_by)
    except NotFound as error:
        raise _Failed(OFFICER_LEFT) from error
    return Actor.of(card, purpose=run.purpose, now=now)
