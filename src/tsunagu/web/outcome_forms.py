"""The form in which an agency tells what became of an alert, as values."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from django.http import HttpRequest

from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import (
    MOST_PERSONS,
    MOST_SENTENCE_MONTHS,
    AgeBand,
    Disposal,
    HarmMethod,
    Outcome,
    OutcomeCode,
    PersonOutcome,
    PersonRole,
    SchoolBand,
)
from tsunagu.web.desk import chosen, whole

MOST_CHILDREN: Final = 100_000
PERSON_ROWS: Final = range(1, 7)
"""So many persons the form takes; more are told at the command line."""

_Code = TypeVar("_Code", bound=StrEnum)


def outcome_typed(request: HttpRequest) -> Outcome:
    """Return the outcome that a form tells.

    Raises:
        InputError: it tells none, or something in it is no such number or choice.
    """
    return Outcome(
        _counted(request, OutcomeCode),
        tuple(filter(None, (_person(request, row) for row in PERSON_ROWS))),
        _counted(request, SchoolBand, "school-"),
        _counted(request, HarmMethod, "method-"),
    )


def _counted(request: HttpRequest, codes: type[_Code], before: str = "") -> dict[_Code, int]:
    typed = {code: request.POST.get(f"{before}{code.value}", "").strip() for code in codes}
    return {code: whole(count, most=MOST_CHILDREN) for code, count in typed.items() if count}


def _person(request: HttpRequest, row: int) -> PersonOutcome | None:
    """Return the person of one row of the form; None where the row is empty."""
    names = ("number", "role", "part", "months", "age")
    number, role, part, months, age = (request.POST.get(f"person-{row}-{name}", "").strip() for name in names)
    done = request.POST.getlist(f"person-{row}-done")
    if not (number or role or part or months or age or done):
        return None
    if not (number and role):
        raise InputError("give each person a number, and say how he stands")
    return PersonOutcome(
        whole(number, most=MOST_PERSONS),
        chosen(PersonRole, role),
        tuple(chosen(Disposal, one) for one in done),
        part,
        whole(months, most=MOST_SENTENCE_MONTHS) if months else None,
        chosen(AgeBand, age) if age else None,
    )
