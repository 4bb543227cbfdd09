"""Acts that are made to match give every published total that adds up, through the counting rules; vintages stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tsunagu.counting.reference import Certainty, Reference, references
from tsunagu.counting.rules import figure
from tsunagu.domain.figure import Definition, Figure, FigureStatus, Period
from tsunagu.domain.stat_event import Retracted, StatEvent

from .acts import PRODUCTION, Maker, Wanted, cleared, found

CASES, PERSONS, VICTIMS = Definition.CLEARED_CASES, Definition.CLEARED_PERSONS, Definition.IDENTIFIED_VICTIMS
CONDUCTS = ("csam/production", "csam/provision-display", "csam/possession-etc")
HALVES = [Period.half(year, 1) for year in range(2000, 2018)]
YEARS = [Period.year(year) for year in (2016, 2017, 2019)]


def published(period: Period, category: str, definition: Definition) -> int | None:
    """The newest vouched-for number that was published, or None."""
    found = [
        one
        for one in references()
        if (one.figure.period, one.figure.category, one.figure.definition) == (period, category, definition)
        and one.figure.population == "nationwide"
        and one.is_vouched_for
    ]
    return max(found, key=lambda one: one.figure.vintage).figure.number if found else None


def wanted(period: Period) -> Wanted:
    parts = [published(period, one, CASES) for one in CONDUCTS]
    persons, victims = published(period, "csam", PERSONS), published(period, "csam", VICTIMS)
    assert None not in {*parts, victims}
    return Wanted(period, *parts, persons=persons or 2000, victims=victims)  # type: ignore[arg-type]


def told(events: list[StatEvent], period: Period, known_on: date, category: str, definition: Definition) -> Figure:
    status = FigureStatus.FINAL
    return figure(events, definition=definition, period=period, known_on=known_on, status=status, category=category)


@pytest.mark.parametrize("period", [*HALVES, *YEARS], ids=str)
def test_acts_give_every_published_total_that_adds_up(period: Period) -> None:
    events = Maker(period.last.toordinal()).acts(wanted(period))
    known_on = date(period.last.year + 1, 1, 31)
    for category, definition in [*((one, CASES) for one in (*CONDUCTS, "csam")), ("csam", PERSONS), ("csam", VICTIMS)]:
        number = published(period, category, definition)
        if number is not None:  # of 2019 nobody can vouch for the persons
            assert told(events, period, known_on, category, definition).number == number


@pytest.mark.parametrize("period", [*HALVES, *YEARS], ids=str)
def test_the_published_conducts_add_up_to_the_published_cases(period: Period) -> None:
    parts = [published(period, one, CASES) for one in CONDUCTS]
    assert None not in parts
    assert sum(one or 0 for one in parts) == published(period, "csam", CASES)


def test_a_year_holds_its_first_half_and_a_person_of_both_halves_once() -> None:
    half, year = wanted(Period.half(2017, 1)), wanted(Period.year(2017))
    second = Wanted(
        Period.half(2017, 2),
        *(getattr(year, one) - getattr(half, one) for one in ("production", "provision", "possession")),
        persons=year.persons - half.persons,
        victims=year.victims - half.victims,
    )
    maker = Maker(1)
    events = [*maker.acts(half), *maker.acts(second)]
    again = next(
        one.suspects
        for one in events
        if getattr(one, "offences", ()) == (PRODUCTION,) and one.cleared_on < date(2017, 7, 1)
    )
    case = next(
        one.case_key
        for one in events
        if getattr(one, "offences", ()) == (PRODUCTION,) and one.cleared_on > date(2017, 6, 30)
    )
    events.append(cleared("again", date(2017, 12, 31), case_key=case, suspects=again))
    known_on = date(2018, 3, 8)
    counts = [told(events, year.period, known_on, "csam", one).number for one in (CASES, PERSONS, VICTIMS)]
    assert counts == [2413, 1703, 1216]
    halves = [told(events, half.period, known_on, "csam", one).number for one in (CASES, PERSONS, VICTIMS)]
    assert halves == [1142, 776, 594]


def test_both_vintages_of_the_first_half_of_2016_stay_what_they_were() -> None:
    period, first, second = Period.half(2016, 1), date(2016, 9, 15), date(2017, 9, 21)
    provisional = {
        one.figure.category + one.figure.unit: one.figure.number for one in _of(period, FigureStatus.PROVISIONAL)
    }
    final = wanted(period)
    events = Maker(2016).acts(final)
    for number in range(4):  # four cases too many, with one person and four victims of their own
        person = ("only here",) if number == 0 else ("somebody of another case",)
        events.append(cleared(f"wrong {number}", date(2016, 5, 5), suspects=person))
        events.append(found(f"wrong child {number}", date(2016, 5, 5), f"child who is none {number}"))
        events += [
            Retracted(event_id=f"{one} {number}", recorded_on=date(2017, 1, 10)) for one in ("wrong", "wrong child")
        ]
    other = next(
        one for one in events if getattr(one, "offences", ()) == (PRODUCTION,) and one.event_id.startswith("act")
    )
    events = [_with_suspect(one, other.suspects[0]) for one in events]
    for known_on, expected in (
        (first, [1023, 622, 742, 781]),
        (second, [1019, 618, 741, 777]),
        (first, [1023, 622, 742, 781]),
    ):
        numbers = [
            told(events, period, known_on, "csam", CASES).number,
            told(events, period, known_on, "csam/production", CASES).number,
            told(events, period, known_on, "csam", PERSONS).number,
            told(events, period, known_on, "csam", VICTIMS).number,
        ]
        assert numbers == expected
    assert [provisional[one] for one in ("csamcases", "csam/productioncases", "csampersons", "csamvictims")] == [
        1023,
        622,
        742,
        781,
    ]
    assert str(told(events, period, first, "csam", CASES).vintage) == "2016-09-15"


def test_the_2019_figure_keeps_its_provisional_vintage() -> None:
    kept = [
        one
        for one in references()
        if one.figure.category == "sns-originated" and one.figure.period == Period.year(2019)
    ]
    told_as = [(one.figure.number, one.figure.status.value, str(one.figure.vintage)) for one in kept]
    assert told_as == [(2095, "provisional", "2020-02-06"), (2082, "final", "2020-03-12")]
    period, first, second = Period.year(2019), date(2020, 2, 6), date(2020, 3, 12)
    events: list[StatEvent] = [
        found(str(one), date(2019, 5, 5), str(one), category="sns-originated") for one in range(2095)
    ]
    events += [Retracted(event_id=str(one), recorded_on=date(2020, 3, 1)) for one in range(13)]
    counts = [told(events, period, day, "sns-originated", VICTIMS).number for day in (first, second, first)]
    assert counts == [2095, 2082, 2095]


def test_the_reference_series_holds_what_was_published_and_how_sure_that_is() -> None:
    assert len(references()) == 319
    by_certainty = {one: sum(1 for each in references() if each.certainty is one) for one in Certainty}
    assert by_certainty[Certainty.FROM_MEMORY] == 7
    assert all(one.source for one in references())
    funnel = [one for one in references() if one.figure.population == "seized-list"]
    assert sorted((str(one.figure.period), one.text) for one in funnel) == [
        ("until 2017-12-31", "~2,700 rows"),
        ("until 2017-12-31", "~7,000 rows"),
        ("until 2018-03-31", "200+ persons"),
        ("until 2018-06-30", "476 persons"),
        ("until 2019-03-31", "~870 persons"),
    ]


def test_no_two_published_figures_have_one_key() -> None:
    keys = [replace(one.figure, number=0) for one in references()]
    assert len(set(keys)) == len(keys)


def _of(period: Period, status: FigureStatus) -> list[Reference]:
    return [one for one in references() if one.figure.period == period and one.figure.status is status]


def _with_suspect(one: StatEvent, person: str) -> StatEvent:
    """Give an act to a person who is counted anyway."""
    suspects = getattr(one, "suspects", ())
    return replace(one, suspects=(person,)) if suspects == ("somebody of another case",) else one  # type: ignore[arg-type]
