"""Who the rows of seized lists name, and what people say of pairs of rows. Call all within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, Q, QuerySet

from tsunagu.domain.errors import NotFound
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.seized import BY_OFFICER, UNKNOWN_PREFECTURE, ListedPerson, PrefectureDecision
from tsunagu.records.bulk import insert
from tsunagu.records.models import ListedPersonRow, PairAnswerRow, PrefectureDecisionRow


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """What an officer has said of two rows, the smaller first."""

    one: int
    other: int
    officer_id: UUID
    answer: Judgement


def replace_persons(list_id: UUID, agency_id: UUID, persons: Iterable[ListedPerson], *, now: datetime) -> int:
    """Let these be the persons of a list from now on, and return how many are not those that were.

    Whom the same rows name stays under his id, and how he was known before stays as history; who is named no more ends.
    """
    standing = {tuple(row.rows): row for row in ListedPersonRow.objects.filter(list_id=list_id, ended_at=None)}
    new, otherwise = [], []
    for one in persons:
        row = standing.pop(one.rows, None)
        if row is None:
            new.append(one)
        elif told(row) != one:
            otherwise.append((row, one))
    ended = [row.id for row in standing.values()]
    ListedPersonRow.objects.filter(id__in=ended).update(ended_at=now)
    for row, one in otherwise:
        _know_otherwise(row, one, now)
    insert(ListedPersonRow, [_row(one, list_id, agency_id, now) for one in new])
    return len(new) + len(otherwise)


def persons_of(list_id: UUID) -> tuple[ListedPerson, ...]:
    """Return the persons that a list names now, by their first row."""
    rows = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None)
    return tuple(sorted((told(row) for row in rows.iterator()), key=lambda one: one.rows[0]))


def count_persons(list_id: UUID, *, but_of: Sequence[int] = ()) -> dict[tuple[str | None, str, str, bool], int]:
    """Return how many persons a list names now by prefecture, method, confidence and whether an officer has to look.

    Args:
        but_of: numbers of rows; who is named by one of them is not counted.
    """
    by = ("prefecture", "method", "confidence", "needs_a_person")
    rows = _standing(list_id, but_of).values_list(*by).annotate(Count("id"))
    return {(place, method, confidence, needs): count for place, method, confidence, needs, count in rows.order_by()}


def persons_to_place(list_id: UUID, *, but_of: Sequence[int], after: int, most: int) -> tuple[ListedPerson, ...]:
    """Return persons of a list whose prefecture an officer has to decide, or has decided, by their first row.

    Args:
        but_of: numbers of rows; who is named by one of them is not among them.
        after: the first row behind whose person to go on.
        most: how many at most.
    """
    rows = _standing(list_id, but_of).filter(Q(needs_a_person=True) | Q(method=BY_OFFICER))
    return tuple(told(row) for row in rows.filter(rows__0__gt=after).order_by("rows__0")[:most])


def person_of(list_id: UUID, rows: Sequence[int], *, but_of: Sequence[int]) -> ListedPerson | None:
    """Return the person whom exactly these rows name now; None where nobody is, or where he is not to be told of."""
    found = _standing(list_id, but_of).filter(rows=list(rows)).first()
    return None if found is None else told(found)


def replace_person(list_id: UUID, person: ListedPerson, *, now: datetime) -> None:
    """Let a person be known so from now on, and keep how he was known as history.

    Raises:
        NotFound: the list names no such person by now.
    """
    row = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None, rows=list(person.rows)).first()
    if row is None:
        raise NotFound("no such person")
    _know_otherwise(row, person, now)


def _know_otherwise(row: ListedPersonRow, person: ListedPerson, now: datetime) -> None:
    """Change what is known of somebody under his id, on which all rests that was found of him."""
    before = _row(told(row), row.list_id, row.agency_id, row.since) | {"ended_at": now}
    ListedPersonRow.objects.create(**before)
    known = ("prefecture", "method", "confidence", "alternatives", "needs_a_person", "since")
    after = _row(person, row.list_id, row.agency_id, now)
    ListedPersonRow.objects.filter(id=row.id).update(**{name: after[name] for name in known})


def _standing(list_id: UUID, but_of: Sequence[int]) -> QuerySet[ListedPersonRow]:
    rows = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None)
    return rows.exclude(rows__overlap=list(but_of)) if but_of else rows


def add_decision(
    list_id: UUID,
    agency_id: UUID,
    rows: Sequence[int],
    prefecture: str,
    *,
    officer_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    """Keep what an officer decides of where the person of these rows lives.

    Args:
        prefecture: a code, `UNKNOWN_PREFECTURE`, or empty where he takes back what was decided.
    """
    PrefectureDecisionRow.objects.create(
        agency_id=agency_id,
        list_id=list_id,
        rows=list(rows),
        prefecture=prefecture,
        officer_id=officer_id,
        reason=reason,
        decided_at=now,
    )


def decisions_of(list_id: UUID) -> dict[tuple[int, ...], PrefectureDecision]:
    """Return what stands decided, by the rows that it holds for."""
    found: dict[tuple[int, ...], PrefectureDecision] = {}
    rows = PrefectureDecisionRow.objects.filter(list_id=list_id).order_by("id")
    told = rows.values_list("rows", "prefecture", "reason", "officer__login", "decided_at")
    for of, prefecture, reason, login, at in told:
        found.pop(tuple(of), None)
        if prefecture:
            code = None if prefecture == UNKNOWN_PREFECTURE else prefecture
            found[tuple(of)] = PrefectureDecision(tuple(of), code, reason, login, at)
    return found


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


def _row(one: ListedPerson, list_id: UUID, agency_id: UUID, since: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "agency_id": agency_id,
        "list_id": list_id,
        "rows": list(one.rows),
        "prefecture": one.prefecture,
        "method": one.method,
        "confidence": one.confidence,
        "alternatives": list(one.alternatives),
        "needs_a_person": one.needs_a_person,
        "apart": False,
        "since": since,
    }


def told(row: ListedPersonRow) -> ListedPerson:
    """Return the person that a row holds."""
    return ListedPerson(
        tuple(row.rows), row.prefecture, row.method, row.confidence, tuple(row.alternatives), row.needs_a_person
    )
