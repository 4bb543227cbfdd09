"""Overlaps, hits and notices, as rows: what the linker writes, and what either side may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q

from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.hit import Evidence, EvidenceKind, Stretch
from tsunagu.domain.link import CasePair, Link, Place
from tsunagu.domain.overlap import Commonness, OverlapSummary, Strength
from tsunagu.records.models import Case, HitRow, Overlap, OverlapNotice
from tsunagu.records.session import LINKER


@dataclass(frozen=True, slots=True)
class NoticeSent:
    """A notice that was made just now, for the ledger of its agency."""

    agency_id: UUID
    case_id: UUID
    overlap_id: UUID
    held: bool
    withheld: bool


NOTHING = OverlapSummary(0, 0, 0, 0, Strength.WEAK, ("Nothing that counts is shared: it is common or benign.",))
"""What two sides see whose shared content turned out to be common or benign after they had been told."""


def keep_links(links: Iterable[Link], places: Mapping[int, Sequence[Place]], *, now: datetime) -> set[UUID]:
    """Keep each link as a hit of every pair of cases it concerns, and return the overlaps it touches.

    A hit that is there already keeps its id, so that judgements stay with it.
    """
    rows: dict[tuple[UUID, str, int, int], HitRow] = {}
    overlaps: dict[tuple[UUID, UUID], UUID] = {}
    for link in links:
        for place_a in places.get(link.item_a, ()):
            for place_b in places.get(link.item_b, ()):
                if place_a.case_id == place_b.case_id:
                    continue
                pair, exchanged = CasePair.of(place_a, place_b)
                overlap_id = _overlap_of(pair, overlaps, now)
                row = _hit(overlap_id, pair, link, exchanged=exchanged)
                rows[overlap_id, row.kind, row.item_a, row.item_b] = row
    HitRow.objects.using(LINKER).bulk_create(
        rows.values(),
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["overlap", "kind", "item_a", "item_b"],
        update_fields=["distance_bits", "turn", "stretches", "silenced"],
    )
    return {key[0] for key in rows}


def _overlap_of(pair: CasePair, known: dict[tuple[UUID, UUID], UUID], now: datetime) -> UUID:
    key = (pair.a.case_id, pair.b.case_id)
    if key not in known:
        row, _ = Overlap.objects.using(LINKER).get_or_create(
            case_a=pair.a.case_id,
            case_b=pair.b.case_id,
            defaults={"id": uuid4(), "agency_a": pair.a.agency_id, "agency_b": pair.b.agency_id, "found_at": now},
        )
        known[key] = row.id
    return known[key]


def _hit(overlap_id: UUID, pair: CasePair, link: Link, *, exchanged: bool) -> HitRow:
    stretches = [one.reversed() if exchanged else one for one in link.evidence.stretches]
    turn = link.evidence.turn
    return HitRow(
        overlap_id=overlap_id,
        kind=link.evidence.kind,
        item_a=pair.a.item_id,
        item_b=pair.b.item_id,
        distance_bits=link.evidence.distance_bits,
        turn=None if turn is None else (turn.inverse if exchanged else turn),
        stretches=[[s.a_from_s, s.a_to_s, s.b_from_s, s.b_to_s, s.distance_bits] for s in stretches],
        commonness=Commonness.RARE,
        silenced=link.silenced,
    )


def evidence_of(row: HitRow, *, as_b: bool = False) -> Evidence:
    """Return a hit's evidence as side a sees it, or as side b."""
    stretches = tuple(Stretch(*values) for values in row.stretches)
    turn = None if row.turn is None else Turn(row.turn)
    if as_b:
        stretches = tuple(one.reversed() for one in stretches)
        turn = None if turn is None else turn.inverse
    return Evidence(EvidenceKind(row.kind), row.distance_bits, turn, stretches)


def overlaps_sharing_items_of(overlap_ids: Iterable[UUID]) -> set[UUID]:
    """Return these overlaps and all others that rest on one of their items, for what is common has changed there."""
    rows = HitRow.objects.using(LINKER).filter(overlap_id__in=list(overlap_ids))
    items = set(rows.values_list("item_a", flat=True)) | set(rows.values_list("item_b", flat=True))
    touched = HitRow.objects.using(LINKER).filter(Q(item_a__in=items) | Q(item_b__in=items))
    return set(touched.values_list("overlap_id", flat=True))


def hits_of(overlap_id: UUID) -> list[HitRow]:
    """Return the hits of an overlap, for the linker."""
    return list(HitRow.objects.using(LINKER).filter(overlap_id=overlap_id).order_by("id"))


def hits_of_agency(agency_id: UUID) -> list[HitRow]:
    """Return the hits of all overlaps that an agency has a side of, for the linker."""
    sides = Q(overlap__agency_a=agency_id) | Q(overlap__agency_b=agency_id)
    return list(HitRow.objects.using(LINKER).filter(sides).order_by("id"))


def cases_holding(item_ids: Iterable[int]) -> dict[int, int]:
    """Return in how many cases each item, or something that the machine takes for it, is held."""
    wanted = set(item_ids)
    cases: dict[int, set[UUID]] = {item: set() for item in wanted}
    rows = HitRow.objects.using(LINKER).filter(Q(item_a__in=wanted) | Q(item_b__in=wanted))
    for item_a, item_b, case_a, case_b in rows.values_list(
        "item_a", "item_b", "overlap__case_a", "overlap__case_b"
    ).iterator(chunk_size=5000):
        for item in {item_a, item_b} & wanted:
            cases[item] |= {case_a, case_b}
    return {item: len(found) for item, found in cases.items()}


def set_commonness(bands: Mapping[int, Commonness]) -> None:
    """Note each hit's commonness, by hit id."""
    for band in Commonness:
        ids = [hit_id for hit_id, one in bands.items() if one is band]
        HitRow.objects.using(LINKER).filter(id__in=ids).exclude(commonness=band).update(commonness=band)


def settle_notices(overlap_id: UUID, summary: OverlapSummary | None, *, now: datetime) -> list[NoticeSent]:
    """Make the two sides' notices where they are missing, and reveal what they share when both have shared.

    `summary` is None when nothing counts: then no notice is made, and what was revealed before is emptied.
    Returns the notices that were made just now.
    """
    overlap = Overlap.objects.using(LINKER).get(id=overlap_id)
    if summary is None:
        if not OverlapNotice.objects.using(LINKER).filter(overlap_id=overlap_id).exists():
            return []
        summary = NOTHING
    cases = {
        row.id: row
        for row in Case.objects.using(LINKER)
        .filter(id__in=[overlap.case_a, overlap.case_b])
        .only("id", "agency_id", "covert")
    }
    sides = [(cases[overlap.case_a], cases[overlap.case_b]), (cases[overlap.case_b], cases[overlap.case_a])]
    sent = [made for own, other in sides if (made := _notice(overlap_id, own, other, now))]
    if overlap.shared_a and overlap.shared_b:
        _reveal(overlap_id, summary)
    return sent


def _reveal(overlap_id: UUID, summary: OverlapSummary) -> None:
    one, other = OverlapNotice.objects.using(LINKER).filter(overlap_id=overlap_id)
    for mine, theirs in ((one, other), (other, one)):
        mine.revealed = {"case": theirs.shared_reference, **_summary_fields(summary)}
        mine.save(using=LINKER, update_fields=["revealed"])


def _notice(overlap_id: UUID, own: Case, other: Case, now: datetime) -> NoticeSent | None:
    row, is_new = OverlapNotice.objects.using(LINKER).get_or_create(
        overlap_id=overlap_id,
        case_id=own.id,
        defaults={
            "id": uuid4(),
            "agency_id": own.agency_id,
            "other_agency_id": other.agency_id,
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


def release(overlap_id: UUID, case_id: UUID, *, now: datetime) -> list[NoticeSent]:
    """Let a held notice go to the officers of both cases. For the linker.

    Where both cases are covert nothing moves before both are released. Returns the notices that officers are told of
    by this, dated now: an earlier date would tell that they were held back.
    """
    notices = OverlapNotice.objects.using(LINKER).filter(overlap_id=overlap_id)
    notices.filter(case_id=case_id).update(released_at=now)
    if notices.filter(held=True, released_at=None).exists():
        return []
    notices.update(held=False, withheld=False, noticed_at=now)
    return [
        NoticeSent(row.agency_id, row.case_id, overlap_id, held=False, withheld=False)
        for row in notices.exclude(case_id=case_id)
    ]


def note_shared(overlap_id: UUID, case_id: UUID) -> bool:
    """Note that a side has shared, and return whether now both have. For the linker."""
    rows = Overlap.objects.using(LINKER).filter(id=overlap_id)
    rows.filter(case_a=case_id).update(shared_a=True)
    rows.filter(case_b=case_id).update(shared_b=True)
    return rows.filter(shared_a=True, shared_b=True).exists()


def silence(hit_ids: Sequence[int]) -> None:
    """Mark hits as explained by benign content. For the linker."""
    HitRow.objects.using(LINKER).filter(id__in=hit_ids).update(silenced=True)
