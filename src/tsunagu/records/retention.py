"""How long an agency keeps its cases, as rows. Call everything within `acting_for`, except where it says otherwise."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.retention import DEFAULT_KEEP_MONTHS, REVIEW_MONTHS, add_months, review_from
from tsunagu.records.cases import summary_of
from tsunagu.records.models import Case, Erasure, RetentionRule
from tsunagu.records.session import LINKER


def keep_months() -> int:
    """Return for how many months the agency keeps its cases."""
    rule = RetentionRule.objects.values_list("keep_months", flat=True).first()
    return DEFAULT_KEEP_MONTHS if rule is None else rule


def set_keep_months(months: int, *, agency_id: UUID, set_by: UUID, now: datetime) -> None:
    """Set for how many months the agency keeps its cases."""
    changed = {"keep_months": months, "set_at": now, "set_by_id": set_by}
    if not RetentionRule.objects.update(**changed):
        RetentionRule.objects.create(agency_id=agency_id, **changed)


def expired_cases(*, today: date) -> tuple[CaseSummary, ...]:
    """Return the agency's cases whose last day is over and that are not being erased yet."""
    under_way = Erasure.objects.filter(exhibit_id=None, ended_at=None).values("case_id")
    rows = Case.objects.filter(keep_until__lt=today).exclude(id__in=under_way).order_by("keep_until", "id")
    return tuple(map(summary_of, rows))


def still_expired(case_id: UUID, *, today: date) -> bool:
    """Return whether a case's last day is over; who sets another one waits until this transaction has ended."""
    return Case.objects.select_for_update(no_key=True).filter(id=case_id, keep_until__lt=today).exists()


def overdue_count(*, today: date) -> int:
    """Return how many cases, of whomever, expired more than two days ago and are still there. Needs no `acting_for`."""
    return Case.objects.using(LINKER).filter(keep_until__lt=today - timedelta(days=2)).count()


def review_count(*, today: date) -> int:
    """Return how many cases, of whomever, wait for their review. Needs no `acting_for`."""
    soon = add_months(today, REVIEW_MONTHS + 1)
    days = Case.objects.using(LINKER).filter(keep_until__lte=soon).values_list("keep_until").annotate(Count("id"))
    return sum(count for day, count in days if review_from(day) <= today)
