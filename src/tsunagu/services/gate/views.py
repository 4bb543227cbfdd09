"""Persons of a seized list as officers see them at the gate: one with his rows, or a few by how they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.gate import GateStanding
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListedPerson
from tsunagu.domain.title import Title
from tsunagu.law.applying import Applied, Question, apply_law
from tsunagu.law.days import today_in
from tsunagu.law.gate_file import GateFile
from tsunagu.law.points import GateProblem
from tsunagu.law.rule import RuleKind
from tsunagu.law.rule_set import RuleSet
from tsunagu.records import agencies, gate_steps, referrals
from tsunagu.records.referrals import KeptReferral
from tsunagu.services.access import deed
from tsunagu.services.gate.desk import Cells, GateDesk, OpenedPerson, opened_person, titles_named
from tsunagu.services.gate.juveniles import JuvenileFile
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import opening

MOST_PERSONS: Final = 50
"""Persons who are listed at once, and without their names: a list is carried away by nobody."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as he stands.

    Attributes:
        problems: what keeps the gate closed; nothing of whom nobody looks into, and of a suspect.
        rows: what his rows say; nothing where he is one of a list.
        named: the titles that his rows name, likewise.
        conducts: what the agency's rules forbid: jurisdiction and code of each; likewise.
        logins: of the agency's officers, by id; likewise.
        packages: what was sent of him, the newest first, each with its receiver; likewise.
        law: every rule on what he is said to have done, with the elements that have yet to be shown; likewise.
        is_open: whether the case is, so that anything may be recorded.
        juvenile: what the store of juveniles tells, where he is one.
    """

    person: ListedPerson
    file: GateFile
    problems: tuple[GateProblem, ...]
    rows: tuple[Cells, ...] = field(default=(), repr=False)
    named: tuple[Title, ...] = field(default=(), repr=False)
    conducts: tuple[tuple[str, str], ...] = ()
    logins: Mapping[UUID, str] = field(default_factory=dict)
    packages: tuple[tuple[KeptReferral, AgencyCard], ...] = ()
    law: tuple[Applied, ...] = ()
    is_open: bool = True
    juvenile: JuvenileFile | None = None

    @property
    def titles(self) -> tuple[int, ...]:
        """The numbers of the titles that his rows name."""
        return tuple(one.number for one in self.named)


def view_person(
    *, actor: Actor, reference: str, number: int | None, person: int, now: datetime, keys: Keys, ledger: Ledger
) -> PersonView:
    """Return one person with his rows, how he stands, and what is missing.

    Raises:
        Forbidden, NotFound, Conflict: as for `opened_person`.
    """
    at = (actor, Permission.GATE_RECORD, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        found = one.desk.found
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "person": str(one.person_id)}
        act = Act.GATE_READ if one.juvenile is None else Act.JUVENILE_READ
        ledger.write(deed(act, actor=actor, case=found.case, now=now, **about))
        named, cards = titles_named(one), agencies.agency_cards()
        return PersonView(
            one.person,
            one.file,
            one.file.problems(one.desk.rules, now),
            one.rows,
            tuple(title for title in one.desk.titles if title.number in named),
            _conducts(one.desk.rules),
            agencies.logins(),
            tuple(
                (kept, cards[kept.package.receiver_id]) for kept in referrals.referrals_sent(person_id=one.person_id)
            ),
            _law(one, now),
            is_open=found.case.closed_at is None,
            juvenile=one.juvenile,
        )


def list_persons(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    standing: GateStanding | None,
    prefecture: str | None,
    after: int,
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> tuple[PersonView, ...]:
    """Return a few persons of a list by the numbers of their first rows, without what the rows say.

    Args:
        standing: of those who stand so alone; of all but leads when it is left out.
        prefecture: of those alone who live there, as the list tells.
        after: the number after which to go on.
        most: how many, 1 to 50.

    Raises:
        InputError: it is another number.
        Forbidden: the actor records nothing at the gate.
        NotFound: no such case or list, or not the actor's.
        Conflict: the case has several lists, and no number was given.
    """
    if not 1 <= most <= MOST_PERSONS:
        raise InputError("between 1 and 50 persons are listed at once")
    with opening(actor, Permission.GATE_RECORD, reference, number, now=now, keys=keys, ledger=ledger) as found:
        desk = GateDesk.at(found, actor, keys)
        shown = list(islice(_wanted(desk, standing, prefecture, after), most))
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "persons": len(shown)}
        ledger.write(deed(Act.GATE_READ, actor=actor, case=found.case, now=now, **about))
        of_juveniles = sum(file.stands is GateStanding.JUVENILE for _, file in shown)
        if of_juveniles:
            about["persons"] = of_juveniles
            ledger.write(deed(Act.JUVENILE_READ, actor=actor, case=found.case, now=now, **about))
    return tuple(PersonView(one, file, file.problems(desk.rules, now)) for one, file in shown)


def _law(one: OpenedPerson, now: datetime) -> tuple[Applied, ...]:
    """Return the agency's rules on what somebody is said to have done, as they stood on that day."""
    if one.file.person is None:
        return ()
    alleged = one.file.person.allegation
    today = max(today_in(alleged.jurisdiction, now), alleged.act_on)
    try:
        return apply_law(Question(alleged.jurisdiction, alleged.conduct, alleged.act_on, today), one.desk.rules).applied
    except InputError:  # the rules know the conduct no more: what is missing says so
        return ()


def _conducts(rules: RuleSet) -> tuple[tuple[str, str], ...]:
    """Return what rules forbid, by jurisdiction and code."""
    forbids = (one for one in rules.rules if one.kind is RuleKind.OFFENCE)
    return tuple(sorted({(one.jurisdiction, code) for one in forbids for code in one.conducts}))


def _wanted(
    desk: GateDesk, standing: GateStanding | None, prefecture: str | None, after: int
) -> Iterator[tuple[ListedPerson, GateFile]]:
    list_id, seal = desk.found.seized.list_id, desk.found.seal
    steps = gate_steps.steps_of(list_id, seal)
    among = None if standing is GateStanding.LEAD else {*steps, *desk.juveniles}
    for person_id, one in gate_steps.persons_after(list_id, after, among=among, prefecture=prefecture):
        file = desk.file_of(person_id, steps.get(person_id, ()))
        if standing in {None, file.stands} and desk.shows(person_id, file, one):
            yield one, file
