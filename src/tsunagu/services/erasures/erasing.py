"""Erasures carried out: places and contents first, then what the linker had found of them, then the rest, and a proof.

Whoever dies in between leaves an erasure that is decided and not completed; whoever comes next completes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.erasure import Erasing
from tsunagu.domain.ledger import Deed
from tsunagu.records import (
    agencies,
    enquiry_requests,
    erasing,
    held_snapshots,
    overlaps,
    submitted_here,
    telling,
    withdrawn,
)
from tsunagu.records.published_items import Place
from tsunagu.records.session import LINKER, acting_for, linking, locked
from tsunagu.services.comparisons.outbox import withdraw_resting_on
from tsunagu.services.erasures.submission_ends import decide_withdrawn, told_owner
from tsunagu.services.gate.request_erasing import erased_at_both
from tsunagu.services.gate.request_outbox import queue_over
from tsunagu.services.isolated import Isolated
from tsunagu.services.parts import Keys, Ledger, Queue
from tsunagu.services.references import erased_reference

CHUNK = 2000
"""Places erased in one transaction: what a crash can cost."""
AT_ONCE = 20_000
"""Places that are erased while somebody waits for the page: some seconds."""


def erase(one: Erasing, *, now: datetime, keys: Keys, ledger: Ledger, waits: bool = False) -> bool:
    """Carry an erasure out, or go on with it, and return whether this call has; not where somebody else is at it.

    Args:
        one: the erasure.
        now: the time.
        keys: make the references of what goes.
        ledger: takes what is done.
        waits: for somebody else who is at it: it is completed when this returns, whoever did it.

    Raises:
        Conflict: the database does not let something go; nothing of that step is done.
        Unavailable: the ledger takes no entry.
    """
    with locked(erasing.LOCK_ERASURE, str(one.erasure_id), waits=waits) as is_ours:
        return is_ours and _carried_out(one, now=now, keys=keys, ledger=ledger)


def carry_out_or_leave(one: Erasing, *, now: datetime, keys: Keys, ledger: Ledger, queue: Queue) -> None:
    """Carry out an erasure that somebody waits for, if that takes seconds; leave a larger one to the queue."""
    with acting_for(one.agency_id):
        is_large = erasing.has_more_places(one, than=AT_ONCE)
    if is_large:
        queue.defer("complete-erasures", {})
    else:
        erase(one, now=now, keys=keys, ledger=ledger, waits=True)
        with acting_for(one.agency_id):
            receivers = submitted_here.receivers_of_withdrawn(one.agency_id)
        for receiver_id in receivers:
            erase_withdrawn(receiver_id, now=now, keys=keys, ledger=ledger, queue=queue)
    if queue.is_at_once and held_snapshots.published():  # what was erased may stand in one; a worker looks by itself
        queue.defer("publish-held", {})


def erase_withdrawn(agency_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger, queue: Queue) -> None:
    """Carry out, or leave to the queue, the erasure of what an agency took and others have withdrawn since."""
    for one in decide_withdrawn(agency_id, now=now, keys=keys, ledger=ledger):
        carry_out_or_leave(one, now=now, keys=keys, ledger=ledger, queue=queue)


def _carried_out(one: Erasing, *, now: datetime, keys: Keys, ledger: Ledger) -> bool:
    from tsunagu.services.overlaps.settling import band_anew, settle  # noqa: PLC0415 - loads NumPy, needed by nothing else

    def reference(text: str) -> bytes:
        return erased_reference(keys, text)

    with acting_for(one.agency_id):
        is_more = erasing.is_open(one)
    if not is_more:  # whoever was at it has completed it since it was looked for
        return False
    withdraw_resting_on(one.agency_id, one.case_id, now=now, ledger=ledger)
    while is_more:
        with acting_for(one.agency_id):
            is_more, unpublished = erasing.erase_places(one, reference, most=CHUNK)
            ledger.write(*_withdrawn_from_banks(one, unpublished, now))
    with acting_for(one.agency_id):
        erasing.forget_answers(one)
    with linking():
        ended = overlaps.end_hits(one.case_id)
        touched = ended.overlaps | band_anew(ended.others)
        if one.exhibit_id is None:
            gone = overlaps.end_overlaps(one.case_id)
            telling.forget_case(one.case_id, gone)
            touched -= gone
        ledger.write(*settle(touched, now=now), using=LINKER)
    with acting_for(one.agency_id):
        asked = enquiry_requests.kept_of(one.case_id, one.exhibit_id)
        lost = _lost(one)
        done = erasing.complete(one, reference, now=now)
        if done is not None:
            told: dict[str, str | int] = {
                "erasure": str(one.erasure_id),
                "ground": one.ground.value,
                "places": done.places,
                "items": done.items,
                "fingerprints": done.fingerprints,
                "merkle_root": done.merkle_root.hex(),
                **lost,
            }
            if one.exhibit_id is not None:
                told["exhibit"] = str(one.exhibit_id)
            ledger.write(
                Deed(Act.ERASURE_COMPLETED, now, one.agency_id, one.begun_by, case_id=one.case_id, details=told),
                *erased_at_both(asked, now),
                *told_owner(one, done, now=now),
            )
            queue_over(asked, now=now)
    return True


def _lost(one: Erasing) -> dict[str, int]:
    """Return how many receivers of what left a case have not been told that a person was withdrawn."""
    count = withdrawn.count_unanswered(one.case_id) if one.exhibit_id is None else 0
    return {"unanswered_recalls": count} if count else {}


def _withdrawn_from_banks(one: Erasing, unpublished: Mapping[Place, int], now: datetime) -> Iterator[Deed]:
    for place, count in unpublished.items():
        told: dict[str, str | int] = {"series": str(place.series_id), "bank": str(place.bank_id), "items": count}
        told["erasure"] = str(one.erasure_id)
        yield Deed(Act.SERIES_UNPUBLISHED, now, one.agency_id, one.begun_by, case_id=one.case_id, details=told)


def complete_erasures(*, now: datetime, keys: Keys, ledger: Ledger, agency_ids: Iterable[UUID] | None = None) -> int:
    """Complete the erasures that a process left when it died, and return how many were completed.

    One that fails does not stop the others; the first failure is raised at the end.

    Args:
        now: the time.
        keys: make the references of what goes.
        ledger: takes what is done.
        agency_ids: whose; everybody's when it is left out.
    """
    count, each = 0, Isolated()
    for agency_id in agencies.holder_ids() if agency_ids is None else agency_ids:
        with each.step():
            decide_withdrawn(agency_id, now=now, keys=keys, ledger=ledger)
        with acting_for(agency_id):
            left = erasing.open_erasures()
        for one in left:
            with each.step():
                count += erase(one, now=now, keys=keys, ledger=ledger)
    each.finish()
    return count
