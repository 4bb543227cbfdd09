"""Uploaded files that are needed still, some since their intake has failed. Call all within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tsunagu.domain.errors import Conflict
from tsunagu.domain.intake_run import IntakeState
from tsunagu.records.bulk import insert
from tsunagu.records.models import IncomingListRow, Intake, IntakeFile


def keeps_files(intake_id: UUID) -> bool:
    """Return whether an intake has failed and its uploaded files are kept."""
    return IntakeFile.objects.filter(intake_id=intake_id, intake__state=IntakeState.FAILED).exists()


def hand_files_on(intake_id: UUID, to: UUID, agency_id: UUID) -> None:
    """Let the files that a failed intake keeps be another's.

    Raises:
        Conflict: it keeps none, or somebody else has just taken them.
    """
    files = IntakeFile.objects.filter(intake_id=intake_id, intake__state=IntakeState.FAILED)
    columns = ("number", "name", "name_digest", "size_bytes")
    rows = [dict(zip(columns, one, strict=True)) for one in files.values_list(*columns)]
    if not rows or files.delete()[0] != len(rows):
        raise Conflict("nothing is kept of this upload: upload the files again")
    insert(IntakeFile, [{"intake_id": to, "agency_id": agency_id, **row} for row in rows])


def forget_kept_files(*, before: datetime) -> None:
    """Forget the files that are kept of intakes that failed before."""
    IntakeFile.objects.filter(intake__state=IntakeState.FAILED, intake__ended_at__lt=before).delete()


def known_among(upload_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these intakes and incoming lists there are, or were."""
    lists = IncomingListRow.objects.filter(id__in=upload_ids).values_list("id", flat=True)
    return {*Intake.objects.filter(id__in=upload_ids).values_list("id", flat=True), *lists}


def needed_among(upload_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these go on, or are intakes that have failed and keep their files."""
    kept = Exists(IntakeFile.objects.filter(intake_id=OuterRef("id")))
    rows = Intake.objects.filter(Q(ended_at=None) | kept, id__in=upload_ids)
    lists = IncomingListRow.objects.filter(ended_at=None, id__in=upload_ids).values_list("id", flat=True)
    return {*rows.values_list("id", flat=True), *lists}
