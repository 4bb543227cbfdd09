"""Notices of overlaps, as the linker makes, releases and fills them in. Call everything within `linking`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, Q

from tsunagu.domain.overlap import OverlapSummary, Strength
from tsunagu.records.models import Case, Overlap, OverlapNotice
from tsunagu.records.session import LINKER


@dataclass(frozen=True, slots=True)
class NoticeSent:
    """A notice that was made just now, for the ledger of its agency."""

    agency_id: UUID
    case_id: UUID
    overlap_id: UUID
    held: bool
    withheld: bool


NOTHING = OverlapSummary(0, 0, 0, 0, Strength.WEAK, ("Nothing that counts is shared.",))
"""What two sides see after they had been told, where what they shared turned out to be common or benign, or is held no
more: which of these it is, and on which side, is not told."""


def half_noted() -> set[UUID]:
    """Return the overlaps of which a side has shared without the overlap telling so: a process died in between.

    Needs no `linking`.
    """
    side_a, side_b = Q(case_a=OuterRef("case_id"), shared_a=False), Q(case_b=OuterRef("case_id"), shared_b=False)
    untold = Overlap.objects.using(LINKER).filter(side_a | side_b, id=OuterRef("overlap_id"))
    rows = OverlapNotice.objects.using(LINKER).exclude(shared_at=None).filter(Exists(untold))
    return set(rows.values_list("overlap_id", flat=True))


def to_weigh(overlap_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these overlaps it matters what they weigh of: their sides are not told yet, or both have shared.

    Of the others nothing is shown or decided before that.
    """
    ids = set(overlap_ids)
    waiting = OverlapNotice.objects.using(LINKER).filter(overlap_id__in=ids)
    sides: dict[UUID, list[bool]] = {}
    for overlap_id, shared_at in waiting.values_list("overlap_id", "shared_at"):
        sides.setdefault(overlap_id, []).append(shared_at is not None)
    return {one for one in ids if len(sides.get(one, ())) < 2 or all(sides[one])}


def settle_notices(
    summaries: Mapping[UUID, OverlapSummary | None], *, unweighed: AbstractSet[UUID], now: datetime
) -> list[NoticeSent]:
    """Make each overlap's two notices where they are missing, and reveal what is shared where both sides have shared.

    A side has shared when its notice says so. Returns the notices that were made just now.

    Args:
        summaries: what each overlap amounts to; None when nothing counts: then no notice is made, and what was
            revealed before is emptied.
        unweighed: overlaps that `to_weigh` left out: of them only is noted who has shared.
        now: dates the notices.
    """
    ids = [*summaries, *unweighed]
    known: dict[UUID, dict[UUID, OverlapNotice]] = {}
    for notice in OverlapNotice.objects.using(LINKER).filter(overlap_id__in=ids):
        known.setdefault(notice.overlap_id, {})[notice.case_id] = notice
    overlaps = [
        row
        for row in Overlap.objects.using(LINKER).filter(id__in=ids).order_by("id")
        if row.id in known or summaries.get(row.id) is not None
    ]
    held_in = {case for row in overlaps for case in (row.case_a, row.case_b)}
    cases = Case.objects.using(LINKER).only("id", "agency_id", "covert").in_bulk(held_in)
    overlaps = [row for row in overlaps if row.case_a in cases and row.case_b in cases]  # none is told of a case gone
    sent: list[NoticeSent] = []
    for row in overlaps:
        sides = known.get(row.id, {})
        for own, other in ((row.case_a, row.case_b), (row.case_b, row.case_a)):
            if own not in sides and (made := _notice(row.id, cases[own], cases[other], now)):
                sent.append(made)
        if len(sides) == 2:
            _settle_sharing(row, sides, None if row.id in unweighed else summaries[row.id] or NOTHING)
    return sent


def _settle_sharing(row: Overlap, sides: Mapping[UUID, OverlapNotice], summary: OverlapSummary | None) -> None:
    """Note who has shared, as the notices tell; when both have, show each the other's reference and the summary.

    Without a summary, and when both have shared in the meantime, it is left to the one who shared last.
    """
    shared = tuple(sides[case].shared_at is not None for case in (row.case_a, row.case_b))
    if summary is None and all(shared):
        return
    if (row.shared_a, row.shared_b) != shared:
        row.shared_a, row.shared_b = shared
        row.save(using=LINKER, update_fields=["shared_a", "shared_b"])
    if summary is None or not all(shared):
        return
    one, other = sides.values()
    for mine, theirs in ((one, other), (other, one)):
        revealed = {"case": theirs.shared_reference, **_summary_fields(summary)}
        if mine.revealed != revealed:
            mine.revealed = revealed
            mine.save(using=LINKER, update_fields=["revealed"])


def _notice(overlap_id: UUID, own: Case, other: Case, now: datetime) -> NoticeSent | None:
    row, is_new = OverlapNotice.objects.using(LINKER).get_or_create(
        overlap_id=overlap_id,
        case_id=own.id,
        defaults={
            "id": uuid4(),
            "agency_id": own.agency_id,
            "other_agency_id": None if own.covert and other.covert else other.agency_id,
            "held": own.covert,
            "withheld": other.covert and not own.covert,
            "noticed_at": now,
        },
    )
    return NoticeSent(row.agency_id, row.case_id, overlap_id, row.held, row.withheld) if is_new else None


def _summary_fields(summary: OverlapSummary) -> dict[str, Any]:
    return {
        "exact": summary.exact,
        "near": summary.near,
        "video_stretches": summary.video_stretches,
        "audio": summary.sound,
        "strength": summary.strength,
        "reasons": list(summary.reasons),
    }


def tell_again(overlap_ids: Iterable[UUID], *, now: datetime) -> list[NoticeSent]:
    """Let the notices of overlaps that have grown wait again, dated now, and return them. For the linker.

    Only those that were acknowledged: others wait still. What is held or withheld stays as it is.
    """
    notices = OverlapNotice.objects.using(LINKER).filter(overlap_id__in=list(overlap_ids), held=False, withheld=False)
    rows = list(notices.exclude(acknowledged_at=None).select_for_update())
    notices.filter(id__in=[row.id for row in rows]).update(
        acknowledged_at=None, acknowledged_by_id=None, noticed_at=now
    )
    return [NoticeSent(row.agency_id, row.case_id, row.overlap_id, held=False, withheld=False) for row in rows]


def release(overlap_id: UUID, case_id: UUID, *, now: datetime) -> tuple[bool, list[NoticeSent] | None]:
    """Let a held notice go to the officers of both cases. For the linker.

    Where both cases are covert nothing moves before both are released, not even the other agency's name. What is held
    no more, or released already, stays as it is.

    Returns:
        Whether this case's notice was released now; and the notices that officers of other cases are told of by this,
        dated now: an earlier date would tell that they were held back. None where nobody is told of anything by it.
    """
    notices = OverlapNotice.objects.using(LINKER).filter(overlap_id=overlap_id)
    if not notices.filter(case_id=case_id, held=True, released_at=None).update(released_at=now):
        return False, None
    if notices.filter(held=True, released_at=None).exists():
        return True, None
    sides = list(notices)  # one, where the other side was never told and its case is gone
    for mine, theirs in zip(sides, reversed(sides), strict=True):
        mine.held, mine.withheld, mine.noticed_at = False, False, now
        if mine is not theirs:
            mine.other_agency_id = theirs.agency_id
        mine.save(using=LINKER, update_fields=["held", "withheld", "noticed_at", "other_agency_id"])
    return True, [
        NoticeSent(row.agency_id, row.case_id, overlap_id, held=False, withheld=False)
        for row in notices.exclude(case_id=case_id)
    ]


def note_ended(overlap_ids: Iterable[UUID], *, resting: AbstractSet[UUID]) -> None:
    """Note of which overlaps nothing is left that holds, and of which there is something again.

    Args:
        overlap_ids: those that have changed.
        resting: which of them rest on a hit.
    """
    ids = set(overlap_ids)
    notices = OverlapNotice.objects.using(LINKER)
    notices.filter(overlap_id__in=ids - resting, ended=False).update(ended=True)
    notices.filter(overlap_id__in=ids & resting, ended=True).update(ended=False)


def forget_case(case_id: UUID, overlap_ids: Iterable[UUID]) -> None:
    """Take away what a case that is gone was told, and from the other sides what it had shown them.

    Who was never told of an overlap, since its notice was withheld, is not told of its end either.
    """
    notices = OverlapNotice.objects.using(LINKER).filter(overlap_id__in=list(overlap_ids))
    notices.filter(Q(case_id=case_id) | Q(withheld=True)).delete()
    notices.update(ended=True)
    notices.exclude(revealed=None).update(revealed={"case": "", **_summary_fields(NOTHING)})


def is_shared_by_both(overlap_id: UUID) -> bool:
    """Return whether both sides have shared. For the linker."""
    return Overlap.objects.using(LINKER).filter(id=overlap_id, shared_a=True, shared_b=True).exists()
