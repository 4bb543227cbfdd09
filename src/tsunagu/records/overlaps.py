"""Overlaps, hits and notices, as rows: what the linker writes, and what either side may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, Q

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


KeptHit = HitRow
"""A hit as it is kept, for those who weigh it."""
NOTHING = OverlapSummary(0, 0, 0, 0, Strength.WEAK, ("Nothing that counts is shared: it is common or benign.",))
"""What two sides see whose shared content turned out to be common or benign after they had been told."""


def keep_links(
    links: Iterable[Link], places: Mapping[int, Sequence[Place]], *, common: AbstractSet[int], now: datetime
) -> set[UUID]:
    """Keep each link as a hit of every pair of cases it concerns, and return the overlaps that this changes.

    A hit that is there already keeps its id, so that judgements stay with it. What `common` items have in common
    makes no pairs of cases, for it would not count: identical files need no hit, others one that tells they are alike.

    Args:
        links: what was found.
        places: where each item of a link is held.
        common: items whose content so many cases hold that it stays common for ever.
        now: dates new overlaps.
    """
    found: dict[tuple[UUID, UUID, EvidenceKind, int, int], tuple[CasePair, Link, bool]] = {}
    for link in links:
        pairs = _case_pairs(places.get(link.item_a, ()), places.get(link.item_b, ()))
        if link.item_a in common or link.item_b in common:
            pairs = [] if link.evidence.kind is EvidenceKind.EXACT else sorted(pairs, key=_case_ids)[:1]
        for pair, exchanged in pairs:
            key = (pair.a.case_id, pair.b.case_id, link.evidence.kind, pair.a.item_id, pair.b.item_id)
            found[key] = (pair, link, exchanged)
    overlaps = _overlaps_of((pair for pair, _, _ in found.values()), now)
    rows = [
        _hit(overlaps[pair.a.case_id, pair.b.case_id], pair, link, exchanged=exchanged)
        for pair, link, exchanged in found.values()
    ]
    known = {_key(row): row for row in _hits_between(rows)}
    changed = [row for row in rows if _key(row) not in known or _found(known[_key(row)]) != _found(row)]
    HitRow.objects.using(LINKER).bulk_create(
        changed,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["overlap", "kind", "item_a", "item_b"],
        update_fields=["distance_bits", "turn", "stretches", "silenced", "holds"],
    )
    return {row.overlap_id for row in changed}


def _hits_between(rows: Sequence[HitRow]) -> list[HitRow]:
    """Return the hits that are kept already between the same items in the same overlaps."""
    overlaps, firsts, seconds = ({getattr(row, name) for row in rows} for name in ("overlap_id", "item_a", "item_b"))
    return list(HitRow.objects.using(LINKER).filter(item_a__in=firsts, item_b__in=seconds, overlap_id__in=overlaps))


def _case_pairs(of_a: Sequence[Place], of_b: Sequence[Place]) -> list[tuple[CasePair, bool]]:
    return [CasePair.of(one, other) for one in of_a for other in of_b if one.case_id != other.case_id]


def _case_ids(one: tuple[CasePair, bool]) -> tuple[UUID, UUID]:
    return one[0].a.case_id, one[0].b.case_id


def _key(row: HitRow) -> tuple[UUID, str, int, int]:
    return row.overlap_id, str(row.kind), row.item_a, row.item_b


def _found(row: HitRow) -> tuple[int, int | None, list[list[float]], bool, bool]:
    return row.distance_bits, row.turn, row.stretches, row.silenced, row.holds


def _overlaps_of(pairs: Iterable[CasePair], now: datetime) -> dict[tuple[UUID, UUID], UUID]:
    """Return the overlap of each pair of cases, made where it is missing: no other linker works meanwhile."""
    wanted = {(pair.a.case_id, pair.b.case_id): pair for pair in pairs}
    firsts, seconds = {first for first, _ in wanted}, {second for _, second in wanted}
    rows = Overlap.objects.using(LINKER).filter(case_a__in=firsts, case_b__in=seconds)
    known = {(row.case_a, row.case_b): row.id for row in rows}
    new = [
        Overlap(case_a=key[0], case_b=key[1], agency_a=pair.a.agency_id, agency_b=pair.b.agency_id, found_at=now)
        for key, pair in wanted.items()
        if key not in known
    ]
    Overlap.objects.using(LINKER).bulk_create(new, batch_size=2000)
    return {key: known[key] for key in wanted if key in known} | {(row.case_a, row.case_b): row.id for row in new}


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


def hits_on(item_ids: Iterable[int]) -> list[HitRow]:
    """Return the hits that rest on one of these items, for the linker."""
    items = list(item_ids)
    return list(HitRow.objects.using(LINKER).filter(Q(item_a__in=items) | Q(item_b__in=items)))


def hits_of(overlap_ids: Iterable[UUID]) -> list[HitRow]:
    """Return the hits of overlaps, for the linker."""
    return list(HitRow.objects.using(LINKER).filter(overlap_id__in=list(overlap_ids)))


def outdate(item_ids: Iterable[int], links: Iterable[Link]) -> list[HitRow]:
    """Mark the hits of items, compared anew, that are not among the links found, and return them.

    They stay, with what people have judged of them, but weigh nothing until they are found again.
    """
    found = {(link.evidence.kind, *sorted((link.item_a, link.item_b))) for link in links}
    rows = [row for row in hits_on(item_ids) if (row.kind, *sorted((row.item_a, row.item_b))) not in found]
    HitRow.objects.using(LINKER).filter(id__in=[row.id for row in rows]).update(holds=False)
    return rows


def hits_of_agency(agency_id: UUID) -> list[HitRow]:
    """Return the hits of all overlaps that an agency has a side of, for the linker."""
    sides = Q(overlap__agency_a=agency_id) | Q(overlap__agency_b=agency_id)
    return list(HitRow.objects.using(LINKER).filter(sides))


def like_contents(item_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return for each item the items that the machine takes for the same content, by their hits, itself included."""
    found = {item: {item} for item in item_ids}
    rows = HitRow.objects.using(LINKER).filter(Q(item_a__in=found) | Q(item_b__in=found), holds=True)
    for item_a, item_b in rows.values_list("item_a", "item_b").distinct():
        for item, other in ((item_a, item_b), (item_b, item_a)):
            if item in found:
                found[item].add(other)
    return found


def set_commonness(rows: Sequence[HitRow]) -> None:
    """Keep the commonness of these hits as they have it."""
    for band in Commonness:
        ids = [row.id for row in rows if row.commonness == band]
        if ids:
            HitRow.objects.using(LINKER).filter(id__in=ids).update(commonness=band)


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


def release(overlap_id: UUID, case_id: UUID, *, now: datetime) -> tuple[bool, list[NoticeSent]]:
    """Let a held notice go to the officers of both cases. For the linker.

    Where both cases are covert nothing moves before both are released, not even the other agency's name. What is held
    no more, or released already, stays as it is.

    Returns:
        Whether this case's notice was released now; and the notices that officers are told of by this, dated now: an
        earlier date would tell that they were held back.
    """
    notices = OverlapNotice.objects.using(LINKER).filter(overlap_id=overlap_id)
    if not notices.filter(case_id=case_id, held=True, released_at=None).update(released_at=now):
        return False, []
    if notices.filter(held=True, released_at=None).exists():
        return True, []
    one, other = notices
    for mine, theirs in ((one, other), (other, one)):
        mine.held, mine.withheld, mine.noticed_at, mine.other_agency_id = False, False, now, theirs.agency_id
        mine.save(using=LINKER, update_fields=["held", "withheld", "noticed_at", "other_agency_id"])
    return True, [
        NoticeSent(row.agency_id, row.case_id, overlap_id, held=False, withheld=False)
        for row in notices.exclude(case_id=case_id)
    ]


def is_shared_by_both(overlap_id: UUID) -> bool:
    """Return whether both sides have shared. For the linker."""
    return Overlap.objects.using(LINKER).filter(id=overlap_id, shared_a=True, shared_b=True).exists()


def silence(hit_ids: Sequence[int]) -> None:
    """Mark hits as explained by benign content. For the linker."""
    HitRow.objects.using(LINKER).filter(id__in=hit_ids).update(silenced=True)
