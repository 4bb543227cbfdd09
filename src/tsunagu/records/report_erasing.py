"""What goes of incoming reports: with the case they were merged into, or once their last day is over.

Call everything within `acting_for` an agency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from tsunagu.domain.errors import Conflict
from tsunagu.records.models import ReportContentRow, ReportKeyRow, ReportRow, ReportStepRow


def of_case(case_id: UUID) -> list[UUID]:
    """Return the ids of the reports that were merged into a case, in order."""
    return list(ReportRow.objects.filter(case_id=case_id).order_by("id").values_list("id", flat=True))


def rows_of(report_ids: Sequence[UUID]) -> list[QuerySet[Any]]:
    """Return the rows that go with these reports, in the order in which they may go."""
    of_them = {"report_id__in": report_ids}
    return [
        ReportContentRow.objects.filter(**of_them),
        ReportKeyRow.objects.filter(**of_them),
        ReportStepRow.objects.filter(**of_them),
        ReportRow.objects.filter(id__in=report_ids),
    ]


def expired(agency_id: UUID, *, today: date) -> list[list[UUID]]:
    """Return the reports of no case whose last day is over; those that were joined go together, with the last of them.

    Each list begins with the report that the others were joined to.
    """
    over = ReportRow.objects.filter(holder_id=agency_id, case=None, keep_until__lt=today)
    longer = ReportRow.objects.filter(joined_to=OuterRef("id"), keep_until__gte=today)
    rows = over.filter(~Exists(longer), joined_to=None).order_by("keep_until", "id")
    leads = list(rows.values_list("id", flat=True))
    together: dict[UUID | None, list[UUID]] = {one: [one] for one in leads}
    for report_id, lead in over.filter(joined_to__in=leads).order_by("id").values_list("id", "joined_to"):
        together[lead].append(report_id)
    return list(together.values())


def erase(report_ids: Sequence[UUID]) -> None:
    """Erase reports.

    Raises:
        Conflict: the database does not let one of them go; what is half erased must not be committed.
    """
    for rows in rows_of(report_ids):
        if (expected := rows.count()) and rows.delete()[0] != expected:
            raise Conflict("what is to be erased may not be deleted")
