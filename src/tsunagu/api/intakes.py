"""Intakes: how far they are."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from tsunagu.api.door import ApiRequest, Door
from tsunagu.api.failures import failing
from tsunagu.api.fields import Count, Reference, Seconds
from tsunagu.domain.intake_run import IntakeSource, IntakeState, IntakeSummary
from tsunagu.domain.media import Refusal
from tsunagu.services.intake import intakes as service


class IntakeOut(Schema):
    """An intake into an exhibit of a case.

    Attributes:
        files_total: null until they have been counted.
        files_done: files dealt with, those among them that had come in earlier.
        refused: how many places were refused, by reason.
        failure: a code that says why it failed; null otherwise.
    """

    intake: UUID
    case: Reference
    exhibit: Reference
    source: IntakeSource
    state: IntakeState
    files_total: Count | None
    files_done: Count
    kept: Count
    skipped: Count
    refused: dict[Refusal, Count]
    begun_at: AwareDatetime
    ended_at: AwareDatetime | None
    failure: str | None

    @classmethod
    def of(cls, one: IntakeSummary) -> IntakeOut:
        """Return an intake as it is told."""
        return cls(
            intake=one.intake_id,
            case=one.case,
            exhibit=one.exhibit,
            source=one.source,
            state=one.state,
            files_total=one.files_total,
            files_done=one.files_done,
            kept=one.kept,
            skipped=one.skipped,
            refused=dict(one.refused),
            begun_at=one.begun_at,
            ended_at=one.ended_at,
            failure=one.failure,
        )


class ProgressOut(Schema):
    """How an intake stands at this moment.

    Attributes:
        files_per_s: null when it does not run.
        uploaded_bytes, offered_bytes: 0 once it has ended, and for a folder.
    """

    intake: IntakeOut
    files_per_s: Seconds | None
    uploaded_bytes: Count
    offered_bytes: Count


def intakes_router(door: Door) -> Router:
    """Return the operations on intakes."""
    router = Router(tags=["intakes"])

    @router.get(
        "case/intakes",
        response={200: list[IntakeOut], **failing(404)},
        summary="The intakes into a case, newest first",
    )
    def intakes(request: ApiRequest, reference: Annotated[Reference, Query()]) -> list[IntakeOut]:
        return [IntakeOut.of(one) for one in service.intakes_of(case_reference=reference, **door.parts_of(request))]

    @router.get(
        "intakes/{uuid:intake_id}",
        response={200: ProgressOut, **failing(404)},
        summary="How far an intake is",
    )
    def intake(request: ApiRequest, intake_id: UUID) -> ProgressOut:
        found = service.intake_progress(intake_id=intake_id, uploads=door.rooms().uploads, **door.parts_of(request))
        return ProgressOut(
            intake=IntakeOut.of(found.intake),
            files_per_s=found.files_per_s,
            uploaded_bytes=found.uploaded_bytes,
            offered_bytes=found.offered_bytes,
        )

    return router
