"""Persons of cases, as rows; officers' words in them are sealed. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Max, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import NotFound
from tsunagu.domain.person import (
    Basis,
    CasePerson,
    Ground,
    GroundKind,
    PersonKind,
    PersonName,
    PersonStep,
    PersonTie,
    TieReason,
)
from tsunagu.domain.report import SourceGrading
from tsunagu.records.models import (
    Case,
    EnquiryRow,
    HitRow,
    Holding,
    OverlapNotice,
    PersonOpeningRow,
    PersonRecallRow,
    PersonRow,
    PersonStepRow,
    PersonTieRow,
    PersonToldRow,
    PersonWithdrawalRow,
)
from tsunagu.records.series import seen_by

NO_PERSON: Final = "no such person in this case"


@dataclass(frozen=True, slots=True)
class Words:
    """Seals and opens what officers write, each bound to its place."""

    seal: Callable[[str, str], bytes]
    opened: Callable[[str, bytes], str]


def add_person(
    case: CaseSummary, kind: PersonKind, *, code: str, series: Iterable[UUID], officer_id: UUID, now: datetime
) -> tuple[UUID, PersonName]:
    """Enter a person into a case under the next number of the kind, and return the id and what he or she is called."""
    locked(case)
    number = _last(PersonRow.objects.filter(case_id=case.case_id, kind=kind)) + 1
    number = max(number, _last_withdrawn(case, kind) + 1)
    row = PersonRow.objects.create(
        id=uuid4(),
        agency_id=case.agency_id,
        case_id=case.case_id,
        kind=kind,
        number=number,
        code=code,
        series=[str(one) for one in series],
        entered_by_id=officer_id,
        entered_at=now,
    )
    return row.id, PersonName(kind, number)


def add_step(
    case: CaseSummary, person: CasePerson, value: str, basis: Basis, words: Words, *, officer_id: UUID, now: datetime
) -> int:
    """Keep a statement of how a person stands, and return its number."""
    number = person.steps[-1].number + 1 if person.steps else 1
    PersonStepRow.objects.create(
        agency_id=case.agency_id,
        person_id=person.person_id,
        number=number,
        value=value,
        officer_id=officer_id,
        stated_at=now,
        **_columns(basis, words, f"step {number} of person {person.person_id}"),
    )
    return number


def add_tie(
    case: CaseSummary,
    pair: tuple[CasePerson, CasePerson],
    reason: TieReason,
    basis: Basis,
    words: Words,
    *,
    officer_id: UUID,
    now: datetime,
) -> int:
    """Keep that two persons are tied, as an officer states it, and return the number of the tie in its case."""
    locked(case)
    number = _last(PersonTieRow.objects.filter(case_id=case.case_id)) + 1
    one, other = pair
    PersonTieRow.objects.create(
        agency_id=case.agency_id,
        case_id=case.case_id,
        number=number,
        one_id=one.person_id,
        other_id=other.person_id,
        reason=reason,
        officer_id=officer_id,
        stated_at=now,
        **_columns(basis, words, f"tie {number} of case {case.case_id}"),
    )
    return number


def add_told(case: CaseSummary, person: CasePerson, receiver: str, words: Words, *, by: UUID, now: datetime) -> int:
    """Keep that somebody was told of a person, and return the number."""
    locked(case)
    number = _last(PersonToldRow.objects.filter(person_id=person.person_id)) + 1
    sealed = words.seal(f"told {number} of person {person.person_id}", receiver)
    of_it = {"agency_id": case.agency_id, "person_id": person.person_id, "number": number}
    PersonToldRow.objects.create(**of_it, sealed=sealed, officer_id=by, told_at=now)
    return number


def persons_of(case: CaseSummary, words: Words, names: Mapping[str, str]) -> tuple[CasePerson, ...]:
    """Return the persons of a case with all that was stated of them, children first, by number.

    Args:
        names: of the series that may be named, by id.
    """
    rows = PersonRow.objects.filter(case_id=case.case_id).select_related("entered_by")
    return _persons(rows, words, names)


def person_called(case: CaseSummary, name: PersonName, words: Words) -> CasePerson:
    """Return a person of a case, and lock the row.

    Raises:
        NotFound: nobody is called so in it.
    """
    rows = PersonRow.objects.filter(case_id=case.case_id, kind=name.kind, number=name.number)
    found = _persons(rows.select_related("entered_by").select_for_update(of=("self",)), words, {})
    if not found:
        raise NotFound(NO_PERSON)
    return found[0]


def ties_of(case: CaseSummary, words: Words) -> tuple[PersonTie, ...]:
    """Return which persons of a case are tied, by number."""
    rows = PersonTieRow.objects.filter(case_id=case.case_id).select_related("one", "other", "officer")
    return tuple(
        PersonTie(
            row.number,
            _name(row.one),
            _name(row.other),
            TieReason(row.reason),
            _basis(row, words, f"tie {row.number} of case {case.case_id}"),
            row.officer.login,
            row.stated_at,
        )
        for row in rows.order_by("number")
    )


def check_ground(case: CaseSummary, ground: Ground) -> None:
    """Do nothing when the case has what a statement shall rest on; a document lies where its digest was taken.

    Raises:
        NotFound: it has not.
    """
    number = 0 if ground.kind is GroundKind.DOCUMENT else int(ground.reference)
    if ground.kind is GroundKind.ITEM:
        is_there = Holding.objects.filter(exhibit__case_id=case.case_id, number=number).exists()
    elif ground.kind is GroundKind.ENQUIRY:
        is_there = EnquiryRow.objects.filter(case_id=case.case_id, number=number).exists()
    elif ground.kind is GroundKind.HIT:  # of an overlap that both sides have shared: no other hit has a number here
        overlaps = OverlapNotice.objects.filter(case_id=case.case_id, held=False).values("overlap_id")
        is_there = HitRow.objects.filter(id=number, overlap_id__in=overlaps).exists()
    else:
        is_there = True
    if not is_there:
        raise NotFound("the case has no such evidence")


def locked(case: CaseSummary) -> None:
    """Let who else numbers something in a case wait."""
    Case.objects.select_for_update(no_key=True).get(id=case.case_id)


def series_names(actor: Actor, case: CaseSummary) -> dict[str, str]:
    """Return the names of the series that children of a case are in, by id, as far as the actor may see them."""
    listed = PersonRow.objects.filter(case_id=case.case_id).values_list("series", flat=True)
    ids = {UUID(one) for each in listed for one in each}
    rows = seen_by(actor, "root_id").filter(id__in=ids).values_list("id", "root__name")
    return {str(series_id): name or "" for series_id, name in rows}


def _persons(rows: QuerySet[PersonRow], words: Words, names: Mapping[str, str]) -> tuple[CasePerson, ...]:
    found = list(rows.order_by("kind", "number"))
    steps: dict[UUID, list[PersonStep]] = {row.id: [] for row in found}
    for step in PersonStepRow.objects.filter(person_id__in=steps).select_related("officer").order_by("number"):
        basis = _basis(step, words, f"step {step.number} of person {step.person_id}")
        steps[step.person_id].append(PersonStep(step.number, step.value, basis, step.officer.login, step.stated_at))
    return tuple(
        CasePerson(
            row.id,
            _name(row),
            row.code,
            row.entered_by.login,
            row.entered_at,
            row.identity_at is not None,
            tuple(sorted(names[one] for one in row.series if one in names)),
            tuple(steps[row.id]),
        )
        for row in found
    )


def _name(row: PersonRow) -> PersonName:
    return PersonName(PersonKind(row.kind), row.number)


def _columns(basis: Basis, words: Words, place: str) -> dict[str, Any]:
    return {
        "sealed": words.seal(place, basis.words),
        "since_on": basis.on,
        "grading": str(basis.grading),
        "ground": str(basis.ground),
    }


def _basis(row: PersonStepRow | PersonTieRow, words: Words, place: str) -> Basis:
    said = words.opened(place, bytes(row.sealed))
    return Basis(said, row.since_on, SourceGrading.parse(row.grading), Ground.parse(row.ground))


def _last(rows: QuerySet[Any]) -> int:
    return rows.aggregate(last=Max("number"))["last"] or 0


def _last_withdrawn(case: CaseSummary, kind: PersonKind) -> int:
    """Return the highest number that was taken out of a case: none is given twice."""
    return _last(PersonWithdrawalRow.objects.filter(case_id=case.case_id, kind=kind))


def ids_in(case_id: UUID) -> list[UUID]:
    """Return the ids of the persons of a case, in order."""
    return list(PersonRow.objects.filter(case_id=case_id).order_by("id").values_list("id", flat=True))


def erase_of_case(case_id: UUID) -> Sequence[QuerySet[Any]]:
    """Return what goes with a case, in the order in which it may go; reasons to read identities go at once."""
    PersonOpeningRow.objects.filter(case_id=case_id).update(sealed=b"")
    of_person = {"person__case_id": case_id}
    return (
        PersonTieRow.objects.filter(case_id=case_id),
        PersonStepRow.objects.filter(**of_person),
        PersonToldRow.objects.filter(**of_person),
        PersonRow.objects.filter(case_id=case_id),
        PersonRecallRow.objects.filter(withdrawal__case_id=case_id),
        PersonWithdrawalRow.objects.filter(case_id=case_id),
    )
