"""An exhibit while it is filled: what it holds already, what is kept chunk by chunk, and what is told at the end."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined, Refusal
from tsunagu.media.walk import Found
from tsunagu.records import holdings
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.records.vault.rows import Vaulted, note
from tsunagu.services.access import deed, exhibit_for
from tsunagu.services.overlaps.linking import BATCH, link_all, link_batch
from tsunagu.services.parts import Ledger, Queue


@dataclass(slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        files: places that were found under the paths, members of archives not counted.
        kept: places that were examined and kept now, members of archives included.
        skipped: files that an earlier run had brought in already, or had found as unreadable as they still are.
        refused: how many of the examined ones were refused, by reason; and files that changed since they came in.
        refused_items: the path of each of them, raw bytes, and why, in the order they were met.
    """

    files: int = 0
    kept: int = 0
    skipped: int = 0
    refused: Counter[Refusal] = field(default_factory=Counter)
    refused_items: list[tuple[bytes, Refusal]] = field(default_factory=list)

    def refuse(self, path: bytes, reason: Refusal) -> None:
        """Count a refused item, and name it."""
        self.refused[reason] += 1
        self.refused_items.append((path, reason))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: files dealt with, of how many."""

    done: int
    total: int


class Keeping:
    """Fills one exhibit of a case that the actor may bring media into, and writes down what it does."""

    def __init__(
        self,
        reference: str,
        *,
        actor: Actor,
        case: CaseSummary,
        clock: Callable[[], datetime],
        ledger: Ledger,
        queue: Queue,
        intake_id: UUID | None = None,
        scanned: bool = False,
        **details: str | int,
    ) -> None:
        """Register the exhibit if it is new, and see what it holds.

        Args:
            reference: the exhibit's.
            clock: asked for the time of every chunk.
            intake_id: the run of uploads or of a watched folder that this is, which may have been interrupted: what it
                has kept already is dealt with, and not skipped.
            scanned: it was examined on another host, where its paths lead.
            details: what every entry of the ledger says of where this comes from.
        """
        self.report = IngestReport()
        self._actor = actor
        self._case = case
        self._clock = clock
        self._ledger = ledger
        self._queue = queue
        self._intake_id = intake_id
        self._scanned = scanned
        self._details = details
        with acting_for(actor.agency_id):
            self._exhibit_id = exhibit_for(actor=actor, case=case, reference=reference, now=clock(), ledger=ledger)
            self._held = holdings.places_of(self._exhibit_id)

    def now(self) -> datetime:
        """Return the time of the chunk that is being kept."""
        return self._clock()

    def is_wanted(self, found: Found) -> bool:
        """Return whether a file is to be kept, and count it when it is held already or has changed since."""
        place = self._held.get(holdings.path_digest(found.path))
        if place is None or not place.was_read:
            return True
        is_own = self._intake_id is not None and place.intake_id == self._intake_id
        if not is_own and not _is_same(found, place):
            self.report.refuse(found.path, Refusal.CHANGED)
            return False
        if not is_own and not place.to_be_tried:
            self.report.skipped += 1
        return place.to_be_tried

    def keep(self, kept: Sequence[tuple[Examined, int]], vaulted: Sequence[Vaulted] = ()) -> None:
        """Keep a chunk, each with its file's mtime in ns, and write it down, both or neither.

        Args:
            vaulted: what of it lies in the agency's vault now.
        """
        with acting_for(self._actor.agency_id):
            added = holdings.keep(
                kept,
                agency_id=self._actor.agency_id,
                exhibit_id=self._exhibit_id,
                intake_id=self._intake_id,
                scanned=self._scanned,
            )
            if added:
                contents = [one.digests.sha256 for one in added if one.digests]
                root = merkle_root(contents).hex()
                counts = {"places": len(added), "items": len(contents)}
                self._ledger.write(self._deed(Act.MEDIA_ACQUIRED, **counts, merkle_root=root, **self._details))
            if vaulted:
                note(self._actor.agency_id, vaulted, now=self._clock())
                root = merkle_root([one.sha256 for one in vaulted]).hex()
                self._ledger.write(self._deed(Act.MEDIA_VAULTED, contents=len(vaulted), merkle_root=root))
        self.report.kept += len(added)
        self.report.skipped += len(kept) - len(added)
        for item, _ in kept:
            if item.refused:
                self.report.refuse(item.path, item.refused)
        self._queue.defer("sign-due-root", {})
        if self.report.kept // BATCH > (self.report.kept - len(added)) // BATCH:
            # While the next files are examined, and not all of it at the end.
            link_batch(now=self._clock(), ledger=self._ledger)

    def finish(self) -> IngestReport:
        """Compare what waits with all that is held, and tell the officer what was held and what is new."""
        link_all(now=self._clock(), ledger=self._ledger)
        self._queue.defer("publish-held", {})
        told = {
            "files": self.report.files,
            "kept": self.report.kept,
            "skipped": self.report.skipped,
            "refused": self.report.refused.total(),
        }
        self._ledger.record(self._deed(Act.MEDIA_COMPARED, **told, **self._details))
        return self.report

    def _deed(self, act: Act, **details: str | int) -> Deed:
        return deed(
            act,
            actor=self._actor,
            case=self._case,
            now=self._clock(),
            exhibit=str(self._exhibit_id),
            **details,
        )


def _is_same(found: Found, place: holdings.HeldPlace) -> bool:
    """Return whether a file is the one that came in here: as old and as long, or uploaded with the same content."""
    if found.lies_at is None:
        return (place.size_bytes, place.mtime_ns) == (found.size_bytes, found.mtime_ns)
    if place.size_bytes != found.size_bytes:
        return False
    with open(found.lies_at, "rb") as file:  # noqa: PTH123 - raw bytes
        return hashlib.file_digest(file, "sha256").digest() == place.sha256
