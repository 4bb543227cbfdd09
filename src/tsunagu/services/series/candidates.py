"""Candidates for series: what hits that people have judged the same tie together. An officer forms the series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.judgement import Sameness
from tsunagu.domain.ledger import Deed
from tsunagu.overlap.candidates import candidates
from tsunagu.records import cases, matches
from tsunagu.records import series as rows
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.series.desk import SeriesDesk


@dataclass(frozen=True, slots=True)
class CandidateView:
    """Items of an officer's cases that may be one series.

    Attributes:
        items: the case and the first place of each, in their order.
        series: names of the series that some of them are in already.
        grounds: by what is the same, how many hits were judged so.
        overlaps: how many overlaps they lie in.
    """

    items: tuple[tuple[str, int], ...]
    series: tuple[str, ...]
    grounds: Mapping[Sameness, int]
    overlaps: int


def list_candidates(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[CandidateView, ...]:
    """Return items of the actor's cases that may be one series, largest first.

    They rest on hits that his agency has judged the same, and on nothing else. Those of which everything is in one
    series already are left out.

    Raises:
        Forbidden: the actor changes no series.
    """
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work("candidates"):
        found = candidates(matches.matches_of(actor))
        members = {member for one in found for member in one.members}
        places = rows.first_places({(one.case_id, one.item_id) for one in members})
        names = {one.case_id: one.reference for one in cases.cases_of(actor)}
        within = rows.series_holding(members)
    views = []
    for one in found:
        known = [within.get(member) for member in one.members]
        items = (
            (names[member.case_id], places[member.case_id, member.item_id][0])
            for member in one.members
            if (member.case_id, member.item_id) in places
        )
        if None in known or len(set(known)) > 1:
            named = tuple(sorted({name for name in known if name}))
            views.append(CandidateView(tuple(sorted(items)), named, one.grounds, one.overlaps))
    told: dict[str, str | int] = {"candidates": len(views)}
    ledger.record(Deed(Act.SERIES_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return tuple(views)
