"""What was told of an alert or a referral, step by step, as acts that are counted: without any name, by opaque keys.

Nothing is guessed: a clearance counts for the force that told it, on the day that it did, since no other day is said.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from tsunagu.domain import outcome, stat_event
from tsunagu.domain.outcome import IDENTIFIED, HarmMethod, OutcomeCode, PersonOutcome, SchoolBand
from tsunagu.domain.stat_event import (
    NOT_RECORDED,
    Cleared,
    Described,
    Facet,
    Measure,
    MeasureTaken,
    Offence,
    Retracted,
    StatEvent,
    VictimFound,
)

WHOLE = "csam"
NOT_TOLD = "csam/not-told"
CONDUCTS = MappingProxyType(
    {
        "possession": "csam/possession-etc/own-interest",
        "possession_own_interest": "csam/possession-etc/own-interest",
        "possession_for_provision": "csam/possession-etc",
        "provision": "csam/provision-display",
        "provision_to_many": "csam/provision-display",
        "public_display": "csam/provision-display",
        "sale": "csam/provision-display",
        "production": "csam/production",
        "production_for_sale": "csam/production",
        "production_posing": "csam/production",
        "production_secret_filming": "csam/production/voyeur",
    }
)
"""In which column an act counts, by its conduct as rules of law call it; any other is `NOT_TOLD`."""
COLUMNS = ("csam/production", "csam/provision-display", "csam/possession-etc", NOT_TOLD)
"""The rows of a table by conduct; none lies within another."""
CLEARANCES = MappingProxyType(
    {
        outcome.Disposal.REFERRED_IN_CUSTODY: stat_event.Disposal.REFERRED_IN_CUSTODY,
        outcome.Disposal.REFERRED_ON_PAPERS: stat_event.Disposal.REFERRED_ON_PAPERS,
        outcome.Disposal.FORWARDED: stat_event.Disposal.FORWARDED,
        outcome.Disposal.MINOR_DISPOSAL: stat_event.Disposal.MINOR,
        outcome.Disposal.REFERRED_FAMILY_COURT: stat_event.Disposal.FAMILY_COURT,
        outcome.Disposal.CLEARED: stat_event.Disposal.NOT_TOLD,
    }
)
"""What clears a case, the plainest last. An arrest does not, nor a notice to a child centre, nor what a court does."""
MEASURES = MappingProxyType(
    {
        outcome.Disposal.ARRESTED: Measure.ARRESTED,
        outcome.Disposal.REFERRED_IN_CUSTODY: Measure.REFERRED,
        outcome.Disposal.REFERRED_ON_PAPERS: Measure.REFERRED,
    }
)
"""What is counted beside clearances, each person once."""
_JAPANESE = "JP-"


@dataclass(frozen=True, slots=True)
class Told:
    """One step that tells an outcome.

    Attributes:
        number: of the step.
        on: the day, where the force is.
        force: 01 to 47; None where who tells it is no force of a prefecture, which counts in no table of theirs.
        children: how many of them, by code, as they stand then.
        schools, methods: of those who are identified, as far as it is stated.
    """

    number: int
    on: date
    force: str | None
    persons: tuple[PersonOutcome, ...] = ()
    children: Mapping[OutcomeCode, int] = field(default_factory=dict)
    schools: Mapping[SchoolBand, int] = field(default_factory=dict)
    methods: Mapping[HarmMethod, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToldPath:
    """All that was told of one alert or one referral.

    Attributes:
        name: opaque, and the same for ever; what it tells of counts as one inclusive case.
        conduct: as the law's rules call it; "" where it is not told.
        population: where it began, when that is counted apart; empty for none.
        withdrawn_on: from when on nothing of it counts any more; None where it stands.
    """

    name: str
    told: tuple[Told, ...]
    conduct: str = ""
    population: str = ""
    withdrawn_on: date | None = None


def opaque(salt: bytes, kind: str, given: str) -> str:
    """Return the name of an alert, a referral or a person in statistics; without the salt nobody finds him by it."""
    return hmac.digest(salt, f"{kind} {given}".encode(), hashlib.sha256).hex()[:32]


def force_of(code: str) -> str | None:
    """Return the force that an agency is by its country's code for it, such as JP-14; None where it is none."""
    number = code.removeprefix(_JAPANESE)
    is_force = code.startswith(_JAPANESE) and len(number) == 2 and number.isdigit() and 1 <= int(number) <= 47
    return number if is_force else None


def acts_of(path: ToldPath) -> tuple[StatEvent, ...]:
    """Return what counts of a path: each person at his first clearance, each child when she is told to be identified.

    Beside it count a person's first arrest and first referral. Which age, and which method, was stated is told apart:
    what is stated later describes whoever counted before, in vintages from that day on.

    Of children the newest telling is how it stands: more than before are found on that day, fewer were told wrongly
    before, and are retracted.
    """
    made: list[StatEvent] = [*_persons(path), *_measures(path), *_ages(path), *_children(path)]
    if path.withdrawn_on is not None:
        gone = {one.event_id for one in made if isinstance(one, Retracted)}
        made += [
            Retracted(event_id=one.event_id, recorded_on=path.withdrawn_on) for one in made if one.event_id not in gone
        ]
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Known:
    """All that figures are counted from.

    Attributes:
        acts: each once.
        lists: rows that came in with each seized list, by its opaque name.
        sent: opaque names of persons whom a seized list names and whose package was sent.
    """

    acts: tuple[StatEvent, ...] = ()
    lists: Mapping[str, int] = field(default_factory=dict)
    sent: frozenset[str] = frozenset()

    def joined(self, newer: Known) -> Known:
        """Return what is known from both: what was known stays as it was, also where what told it is erased by now.

        Of somebody who was sent to several forces the clearance counts that was told first.
        """
        latest_first = sorted(newer.acts, key=lambda one: one.recorded_on, reverse=True)
        found = {_place(one): one for one in (*latest_first, *self.acts)}
        acts = tuple(found[place] for place in sorted(found))
        return Known(acts, {**newer.lists, **self.lists}, self.sent | newer.sent)


def _place(event: StatEvent) -> tuple[str, bool]:
    return event.event_id, isinstance(event, Retracted)


def _persons(path: ToldPath) -> Iterator[Cleared]:
    seen: set[int] = set()
    for told in path.told:
        for one in told.persons:
            how = next((CLEARANCES[each] for each in CLEARANCES if each in one.disposals), None)
            if how is None or told.force is None or one.number in seen:
                continue
            seen.add(one.number)
            yield Cleared(
                event_id=f"{path.name}:person:{one.number}",
                recorded_on=told.on,
                cleared_on=told.on,
                force=told.force,
                case_key=path.name,
                offences=(Offence(_column(path), 0),),  # one conduct a path: none is heavier
                suspects=(_suspect(path, one),),
                disposal=how,
                population=path.population,
            )


def _measures(path: ToldPath) -> Iterator[MeasureTaken]:
    seen: set[tuple[int, Measure]] = set()
    for told, one in _told_of_persons(path):
        for measure in sorted({MEASURES[each] for each in one.disposals if each in MEASURES}):
            if (one.number, measure) in seen:
                continue
            seen.add((one.number, measure))
            yield MeasureTaken(
                event_id=f"{path.name}:person:{one.number}:{measure}",
                recorded_on=told.on,
                taken_on=told.on,
                force=told.force or "",
                measure=measure,
                suspect=_suspect(path, one),
                category=_column(path),
                population=path.population,
            )


def _ages(path: ToldPath) -> Iterator[Described]:
    for told, one in _told_of_persons(path):
        if one.age is not None:
            yield _described(told, _suspect(path, one), Facet.OFFENDER, one.age)


def _told_of_persons(path: ToldPath) -> Iterator[tuple[Told, PersonOutcome]]:
    """Yield what forces told of persons."""
    yield from ((told, one) for told in path.told if told.force is not None for one in told.persons)


def _described(told: Told, subject: str, facet: Facet, value: str) -> Described:
    return Described(
        event_id=f"{subject}:{facet}:{told.force}:{told.number}",
        recorded_on=told.on,
        order=told.number,
        subject=subject,
        facet=facet,
        value=value,
    )


def _column(path: ToldPath) -> str:
    return CONDUCTS.get(path.conduct, NOT_TOLD)


def _suspect(path: ToldPath, one: PersonOutcome) -> str:
    return f"{path.name}:{one.number}"


def _children(path: ToldPath) -> Iterator[VictimFound | Described | Retracted]:
    standing: list[str] = []
    for told in path.told:
        if told.force is None or not told.children:
            continue
        now_told = sum(count for code, count in told.children.items() if code in IDENTIFIED)
        while len(standing) > now_told:
            yield Retracted(event_id=standing.pop(), recorded_on=told.on)
        while len(standing) < now_told:
            key = f"{path.name}:child:{len(standing) + 1}"
            standing.append(f"{key}:{told.number}")
            yield VictimFound(
                event_id=standing[-1],
                recorded_on=told.on,
                found_on=told.on,
                force=told.force,
                victim_key=key,
                is_identified=True,
                category=WHOLE,
            )
        yield from _stated_of(standing, told)


def _stated_of(standing: Sequence[str], told: Told) -> Iterator[Described]:
    """Yield what a step states of the children, who have no names here: so many of them, of whichever.

    A step that states nothing leaves what was stated before; one that states of fewer leaves the others unrecorded.
    """
    for facet, counts in ((Facet.SCHOOL, told.schools), (Facet.METHOD, told.methods)):
        if counts:
            values = [str(value) for value, count in sorted(counts.items()) for _ in range(count)]
            values += [NOT_RECORDED] * (len(standing) - len(values))
            for child, value in zip(standing, values, strict=False):
                yield _described(told, child, facet, value)
