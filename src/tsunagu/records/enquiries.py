"""Enquiries, as rows of their case's agency. Call everything within `acting_for` an agency."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from django.db.models import Max, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.enquiry import Enquiry, EnquiryDraft, EnquiryResult
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.records.models import Case, EnquiryRow
from tsunagu.records.series import mine


def add_enquiry(case: CaseSummary, draft: EnquiryDraft, *, officer_id: UUID, now: datetime) -> tuple[UUID, int]:
    """Enter an enquiry into a case's book, and return its id and its number there."""
    Case.objects.select_for_update(no_key=True).get(id=case.case_id)  # who else enters one into it waits
    last = EnquiryRow.objects.filter(case_id=case.case_id).aggregate(last=Max("number"))["last"] or 0
    row = EnquiryRow.objects.create(
        id=uuid4(),
        agency_id=case.agency_id,
        case_id=case.case_id,
        number=last + 1,
        what=draft.what,
        receiver=draft.to,
        due_on=draft.due_on,
        asked_by_id=officer_id,
        asked_at=now,
    )
    return row.id, row.number


def answer_enquiry(
    case: CaseSummary, number: int, *, result: EnquiryResult, words: str, officer_id: UUID, now: datetime
) -> UUID:
    """Enter what came of an enquiry, and return its id.

    Raises:
        NotFound: the case has no such enquiry.
        Conflict: it was answered before.
    """
    rows = EnquiryRow.objects.filter(case_id=case.case_id, number=number)
    row = rows.first()
    if row is None:
        raise NotFound("no such enquiry")
    answer = {"result": result, "words": words, "answered_by_id": officer_id, "answered_at": now}
    if rows.filter(answered_at=None).update(**answer) != 1:
        raise Conflict("what came of this enquiry was entered before")
    return row.id


def enquiries_of(case: CaseSummary) -> tuple[Enquiry, ...]:
    """Return the book of a case: what has no result yet first, the soonest due first."""
    return _enquiries(EnquiryRow.objects.filter(case_id=case.case_id))


def overdue_enquiries(actor: Actor, *, today: date) -> tuple[Enquiry, ...]:
    """Return the enquiries of the actor's cases whose day is over without a result, the longest overdue first."""
    return _enquiries(_overdue(actor, today))


def count_overdue(actor: Actor, *, today: date) -> int:
    """Return how many enquiries of the actor's cases have no result though their day is over."""
    return _overdue(actor, today).count()


def _overdue(actor: Actor, today: date) -> QuerySet[EnquiryRow]:
    return EnquiryRow.objects.filter(case_id__in=mine(actor), answered_at=None, due_on__lt=today)


def _enquiries(rows: QuerySet[EnquiryRow]) -> tuple[Enquiry, ...]:
    found = [
        Enquiry(
            row.id,
            row.case.reference,
            row.number,
            EnquiryDraft(row.what, row.receiver, row.due_on),
            row.asked_by.login,
            row.asked_at,
            EnquiryResult(row.result) if row.result else None,
            row.words or "",
            row.answered_by.login if row.answered_by else None,
            row.answered_at,
        )
        for row in rows.select_related("case", "asked_by", "answered_by").order_by("due_on", "case_id", "number")
    ]
    return tuple(sorted(found, key=lambda one: one.result is not None))
