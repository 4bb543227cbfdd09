"""What an agency has taken of what others submitted: its labels, and what is left of it once that is withdrawn.

Call everything within `acting_for` an agency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from tsunagu.domain.handling import Handling
from tsunagu.domain.submission import Submission, SubmissionState, SubmittedItem
from tsunagu.records.models import Case, Exhibit, SeriesCase, SubmissionItemRow, SubmissionRow
from tsunagu.records.series import handling_of
from tsunagu.records.submissions import label_of, submissions_in


def left_at_receiver(agency_id: UUID) -> tuple[tuple[Submission, tuple[SubmittedItem, ...]], ...]:
    """Return what an agency has taken and its owner has withdrawn, with the items of which something is left here."""
    gone = SubmissionItemRow.objects.filter(
        submission_id=OuterRef("id"), state=SubmissionState.WITHDRAWN, exhibit_id__isnull=False
    )
    rows = SubmissionRow.objects.filter(Exists(gone), receiver_id=agency_id, case_id__isnull=False)
    return tuple(
        (one, tuple(item for item in one.items if not item.stands and item.exhibit_id is not None))
        for one in submissions_in(rows)
    )


def receivers_of_withdrawn(owner_id: UUID) -> tuple[UUID, ...]:
    """Return the agencies that have taken something of an agency's that it has withdrawn, and have it yet."""
    rows = SubmissionItemRow.objects.filter(
        submission__owner_id=owner_id,
        submission__case_id__isnull=False,
        state=SubmissionState.WITHDRAWN,
        exhibit_id__isnull=False,
    )
    return tuple(sorted(set(rows.values_list("submission__receiver_id", flat=True))))


def forget_erased(agency_id: UUID, case_id: UUID, exhibit_id: UUID | None, *, now: datetime) -> tuple[Submission, ...]:
    """Keep that nothing is left of an exhibit, or without one of the case, that came by a submission; return it."""
    rows = SubmissionRow.objects.filter(receiver_id=agency_id, case_id=case_id)
    found = submissions_in(rows)
    items = SubmissionItemRow.objects.filter(submission_id__in=[one.submission_id for one in found])
    if exhibit_id is not None:
        items.filter(exhibit_id=exhibit_id).update(exhibit_id=None)
        return found
    items.update(exhibit_id=None)
    rows.update(case_id=None, erased_at=now)
    return found


def case_reference(case_id: UUID) -> str:
    """Return what a case of the agency is called, whoever works on it."""
    return Case.objects.filter(id=case_id).values_list("reference", flat=True)[0]


def exhibit_reference(exhibit_id: UUID) -> str:
    """Return what an exhibit of the agency is called."""
    return Exhibit.objects.filter(id=exhibit_id).values_list("reference", flat=True)[0]


def labels_of(agency_id: UUID, case_ids: Collection[UUID]) -> Mapping[UUID, Handling]:
    """Return under which label each of these cases came by a submission; those that did not are left out."""
    rows = SubmissionRow.objects.filter(receiver_id=agency_id, case_id__in=list(case_ids))
    return {row.case_id: label_of(row) for row in rows if row.case_id is not None}


def handlings_of_labelled(agency_id: UUID) -> tuple[tuple[Handling, Handling], ...]:
    """Return of each series that rests on what came by a submission: the label of that, and its own handling."""
    rows = SubmissionRow.objects.filter(receiver_id=agency_id).exclude(case_id=None)
    labels = {row.case_id: label_of(row) for row in rows if row.case_id is not None}
    if not labels:
        return ()
    ties = SeriesCase.objects.filter(case_id__in=labels).select_related("series__root")
    return tuple((labels[tie.case_id], handling_of(tie.series.root)) for tie in ties)
