"""Persons of a case: children by pseudonym, subjects step by step, and by what they are tied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.person import (
    FIRST_ROLE,
    Basis,
    CasePerson,
    PersonKind,
    PersonName,
    PersonTie,
    TieReason,
    check_code,
    check_step,
)
from tsunagu.records import persons, series
from tsunagu.services.access import deed
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.persons.access import case_opened, words_by
from tsunagu.services.seized.access import refuse_closed


@dataclass(frozen=True, slots=True)
class PersonsView:
    """The persons of a case and by what they are tied."""

    case: CaseSummary
    persons: tuple[CasePerson, ...]
    ties: tuple[PersonTie, ...]

    def children(self) -> tuple[CasePerson, ...]:
        """Return the children, by number."""
        return tuple(one for one in self.persons if one.name.kind is PersonKind.CHILD)

    def subjects(self) -> tuple[CasePerson, ...]:
        """Return the subjects, by number."""
        return tuple(one for one in self.persons if one.name.kind is PersonKind.SUBJECT)


def add_child(
    *,
    actor: Actor,
    reference: str,
    code: str,
    series_names: Sequence[str],
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> PersonName:
    """Enter a child into a case, and return the pseudonym: nothing is asked of who it is, nor how old.

    Args:
        code: a neutral code beside the number; may be empty.
        series_names: of the series that the child is in.

    Raises:
        Forbidden: the actor records no persons.
        NotFound: no such case or series, or not the actor's.
        InputError: the code is none.
        Conflict: the case is closed.
    """
    check_code(code)
    with case_opened(actor, Permission.PERSON_RECORD, reference, now=now, keys=keys, ledger=ledger) as case:
        refuse_closed(case)
        found = [series.series_called(actor, one).series_id for one in series_names]
        person_id, name = persons.add_person(
            case, PersonKind.CHILD, code=code, series=found, officer_id=actor.officer_id, now=now
        )
        ledger.write(_entered(actor, case, person_id, name, now))
    return name


def add_subject(
    *, actor: Actor, reference: str, code: str, basis: Basis, now: datetime, keys: Keys, ledger: Ledger
) -> PersonName:
    """Enter a subject into a case as a person of interest, on a named officer's decision; return what he is called.

    Raises:
        Forbidden: the actor records no persons.
        NotFound: no such case, or not the actor's; or the case has no such evidence.
        InputError: the code is none, or the day has not come.
        Conflict: the case is closed.
    """
    check_code(code)
    with case_opened(actor, Permission.PERSON_RECORD, reference, now=now, keys=keys, ledger=ledger) as case:
        refuse_closed(case)
        person_id, name = persons.add_person(
            case, PersonKind.SUBJECT, code=code, series=(), officer_id=actor.officer_id, now=now
        )
        ledger.write(_entered(actor, case, person_id, name, now))
        _state(actor, case, name, FIRST_ROLE.value, basis, now=now, keys=keys, ledger=ledger)
    return name


def state_person(
    *,
    actor: Actor,
    reference: str,
    name: PersonName,
    value: str,
    basis: Basis,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """State how a person stands now, and return the number of the step; earlier ones stay as they are.

    Args:
        value: of a child an outcome code; of a subject a role, or what a court found.

    Raises:
        Forbidden: the actor records no persons.
        NotFound: no such case or person, or not the actor's; or the case has no such evidence.
        InputError: there is no such code, it does not follow from how the person stands, or a court alone says so.
    """
    with case_opened(actor, Permission.PERSON_RECORD, reference, now=now, keys=keys, ledger=ledger) as case:
        return _state(actor, case, name, value, basis, now=now, keys=keys, ledger=ledger)


def tie_persons(
    *,
    actor: Actor,
    reference: str,
    pair: tuple[PersonName, PersonName],
    reason: TieReason,
    basis: Basis,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """State that two persons of a case are tied, by what evidence, and return the number of the tie.

    Raises:
        Forbidden: the actor records no persons.
        NotFound: no such case or person, or not the actor's; or the case has no such evidence.
        InputError: it is the same person twice, or the day has not come.
    """
    if pair[0] == pair[1]:
        raise InputError("a tie is between two persons")
    if basis.on > now.date():
        raise InputError("the day since which it holds has not come yet")
    with case_opened(actor, Permission.PERSON_RECORD, reference, now=now, keys=keys, ledger=ledger) as case:
        words = words_by(keys)
        one, other = (persons.person_called(case, each, words) for each in sorted(pair))
        persons.check_ground(case, basis.ground)
        number = persons.add_tie(case, (one, other), reason, basis, words, officer_id=actor.officer_id, now=now)
        about: dict[str, str | int] = {"person": str(one.person_id), "other": str(other.person_id), "tie": number}
        ledger.write(deed(Act.PERSON_TIED, actor=actor, case=case, now=now, **about))
    return number


def list_persons(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> PersonsView:
    """Return the persons of one of the actor's cases, and by what they are tied; never who they are.

    Raises:
        Forbidden: the actor reads no persons.
        NotFound: no such case, or not the actor's.
    """
    with case_opened(actor, Permission.PERSON_READ, reference, now=now, keys=keys, ledger=ledger) as case:
        words = words_by(keys)
        names = persons.series_names(actor, case) if actor.may(Permission.SERIES_READ) else {}
        view = PersonsView(case, persons.persons_of(case, words, names), persons.ties_of(case, words))
        about = {"persons": len(view.persons), "ties": len(view.ties)}
        ledger.write(deed(Act.PERSON_READ, actor=actor, case=case, now=now, **about))
    return view


def _state(
    actor: Actor,
    case: CaseSummary,
    name: PersonName,
    value: str,
    basis: Basis,
    *,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    words = words_by(keys)
    person = persons.person_called(case, name, words)
    check_step(person, value, basis, today=now.date())
    persons.check_ground(case, basis.ground)
    number = persons.add_step(case, person, value, basis, words, officer_id=actor.officer_id, now=now)
    about: dict[str, str | int] = {"person": str(person.person_id), "step": number, "to": value}
    ledger.write(deed(Act.PERSON_STATED, actor=actor, case=case, now=now, **about, grading=str(basis.grading)))
    return number


def _entered(actor: Actor, case: CaseSummary, person_id: UUID, name: PersonName, now: datetime) -> Deed:
    about: dict[str, str | int] = {"person": str(person_id), "kind": name.kind.value}
    return deed(Act.PERSON_ENTERED, actor=actor, case=case, now=now, **about)
