"""Where people of a seized list live whose rows do not tell, or contradict each other: an officer decides, and why.

What he decides holds for exactly the rows that he had before him. When others join them, or they are parted, it is
asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import (
    TAKEN_BACK,
    UNKNOWN_PREFECTURE,
    ListedPerson,
    PersonToPlace,
    PrefectureDecision,
    RowOfPerson,
)
from tsunagu.records import listed_persons, seized
from tsunagu.resolution.prefectures import prefectures
from tsunagu.resolution.row_facts import RowFacts
from tsunagu.services.access import REFERENCE, deed
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.seized import pairs
from tsunagu.services.seized.access import OpenedList, opening, refuse_closed
from tsunagu.services.seized.names import NamesWithheld

MOST_PERSONS: Final = 50
"""Persons that are shown at once: as with pairs, no list is carried away."""


@dataclass(frozen=True, slots=True)
class PersonsToPlace:
    """Persons whose prefecture an officer has to decide, or has decided, by their first row.

    Attributes:
        next: behind which first row others follow; None at the end.
    """

    persons: tuple[PersonToPlace, ...]
    next: int | None


def list_persons_to_place(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    after: int,
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> PersonsToPlace:
    """Return persons of a list whose prefecture is for an officer to decide, with their rows; decided ones too.

    Whoever bears the officer's own name, or a colleague's, is not among them, and he learns nothing of that.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.
        after: the first row behind whose person to go on.
        most: how many, 1 to 50.

    Raises:
        InputError: it is another number.
        Forbidden: the actor answers nothing of seized lists.
        NotFound: no such case or list, or not the actor's.
        Conflict: nothing was compared yet.
    """
    if not 1 <= most <= MOST_PERSONS:
        raise InputError("between 1 and 50 persons are shown at once")
    permission = Permission.SEIZED_LIST_REVIEW
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        pairs.refuse_unresolved(found.seized)
        facts = pairs.facts_of(found.seized, found.seal)
        hidden = NamesWithheld.from_(actor, facts, found.seized.list_id).rows
        persons = listed_persons.persons_to_place(found.seized.list_id, but_of=hidden, after=after, most=most + 1)
        decided = listed_persons.decisions_of(found.seized.list_id)
        shown = _with_rows(found, persons[:most], facts, decided)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "persons": len(shown)}
        ledger.write(deed(Act.SEIZED_LIST_PERSONS_READ, actor=actor, case=found.case, now=now, **about))
    return PersonsToPlace(shown, shown[-1].person.rows[0] if len(persons) > most else None)


def decide_prefecture(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    rows: Sequence[int],
    prefecture: str,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> ListedPerson:
    """Decide where somebody lives, and return him as he is known from now on; also by every later `resolve`.

    Args:
        rows: all that name him, ascending.
        prefecture: a code, "unknown" where nobody can tell, or "open" to take back what was decided.
        reason: why, in the officer's words.

    Raises:
        InputError: no such prefecture; or no reason, or one that is too long.
        Forbidden: the actor answers nothing of seized lists.
        NotFound: no such case or list, or not the actor's; or these rows name nobody by now whose prefecture is for
            an officer to decide, or whom he is told of.
        Conflict: nothing was compared yet, or the case is closed.
    """
    check_reason(reason)
    if prefecture not in {UNKNOWN_PREFECTURE, TAKEN_BACK, *prefectures()}:
        raise InputError("there is no such prefecture")
    permission = Permission.SEIZED_LIST_REVIEW
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        refuse_closed(found.case)
        one = found.seized
        pairs.refuse_unresolved(one)
        facts = pairs.facts_of(one, found.seal)
        _check_open(found, rows, NamesWithheld.from_(actor, facts, found.seized.list_id))
        kept = "" if prefecture == TAKEN_BACK else prefecture
        who = actor.officer_id
        listed_persons.add_decision(one.list_id, one.agency_id, rows, kept, officer_id=who, reason=reason, now=now)
        decision = listed_persons.decisions_of(one.list_id).get(tuple(rows))
        person = pairs.placed(tuple(rows), facts.by_row(), decision)
        listed_persons.replace_person(one.list_id, person, now=now)
        words = keys.mac(REFERENCE, f"prefecture {one.list_id} {tuple(rows)} {reason}".encode()).hex()
        about: dict[str, str | int] = {"list": str(one.list_id), "rows": len(rows), "prefecture": prefecture}
        about |= {"reason": words}
        ledger.write(deed(Act.SEIZED_LIST_PREFECTURE_DECIDED, actor=actor, case=found.case, now=now, **about))
    return person


def _check_open(found: OpenedList, rows: Sequence[int], withheld: NamesWithheld) -> None:
    """Do nothing when these rows name somebody whose prefecture this officer may decide, or decide anew.

    Raises:
        NotFound: they do not, or not any more, or he is withheld: the answer is the same for all.
    """
    there = rows if all(0 < row <= found.seized.rows for row in rows) else ()
    person = listed_persons.person_of(found.seized.list_id, there, but_of=withheld.rows)
    is_decided = tuple(rows) in listed_persons.decisions_of(found.seized.list_id)
    if person is None or not (person.needs_a_person or is_decided):
        raise NotFound("no such person")


def _with_rows(
    found: OpenedList,
    persons: Sequence[ListedPerson],
    facts: RowFacts,
    decided: Mapping[tuple[int, ...], PrefectureDecision],
) -> tuple[PersonToPlace, ...]:
    wanted = sorted({row for one in persons for row in one.rows})
    kept = seized.rows_of_list(found.seized.list_id, found.seal, numbers=wanted) if wanted else ()
    rows, says = {one.number: one for one in kept}, facts.by_row()
    return tuple(
        PersonToPlace(
            person,
            tuple(
                RowOfPerson(
                    row,
                    pairs.said_by(rows[row], found.seized),
                    says[row].prefecture,
                    says[row].method.value,
                    says[row].alternatives,
                )
                for row in person.rows
            ),
            decided.get(person.rows),
        )
        for person in persons
    )
