"""Persons taken out of cases, and who is to be told, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.person import CasePerson, PersonEnd, PersonKind, PersonName, Recall, ReceiverKind
from tsunagu.records import identities
from tsunagu.records.models import (
    PersonRecallRow,
    PersonRow,
    PersonStepRow,
    PersonTieRow,
    PersonToldRow,
    PersonWithdrawalRow,
    ReferralSourceRow,
    SeriesCase,
    SubmissionRow,
)
from tsunagu.records.persons import Words

NO_RECALL: Final = "nobody is to be told under this number"


def told_of(person: CasePerson, words: Words) -> tuple[str, ...]:
    """Return who was told of a person, in order."""
    rows = PersonToldRow.objects.filter(person_id=person.person_id).order_by("number")
    return tuple(words.opened(f"told {row.number} of person {person.person_id}", bytes(row.sealed)) for row in rows)


def referrals_since(case: CaseSummary, since: datetime) -> tuple[UUID, ...]:
    """Return the referrals from lists of a case that were sent since then."""
    rows = ReferralSourceRow.objects.filter(list__exhibit__case_id=case.case_id, referral__sent_at__gte=since)
    return tuple(rows.order_by("referral__sent_at").values_list("referral_id", flat=True).distinct())


def submissions_since(case: CaseSummary, since: datetime) -> tuple[UUID, ...]:
    """Return what was submitted since then of series that rest on a case."""
    resting = SeriesCase.objects.filter(case_id=case.case_id).values("series__root_id")
    rows = SubmissionRow.objects.filter(owner_id=case.agency_id, series__root_id__in=resting, submitted_at__gte=since)
    return tuple(rows.order_by("submitted_at", "id").values_list("id", flat=True))


def withdraw(
    case: CaseSummary,
    person: CasePerson,
    why: PersonEnd,
    receivers: Sequence[tuple[ReceiverKind, str]],
    words: Words,
    *,
    officer_id: UUID,
    now: datetime,
) -> list[str]:
    """Erase a person, and list who is to be told; return what names the rows that went.

    Raises:
        Conflict: the database does not let it go.
    """
    row = PersonWithdrawalRow.objects.create(
        agency_id=case.agency_id,
        case_id=case.case_id,
        person_id=person.person_id,
        kind=person.name.kind,
        number=person.name.number,
        why=why,
        officer_id=officer_id,
        withdrawn_at=now,
    )
    for number, (kind, receiver) in enumerate(receivers, start=1):
        sealed = words.seal(_place(row.id, number), receiver)
        PersonRecallRow.objects.create(
            agency_id=case.agency_id, withdrawal_id=row.id, number=number, kind=kind, sealed=sealed
        )
    identities.forget_reasons(person.person_id)
    of_it = {"person_id": person.person_id}
    tied = Q(one_id=person.person_id) | Q(other_id=person.person_id)
    rows: list[tuple[str, QuerySet[Any]]] = [
        ("person tie", PersonTieRow.objects.filter(tied)),
        ("person step", PersonStepRow.objects.filter(**of_it)),
        ("person told", PersonToldRow.objects.filter(**of_it)),
        ("person", PersonRow.objects.filter(id=person.person_id)),
    ]
    gone = []
    for table, each in rows:
        named = [f"{table} {one}" for one in each.order_by("pk").values_list("pk", flat=True)]
        if each.delete()[0] != len(named):
            raise Conflict("what is to be erased may not be deleted")
        gone += named
    return gone


def recalls_of(case: CaseSummary, words: Words) -> tuple[Recall, ...]:
    """Return who is to be told of the withdrawals of a case: who was not reached yet first."""
    rows = PersonRecallRow.objects.filter(withdrawal__case_id=case.case_id).select_related("withdrawal", "officer")
    found = [
        Recall(
            PersonName(PersonKind(row.withdrawal.kind), row.withdrawal.number),
            row.number,
            ReceiverKind(row.kind),
            words.opened(_place(row.withdrawal_id, row.number), bytes(row.sealed)),
            words.opened(_answer(row.withdrawal_id, row.number), bytes(row.answer)) if row.answer else "",
            row.officer.login if row.officer else None,
            row.answered_at,
        )
        for row in rows.order_by("withdrawal_id", "number")
    ]
    return tuple(sorted(found, key=lambda one: one.at is not None))


def answer_recall(
    case: CaseSummary, name: PersonName, number: int, answer: str, words: Words, *, officer_id: UUID, now: datetime
) -> tuple[UUID, int]:
    """Keep that a receiver was told, and what he answers; return the person's id, and how many are still to be told.

    Raises:
        NotFound: there is no such receiver.
        Conflict: it was entered before.
    """
    rows = PersonRecallRow.objects.filter(
        withdrawal__case_id=case.case_id, withdrawal__kind=name.kind, withdrawal__number=name.number
    )
    row = rows.filter(number=number).select_related("withdrawal").first()
    if row is None:
        raise NotFound(NO_RECALL)
    sealed = words.seal(_answer(row.withdrawal_id, number), answer)
    waiting = PersonRecallRow.objects.filter(id=row.id, answered_at=None)
    if waiting.update(answer=sealed, officer_id=officer_id, answered_at=now) != 1:
        raise Conflict("it was entered before that this receiver was told")
    return row.withdrawal.person_id, rows.filter(answered_at=None).count()


def count_unanswered(case_id: UUID) -> int:
    """Return how many receivers are still to be told of withdrawals from a case."""
    return PersonRecallRow.objects.filter(withdrawal__case_id=case_id, answered_at=None).count()


def _place(withdrawal: int, number: int) -> str:
    return f"receiver {number} of withdrawal {withdrawal}"


def _answer(withdrawal: int, number: int) -> str:
    return f"answer {number} of withdrawal {withdrawal}"
