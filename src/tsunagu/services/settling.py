"""Overlaps weighed, and their notices made: after linking, after sharing, after a bank has grown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.domain.overlap import Commonness, OverlapSummary
from tsunagu.overlap.commonness import allow_for_size, commonness
from tsunagu.overlap.summary import WeighedEvidence, summarise
from tsunagu.records import links as link_rows
from tsunagu.records import overlaps
from tsunagu.records.overlaps import NoticeSent


def settle(overlap_ids: Iterable[UUID], *, now: datetime) -> list[Deed]:
    """Weigh overlaps anew, make the notices that are missing, and return the deeds to be written down.

    Call it within `linking`.
    """
    deeds: list[Deed] = []
    cases = link_rows.case_count()
    for overlap_id in sorted(overlap_ids):
        sent = overlaps.settle_notices(overlap_id, _weigh(overlap_id, cases), now=now)
        if sent:
            deeds.append(Deed(Act.OVERLAP_FOUND, now, None, details={"overlap": str(overlap_id)}))
        deeds.extend(noticed(one, now=now) for one in sent)
    return deeds


def noticed(sent: NoticeSent, *, now: datetime) -> Deed:
    """Return the deed of a notice that was sent; of one that is withheld, nobody's."""
    return Deed(
        Act.OVERLAP_NOTICED,
        now,
        None if sent.withheld else sent.agency_id,
        case_id=None if sent.withheld else sent.case_id,
        details={"overlap": str(sent.overlap_id), "held": int(sent.held)},
    )


def _weigh(overlap_id: UUID, cases: int) -> OverlapSummary | None:
    """Return what an overlap weighs, with each hit's commonness noted; None when nothing is left that counts.

    What is benign does not count, and what is common counts for nothing by itself: a logo that everybody has is no
    reason to bring two agencies together.
    """
    hits = overlaps.hits_of(overlap_id)
    items = {item for hit in hits for item in (hit.item_a, hit.item_b)}
    held_in = overlaps.cases_holding(items)
    facts = link_rows.facts_of(items)
    bands: dict[int, Commonness] = {}
    for hit in hits:
        band = commonness(max(held_in[hit.item_a], held_in[hit.item_b]), cases)
        bands[hit.id] = allow_for_size(allow_for_size(band, facts[hit.item_a]), facts[hit.item_b])
    overlaps.set_commonness(bands)
    evidence = [WeighedEvidence(overlaps.evidence_of(hit), bands[hit.id]) for hit in hits if not hit.silenced]
    counts = any(one.commonness is not Commonness.COMMON for one in evidence)
    return summarise(evidence) if counts else None
