"""Overlaps weighed, and their notices made: after linking, after sharing, after a bank has grown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.domain.overlap import Commonness, OverlapSummary
from tsunagu.overlap.commonness import allow_for_size, commonness
from tsunagu.overlap.summary import WeighedEvidence, summarise
from tsunagu.records import links as link_rows
from tsunagu.records import overlaps, telling
from tsunagu.records.overlaps import KeptHit
from tsunagu.records.telling import NoticeSent


def settle(overlap_ids: Iterable[UUID], *, now: datetime) -> list[Deed]:
    """Weigh overlaps anew, make the notices that are missing, and return the deeds to be written down.

    Where the sides are told and have not both shared, what an overlap weighs is shown to nobody, and its hits are
    not read. Call it within `linking`.
    """
    ids = set(overlap_ids)
    hits: dict[UUID, list[KeptHit]] = {overlap_id: [] for overlap_id in telling.to_weigh(ids)}
    rows = overlaps.hits_of(hits)
    _band(rows)
    telling.note_ended(ids, resting=overlaps.resting(ids))
    for row in rows:
        hits[row.overlap_id].append(row)
    summaries = {overlap_id: _weigh(found) for overlap_id, found in hits.items()}
    deeds: list[Deed] = []
    told: set[UUID] = set()
    for sent in telling.settle_notices(summaries, unweighed=ids - set(hits), now=now):
        if sent.overlap_id not in told:
            told.add(sent.overlap_id)
            deeds.append(Deed(Act.OVERLAP_FOUND, now, None, details={"overlap": str(sent.overlap_id)}))
        deeds.append(noticed(sent, now=now))
    return deeds


def band_anew(item_ids: Iterable[int]) -> set[UUID]:
    """Note the commonness of all hits on items that more cases hold now, and return the overlaps where it changed.

    Call it within `linking`.
    """
    return {row.overlap_id for row in _band(overlaps.hits_on(item_ids))}


def _band(rows: Sequence[KeptHit]) -> list[KeptHit]:
    """Note each hit's commonness, and return the hits of which it changed."""
    rows = [row for row in rows if row.holds]  # of others the item may be gone, and they weigh nothing
    items = {item for row in rows for item in (row.item_a, row.item_b)}
    held_in = link_rows.cases_holding(overlaps.like_contents(items))
    cases = (
        link_rows.case_count()
    )  # after what they hold: a case that is opened meanwhile must not hold without counting
    facts = link_rows.facts_of(items)
    changed = []
    for row in rows:
        band = commonness(max(held_in[row.item_a], held_in[row.item_b]), cases)
        band = allow_for_size(allow_for_size(band, facts[row.item_a]), facts[row.item_b])
        if row.commonness != band:
            row.commonness = band
            changed.append(row)
    overlaps.set_commonness(changed)
    return changed


def noticed(sent: NoticeSent, *, now: datetime) -> Deed:
    """Return the deed of a notice that was sent; of one that is withheld, nobody's.

    Of one that is held it names no case: a case's time-line is read by people who are not told of the overlap.
    """
    return Deed(
        Act.OVERLAP_NOTICED,
        now,
        None if sent.withheld else sent.agency_id,
        case_id=None if sent.withheld or sent.held else sent.case_id,
        details={"overlap": str(sent.overlap_id), "held": int(sent.held)},
    )


def _weigh(hits: Sequence[KeptHit]) -> OverlapSummary | None:
    """Return what an overlap weighs; None when nothing is left that counts.

    What is benign or holds no more does not count, and what is common counts for nothing by itself: a logo that
    everybody has is no reason to bring two agencies together.
    """
    evidence = [
        WeighedEvidence(overlaps.evidence_of(hit), Commonness(hit.commonness))
        for hit in hits
        if hit.holds and not hit.silenced
    ]
    counts = any(one.commonness is not Commonness.COMMON for one in evidence)
    return summarise(evidence) if counts else None
