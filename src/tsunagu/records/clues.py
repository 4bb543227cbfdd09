"""Clues and signed country assessments, as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Max

from tsunagu.domain.assessment import CountryAssessment, CountryFinding, CountryState, CountryWeight, Weighed
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.clue import Bearing, Clue, ClueDraft, ClueKind, Region, Span, Support, Weighing
from tsunagu.domain.errors import NotFound
from tsunagu.records.models import AssessmentRow, Case, ClueRow, Holding
from tsunagu.records.planned import rows_of

_CLUES = """
SELECT c.id, c.number, e.reference, h.item_id, h.id, h.number, c.kind, c.text,
       c.bearing, c.countries, c.places, c.support, c.region, c.span,
       o.login, c.recorded_at, c.withdrawn_at, c.withdrawn_why
FROM clue c JOIN holding h ON h.id = c.holding_id JOIN exhibit e ON e.id = h.exhibit_id
JOIN officer o ON o.id = c.recorded_by_id
WHERE c.case_id = $1::uuid ORDER BY c.number
"""
_ASSESSMENTS = """
SELECT a.id, a.number, a.method, a.weighed, a.state, a.statement, o.login, a.signed_at
FROM country_assessment a JOIN officer o ON o.id = a.signed_by_id WHERE a.case_id = $1::uuid ORDER BY a.number
"""


def add_clue(case: CaseSummary, draft: ClueDraft, *, officer_id: UUID, now: datetime) -> Clue:
    """Keep a clue, and return it with its number.

    Raises:
        NotFound: the case has no such item, or its content was never read.
    """
    _lock(case)
    places = Holding.objects.filter(exhibit__case_id=case.case_id, number=draft.item, item__isnull=False)
    holding_id = places.values_list("id", flat=True).first()
    if holding_id is None:
        raise NotFound("no such item", item=draft.item)
    weighing = draft.weighing
    row = ClueRow.objects.create(
        agency_id=case.agency_id,
        case_id=case.case_id,
        holding_id=holding_id,
        number=_next_number(ClueRow, case),
        kind=draft.kind,
        text=draft.text.strip(),
        bearing=weighing.bearing,
        countries=sorted(weighing.countries),
        places=sorted(weighing.places),
        support=weighing.support,
        region=None if draft.region is None else list(asdict(draft.region).values()),
        span=None if draft.span is None else list(asdict(draft.span).values()),
        recorded_by_id=officer_id,
        recorded_at=now,
    )
    return next(one for one in clues_of(case) if one.clue_id == row.id)


def withdraw_clue(case: CaseSummary, number: int, *, why: str, now: datetime) -> None:
    """Take a clue back; it stays in the list, and counts for nothing any more.

    Raises:
        NotFound: the case has no such clue, or it was taken back already.
    """
    rows = ClueRow.objects.filter(case_id=case.case_id, number=number, withdrawn_at=None)
    if not rows.update(withdrawn_at=now, withdrawn_why=why):
        raise NotFound("no such clue, or it was taken back already")


def clues_of(case: CaseSummary) -> tuple[Clue, ...]:
    """Return the clues of a case by number, those that were taken back included."""
    return tuple(map(_clue, rows_of(_CLUES, case.case_id)))


def add_assessment(
    case: CaseSummary,
    weighed: Weighed,
    *,
    method: str,
    clues: Iterable[int],
    state: CountryState,
    statement: str,
    officer_id: UUID,
    now: datetime,
) -> CountryAssessment:
    """Keep a list as an officer has signed it, and return it with its number."""
    _lock(case)
    row = AssessmentRow.objects.create(
        id=uuid4(),
        agency_id=case.agency_id,
        case_id=case.case_id,
        number=_next_number(AssessmentRow, case),
        method=method,
        weighed=weighed_json(weighed),
        clues=sorted(clues),
        state=state,
        statement=statement,
        signed_by_id=officer_id,
        signed_at=now,
    )
    return next(one for one in assessments_of(case) if one.assessment_id == row.id)


def assessments_of(case: CaseSummary) -> tuple[CountryAssessment, ...]:
    """Return what was signed of a case, by number."""
    return tuple(
        CountryAssessment(
            assessment_id, case.reference, number, method, _weighed(json.loads(weighed)), CountryState(state), *signed
        )
        for assessment_id, number, method, weighed, state, *signed in rows_of(_ASSESSMENTS, case.case_id)
    )


def weighed_json(weighed: Weighed) -> dict[str, Any]:
    """Return what clues tell together as JSON has it: countries with weight and clues for and against, in rows."""
    return {
        "countries": [
            [one.weight.country, one.weight.weight, list(one.supported_by), list(one.excluded_by)]
            for one in weighed.findings
        ],
        "elsewhere": weighed.elsewhere,
        "places": [[place, list(clues)] for place, clues in weighed.places],
        "neutral": list(weighed.neutral),
    }


def _weighed(kept: Mapping[str, Any]) -> Weighed:
    findings = (
        CountryFinding(CountryWeight(country, weight), tuple(supporting), tuple(excluding))
        for country, weight, supporting, excluding in kept["countries"]
    )
    places = tuple((place, tuple(clues)) for place, clues in kept["places"])
    return Weighed(tuple(findings), kept["elsewhere"], places, tuple(kept["neutral"]))


def _lock(case: CaseSummary) -> None:
    """Let nobody else number anything of the case until this transaction ends."""
    Case.objects.select_for_update().filter(id=case.case_id).first()


def _next_number(model: type[ClueRow | AssessmentRow], case: CaseSummary) -> int:
    highest = model.objects.filter(case_id=case.case_id).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def _clue(row: Sequence[Any]) -> Clue:
    """Return the clue that a row holds, in the order of `_CLUES`."""
    (clue_id, number, exhibit, item_id, holding_id, place, kind, text), said = row[:8], row[8:]
    (bearing, countries, places, support, region, span), recorded = said[:6], said[6:]
    weighing = Weighing(
        Bearing(bearing),
        frozenset(json.loads(countries)),
        frozenset(json.loads(places)),
        Support(support) if support else None,
    )
    draft = ClueDraft(
        item=place,
        kind=ClueKind(kind),
        text=text,
        weighing=weighing,
        region=Region(*json.loads(region)) if region else None,
        span=Span(*json.loads(span)) if span else None,
    )
    like = item_id or -holding_id  # what cannot be read any more is like nothing else
    return Clue(clue_id, number, exhibit, like, draft, *recorded)
