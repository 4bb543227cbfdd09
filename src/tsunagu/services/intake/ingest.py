"""Media of an exhibit come in: examined, kept chunk by chunk, compared with all that is held."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime

from tsunagu.domain.actor import Actor
from tsunagu.domain.media import Examined
from tsunagu.domain.permission import Permission
from tsunagu.media.walk import Found, walk
from tsunagu.records.vault.store import VaultStore
from tsunagu.services.access import case_for, check_reference
from tsunagu.services.intake.keeping import IngestReport, Keeping, Progress
from tsunagu.services.media.vault import Keeper
from tsunagu.services.parts import Decoder, Examiner, Keys, Ledger, Queue

CHUNK_FILES = 200
CHUNK_S = 2.0
"""A chunk is committed with the file that makes it this many, or after which it is found this many seconds old.

A crash costs the files of one chunk, with all members of the archives among them, and those examined ahead of it.
"""


def ingest(
    *,
    actor: Actor,
    case_reference: str,
    exhibit_reference: str,
    paths: Sequence[bytes],
    clock: Callable[[], datetime],
    decoder: Decoder,
    examiner: Examiner,
    keys: Keys,
    ledger: Ledger,
    queue: Queue,
    vault: VaultStore,
    told: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Bring the files under `paths` into an exhibit of a case, and compare them with all that is held.

    Safe to run again at any time: what is held already is skipped, what was interrupted is completed. A file whose
    size or time has changed since it came in is reported and left as it was held: an exhibit does not change. A file
    that our own process failed at is tried again; one that is damaged is not.

    Args:
        paths: files and folders, raw bytes; they must be readable to this process.
        clock: asked for the time of every chunk, for an ingest may take hours.
        decoder: makes the small pictures of an agency's vault.
        examiner: learns what the files are.
        told: called after every examined file, from this thread; its chunk is kept soon after.

    Raises:
        Forbidden: the actor brings in no media.
        NotFound: no such case, or not the actor's.
        Unavailable: the agency's vault is switched on and cannot be used; what was kept before stays.
    """
    check_reference(exhibit_reference)
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=clock(), keys=keys, ledger=ledger
    )
    keeping = Keeping(exhibit_reference, actor=actor, case=case, clock=clock, ledger=ledger, queue=queue)
    keeper = Keeper(actor.agency_id, store=vault, keys=keys, decoder=decoder)
    return bring_in(walk(paths), keeping, keeper, examiner=examiner, told=told)


def bring_in(
    files: Iterable[Found],
    keeping: Keeping,
    keeper: Keeper,
    *,
    examiner: Examiner,
    told: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Examine files and keep them, and compare them with all that is held.

    Args:
        files: in the order in which they are examined; no path twice.
        keeping: the exhibit, in the hands of an officer who may fill it.
        keeper: puts the files into the agency's vault, where that is switched on.
        examiner: learns what they are.
        told: called before the first file and after each; what it raises ends the run, and what is kept stays.
    """
    found = list(files)
    keeping.report.files = len(found)
    new = [one for one in found if keeping.is_wanted(one)]
    told(Progress(len(found) - len(new), len(found)))
    with closing(examiner.examine_all(new)) as examined:
        for chunk in _chunks(_told_of(examined, len(found) - len(new), len(found), told)):
            with keeper.unswept():
                # First: a vault that cannot be used ends the run, and the next one brings this chunk in anew.
                vaulted = keeper.put_away(chunk, now=keeping.now())
                keeping.keep([(item, file.mtime_ns) for file, items in chunk for item in items], vaulted)
    return keeping.finish()


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
