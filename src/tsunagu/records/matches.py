"""Hits that the agency has judged the same, as its officers may know them. Call it within `acting_for` the agency."""

from __future__ import annotations

from tsunagu.domain.actor import Actor
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.overlap import Commonness
from tsunagu.domain.series_steps import Member
from tsunagu.overlap.candidates import MatchedItem
from tsunagu.records.models import HitRow, JudgementRow
from tsunagu.records.series import mine


def matches_of(actor: Actor) -> tuple[MatchedItem, ...]:
    """Return the own items of hits whose newest answer is "same", of cases that the actor works on.

    Hits that hold no more, that benign content explains, or that rest on what is common are left out; row-level
    security leaves out those that both sides have not shared.
    """
    cases = set(mine(actor))
    answers = {row.hit_id: row for row in JudgementRow.objects.order_by("id")}
    same = {hit: row for hit, row in answers.items() if row.answer == Judgement.SAME and row.sameness}
    rows = HitRow.objects.filter(id__in=same, holds=True, silenced=False).exclude(commonness=Commonness.COMMON)
    found = []
    for hit, case_a, case_b, item_a, item_b, overlap in rows.order_by("id").values_list(
        "id", "overlap__case_a", "overlap__case_b", "item_a", "item_b", "overlap_id"
    ):
        sameness = Sameness(same[hit].sameness or "")
        for case, item, other in ((case_a, item_a, item_b), (case_b, item_b, item_a)):
            if case in cases:
                found.append(MatchedItem(Member(case, item), other, overlap, sameness))
    return tuple(found)
