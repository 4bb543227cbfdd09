"""Notices, hits and judgements, as one side reads and writes them. Call everything within `acting_for` an agency."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import NotFound
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.notice import HitView, Notice, Revealed
from tsunagu.domain.overlap import Commonness, OverlapSummary, Strength
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.records.models import Case, CaseMember, HitRow, Holding, JudgementRow, Overlap, OverlapNotice
from tsunagu.records.overlaps import evidence_of


def notices_of(
    actor: Actor, *, overlap_id: UUID | None = None, after: UUID | None = None, most: int | None = None
) -> tuple[Notice, ...]:
    """Return the notices that the actor may read, of one overlap where it is named, newest first.

    An officer reads those of his cases that are not held; a co-ordinator also the held ones of his agency.

    Args:
        actor: who reads.
        overlap_id: the overlap; all when it is left out.
        after: the notice after which to go on; None, or one that is not his, for the first ones.
        most: how many at most; all when it is left out.
    """
    mine = CaseMember.objects.filter(officer_id=actor.officer_id).values("case_id")
    seen = Q(held=False, case_id__in=mine)
    if actor.may(Permission.HELD_NOTICE_RELEASE):
        seen |= Q(held=True)
    rows = OverlapNotice.objects.filter(seen).order_by("-noticed_at", "id")
    if overlap_id is not None:
        rows = rows.filter(overlap_id=overlap_id)
    last = None if after is None else rows.filter(id=after).values_list("noticed_at", flat=True).first()
    if last is not None:
        rows = rows.filter(Q(noticed_at__lt=last) | Q(noticed_at=last, id__gt=after))
    found = list(rows if most is None else rows[:most])
    cases = Case.objects.in_bulk({row.case_id for row in found})
    return tuple(_notice(row, cases[row.case_id]) for row in found)


def notice_of(actor: Actor, overlap_id: UUID) -> tuple[Notice, ...]:
    """Return the actor's notices of one overlap: one, or two when he works on both cases.

    Raises:
        NotFound: no such overlap, or none of the actor's: the answer is the same for both.
    """
    found = notices_of(actor, overlap_id=overlap_id)
    if not found:
        raise NotFound("no such overlap")
    return found


def was_released(actor: Actor, overlap_id: UUID) -> bool:
    """Return whether a notice of the actor's agency was held and was released, which its co-ordinators could see."""
    rows = OverlapNotice.objects.filter(overlap_id=overlap_id, held=False).exclude(released_at=None)
    return rows.exists() and actor.may(Permission.HELD_NOTICE_RELEASE)


def waiting_items(actor: Actor) -> int:
    """Return how many items wait to be compared, of the cases that the actor works on alone; parked ones do not."""
    mine = CaseMember.objects.filter(officer_id=actor.officer_id).values("case_id")
    waiting = Holding.objects.filter(linked_at=None, item__isnull=False, item__parked=None)
    return waiting.filter(exhibit__case_id__in=mine).count()


def acknowledge(notice: Notice, *, officer_id: UUID, now: datetime) -> None:
    """Note that an officer has taken note; the first one stays, until the overlap grows."""
    OverlapNotice.objects.filter(id=notice.notice_id, acknowledged_at=None).update(
        acknowledged_at=now, acknowledged_by_id=officer_id
    )


def note_sharing(notice: Notice, *, officer_id: UUID, now: datetime) -> None:
    """Note who shared this side and when, with the reference that the other side will see; the first one stays.

    Who shares has taken note: the notice waits for nobody any more, until the overlap grows.
    """
    OverlapNotice.objects.filter(id=notice.notice_id, shared_at=None).update(
        shared_at=now, shared_by_id=officer_id, shared_reference=notice.case
    )
    acknowledge(notice, officer_id=officer_id, now=now)


def hits_seen(
    notice: Notice,
    label: Callable[[int], str],
    *,
    only: int | None = None,
    after: int = 0,
    most: int | None = None,
) -> tuple[HitView, ...]:
    """Return the hits of an overlap that both sides have shared, rare and near ones first; otherwise none.

    A hit that a later comparison did not find again is left out unless this side has judged it. Row-level security
    hides the hits too as long as one side has not shared.

    Args:
        notice: the actor's, of that overlap.
        label: names an item by its id, alike for both sides. The id itself is not told: ids in order would count what
            other agencies hold.
        only: the only hit that is wanted; all when it is left out.
        after: the hit after which to go on; 0, or one that is there no more, for the first ones.
        most: how many at most; all when it is left out.
    """
    overlap = Overlap.objects.filter(id=notice.overlap_id).first()
    if overlap is None:
        return ()
    as_b = overlap.case_b == notice.case_id
    own = "item_b" if as_b else "item_a"
    wanted = [one for one in _in_order(overlap.id, own, notice.case_id) if only in {None, one}]
    first = wanted.index(after) + 1 if after in wanted else 0
    wanted = wanted[first:] if most is None else wanted[first : first + most]
    rows = HitRow.objects.in_bulk(wanted)
    places = _places([getattr(row, own) for row in rows.values()], notice.case_id)
    answers = _latest_answers(wanted)
    found = [rows[one] for one in wanted if one in rows and getattr(rows[one], own) in places]
    return tuple(
        _view(row, places[getattr(row, own)], answers.get(row.id), label, case=notice.case, as_b=as_b) for row in found
    )


def _in_order(overlap_id: UUID, own: str, case_id: UUID) -> list[int]:
    """Return the ids of the hits that one side sees, rare and near ones first; `own` names the column of its items."""
    judged = Exists(JudgementRow.objects.filter(hit_id=OuterRef("id")))
    held = Exists(Holding.objects.filter(exhibit__case_id=case_id, item_id=OuterRef(own)))
    rows = HitRow.objects.filter(held, Q(holds=True) | judged, overlap_id=overlap_id)
    bands = list(Commonness)
    keyed = [
        (silenced, bands.index(Commonness(band)), distance, hit)
        for silenced, band, distance, hit in rows.values_list("silenced", "commonness", "distance_bits", "id")
    ]
    return [hit for *_, hit in sorted(keyed)]


def unjudged_hits(overlap_ids: Iterable[UUID] | None = None) -> dict[UUID, int]:
    """Return of how many hits that count this side has no answer yet, for each shared overlap that has such hits.

    Args:
        overlap_ids: the overlaps; all when it is left out.
    """
    answered = JudgementRow.objects.filter(hit_id=OuterRef("id"))
    rows = HitRow.objects.filter(~Exists(answered), holds=True, silenced=False)
    if overlap_ids is not None:
        rows = rows.filter(overlap_id__in=list(overlap_ids))
    return dict(rows.values_list("overlap_id").annotate(Count("id")))


def silenced_count(actor: Actor) -> int:
    """Return how many of the hits that the actor may see benign content explains."""
    seen = {notice.overlap_id for notice in notices_of(actor) if notice.revealed is not None}
    return HitRow.objects.filter(overlap_id__in=seen, silenced=True, holds=True).count()


def hit_called(hit_id: int) -> tuple[UUID, EvidenceKind] | None:
    """Return the overlap that a hit belongs to, and what it rests on; None when there is no such hit to be seen."""
    found = HitRow.objects.filter(id=hit_id).values_list("overlap_id", "kind").first()
    return (found[0], EvidenceKind(found[1])) if found else None


def add_judgement(hit_id: int, *, actor: Actor, answer: Judgement, sameness: Sameness | None, now: datetime) -> None:
    """Add an officer's answer to a hit; earlier answers stay."""
    JudgementRow.objects.create(
        agency_id=actor.agency_id,
        hit_id=hit_id,
        officer_id=actor.officer_id,
        answer=answer,
        sameness=sameness,
        judged_at=now,
    )


def _notice(row: OverlapNotice, case: Case) -> Notice:
    revealed = None
    if row.revealed is not None:
        told = row.revealed
        summary = OverlapSummary(
            told["exact"],
            told["near"],
            told["video_stretches"],
            told["audio"],
            Strength(told["strength"]),
            tuple(told["reasons"]),
        )
        revealed = Revealed(told["case"], summary)
    return Notice(
        row.id,
        row.overlap_id,
        case.id,
        case.reference,
        Purpose(case.purpose),
        row.agency_id,
        row.other_agency_id,
        row.held,
        row.noticed_at,
        row.acknowledged_at,
        row.shared_at,
        revealed,
        row.ended,
    )


def _places(item_ids: Iterable[int], case_id: UUID) -> dict[int, tuple[int, str, bytes, bytes]]:
    rows = Holding.objects.filter(exhibit__case_id=case_id, item_id__in=list(item_ids)).order_by("-number")
    values = rows.values_list("item_id", "number", "exhibit__reference", "path", "item__sha256")
    return {item: (number, exhibit, bytes(path), bytes(sha256)) for item, number, exhibit, path, sha256 in values}


def _latest_answers(hit_ids: Iterable[int]) -> dict[int, tuple[Judgement, Sameness | None]]:
    rows = JudgementRow.objects.filter(hit_id__in=list(hit_ids)).order_by("id")
    return {
        hit: (Judgement(answer), Sameness(sameness) if sameness else None)
        for hit, answer, sameness in rows.values_list("hit_id", "answer", "sameness")
    }


def _view(
    row: HitRow,
    place: tuple[int, str, bytes, bytes],
    answer: tuple[Judgement, Sameness | None] | None,
    label: Callable[[int], str],
    *,
    case: str,
    as_b: bool,
) -> HitView:
    number, exhibit, path, sha256 = place
    judgement, sameness = answer or (Judgement.NONE_YET, None)
    return HitView(
        hit_id=row.id,
        case=case,
        exhibit=exhibit,
        number=number,
        path=path,
        sha256=sha256,
        label=label(row.item_b if as_b else row.item_a),
        other_label=label(row.item_a if as_b else row.item_b),
        evidence=evidence_of(row, as_b=as_b),
        commonness=Commonness(row.commonness),
        silenced=row.silenced,
        holds=row.holds,
        judgement=judgement,
        sameness=sameness,
    )
