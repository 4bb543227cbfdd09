"""Gate files as rows, sealed under their list's key. Call all within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import IntegrityError, transaction

from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.gate import GateStepKind
from tsunagu.domain.seized import ListedPerson, SeizedList
from tsunagu.law.gate_file import GateStep
from tsunagu.records.listed_persons import told
from tsunagu.records.models import GateStepRow, ListedPersonRow
from tsunagu.records.seized import held
from tsunagu.records.seized_seals import ListSeal

_AT_ONCE = 500


def person_at(list_id: UUID, first_row: int) -> tuple[UUID, ListedPerson]:
    """Return the person whom a list names now and whose first row this is, with his id.

    Raises:
        NotFound: it names none.
    """
    row = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None, rows__0=first_row).first()
    if row is None:
        raise NotFound("no such person")
    return row.id, told(row)


def persons_after(
    list_id: UUID, first_row: int, *, among: Iterable[UUID] | None, prefecture: str | None
) -> Iterator[tuple[UUID, ListedPerson]]:
    """Yield the persons whom a list names now, with their ids, in order of their first rows; a few at a time are read.

    Args:
        list_id: of the list, which may name a million.
        first_row: behind which to begin.
        among: these alone; everybody when it is None.
        prefecture: of those alone who live there, as the list tells; anywhere when it is None.
    """
    rows = ListedPersonRow.objects.filter(list_id=list_id, ended_at=None).order_by("rows__0")
    rows = rows if among is None else rows.filter(id__in=list(among))
    rows = rows if prefecture is None else rows.filter(prefecture=prefecture)
    while True:
        some = list(rows.filter(rows__0__gt=first_row)[:_AT_ONCE])
        yield from ((row.id, told(row)) for row in some)
        if len(some) < _AT_ONCE:
            return
        first_row = some[-1].rows[0]


def rows_of_persons(list_id: UUID, persons: Iterable[UUID]) -> dict[UUID, tuple[list[int], bool]]:
    """Return the rows of these persons, by id, and whether the list names each of them now."""
    rows = ListedPersonRow.objects.filter(list_id=list_id, id__in=list(persons)).values_list("id", "rows", "ended_at")
    return {person_id: (numbers, ended_at is None) for person_id, numbers, ended_at in rows}


def add_step(one: SeizedList, person_id: UUID, step: GateStep, seal: ListSeal) -> None:
    """Keep a step.

    Raises:
        NotFound: the list is gone.
        Conflict: the list is being erased, or somebody else has added a step meanwhile.
    """
    held(one.list_id)
    try:
        with transaction.atomic():
            GateStepRow.objects.create(
                agency_id=one.agency_id,
                list_id=one.list_id,
                person_id=person_id,
                number=step.number,
                kind=step.kind,
                sealed=seal.sealed_json(_place(person_id, step.number), step.said),
                officer_id=step.officer_id,
                at=step.at,
            )
    except IntegrityError as error:
        raise Conflict("something else was recorded of this person meanwhile: look at him again") from error


def steps_of(list_id: UUID, seal: ListSeal, *, person_id: UUID | None = None) -> dict[UUID, list[GateStep]]:
    """Return the steps of one person of a list, or of all, by person and number.

    Raises:
        Conflict: what is kept of them was changed.
    """
    rows = GateStepRow.objects.filter(list_id=list_id)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    found: dict[UUID, list[GateStep]] = {}
    for row in rows.order_by("person_id", "number").iterator():
        said = seal.opened_json(_place(row.person_id, row.number), bytes(row.sealed))
        step = GateStep(row.number, GateStepKind(row.kind), row.officer_id, row.at, said)
        found.setdefault(row.person_id, []).append(step)
    return found


def _place(person_id: UUID, number: int) -> str:
    return f"step {number} of person {person_id}"
