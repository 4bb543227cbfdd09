"""The one way to a person of a seized list: permission, the case, the list, and then one person at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.gate import GateStepKind
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListedPerson, ListField, SeizedList
from tsunagu.domain.title import Title, TitleWords
from tsunagu.law.gate import PersonOfInterest
from tsunagu.law.gate_file import GateFile, GateStep, gate_file
from tsunagu.law.rule_set import RuleSet
from tsunagu.records import gate_steps, juveniles, seized, titles
from tsunagu.records.seized_seals import ListSeal
from tsunagu.services.agencies.law_rules import rules_of_agency
from tsunagu.services.gate.juveniles import JuvenileFile, juvenile_files
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import OpenedList, opening
from tsunagu.services.seized.titles import latest_of

if TYPE_CHECKING:
    from tsunagu.services.seized.names import NamesWithheld

NO_PERSON = "no such person"
Cells = Mapping[ListField, str]


@dataclass(frozen=True, slots=True)
class GateDesk:
    """An open list with what decides how its persons stand: rules, titles, and whose names are withheld.

    Attributes:
        apart: the rows of juveniles.
        juveniles: by person, as far as they are asked for; nobody where the officer is not assigned to them.
    """

    found: OpenedList
    rules: RuleSet
    titles: tuple[Title, ...] = field(repr=False)
    withheld: NamesWithheld = field(repr=False)
    apart: frozenset[int] = field(repr=False)
    juveniles: Mapping[UUID, JuvenileFile] = field(repr=False)
    tells_all: bool

    @classmethod
    def at(
        cls,
        found: OpenedList,
        actor: Actor,
        keys: Keys,
        person_id: UUID | None = None,
        wanted: Callable[[int, TitleWords], bool] | None = None,
    ) -> GateDesk:
        """Return the desk of an officer at an open list. Call it within `acting_for` his agency.

        Args:
            found: the list.
            actor: the officer.
            keys: open what is kept of juveniles.
            person_id: of the one person who is opened; None for all.
            wanted: which titles are needed; all when it is left out.
        """
        from tsunagu.services.seized.names import NamesWithheld, withheld_from  # noqa: PLC0415 - loads NumPy
        from tsunagu.services.seized.pairs import facts_of  # noqa: PLC0415

        known = titles.titles_of(found.seized.list_id, found.seal, wanted=wanted)
        withheld = NamesWithheld(withheld_from(actor), facts_of(found.seized, found.seal))
        apart = frozenset(juveniles.rows_apart(found.seized.list_id))
        is_assigned = actor.may(Permission.JUVENILE_HANDLE)
        files = juvenile_files(found, keys, person_id=person_id) if apart and is_assigned else {}
        tells_all = actor.may(Permission.HELD_NOTICE_RELEASE)
        return cls(found, rules_of_agency(), known, withheld, apart, files, tells_all)

    def file_of(self, person_id: UUID, steps: Sequence[GateStep]) -> GateFile:
        """Return the gate file of a person as it stands now; of a juvenile as his own store tells it."""
        told = self.juveniles[person_id].steps if person_id in self.juveniles else steps
        return gate_file(person_id, told, self.rules, latest_of(self.titles))

    def shows(self, person_id: UUID, file: GateFile, person: ListedPerson) -> bool:
        """Return whether this officer is shown a person at all."""
        if self.apart.intersection(person.rows) and person_id not in self.juveniles:
            return False
        return (self.tells_all or not file.is_kept_from_colleagues) and not self.withheld.hides(person.rows)


@dataclass(frozen=True, slots=True)
class OpenedPerson:
    """One person whom a list names, for as long as a service works with him.

    Attributes:
        rows: what each of his rows says, in their order.
        juvenile: what the store of juveniles tells, where he is one.
    """

    desk: GateDesk
    person_id: UUID
    person: ListedPerson
    rows: tuple[Cells, ...] = field(repr=False)
    file: GateFile
    juvenile: JuvenileFile | None = None

    @property
    def looked_into(self) -> PersonOfInterest:
        """What is found of him.

        Raises:
            Conflict: nobody looks into him.
        """
        if self.file.person is None:
            raise Conflict("nobody looks into this person: an officer takes him up first, with reasons")
        return self.file.person

    def next_step(self, kind: GateStepKind, said: Mapping[str, Any], *, actor: Actor, now: datetime) -> GateStep:
        """Return what follows in his file."""
        return GateStep(len(self.file.steps) + 1, kind, actor.officer_id, now, said)

    def keep(self, kind: GateStepKind, said: Mapping[str, Any], *, actor: Actor, now: datetime) -> GateStep:
        """Add a step to his file.

        Raises:
            Conflict: somebody else has added one meanwhile, or the list is being erased.
        """
        found, step = self.desk.found, self.next_step(kind, said, actor=actor, now=now)
        gate_steps.add_step(found.seized, self.person_id, step, found.seal)
        return step


@contextmanager
def opened_person(
    actor: Actor,
    permission: Permission,
    reference: str,
    number: int | None,
    person: int,
    *,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Iterator[OpenedPerson]:
    """Give one person of a list of the actor's cases, in one transaction; every denial is written down.

    Args:
        person: the number of his first row.

    Raises:
        Forbidden: the actor may not.
        NotFound: no such case, list or person, or not the actor's; or the person bears his name, or a colleague's, or
            is kept from him otherwise: the answer is the same.
        Conflict: the case has several lists, and no number was given.
    """
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        person_id, one = gate_steps.person_at(found.seized.list_id, person)
        steps = gate_steps.steps_of(found.seized.list_id, found.seal, person_id=person_id).get(person_id, [])
        cells = cells_of(found.seized, found.seal, one.rows)
        desk = GateDesk.at(found, actor, keys, person_id, _needed(steps, cells.values()))
        file = desk.file_of(person_id, steps)
        if not desk.shows(person_id, file, one):
            raise NotFound(NO_PERSON)
        juvenile = desk.juveniles.get(person_id)
        cells = cells if juvenile is None else dict(juvenile.cells)
        yield OpenedPerson(desk, person_id, one, tuple(cells[each] for each in one.rows), file, juvenile)


def cells_of(one: SeizedList, seal: ListSeal, numbers: Sequence[int]) -> dict[int, Cells]:
    """Return what these rows of a list say, by number."""
    from tsunagu.services.seized.pairs import said_by  # noqa: PLC0415 - loads NumPy

    rows = seized.rows_of_list(one.list_id, seal, numbers=numbers) if numbers else ()
    return {row.number: said_by(row, one) for row in rows}


def titles_named(one: OpenedPerson) -> tuple[int, ...]:
    """Return the numbers of the titles that a person's rows name."""
    said = _names_of(one.rows)
    return tuple(each.number for each in one.desk.titles if any(each.words.is_named_by(*names) for names in said))


def _needed(steps: Sequence[GateStep], rows: Iterable[Cells]) -> Callable[[int, TitleWords], bool]:
    """Return which titles count for one person: those that his rows name, and those that were found of him."""
    said, found = _names_of(rows), {one.said.get("title") for one in steps}

    def is_needed(number: int, words: TitleWords) -> bool:
        return number in found or any(words.is_named_by(*names) for names in said)

    return is_needed


def _names_of(rows: Iterable[Cells]) -> list[tuple[str, str]]:
    return [(row.get(ListField.TITLE_CODE, ""), row.get(ListField.TITLE, "")) for row in rows]


def residence_of(one: OpenedPerson) -> str:
    """Return the prefecture in which somebody lives: as people confirmed it, else as the list answers it.

    Raises:
        Conflict: it is not known, or waits for people.
    """
    confirmed = one.file.facts.get(GateStepKind.RESIDENCE)
    if confirmed is not None:
        return str(confirmed.said["prefecture"])
    if one.person.prefecture is None or one.person.needs_a_person:
        raise Conflict("where this person lives is not known: people confirm it first (`tsunagu gate residence`)")
    return one.person.prefecture
