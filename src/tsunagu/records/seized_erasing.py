"""What goes of seized lists with their exhibits. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from tsunagu.records.models import (
    EnquiryRequestSourceRow,
    GateStepRow,
    JuvenileRow,
    ListedPersonRow,
    PairAnswerRow,
    PrefectureDecisionRow,
    ReferralRow,
    ReferralSourceRow,
    SeizedChunkRow,
    SeizedListRow,
    SeizedPieceRow,
    TitleAssessmentRow,
    TitleRow,
)


def lists_of(exhibits: Sequence[UUID]) -> list[UUID]:
    """Return the ids of the lists of these exhibits, in order."""
    return list(SeizedListRow.objects.filter(exhibit_id__in=exhibits).order_by("id").values_list("id", flat=True))


def count_rows(case_id: UUID, exhibit_id: UUID | None) -> int:
    """Return how many rows the lists of an exhibit have, or without one those of the whole case."""
    lists = SeizedListRow.objects.filter(exhibit__case_id=case_id)
    found = (lists.filter(exhibit_id=exhibit_id) if exhibit_id else lists).aggregate(total=Sum("rows"))
    return found["total"] or 0


def keep_no_packages(exhibits: Sequence[UUID]) -> None:
    """Note of the packages that were made from the lists of these exhibits that their sender keeps them no more."""
    ReferralRow.objects.filter(referralsourcerow__list__exhibit_id__in=exhibits).update(kept_by_sender=False)


def rows_of_lists(exhibits: Sequence[UUID]) -> list[QuerySet[Any]]:
    """Return the rows that go with the lists of these exhibits, in the order in which they may go."""
    of_lists = {"list__exhibit_id__in": exhibits}
    return [
        ReferralSourceRow.objects.filter(**of_lists),
        EnquiryRequestSourceRow.objects.filter(**of_lists),
        JuvenileRow.objects.filter(**of_lists),
        GateStepRow.objects.filter(**of_lists),
        TitleAssessmentRow.objects.filter(**of_lists),
        TitleRow.objects.filter(**of_lists),
        ListedPersonRow.objects.filter(**of_lists),
        PairAnswerRow.objects.filter(**of_lists),
        PrefectureDecisionRow.objects.filter(**of_lists),
        SeizedChunkRow.objects.filter(**of_lists),
        SeizedPieceRow.objects.filter(**of_lists),
        SeizedListRow.objects.filter(exhibit_id__in=exhibits),
    ]
