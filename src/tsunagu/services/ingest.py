"""Media of an exhibit come in: examined, kept chunk by chunk, compared with all that is held."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined, Refusal
from tsunagu.domain.permission import Permission
from tsunagu.media.walk import Found, walk
from tsunagu.records import cases as case_rows
from tsunagu.records import holdings
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, check_reference, deed
from tsunagu.services.examination import examine_all
from tsunagu.services.linking import BATCH, link_all, link_batch
from tsunagu.services.parts import Decoder, Keys, Ledger, Queue

CHUNK_FILES = 200
CHUNK_S = 2.0
"""A chunk is committed when it holds this many items, or is this many seconds old: what a crash can cost."""


@dataclass(slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        files: places that were found under the paths, members of archives not counted.
        kept: places that were examined and kept now, members of archives included.
        skipped: files that an earlier run had brought in already.
        refused: how many of the kept ones were refused, by reason; and files that changed since they came in.
    """

    files: int = 0
    kept: int = 0
    skipped: int = 0
    refused: Counter[Refusal] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: files dealt with, of how many."""

    done: int
    total: int


def ingest(
    *,
    actor: Actor,
    case_reference: str,
    exhibit_reference: str,
    paths: Sequence[bytes],
    clock: Callable[[], datetime],
    decoder: Decoder,
    workers: int,
    keys: Keys,
    ledger: Ledger,
    queue: Queue,
    told: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Bring the files under `paths` into an exhibit of a case, and compare them with all that is held.

    Safe to run again at any time: what is held already is skipped, what was interrupted is completed. A file whose
    size or time has changed since it came in is reported and left as it was held: an exhibit does not change. A file
    that our own process failed at is tried again; one that is damaged is not.

    Args:
        paths: files and folders, raw bytes; they must be readable to this process.
        clock: asked for the time of every chunk, for an ingest may take hours.
        told: called after every examined file, from this thread; its chunk is kept soon after.

    Raises:
        Forbidden: the actor brings in no media.
        NotFound: no such case, or not the actor's.
    """
    check_reference(exhibit_reference)
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=clock(), keys=keys, ledger=ledger
    )
    exhibit_id = _register(actor, case, exhibit_reference, clock(), ledger)
    report = IngestReport()
    found = list(walk(paths))
    report.files = len(found)
    new = list(_not_held(found, exhibit_id, actor, report))
    told(Progress(report.files - len(new), report.files))
    with closing(examine_all(new, decoder=decoder, workers=workers)) as examined:
        for chunk in _chunks(_told_of(examined, report.files - len(new), report.files, told)):
            kept = [(item, file.mtime_ns) for file, items in chunk for item in items]
            _keep(kept, actor=actor, case=case, exhibit_id=exhibit_id, now=clock(), ledger=ledger)
            report.kept += len(kept)
            report.refused.update(item.refused for item, _ in kept if item.refused)
            queue.defer("sign-due-root", {})
            if report.kept // BATCH > (report.kept - len(kept)) // BATCH:
                # While the next files are examined, and not all of it at the end.
                link_batch(now=clock(), ledger=ledger)
    link_all(now=clock(), ledger=ledger)
    ledger.record(_told(report, actor=actor, case=case, exhibit_id=exhibit_id, now=clock()))
    return report


def _told(report: IngestReport, *, actor: Actor, case: CaseSummary, exhibit_id: UUID, now: datetime) -> Deed:
    """Return the deed of telling an officer what was held, what is new, and that all of it was compared."""
    return deed(
        Act.MEDIA_COMPARED,
        actor=actor,
        case=case,
        now=now,
        exhibit=str(exhibit_id),
        files=report.files,
        kept=report.kept,
        skipped=report.skipped,
        refused=report.refused.total(),
    )


def _keep(
    kept: Sequence[tuple[Examined, int]],
    *,
    actor: Actor,
    case: CaseSummary,
    exhibit_id: UUID,
    now: datetime,
    ledger: Ledger,
) -> None:
    """Keep a chunk and write it down, both or neither."""
    with acting_for(actor.agency_id):
        contents = holdings.keep(kept, agency_id=actor.agency_id, exhibit_id=exhibit_id)
        ledger.write(
            deed(
                Act.MEDIA_ACQUIRED,
                actor=actor,
                case=case,
                now=now,
                exhibit=str(exhibit_id),
                places=len(kept),
                items=len(contents),
                merkle_root=merkle_root(contents).hex(),
            )
        )


def _register(actor: Actor, case: CaseSummary, reference: str, now: datetime, ledger: Ledger) -> UUID:
    with acting_for(actor.agency_id):
        exhibit_id, is_new = case_rows.exhibit_of(case, reference, registered_by=actor.officer_id, now=now)
        if is_new:
            ledger.write(deed(Act.EXHIBIT_REGISTERED, actor=actor, case=case, now=now, exhibit=str(exhibit_id)))
    return exhibit_id


def _not_held(found: Iterable[Found], exhibit_id: UUID, actor: Actor, report: IngestReport) -> Iterator[Found]:
    with acting_for(actor.agency_id):
        held = holdings.places_of(exhibit_id)
    for one in found:
        place = held.get(holdings.path_digest(one.path))
        if place is None or not place.was_read:
            yield one
        elif (place.size_bytes, place.mtime_ns) != (one.size_bytes, one.mtime_ns):
            report.refused[Refusal.CHANGED] += 1
        elif place.was_cut_short:
            yield one
        else:
            report.skipped += 1


def _told_of(
    examined: Iterable[tuple[Found, tuple[Examined, ...]]], done: int, total: int, told: Callable[[Progress], None]
) -> Iterator[tuple[Found, tuple[Examined, ...]]]:
    for number, one in enumerate(examined, start=done + 1):
        told(Progress(number, total))
        yield one


def _chunks(
    examined: Iterable[tuple[Found, tuple[Examined, ...]]],
) -> Iterator[list[tuple[Found, tuple[Examined, ...]]]]:
    chunk: list[tuple[Found, tuple[Examined, ...]]] = []
    began = time.monotonic()
    for one in examined:
        chunk.append(one)
        if len(chunk) >= CHUNK_FILES or time.monotonic() - began >= CHUNK_S:
            yield chunk
            chunk, began = [], time.monotonic()
    if chunk:
        yield chunk
