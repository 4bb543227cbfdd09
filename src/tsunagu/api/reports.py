"""Incoming reports, put in by a program: many at once, each kept or refused for itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from tsunagu.api.door import ApiRequest, Door
from tsunagu.api.failures import failing
from tsunagu.api.fields import Asked, Count
from tsunagu.exchange.incoming_reports import MOST_REPORTS
from tsunagu.services.reports.entry import Entered, enter_reports


class ReportsIn(Asked):
    """What comes in: each report as docs/reports.md has it. One that is malformed keeps no other one back."""

    reports: Annotated[list[Any], Field(min_length=1, max_length=MOST_REPORTS)]


class EnteredOut(Schema):
    """What came of one report.

    Attributes:
        number: its place in what was sent, from 1.
        state: `known` is what the agency had received before.
        report: none where it was refused, or where the officer may not read the one that came in before.
        problem: why it was refused.
        field: which field of it is wrong.
    """

    number: Count
    source_reference: str | None
    state: Literal["entered", "known", "refused"]
    report: UUID | None
    problem: str | None
    field: str | None

    @classmethod
    def of(cls, one: Entered) -> EnteredOut:
        """Return what came of a report as it is told."""
        state: Literal["entered", "known", "refused"] = "entered" if one.is_new else "known"
        return cls(
            number=one.number,
            source_reference=one.source_reference,
            state=state if one.problem is None else "refused",
            report=one.report_id,
            problem=one.problem,
            field=one.field,
        )


class AllEnteredOut(Schema):
    """What came of each report, in the order in which they were sent."""

    reports: list[EnteredOut]


def reports_router(door: Door) -> Router:
    """Return the operation by which reports come in."""
    router = Router(tags=["reports"])

    @router.post(
        "v1/reports",
        response={200: AllEnteredOut, **failing()},
        summary="Put reports in; sent again, they are known again",
    )
    def enter(request: ApiRequest, body: ReportsIn) -> AllEnteredOut:
        done = enter_reports(offered=body.reports, **door.parts_of(request))
        return AllEnteredOut(reports=[EnteredOut.of(one) for one in done])

    return router
