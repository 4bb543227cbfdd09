"""Clues and signed country assessments, as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    rows = ClueRow.objects.filter(case_id=case.case_id).order_by("number")
    return tuple(map(_clue, rows.select_related("holding__exhibit", "recorded_by")))


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
    rows = AssessmentRow.objects.filter(case_id=case.case_id).order_by("number").select_related("signed_by")
    return tuple(
        CountryAssessment(
            row.id,
            case.reference,
            row.number,
            row.method,
            _weighed(row.weighed),
            CountryState(row.state),
            row.statement,
            row.signed_by.login,
            row.signed_at,
        )
        for row in rows
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


def _clue(row: ClueRow) -> Clue:
    weighing = Weighing(
        Bearing(row.bearing),
        frozenset(row.countries),
        frozenset(row.places),
        Support(row.support) if row.support else None,
    )
    draft = ClueDraft(
        item=row.holding.number,
        kind=ClueKind(row.kind),
        text=row.text,
        weighing=weighing,
        region=Region(*row.region) if row.region else None,
        span=Span(*row.span) if row.span else None,
    )
    return Clue(
        row.id,
        row.number,
        row.holding.exhibit.reference,
        row.holding.item_id or -row.holding_id,  # what cannot be read any more is like nothing else
        draft,
        row.recorded_by.login,
        row.recorded_at,
        row.withdrawn_at,
        row.withdrawn_why,
    )
