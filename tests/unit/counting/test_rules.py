"""Counting by the rules: each case, person and victim once, on its day, for its force, in its column."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.counting.rules import counted, figure
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Definition, FigureStatus, Period
from tsunagu.domain.stat_event import Disposal, Retracted, StatEvent

from .acts import BUYING, ORDINANCE, POSSESSION, PRODUCTION, PROVISION, Maker, Wanted, cleared, found

YEAR = Period.year(2017)
MAY, AUGUST, LATER = date(2017, 5, 1), date(2017, 8, 1), date(2018, 3, 1)


def number(
    events: list[StatEvent],
    definition: Definition,
    category: str = "csam",
    period: Period = YEAR,
    population: str = "nationwide",
    known_on: date = LATER,
) -> int:
    return figure(
        events,
        definition=definition,
        period=period,
        known_on=known_on,
        status=FigureStatus.FINAL,
        category=category,
        population=population,
    ).number


def test_several_acts_of_an_inclusive_case_are_one_case() -> None:
    events: list[StatEvent] = [cleared(str(number), MAY, case_key="one") for number in range(3)]
    assert number(events, Definition.CLEARED_CASES) == 1
    assert number([*events, cleared("x", MAY)], Definition.CLEARED_CASES) == 2


def test_an_act_against_several_laws_counts_under_the_heaviest_penalty_alone() -> None:
    events: list[StatEvent] = [cleared("1", MAY, offences=(PRODUCTION, BUYING, ORDINANCE))]
    counts = {
        one: number(events, Definition.CLEARED_CASES, one) for one in ("csam", "prostitution", "juvenile-ordinance")
    }
    assert counts == {"csam": 0, "prostitution": 1, "juvenile-ordinance": 0}


def test_a_change_of_penalty_moves_a_case_between_columns() -> None:
    heavier = type(PRODUCTION)("csam/production", 61)
    events: list[StatEvent] = [cleared("1", MAY, offences=(heavier, BUYING))]
    assert number(events, Definition.CLEARED_CASES, "csam/production") == 1


def test_an_inclusive_case_counts_where_its_heaviest_act_belongs() -> None:
    events: list[StatEvent] = [
        cleared("1", MAY, case_key="one", offences=(POSSESSION,)),
        cleared("2", AUGUST, case_key="one", offences=(PROVISION,)),
    ]
    assert number(events, Definition.CLEARED_CASES, "csam/provision-display") == 1
    assert number(events, Definition.CLEARED_CASES, "csam/possession-etc") == 0


def test_a_case_counts_on_the_day_of_its_clearance_and_not_when_it_was_recorded() -> None:
    events: list[StatEvent] = [cleared("1", date(2016, 12, 31), recorded_on=MAY), cleared("2", date(2017, 1, 1))]
    assert number(events, Definition.CLEARED_CASES) == 1
    assert number(events, Definition.CLEARED_CASES, period=Period.year(2016)) == 1


def test_a_case_counts_for_the_force_that_cleared_it_first() -> None:
    events: list[StatEvent] = [
        cleared("1", AUGUST, case_key="one", force="13"),
        cleared("2", MAY, case_key="one", force="14"),
    ]
    assert number(events, Definition.CLEARED_CASES, population="force:14") == 1
    assert number(events, Definition.CLEARED_CASES, population="force:13") == 0


def test_a_person_counts_once_in_a_period_and_once_in_each_of_its_halves() -> None:
    events: list[StatEvent] = [cleared("1", MAY, suspects=("p",)), cleared("2", AUGUST, suspects=("p",))]
    assert number(events, Definition.CLEARED_PERSONS) == 1
    halves = [number(events, Definition.CLEARED_PERSONS, period=Period.half(2017, half)) for half in (1, 2)]
    assert halves == [1, 1]


def test_a_person_counts_at_his_heaviest_offence_of_the_period() -> None:
    events: list[StatEvent] = [
        cleared("1", MAY, suspects=("p",), offences=(PRODUCTION,), force="01"),
        cleared("2", AUGUST, suspects=("p",), offences=(BUYING,), force="02"),
    ]
    assert number(events, Definition.CLEARED_PERSONS) == 0
    assert number(events, Definition.CLEARED_PERSONS, "prostitution", population="force:02") == 1
    assert number(events, Definition.CLEARED_PERSONS, period=Period.half(2017, 1)) == 1


def test_persons_referred_are_not_all_who_are_cleared() -> None:
    events: list[StatEvent] = [cleared(one.value, MAY, disposal=one) for one in Disposal]
    assert number(events, Definition.CLEARED_PERSONS) == 6
    assert number(events, Definition.REFERRED_PERSONS) == 2


def test_persons_of_a_list_are_counted_apart_and_in_the_whole() -> None:
    events: list[StatEvent] = [cleared("1", MAY, population="seized-list"), cleared("2", MAY)]
    assert number(events, Definition.CLEARED_PERSONS, population="seized-list") == 1
    assert number(events, Definition.CLEARED_PERSONS) == 2


def test_a_victim_is_newly_identified_once_for_ever() -> None:
    events: list[StatEvent] = [found("1", date(2016, 3, 1), "c"), found("2", MAY, "c"), found("3", MAY, "d")]
    assert number(events, Definition.IDENTIFIED_VICTIMS) == 1
    assert number(events, Definition.IDENTIFIED_VICTIMS, period=Period.year(2016)) == 1


def test_a_victim_who_is_judged_under_18_counts_apart_until_she_is_identified() -> None:
    judged: list[StatEvent] = [found("1", MAY, "c", is_identified=False), found("2", MAY, "d", is_identified=False)]
    assert number(judged, Definition.IDENTIFIED_VICTIMS) == 0
    assert number(judged, Definition.JUDGED_UNDER_18) == 2
    named = [*judged, found("3", AUGUST, "c")]
    assert (number(named, Definition.IDENTIFIED_VICTIMS), number(named, Definition.JUDGED_UNDER_18)) == (1, 1)
    half = Period.half(2017, 1)
    assert number(named, Definition.JUDGED_UNDER_18, period=half) == 2


def test_531_identified_and_733_judged_are_two_figures_and_never_1264_of_one() -> None:
    events: list[StatEvent] = [found(f"i{one}", MAY, f"i{one}") for one in range(531)]
    events += [found(f"j{one}", MAY, f"j{one}", is_identified=False) for one in range(733)]
    assert number(events, Definition.IDENTIFIED_VICTIMS) == 531
    assert number(events, Definition.JUDGED_UNDER_18) == 733


def test_victims_do_not_follow_from_cases() -> None:
    list_driven: list[StatEvent] = [cleared(str(one), MAY, offences=(POSSESSION,)) for one in range(50)]
    assert number(list_driven, Definition.CLEARED_CASES) == 50
    assert number(list_driven, Definition.IDENTIFIED_VICTIMS) == 0


def test_what_was_recorded_after_a_vintage_never_changes_it() -> None:
    events: list[StatEvent] = [cleared("1", MAY), cleared("2", MAY)]
    before = number(events, Definition.CLEARED_CASES)
    events += [cleared("3", MAY, recorded_on=date(2018, 3, 2)), Retracted(event_id="1", recorded_on=date(2018, 3, 2))]
    assert number(events, Definition.CLEARED_CASES) == before == 2
    assert number([*events, cleared("4", MAY, recorded_on=date(2018, 3, 2))], Definition.CLEARED_CASES,
                  known_on=date(2018, 3, 2)) == 3  # fmt: skip


def test_a_period_that_was_not_over_gives_no_figure() -> None:
    with pytest.raises(InputError):
        number([], Definition.CLEARED_CASES, known_on=date(2017, 12, 30))
    assert number([], Definition.CLEARED_CASES, known_on=date(2017, 12, 31)) == 0


def test_what_acts_do_not_say_is_not_counted() -> None:
    for definition in (Definition.CHARGED_PERSONS, Definition.IMPORTED_ROWS):
        with pytest.raises(InputError):
            number([], definition)
    with pytest.raises(InputError):
        number([], Definition.IDENTIFIED_VICTIMS, population="seized-list")
    with pytest.raises(InputError):
        number([cleared("1", MAY), cleared("1", MAY)], Definition.CLEARED_CASES)


@given(st.integers(0, 2**32), st.lists(st.integers(1, 30), min_size=5, max_size=5))
def test_acts_of_any_totals_give_them_back_in_any_order(seed: int, totals: list[int]) -> None:
    wanted = Wanted(YEAR, *totals)
    events = Maker(seed).acts(wanted)
    random.Random(seed + 1).shuffle(events)
    assert number(events, Definition.CLEARED_CASES, "csam/production") == wanted.production
    assert number(events, Definition.CLEARED_CASES, "csam/provision-display") == wanted.provision
    assert number(events, Definition.CLEARED_CASES, "csam/possession-etc") == wanted.possession
    assert number(events, Definition.CLEARED_CASES) == wanted.cases
    assert number(events, Definition.CLEARED_PERSONS) == wanted.persons
    assert number(events, Definition.IDENTIFIED_VICTIMS) == wanted.victims
    assert number(events, Definition.JUDGED_UNDER_18) == 20


@given(st.integers(0, 2**32), st.sampled_from([Definition.CLEARED_CASES, Definition.CLEARED_PERSONS]))
def test_the_forces_add_up_to_the_nation(seed: int, definition: Definition) -> None:
    events = Maker(seed).acts(Wanted(YEAR, 20, 10, 5, 30, 9))
    forces = [f"force:{one:02}" for one in range(1, 48)]
    parts = [counted(events, definition=definition, period=YEAR, known_on=LATER, population=one) for one in forces]
    assert sum(map(len, parts)) == len(counted(events, definition=definition, period=YEAR, known_on=LATER))
