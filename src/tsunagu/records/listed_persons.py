"""Who the rows of seized lists name, and what people say of pairs of rows. Call all within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Count

from tsunagu.domain.judgement import Judgement
from tsunagu.domain.seized import ListedPerson
from tsunagu.records.bulk import insert
from tsunagu.records.models import ListedPersonRow, PairAnswerRow


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """What an officer has said of two rows, the smaller first."""

    one: int
    other: int
    officer_id: UUID
    answer: Judgement


def replace_persons(list_id: UUID, agency_id: UUID, persons: Iterable[ListedPerson], *, now: datetime) -> int:
    """Let these be the persons of a list from now on, and return how many are not those that were.

    Who is still the same stays under his id; who is not ends, and stays as history.
    """
    standing = {_told(row): row.id for row in ListedPersonRow.objects.filter(list_id=list_id, ended_at=None)}
    new = [one for one in persons if standing.pop(one, None) is None]
    ended = list(standing.values())
    ListedPersonRow.objects.filter(id__in=ended).update(ended_at=now)
    insert(ListedPersonRow, [_row(one, list_id, agency_id, now) for one in new])
    return len(new)


def persons_of(list_id: UUID) -> tuple[ListedPerson, ...]:
    """Return the persons that a list names now, by their first row."""
    rows = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None)
    return tuple(sorted((_told(row) for row in rows.iterator()), key=lambda one: one.rows[0]))


def count_persons(list_id: UUID) -> dict[tuple[str | None, str, str, bool], int]:
    """Return how many persons a list names now by prefecture, method, confidence and whether an officer has to look."""
    by = ("prefecture", "method", "confidence", "needs_a_person")
    rows = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None).values_list(*by).annotate(Count("id"))
    return {(place, method, confidence, needs): count for place, method, confidence, needs, count in rows.order_by()}


def add_answer(list_id: UUID, agency_id: UUID, given: PairAnswer, *, reason: str, now: datetime) -> None:
    """Keep what an officer says of two rows."""
    PairAnswerRow.objects.create(
        agency_id=agency_id,
        list_id=list_id,
        one=given.one,
        other=given.other,
        officer_id=given.officer_id,
        answer=given.answer,
        reason=reason,
        answered_at=now,
    )


def answers_of(list_id: UUID) -> tuple[PairAnswer, ...]:
    """Return what was said of pairs of a list, in order of time."""
    rows = PairAnswerRow.objects.filter(list_id=list_id).order_by("id")
    return tuple(
        PairAnswer(one, other, officer_id, Judgement(answer))
        for one, other, officer_id, answer in rows.values_list("one", "other", "officer_id", "answer")
    )


def _row(one: ListedPerson, list_id: UUID, agency_id: UUID, now: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "agency_id": agency_id,
        "list_id": list_id,
        "rows": one.rows,
        "prefecture": one.prefecture,
        "method": one.method,
        "confidence": one.confidence,
        "alternatives": one.alternatives,
        "needs_a_person": one.needs_a_person,
        "since": now,
    }


def _told(row: ListedPersonRow) -> ListedPerson:
    return ListedPerson(
        tuple(row.rows), row.prefecture, row.method, row.confidence, tuple(row.alternatives), row.needs_a_person
    )
