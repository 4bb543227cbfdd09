"""The counting rules: what one case, one person and one victim is, when it counts, and for which force and column.

Source: the rules that Japanese police statistics follow (犯罪統計細則 and the notes of the yearly tables), see
docs/statistics.md. Order of events never matters, and what was recorded after a vintage never changes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import NATIONWIDE, Definition, Figure, FigureStatus, Period, Vintage
from tsunagu.domain.stat_event import (
    Cleared,
    Described,
    Disposal,
    Facet,
    Measure,
    MeasureTaken,
    Offence,
    Retracted,
    StatEvent,
    VictimFound,
)

_REFERRED = frozenset({Disposal.REFERRED_IN_CUSTODY, Disposal.REFERRED_ON_PAPERS})


@dataclass(frozen=True, slots=True)
class Counted:
    """One case, person or victim, at the one place where it counts.

    Attributes:
        force: the force that counts it, 01 to 47.
        category: the column that counts it.
        subject: by which it is described; empty for a case.
        facets: what was stated of it.
    """

    force: str
    category: str
    subject: str = ""
    facets: Mapping[Facet, str] = field(default_factory=dict)


def counted(
    events: Iterable[StatEvent],
    *,
    definition: Definition,
    period: Period,
    known_on: date,
    whole: str = "csam",
    population: str = NATIONWIDE,
) -> tuple[Counted, ...]:
    """Return everything that counts in a period, each once, as it was known on a day.

    Args:
        events: acts, outcomes and retractions, in any order.
        definition: what is counted.
        period: the days of clearance or identification that count.
        known_on: the vintage; what was recorded later is not known.
        whole: the category of the statistic; what counts elsewhere by its heaviest penalty is not in it.
        population: `nationwide`, `force:NN`, or where cases began, such as `seized-list`.

    Raises:
        InputError: two events share an id, or acts and outcomes do not say this.
    """
    known = _known(events, known_on)
    if definition in {Definition.IDENTIFIED_VICTIMS, Definition.JUDGED_UNDER_18}:
        if population != NATIONWIDE and not population.startswith("force:"):
            raise InputError("victims are not counted by where a case began")
        found = _victims([one for one in known if isinstance(one, VictimFound)], definition, period)
    elif definition in _OF_ACTS:
        acts = [one for one in known if isinstance(one, Cleared | MeasureTaken)]
        if population != NATIONWIDE and not population.startswith("force:"):
            acts = [one for one in acts if one.population == population]
        found = _OF_ACTS[definition](acts, period)
    else:
        raise InputError("acts and outcomes do not say this")
    force = population.removeprefix("force:") if population.startswith("force:") else None
    inside = (one for one in found if one.category.partition("/")[0] == whole and force in {None, one.force})
    stated = _stated(one for one in known if isinstance(one, Described))
    described = (replace(one, facets=stated.get(one.subject, {})) for one in inside)
    return tuple(sorted(described, key=lambda one: (one.force, one.category)))


def figure(
    events: Iterable[StatEvent],
    *,
    definition: Definition,
    period: Period,
    known_on: date,
    status: FigureStatus,
    category: str = "csam",
    population: str = NATIONWIDE,
) -> Figure:
    """Return one figure, counted by the rules; `category` counts with all its parts.

    Raises:
        InputError: as `counted`; or the period was not over when it is to have been known.
    """
    if period.last > known_on:
        raise InputError("the period was not over on the day of this vintage")
    things = counted(
        events,
        definition=definition,
        period=period,
        known_on=known_on,
        whole=category.partition("/")[0],
        population=population,
    )
    return Figure(
        number=sum(1 for one in things if is_within(one.category, category)),
        unit=definition.unit,
        population=population,
        category=category,
        period=period,
        status=status,
        vintage=Vintage.of(known_on),
        definition=definition,
    )


def is_within(category: str, whole: str) -> bool:
    """Return whether a category is `whole` or a part of it."""
    return category == whole or category.startswith(whole + "/")


def _known(events: Iterable[StatEvent], known_on: date) -> list[Cleared | VictimFound | MeasureTaken | Described]:
    """Return what was recorded up to a day and not retracted up to it."""
    recorded = [one for one in events if one.recorded_on <= known_on]
    wrong = {one.event_id for one in recorded if isinstance(one, Retracted)}
    told = [one for one in recorded if not isinstance(one, Retracted)]
    if len({one.event_id for one in told}) != len(told):
        raise InputError("two events have one id")
    return [one for one in told if one.event_id not in wrong]


def _stated(descriptions: Iterable[Described]) -> dict[str, dict[Facet, str]]:
    """Return what was stated last, by whom it is stated of."""
    found: dict[str, dict[Facet, str]] = defaultdict(dict)
    for one in sorted(descriptions, key=lambda one: (one.recorded_on, one.order, one.event_id)):
        found[one.subject][one.facet] = one.value
    return found


def _heaviest(acts: Iterable[Cleared]) -> tuple[Cleared, Offence]:
    """Return the offence with the heaviest penalty and its act; of equal ones the earliest cleared."""
    every = [(act, number, offence) for act in acts for number, offence in enumerate(act.offences)]
    act, _, offence = min(every, key=lambda one: (-one[2].penalty_months, one[0].cleared_on, one[0].event_id, one[1]))
    return act, offence


def _cases(acts: Iterable[Cleared | MeasureTaken], period: Period) -> list[Counted]:
    """Return inclusive cases: each counts on the day and for the force of its first clearance."""
    cases: dict[str, list[Cleared]] = defaultdict(list)
    for act in acts:
        if isinstance(act, Cleared):
            cases[act.case_key].append(act)
    found = []
    for together in cases.values():
        first = min(together, key=lambda one: (one.cleared_on, one.event_id))
        if period.covers(first.cleared_on):
            found.append(Counted(first.force, _heaviest(together)[1].category))
    return found


def _persons(acts: Iterable[Cleared | MeasureTaken], period: Period) -> list[Counted]:
    """Return persons: each once in a period, where his heaviest offence counts."""
    of_person: dict[str, list[Cleared]] = defaultdict(list)
    for act in acts:
        if isinstance(act, Cleared) and period.covers(act.cleared_on):
            for person in act.suspects:
                of_person[person].append(act)
    heaviest = {person: _heaviest(his) for person, his in of_person.items()}
    return [Counted(act.force, offence.category, person) for person, (act, offence) in heaviest.items()]


def _referred(acts: Iterable[Cleared | MeasureTaken], period: Period) -> list[Counted]:
    """Return who was sent to the prosecutor, in custody or on papers: by his clearance, or told after it."""
    every = list(acts)
    cleared = _persons([act for act in every if isinstance(act, Cleared) and act.disposal in _REFERRED], period)
    by_clearance = {one.subject for one in cleared}
    return [*cleared, *(one for one in _measured(every, period, Measure.REFERRED) if one.subject not in by_clearance)]


def _arrested(acts: Iterable[Cleared | MeasureTaken], period: Period) -> list[Counted]:
    """Return who was arrested, whether or not his case was cleared by then."""
    return _measured(acts, period, Measure.ARRESTED)


def _measured(acts: Iterable[Cleared | MeasureTaken], period: Period, measure: Measure) -> list[Counted]:
    """Return persons with whom this was done: each once in a period, where it was first."""
    first: dict[str, MeasureTaken] = {}
    done = [act for act in acts if isinstance(act, MeasureTaken) and act.measure is measure]
    for one in sorted(done, key=lambda one: (one.taken_on, one.event_id)):
        if period.covers(one.taken_on):
            first.setdefault(one.suspect, one)
    return [Counted(one.force, one.category, one.suspect) for one in first.values()]


def _victims(found: Iterable[VictimFound], definition: Definition, period: Period) -> list[Counted]:
    """Return victims: identified for the first time ever; or judged under 18 and not identified by the period's end."""
    in_time = sorted(found, key=lambda one: (one.found_on, one.event_id))
    identified: dict[str, VictimFound] = {}
    judged: dict[str, VictimFound] = {}
    for one in in_time:
        (identified if one.is_identified else judged).setdefault(one.victim_key, one)
    if definition is Definition.IDENTIFIED_VICTIMS:
        firsts = [one for one in identified.values() if period.covers(one.found_on)]
    else:
        named = {key for key, one in identified.items() if one.found_on <= period.last}
        firsts = [one for key, one in judged.items() if period.covers(one.found_on) and key not in named]
    return [Counted(one.force, one.category, one.event_id) for one in firsts]


_OF_ACTS: dict[Definition, Callable[[Iterable[Cleared | MeasureTaken], Period], list[Counted]]] = {
    Definition.CLEARED_CASES: _cases,
    Definition.CLEARED_PERSONS: _persons,
    Definition.REFERRED_PERSONS: _referred,
    Definition.ARRESTED_PERSONS: _arrested,
}
