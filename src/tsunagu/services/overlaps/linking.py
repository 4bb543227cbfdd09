"""New holdings compared with all that is held: hits, overlaps, and a notice to each side that may know.

The machine works here on its own, as the linker: it reads opaque ids, owning agencies and fingerprints of everyone,
and tells each side only that there is an overlap, and with whom.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from traceback import format_tb
from uuid import UUID

from tsunagu.domain.errors import TsunaguError, Unavailable
from tsunagu.domain.link import Link, Place
from tsunagu.domain.media import Refusal
from tsunagu.overlap.commonness import COMMON_CASES
from tsunagu.records import held_snapshots, overlaps, telling
from tsunagu.records import links as link_rows
from tsunagu.records.session import DATABASE_FAILED, LINKER, linking
from tsunagu.services.overlaps.settling import band_anew, noticed, settle
from tsunagu.services.parts import Ledger, Queue

log = logging.getLogger("tsunagu.linking")

BATCH = 2000
"""Holdings compared in one transaction: what a crash can cost."""


def link_all(*, now: datetime, ledger: Ledger) -> None:
    """Compare every holding that waits with all that is held, batch by batch, until none waits.

    What another ingest is bringing in at this moment waits for that ingest, which compares it at its end. What a
    process left undone when it died, an applied bank or a sharing, is done first.
    """
    _finish_interrupted(now=now, ledger=ledger)
    while link_batch(now=now, ledger=ledger):
        pass


def link_some(*, now: datetime, ledger: Ledger) -> bool:
    """Do as `link_all`, but for one batch at most, and return whether more may wait.

    Where nothing waits nobody's turn is taken: it may be done every minute, beside whoever compares.
    """
    _finish_interrupted(now=now, ledger=ledger)
    return link_rows.anything_waits() and link_batch(now=now, ledger=ledger)


def link_first(*, queue: Queue, now: datetime, ledger: Ledger) -> bool:
    """Where no worker runs, do as `link_all` before something is read, and return whether there was anything to do.

    Where one does, a reader would wait for the linker's turn, and could tell by his wait that others bring something
    in: it is left to the worker.
    """
    if not queue.is_at_once or not (link_rows.anything_waits() or link_rows.benign_unapplied() or telling.half_noted()):
        return False
    link_all(now=now, ledger=ledger)
    return True


def publish_held() -> bool:
    """Publish what is held as a new snapshot, where one is due, and return whether one was.

    A disk that is full is logged, and stops nobody: a comparison without a snapshot is as good, and slower.
    """
    from tsunagu.services.overlaps.held_index import HeldIndex  # noqa: PLC0415 - loads the kernels

    try:
        return HeldIndex.here().publish_if_due()
    except OSError as error:
        log.error("what is held has no new snapshot: %s", type(error).__name__)  # noqa: TRY400 - no values
        return False


def leave_waiting(waiting: int, *, queue: Queue) -> None:
    """Let the worker, where one runs, compare soon what somebody has been told waits: so many items of his own."""
    if waiting and not queue.is_at_once:
        queue.defer("link-waiting", {})


def _finish_interrupted(*, now: datetime, ledger: Ledger) -> None:
    """Do what a process left undone when it died: an applied bank, a sharing."""
    for agency_id in link_rows.benign_unapplied():
        apply_benign(agency_id=agency_id, now=now, ledger=ledger)
    if telling.half_noted():
        with linking():
            ledger.write(*settle(telling.half_noted(), now=now), using=LINKER)


def link_batch(*, now: datetime, ledger: Ledger) -> bool:
    """Compare one batch, in one transaction, and return whether there was anything to compare.

    A batch that cannot be compared is halved until it can, and an item that cannot be compared by itself is parked:
    it is set apart with the error's code, and waits no more.

    Raises:
        Unavailable: the ledger takes no entry.
        django.db.Error: the database has gone away.
        Exception: nothing can be compared, whatever item it is.
    """
    taken: list[int] = []
    try:
        with linking():
            taken, items = link_rows.unlinked(most=BATCH)
            if taken:
                _compare(taken, items, now=now, ledger=ledger)
    except (Unavailable, *DATABASE_FAILED):
        raise
    except Exception as error:
        if not taken:
            raise
        _link_in_halves(taken, error, now=now, ledger=ledger)
    return bool(taken)


def _link_in_halves(holdings: Sequence[int], error: Exception, *, now: datetime, ledger: Ledger) -> None:
    """Compare holdings that failed together in halves, each in its own transaction, and park what fails alone."""
    failed = [(holdings, error)]
    while failed:
        some, why = failed.pop()
        if len(some) == 1:
            _park(some, why, now=now, ledger=ledger)
            continue
        for half in (some[: len(some) // 2], some[len(some) // 2 :]):
            try:
                with linking():
                    _compare(*link_rows.unlinked(most=BATCH, among=half), now=now, ledger=ledger)
            except (Unavailable, *DATABASE_FAILED):
                raise
            except Exception as fault:  # noqa: BLE001 - whatever one item brings about, the others must be compared
                failed.append((half, fault))


def _park(holding: Sequence[int], error: Exception, *, now: datetime, ledger: Ledger) -> None:
    """Set the item of one holding apart, unless one that was compared before cannot be compared any more either."""
    with linking():
        taken, items = link_rows.unlinked(most=1, among=holding)
        if not taken:
            return  # an ingest is changing it, and compares it at its end
        if not items:
            raise error
        proven = link_rows.last_compared()
        if proven is not None:
            _compare([], [proven], now=now, ledger=ledger)
    with linking():
        for item in items:
            link_rows.park(item, _reason(error))
    # Neither the error's message nor its values: they may hold content.
    log.error("an item is parked: %s\n%s", type(error).__name__, "".join(format_tb(error.__traceback__)))


def _reason(error: Exception) -> str:
    """Return the code under which an item is parked."""
    if isinstance(error, MemoryError):
        return Refusal.OUT_OF_MEMORY.value
    return error.code if isinstance(error, TsunaguError) else TsunaguError.code


def _compare(holdings: Sequence[int], items: Sequence[int], *, now: datetime, ledger: Ledger) -> None:
    """Compare items with all that is held, and note that these holdings of theirs were. Call it within `linking`."""
    # Only now: an ingest has its first files examined while the kernels load.
    from tsunagu.services.overlaps.held_index import HeldIndex  # noqa: PLC0415
    from tsunagu.services.overlaps.likeness import Benign, find_links, load_kernels  # noqa: PLC0415

    load_kernels()
    found = find_links(items, Benign.declared(), HeldIndex.here().held())
    places = link_rows.places({item for one in found for item in (one.item_a, one.item_b)})
    # A file that was read anew may have left a content without a place: it is in no case, and concerns nobody.
    found = [one for one in found if one.item_a in places and one.item_b in places]
    outdated = overlaps.outdate(link_rows.never_compared(items), found)
    touched = {row.overlap_id for row in outdated}
    kept = overlaps.keep_links(found, places, common=_common(found, places), now=now)
    touched |= kept.overlaps
    link_rows.mark_linked(holdings, now=now)
    held_snapshots.number(items)
    touched |= band_anew({*places, *(item for row in outdated for item in (row.item_a, row.item_b))})
    grown = overlaps.grown(kept.new_hits)
    again = telling.tell_again(grown, now=now) if grown else []  # before those are made that nobody was told yet
    ledger.write(*settle(touched, now=now), *(noticed(sent, now=now) for sent in again), using=LINKER)


def _common(links: Sequence[Link], places: Mapping[int, Sequence[Place]]) -> set[int]:
    """Return the items that, with all they have in common with others, lie in so many cases that they stay common."""
    cases = {item: {place.counts_as for place in held} for item, held in places.items()}
    reach = {item: set(own) for item, own in cases.items()}
    for link in links:
        reach[link.item_a] |= cases[link.item_b]
        reach[link.item_b] |= cases[link.item_a]
    return {item for item, found in reach.items() if len(found) >= COMMON_CASES}


def apply_benign(*, agency_id: UUID, now: datetime, ledger: Ledger) -> int:
    """Silence the hits that an agency's benign banks explain, and return how many were silenced by this.

    A notice that was sent stays: people may have acted on it. What is revealed of it is weighed anew.
    """
    from tsunagu.services.overlaps.likeness import Benign  # noqa: PLC0415 - as in `_compare`

    with linking():
        link_rows.note_benign_applied(agency_id)
        benign = Benign.declared()
        rows = overlaps.hits_of_agency(agency_id)
        items = {item for row in rows for item in (row.item_a, row.item_b)}
        known = benign.among(items)
        silenced = [row for row in rows if not row.silenced and {row.item_a, row.item_b} & known]
        overlaps.silence([row.id for row in silenced])
        ledger.write(*settle({row.overlap_id for row in silenced}, now=now), using=LINKER)
    return len(silenced)
