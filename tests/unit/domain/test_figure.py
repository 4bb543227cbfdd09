"""A figure says what it counts, of whom, when, how and as known when, or there is none."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Definition, Figure, FigureStatus, Period, Share, Unit, Vintage

WHOLE: dict[str, Any] = {
    "number": 1216,
    "unit": Unit.VICTIMS,
    "population": "nationwide",
    "category": "csam",
    "period": Period.year(2017),
    "status": FigureStatus.FINAL,
    "vintage": Vintage("2018-03-08"),
    "definition": Definition.IDENTIFIED_VICTIMS,
}
VICTIMS = Figure(**WHOLE)
SELFIE = replace(VICTIMS, number=515, category="csam/method:selfie")


@pytest.mark.parametrize("missing", WHOLE)
def test_a_figure_of_which_anything_is_missing_cannot_be_made(missing: str) -> None:
    with pytest.raises(TypeError):
        Figure(**{name: value for name, value in WHOLE.items() if name != missing})
    with pytest.raises(InputError):
        Figure(**{**WHOLE, missing: None})
    with pytest.raises(InputError):
        Figure(**{**WHOLE, missing: ""})


def test_every_field_of_a_figure_is_one_that_is_tried_above() -> None:
    assert {one.name for one in fields(Figure)} == set(WHOLE)


def test_words_are_no_unit_and_whole_numbers_alone_are_counted() -> None:
    for field, value in (("unit", "victims"), ("number", True), ("number", 12.0), ("number", -1), ("vintage", "2018")):
        with pytest.raises(InputError):
            Figure(**{**WHOLE, field: value})


@pytest.mark.parametrize("definition", Definition)
def test_a_definition_counts_in_one_unit_alone(definition: Definition) -> None:
    taken = []
    for unit in Unit:
        try:
            taken.append(Figure(**{**WHOLE, "definition": definition, "unit": unit}).unit)
        except InputError:
            continue
    assert taken == [definition.unit]


def test_a_number_is_never_printed_without_its_unit() -> None:
    assert VICTIMS.text == "1,216 victims"


def test_a_share_is_shown_with_both_its_counts() -> None:
    assert Share(SELFIE, VICTIMS).text == "42.4 % (515 of 1,216 victims)"


@pytest.mark.parametrize(
    "other",
    [
        replace(VICTIMS, number=2413, unit=Unit.CASES, definition=Definition.CLEARED_CASES),
        replace(VICTIMS, population="force:13"),
        replace(VICTIMS, period=Period.year(2018)),
        replace(VICTIMS, number=514),
        replace(VICTIMS, number=0),
        replace(VICTIMS, definition=Definition.JUDGED_UNDER_18),
    ],
    ids=["unit", "population", "period", "smaller than its part", "nothing", "definition"],
)
def test_a_share_of_what_does_not_belong_together_cannot_be_made(other: Figure) -> None:
    with pytest.raises(InputError):
        Share(SELFIE, other)


def test_a_period_is_named_by_its_days() -> None:
    assert str(Period.year(2017)) == "2017"
    assert str(Period.half(2017, 1)) == "2017-H1"
    assert str(Period.half(2017, 2)) == "2017-H2"
    assert str(Period(None, date(2018, 6, 30))) == "until 2018-06-30"
    assert str(Period(date(2017, 1, 1), date(2018, 6, 30))) == "2017-01-01/2018-06-30"
    with pytest.raises(InputError):
        Period(date(2018, 1, 1), date(2017, 12, 31))


def test_a_period_covers_both_its_ends_and_no_day_beyond() -> None:
    half = Period.half(2017, 1)
    days = (date(2016, 12, 31), date(2017, 1, 1), date(2017, 6, 30), date(2017, 7, 1))
    assert [half.covers(day) for day in days] == [False, True, True, False]
    assert [Period(None, date(2017, 6, 30)).covers(day) for day in days] == [True, True, True, False]


def test_a_vintage_is_a_year_a_month_or_a_day() -> None:
    assert sorted([Vintage("2020-03-12"), Vintage("2020-02-06"), Vintage("2019")]) == [
        Vintage("2019"),
        Vintage("2020-02-06"),
        Vintage("2020-03-12"),
    ]
    for wrong in ("", "2020-13", "20", "2020-00-01", "2020-3"):
        with pytest.raises(InputError):
            Vintage(wrong)
