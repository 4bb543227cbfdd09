"""What was told of alerts and referrals, as acts; and vintages of what is counted from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tsunagu.counting.acts import CONDUCTS, Known, Told, ToldPath, acts_of, force_of, opaque
from tsunagu.counting.export import csv_bytes
from tsunagu.counting.names import Language
from tsunagu.counting.own_grids import figures_of, own_grid, yearly_report
from tsunagu.counting.rules import figure
from tsunagu.counting.tables import Breakdown, Heading, count_table, rows_stated
from tsunagu.counting.vintage_files import vintage_bytes, vintage_from
from tsunagu.counting.vintages import FrozenVintage, frozen
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.figure import OWN, SEIZED_LIST, Definition, FigureStatus, Period
from tsunagu.domain.outcome import (
    AgeBand,
    Disposal,
    HarmMethod,
    OutcomeCode,
    PersonOutcome,
    PersonRole,
    SchoolBand,
)
from tsunagu.domain.stat_event import Cleared

MARCH, MAY, AUGUST = date(2025, 3, 1), date(2025, 5, 1), date(2025, 8, 1)
SUSPECT = PersonRole.SUSPECT
SAFE, LOCATED = OutcomeCode.SAFEGUARDED, OutcomeCode.LOCATED
FINAL, PROVISIONAL = FigureStatus.FINAL, FigureStatus.PROVISIONAL


def person(number: int, *done: Disposal, role: PersonRole = SUSPECT) -> PersonOutcome:
    return PersonOutcome(number, role, done)


def path(*told: Told, **more: object) -> ToldPath:
    return ToldPath(**{"name": "n", "told": told, **more})  # type: ignore[arg-type]


def count(definition: Definition, *paths: ToldPath, category: str = "csam", known_on: date = date(2026, 2, 1)) -> int:
    acts = [act for one in paths for act in acts_of(one)]
    of = {"definition": definition, "period": Period.year(2025), "known_on": known_on, "status": FINAL}
    return figure(acts, category=category, **of).number  # type: ignore[arg-type]


CASES, PERSONS, VICTIMS = Definition.CLEARED_CASES, Definition.CLEARED_PERSONS, Definition.IDENTIFIED_VICTIMS
ARRESTED, REFERRED = Definition.ARRESTED_PERSONS, Definition.REFERRED_PERSONS


def test_a_person_counts_at_his_first_clearance_and_an_arrest_or_a_court_clears_nobody() -> None:
    arrested = Told(1, MARCH, "26", (person(1, Disposal.ARRESTED), person(2, Disposal.NOTIFIED_CHILD_CENTRE)))
    cleared = Told(2, MAY, "26", (person(1, Disposal.ARRESTED, Disposal.REFERRED_IN_CUSTODY),))
    again = Told(3, AUGUST, "26", (person(1, Disposal.CLEARED, Disposal.INDICTED, role=PersonRole.CHARGED),))
    assert count(PERSONS, path(arrested)) == 0
    [act] = [one for one in acts_of(path(arrested, cleared, again)) if isinstance(one, Cleared)]
    assert (act.recorded_on, act.disposal.value) == (MAY, "referred-in-custody")


def test_an_arrest_and_a_referral_count_apart_from_the_clearance_each_on_the_day_it_was_first_told() -> None:
    first = Told(1, MARCH, "26", (person(1, Disposal.ARRESTED), person(2, Disposal.CLEARED)))
    second = Told(2, AUGUST, "26", (person(1, Disposal.ARRESTED), person(2, Disposal.REFERRED_ON_PAPERS)))
    both = path(first, second, conduct="production")
    assert [count(one, both) for one in (PERSONS, ARRESTED, REFERRED)] == [1, 1, 1]
    assert count(ARRESTED, both, category="csam/production") == 1
    half = {"period": Period.half(2025, 1), "known_on": date(2026, 2, 1), "status": FINAL}
    assert [figure(acts_of(both), definition=one, **half).number for one in (ARRESTED, REFERRED)] == [1, 0]
    assert acts_of(path(replace(first, force=None))) == ()


def rows_of(breakdown: Breakdown, *paths: ToldPath, known_on: date = date(2026, 2, 1)) -> dict[str, int]:
    """What a table of the year counts in the rows that are not empty, by the last part of their names."""
    definition = PERSONS if breakdown is Breakdown.OFFENDER else VICTIMS
    of, facet = Heading(definition, "csam", breakdown, 2025), breakdown.facet
    assert facet is not None
    rows = {"known_on": known_on, "status": FINAL, "rows": rows_stated("csam", facet)}
    counted = count_table([act for one in paths for act in acts_of(one)], of, **rows)  # type: ignore[arg-type]
    return {row.rpartition(":")[2]: cells[-1] for row, cells in counted.rows.items() if cells[-1]}


def test_who_is_cleared_counts_in_the_band_that_was_stated_last_and_openly_where_none_was() -> None:
    first = Told(1, MAY, "26", (person(1, Disposal.CLEARED), replace(person(2, Disposal.CLEARED), age=AgeBand.TEENS)))
    later = Told(2, AUGUST, "26", (replace(person(1), age=AgeBand.FIFTIES),))
    told = path(first, later)
    assert rows_of(Breakdown.OFFENDER, path(first)) == {"teens": 1, "not-recorded": 1}
    assert rows_of(Breakdown.OFFENDER, told) == {"teens": 1, "50s": 1}
    half = rows_of(Breakdown.OFFENDER, told, known_on=date(2025, 7, 5))
    assert half == {"teens": 1, "not-recorded": 1}, "a vintage knows what was stated up to its day"


def test_children_count_in_the_bands_and_methods_that_were_stated_of_so_many_of_them() -> None:
    first = Told(1, MARCH, "26", children={SAFE: 3}, schools={SchoolBand.HIGH: 2})
    later = Told(2, MAY, "26", children={SAFE: 4}, methods={HarmMethod.SELFIE: 3, HarmMethod.OTHER: 1})
    fewer = Told(3, AUGUST, "26", children={SAFE: 2}, schools={SchoolBand.ELEMENTARY: 1})
    assert rows_of(Breakdown.SCHOOL, path(first)) == {"high": 2, "not-recorded": 1}
    assert rows_of(Breakdown.METHOD, path(first)) == {"not-recorded": 3}
    assert rows_of(Breakdown.SCHOOL, path(first, later)) == {"high": 2, "not-recorded": 2}
    assert rows_of(Breakdown.METHOD, path(first, later)) == {"selfie": 3, "other": 1}
    assert rows_of(Breakdown.SCHOOL, path(first, later, fewer)) == {"elementary": 1, "not-recorded": 1}


def test_the_persons_of_one_alert_are_one_case_and_those_of_two_are_two() -> None:
    both = Told(1, MAY, "26", (person(1, Disposal.CLEARED), person(2, Disposal.FORWARDED)))
    assert (count(CASES, path(both)), count(PERSONS, path(both))) == (1, 2)
    assert count(CASES, path(both), replace(path(both), name="m")) == 2


@pytest.mark.parametrize(
    ("conduct", "category", "number"),
    [
        ("possession", "csam/possession-etc", 1),
        ("possession_own_interest", "csam/possession-etc/own-interest", 1),
        ("possession_for_provision", "csam/possession-etc/own-interest", 0),
        ("production_secret_filming", "csam/production/voyeur", 1),
        ("solicitation", "csam/not-told", 1),
        ("", "csam/not-told", 1),
    ],
)
def test_an_act_counts_in_the_column_of_its_conduct(conduct: str, category: str, number: int) -> None:
    one = path(Told(1, MAY, "26", (person(1, Disposal.CLEARED),)), conduct=conduct)
    assert count(CASES, one, category=category) == number


def test_each_conduct_counts_in_a_column_that_tables_have() -> None:
    assert {one.split("/")[1] for one in CONDUCTS.values()} == {"production", "provision-display", "possession-etc"}


def test_a_child_counts_when_she_is_first_told_to_be_identified_and_no_sooner() -> None:
    told = (Told(1, MARCH, "26", children={LOCATED: 3}), Told(2, MAY, "26", children={LOCATED: 1, SAFE: 2}))
    assert count(VICTIMS, path(*told[:1])) == 0
    assert count(VICTIMS, path(*told)) == 2
    later = Told(3, AUGUST, "26", children={SAFE: 3})
    acts = acts_of(path(*told, later))
    assert [one.recorded_on for one in acts] == [MAY, MAY, AUGUST]


def test_fewer_children_than_before_were_told_wrongly_and_an_earlier_vintage_keeps_them() -> None:
    wrong = path(Told(1, MARCH, "26", children={SAFE: 3}), Told(2, AUGUST, "26", children={SAFE: 2}))
    assert count(VICTIMS, wrong) == 2
    acts = acts_of(wrong)
    half = {"definition": VICTIMS, "period": Period.half(2025, 1), "status": PROVISIONAL}
    assert [figure(acts, known_on=day, **half).number for day in (date(2025, 7, 1), AUGUST)] == [3, 2]


def test_what_was_withdrawn_counts_no_more_from_that_day_on() -> None:
    told = path(Told(1, MAY, "26", (person(1, Disposal.CLEARED),), {SAFE: 2}), withdrawn_on=AUGUST)
    assert (count(CASES, told), count(VICTIMS, told)) == (0, 0)


def test_who_is_no_force_of_a_prefecture_counts_nowhere() -> None:
    assert [force_of(code) for code in ("JP-26", "JP", "JP-48", "JP-00", "DK-26", "26", "")] == ["26"] + [None] * 6
    assert acts_of(path(Told(1, MAY, None, (person(1, Disposal.CLEARED),), {SAFE: 2}))) == ()


def known(*numbers: int, rows: int = 0, sent: int = 0) -> Known:
    """As many persons of a list cleared by each of the first forces, in May, one a case; and as many children."""
    acts = []
    for place, number in enumerate(numbers, start=1):
        for each in range(number):
            told = Told(1, MAY, f"{place:02}", (person(1, Disposal.CLEARED),), {SAFE: 1})
            one = path(told, name=f"{place}-{each}", conduct="possession", population=SEIZED_LIST)
            acts += acts_of(one)
    return Known(tuple(acts), {"a list": rows} if rows else {}, frozenset(map(str, range(sent))))


def freeze(
    what: Known,
    *earlier: FrozenVintage,
    known_on: date = date(2026, 1, 5),
    status: FigureStatus = FINAL,
    year: int = 2025,
) -> FrozenVintage:
    return frozen(what, year=year, known_on=known_on, status=status, salt=b"salt", earlier=earlier)


def told(vintage: FrozenVintage) -> dict[tuple[str, str, str, str], int | None]:
    return {
        (one.definition.value, one.population, one.category, str(one.period)): one.number if is_told else None
        for one, is_told in figures_of(vintage)
    }


def test_a_vintage_tells_cases_persons_and_victims_and_what_became_of_lists() -> None:
    cells = told(freeze(known(20, 30, rows=7000, sent=2700)))
    assert cells["cleared-cases", OWN, "csam", "2025"] == 50
    assert cells["cleared-persons", "force:02", "csam", "2025-H1"] == 30
    assert cells["identified-victims", "force:01", "csam", "2025"] == 20
    assert cells["cleared-cases", OWN, "csam/possession-etc", "2025"] == 50
    assert [cells[one, SEIZED_LIST, "csam", "until 2026-01-05"] for one in (
        "imported-rows", "sent-persons", "cleared-persons",
    )] == [7000, 2700, 50]  # fmt: skip


def test_a_small_number_is_kept_back_with_enough_others_in_every_form() -> None:
    vintage = freeze(known(20, 3, 30, sent=52))
    cells = told(vintage)
    assert cells["cleared-cases", OWN, "csam", "2025"] == 53
    hidden = {population for (definition, population, *_), number in cells.items()
              if definition == "cleared-cases" and number is None}  # fmt: skip
    assert "force:02" in hidden
    assert len(hidden) >= 3
    assert cells["sent-persons", SEIZED_LIST, "csam", "until 2026-01-05"] == 52
    assert cells["cleared-persons", SEIZED_LIST, "csam", "until 2026-01-05"] is None, "one less than were sent"
    rows = own_grid(vintage, Language.ENGLISH).rows
    assert all(row[4] == "kept back" for row in rows if row[1] == "Aomori")
    report = str(yearly_report(vintage, "A", Language.JAPANESE))
    assert "秘匿" in report
    assert "['青森県', '秘匿'" in report


def test_a_later_vintage_keeps_back_what_its_change_would_tell_and_the_earlier_stays_as_it_was() -> None:
    first = freeze(known(20, 30, 40, sent=100))
    before = vintage_bytes(first)
    second = freeze(known(20, 32, 40, sent=103), first, known_on=date(2026, 2, 1))
    cells = told(second)
    assert cells["cleared-cases", "force:02", "csam", "2025"] is None
    assert cells["sent-persons", SEIZED_LIST, "csam", "until 2026-02-01"] is None
    assert vintage_bytes(first) == before


def test_what_became_of_lists_is_of_no_year_so_a_vintage_of_another_gives_no_small_change_away() -> None:
    of_2024 = freeze(known(20, 30, sent=100), known_on=date(2026, 1, 5), year=2024)
    cells = told(freeze(known(20, 30, sent=102), of_2024, known_on=date(2026, 2, 1)))
    assert cells["sent-persons", SEIZED_LIST, "csam", "until 2026-02-01"] is None


def test_a_few_persons_of_no_list_are_not_the_difference_of_two_figures() -> None:
    few = [act for each in range(2) for act in acts_of(
        path(Told(1, MAY, "01", (person(1, Disposal.CLEARED),)), name=f"alert {each}"),
    )]  # fmt: skip
    lists = known(20, 30, sent=100)
    cells = told(freeze(replace(lists, acts=(*lists.acts, *few))))
    assert cells["cleared-persons", OWN, "csam", "2025"] == 52
    assert cells["cleared-persons", SEIZED_LIST, "csam", "until 2026-01-05"] is None


def test_a_total_that_one_table_keeps_back_no_other_tells() -> None:
    cells = told(freeze(known(20, 3)))
    assert cells["cleared-cases", OWN, "csam", "2025"] is None, "force 01 would know that the others have three"
    assert cells["cleared-cases", OWN, "csam/possession-etc", "2025"] is None


def test_a_vintage_is_read_back_as_it_was_and_prints_the_same_bytes() -> None:
    what = known(20, 3, 30, rows=10, sent=60)
    stated = path(
        Told(1, MAY, "01", (replace(person(1, Disposal.ARRESTED), age=AgeBand.TEENS),), {SAFE: 1}, {SchoolBand.HIGH: 1})
    )
    vintage = freeze(replace(what, acts=(*what.acts, *acts_of(stated))))
    again = vintage_from(vintage_bytes(vintage))
    assert again == vintage
    for language in Language:
        assert csv_bytes(own_grid(again, language)) == csv_bytes(own_grid(vintage, language))
        assert yearly_report(again, "A", language) == yearly_report(vintage, "A", language)


def test_final_is_a_year_that_is_over_and_nothing_provisional_follows_it() -> None:
    with pytest.raises(InputError):
        freeze(known(9), known_on=date(2025, 12, 31))
    with pytest.raises(InputError):
        freeze(known(9), known_on=date(2025, 6, 29), status=PROVISIONAL)
    half = freeze(known(9), known_on=date(2025, 7, 1), status=PROVISIONAL)
    assert {str(period) for one in half.tables for period in one.counts.periods} == {"2025-H1"}
    final = freeze(known(9), half)
    with pytest.raises(Conflict):
        freeze(known(9), half, final, known_on=date(2026, 3, 1), status=PROVISIONAL)


def test_what_was_known_stays_known_where_what_told_it_is_erased() -> None:
    before = known(9, rows=7000, sent=3)
    after = before.joined(Known((), {"another": 5}, frozenset({"x"})))
    assert (after.acts, dict(after.lists)) == (Known().joined(before).acts, {"a list": 7000, "another": 5})
    assert len(after.sent) == 4
    assert before.joined(before) == Known().joined(before)


def test_who_was_sent_to_two_forces_counts_once_where_and_when_the_first_told_that_he_is_cleared() -> None:
    first, second = (
        acts_of(path(Told(1, day, force, (person(1, Disposal.CLEARED),))))
        for day, force in ((MAY, "26"), (AUGUST, "27"))
    )
    for told_of in ((*first, *second), (*second, *first)):
        assert Known().joined(Known(told_of)).acts == first


def test_a_name_in_statistics_is_found_by_nobody_without_the_salt() -> None:
    assert opaque(b"a", "alert", "1") == opaque(b"a", "alert", "1")
    assert len({opaque(b"a", "alert", "1"), opaque(b"b", "alert", "1"), opaque(b"a", "person", "1")}) == 3
