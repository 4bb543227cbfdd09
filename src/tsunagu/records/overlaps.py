"""Overlaps and their hits, as rows: what the linker writes, and how either side sees a hit's evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.hit import Evidence, EvidenceKind, Stretch
from tsunagu.domain.link import CasePair, Link, Place
from tsunagu.domain.overlap import Commonness
from tsunagu.records.models import HitRow, Holding, JudgementRow, Overlap
from tsunagu.records.session import LINKER

KeptHit = HitRow
"""A hit as it is kept, for those who weigh it."""


@dataclass(frozen=True, slots=True)
class EndedHits:
    """What went with contents that a case holds no more.

    Attributes:
        overlaps: those that rested on one of them.
        others: the items that were found to be like them, which fewer cases hold now.
    """

    overlaps: set[UUID]
    others: set[int]


@dataclass(frozen=True, slots=True)
class KeptLinks:
    """What keeping links has changed.

    Attributes:
        overlaps: those with a hit that is new or is found otherwise than before.
        new_hits: the ids of the hits that were not there, or did not hold any more.
    """

    overlaps: set[UUID]
    new_hits: list[int]


def keep_links(
    links: Iterable[Link], places: Mapping[int, Sequence[Place]], *, common: AbstractSet[int], now: datetime
) -> KeptLinks:
    """Keep each link as a hit of every pair of cases it concerns, and return what this changes.

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
    before = {key: row for key, row in known.items() if row.holds}
    new = [known.get(_key(row), row).id for row in changed if _key(row) not in before]
    return KeptLinks({row.overlap_id for row in changed}, new)


def grown(hit_ids: Sequence[int]) -> set[UUID]:
    """Return the overlaps that one of these hits counts in: it holds, is not common, and no benign content explains it.

    For the linker, once the hits' commonness is noted.
    """
    if not hit_ids:
        return set()
    rows = HitRow.objects.using(LINKER).filter(id__among=hit_ids, holds=True, silenced=False)
    return set(rows.exclude(commonness=Commonness.COMMON).values_list("overlap_id", flat=True).distinct())


def _hits_between(rows: Sequence[HitRow]) -> list[HitRow]:
    """Return the hits that are kept already between the same items in the same overlaps."""
    overlaps, firsts, seconds = ({getattr(row, name) for row in rows} for name in ("overlap_id", "item_a", "item_b"))
    return list(
        HitRow.objects.using(LINKER).filter(item_a__among=firsts, item_b__among=seconds, overlap_id__in=overlaps)
    )


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
    return list(HitRow.objects.using(LINKER).filter(Q(item_a__among=items) | Q(item_b__among=items)))


def hits_of(overlap_ids: Iterable[UUID]) -> list[HitRow]:
    """Return the hits of overlaps, for the linker."""
    return list(HitRow.objects.using(LINKER).filter(overlap_id__among=list(overlap_ids)))


def outdate(item_ids: Iterable[int], links: Iterable[Link]) -> list[HitRow]:
    """Mark the hits of items, compared anew, that are not among the links found, and return them.

    They stay, with what people have judged of them, but weigh nothing until they are found again.
    """
    found = {(link.evidence.kind, *sorted((link.item_a, link.item_b))) for link in links}
    rows = [row for row in hits_on(item_ids) if (row.kind, *sorted((row.item_a, row.item_b))) not in found]
    HitRow.objects.using(LINKER).filter(id__among=[row.id for row in rows]).update(holds=False)
    return rows


def end_hits(case_id: UUID) -> EndedHits:
    """Take away the hits of a case on what it holds no more.

    One that somebody of another case has answered stays, for his answer is his; it holds no more, and tells of no
    stretch. How many there were is for nobody's eyes: among them are those that a covert case keeps from this one.
    """
    held = Holding.objects.using(LINKER).filter(exhibit__case_id=case_id)
    on_a = Q(overlap__case_a=case_id) & ~Exists(held.filter(item_id=OuterRef("item_a")))
    on_b = Q(overlap__case_b=case_id) & ~Exists(held.filter(item_id=OuterRef("item_b")))
    rows = list(HitRow.objects.using(LINKER).filter(on_a | on_b).select_related("overlap"))
    ids = [row.id for row in rows]
    answered = set(JudgementRow.objects.using(LINKER).filter(hit_id__among=ids).values_list("hit_id", flat=True))
    HitRow.objects.using(LINKER).filter(id__in=answered).update(holds=False, stretches=[])
    _delete(HitRow.objects.using(LINKER).filter(id__in=set(ids) - answered))
    others = {row.item_b if row.overlap.case_a == case_id else row.item_a for row in rows}
    return EndedHits({row.overlap_id for row in rows}, others)


def end_overlaps(case_id: UUID) -> set[UUID]:
    """Take away the overlaps of a case that is gone, as far as no hit of theirs stays, and return them all."""
    rows = Overlap.objects.using(LINKER).filter(Q(case_a=case_id) | Q(case_b=case_id))
    found = set(rows.values_list("id", flat=True))
    _delete(rows.filter(~Exists(HitRow.objects.using(LINKER).filter(overlap_id=OuterRef("id")))))
    return found


def _delete(rows: QuerySet[Any]) -> None:
    """Delete rows on which nothing hangs. Django itself would first read what might, which the linker may not."""
    rows._raw_delete(LINKER)  # noqa: SLF001


def other_side(overlap_id: UUID, case_id: UUID) -> tuple[UUID, UUID] | None:
    """Return agency and case at the other end of an overlap; None before both sides have shared.

    Call it within `acting_for` the agency of the case.
    """
    row = Overlap.objects.filter(id=overlap_id).first()
    if row is None:
        return None
    return (row.agency_b, row.case_b) if row.case_a == case_id else (row.agency_a, row.case_a)


def resting(overlap_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these overlaps rest on a hit that still holds, for the linker."""
    rows = HitRow.objects.using(LINKER).filter(overlap_id__among=list(overlap_ids), holds=True)
    return set(rows.values_list("overlap_id", flat=True).distinct())


def hits_of_agency(agency_id: UUID) -> list[HitRow]:
    """Return the hits of all overlaps that an agency has a side of, for the linker."""
    sides = Q(overlap__agency_a=agency_id) | Q(overlap__agency_b=agency_id)
    return list(HitRow.objects.using(LINKER).filter(sides))


def like_contents(item_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return for each item the items that the machine takes for the same content, by their hits, itself included."""
    found = {item: {item} for item in item_ids}
    rows = HitRow.objects.using(LINKER).filter(Q(item_a__among=found) | Q(item_b__among=found), holds=True)
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
            HitRow.objects.using(LINKER).filter(id__among=ids).update(commonness=band)


def silence(hit_ids: Sequence[int]) -> None:
    """Mark hits as explained by benign content. For the linker."""
    HitRow.objects.using(LINKER).filter(id__among=hit_ids).update(silenced=True)
