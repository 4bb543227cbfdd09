"""Statements about figures, held against what was published: right, possible, impossible or unknown, and why."""

from __future__ import annotations

import pytest

from tsunagu.counting.checking import check_table
from tsunagu.counting.reference import references
from tsunagu.counting.verdicts import Reason, Standing, Verdict
from tsunagu.domain.figure import Unit

COLUMNS = ("number", "unit", "population", "period", "category", "definition", "status", "than")
R = Reason


def checked(stated: str) -> Verdict:
    """Return the verdict on one statement: its columns in order, a semicolon between them."""
    cells = [one.strip() for one in stated.split(";")]
    return check_table([dict(zip(COLUMNS, cells, strict=False))])[0]


# Every statement of the press on these systems that was looked into, put as figures, with what was found of it.
PRESS = [
    # S1 The number of the whole country, given as the list's.
    ("1,703; persons; from the list; 2017", False, R.WRONG_POPULATION),
    ("1,703; persons; from the list; 2017; ; referred", False, R.WRONG_POPULATION),
    ("1,703; persons; nationwide; 2017", True, R.PUBLISHED),
    ("1,703; persons; nationwide; 2017; ; cleared", True, R.PUBLISHED),
    ("1,703; persons; nationwide; 2017; ; referred", False, R.WRONG_DEFINITION),
    ("1,703; persons; nationwide; 2017; ; arrested", False, R.WRONG_DEFINITION),
    ("1,703; cases; nationwide; 2017", False, R.WRONG_UNIT),
    # S2 Cleared is not arrested.
    ("200; persons; list; early 2018; ; arrested", False, R.WRONG_DEFINITION),
    ("200+; persons; list; early 2018; ; cleared", True, R.PUBLISHED),
    # S3 The list, and what was workable of it.
    ("~7,000; purchasers; list; 2017", True, R.PUBLISHED),
    ("~2,700; rows; list; 2017; ; workable", True, R.PUBLISHED),
    ("7,000; rows; list; 2017; ; workable", False, R.WRONG_DEFINITION),
    # S4 A forecast was plausible; it is no count; and the neighbouring prefectures are no population of it.
    ("nearly 1,000; persons; list; 2018; ; ; forecast", True, R.FORECAST),
    ("1,000; persons; list; 2018", False, R.EXCEEDS_POPULATION),
    ("1,000; persons; neighbouring prefectures; 2018", None, R.UNKNOWN_POPULATION),
    ("476; persons; list; until 2018-06-30", True, R.PUBLISHED),
    ("about 870; persons; list; early 2019", True, R.PUBLISHED),
    # S5
    ("2,413; cases; nationwide; 2017", True, R.PUBLISHED),
    ("+316; cases; nationwide; 2017", True, R.DERIVED),
    ("+15.1 %; cases; nationwide; 2017", True, R.DERIVED),
    # S6
    ("1,414; cases; nationwide; 2017; production", True, R.PUBLISHED),
    ("+10 %; cases; nationwide; 2017; production", False, R.DIFFERS),
    ("about +10 %; cases; nationwide; 2017; production", True, R.APPROXIMATE),
    ("+12.0 %; cases; nationwide; 2017; production", True, R.DERIVED),
    # S7
    ("201; cases; nationwide; 2017; possession etc", True, R.PUBLISHED),
    ("201; cases; nationwide; 2017; simple possession", False, R.WRONG_CATEGORY),
    ("x2.72; cases; nationwide; 2017; possession etc", True, R.DERIVED),
    ("nearly tripled; cases; nationwide; 2017; possession etc", True, R.APPROXIMATE),
    ("x3.00; cases; nationwide; 2017; possession etc", False, R.DIFFERS),
    # S8
    ("42.4; % of cases; nationwide; 2017", False, R.WRONG_UNIT),
    ("42.4; % of victims; nationwide; 2017", True, R.DERIVED),
    ("42.4 %; victims; nationwide; 2018", True, R.DERIVED),
    ("21.3 %; cases; nationwide; 2017; selfies", False, R.MIXED_UNITS),
    ("515; victims; nationwide; 2017; selfies", True, R.PUBLISHED),
    ("515; victims; nationwide; 2018; selfies", False, R.WRONG_PERIOD),
    ("541; victims; nationwide; 2018; selfies", True, R.PUBLISHED),
    ("515; cases; nationwide; 2017; selfies", False, R.WRONG_UNIT),
    # S9
    ("798; cases; nationwide; 2017; provision-display", True, R.PUBLISHED),
    ("+4.9 %; cases; nationwide; 2017; provision-display", True, R.DERIVED),
    # S10
    ("1,216; victims; nationwide; 2017", True, R.PUBLISHED),
    ("-7.4 %; victims; nationwide; 2017", True, R.DERIVED),
    ("+15.1 %; victims; nationwide; 2017", False, R.DIFFERS),
    # A1
    ("2; persons; marketplace-sellers; 2013-09", False, R.WRONG_PERIOD),
    ("2; persons; marketplace-sellers; 2013-09; ; arrested", False, R.WRONG_PERIOD),
    ("2; persons; marketplace-sellers; 2014-09; ; arrested", True, R.PUBLISHED),
    # A2
    ("about 10; persons; marketplace-sellers; 2014-09/2015-01; ; charged", True, R.PUBLISHED),
    # A3
    ("136; products; marketplace-notice; 2009; ; notified", True, R.PUBLISHED),
    ("84; products; marketplace-notice; 2009; ; removed", True, R.PUBLISHED),
    ("136; products; marketplace-notice; 2009; ; removed", False, R.WRONG_DEFINITION),
    # K1
    ("10,000; victims; icse; until 2017-01-31", True, R.PUBLISHED),
    ("30,000+; victims; icse; 2022-10", True, R.PUBLISHED),
    # and the copy that calls victims cases
    ("1,487; cases; nationwide; 2022", False, R.WRONG_UNIT),
    ("1,487; victims; nationwide; 2022", True, R.PUBLISHED),
]
OTHERS = [
    ("1,650; persons; nationwide; 2017", True, R.WITHIN_WHOLE),
    ("1,650; persons; from the list; 2017", False, R.EXCEEDS_POPULATION),
    ("1,650; persons; from the list; 2018", False, R.EXCEEDS_POPULATION),
    ("1,650; persons; from the list; 2019", False, R.EXCEEDS_POPULATION),
    ("1,650; persons; nationwide; 2016", False, R.EXCEEDS_WHOLE),
    ("570; persons; list; 2018", False, R.WRONG_POPULATION),
    ("870; persons; list; 2017", False, R.OUT_OF_ORDER),
    ("100; persons; list; until 2018-12-31", False, R.OUT_OF_ORDER),
    ("600; persons; list; until 2018-12-31", True, R.WITHIN_WHOLE),
    ("300; persons; list; 2021", False, R.OUT_OF_ORDER),
    ("1,000; persons; list; 2021", None, R.NOTHING_PUBLISHED),
    ("742; victims; nationwide; 2017-H1", False, R.EXCEEDS_WHOLE),
    ("742; cases; nationwide; 2017-H1; production", False, R.DIFFERS),
    ("318; victims; nationwide; 2013; selfie", False, R.WRONG_UNIT),
    ("318; cases; nationwide; 2013; csam/production/method:selfie", True, R.PUBLISHED),
    ("1,023; cases; nationwide; H1 2016; ; ; provisional", True, R.PUBLISHED),
    ("1,023; cases; nationwide; H1 2016; ; ; final", False, R.WRONG_STATUS),
    ("1,023; cases; nationwide; H1 2016", True, R.SUPERSEDED),
    ("1,019; cases; nationwide; 2016-H1; ; ; final", True, R.PUBLISHED),
    ("2,095; victims; nationwide; 2019; sns-originated; ; provisional", True, R.PUBLISHED),
    ("2,082; victims; nationwide; 2019; sns-originated; ; final", True, R.PUBLISHED),
    ("2,095; victims; nationwide; 2019; sns-originated; ; final", False, R.WRONG_STATUS),
    ("729; cases; nationwide; 2018; provision-display", True, R.DERIVED),
    ("10.8 %; persons; nationwide; 2017-01-01/2018-06-30; unemployed", True, R.DERIVED),
    ("6.5 %; persons; nationwide; 2017-01/2018-06; part-time workers", True, R.DERIVED),
    ("3.8 %; persons; nationwide; 2017-01/2018-06; dispatched workers", True, R.DERIVED),
    ("11.1 %; persons; nationwide; 2017-01/2018-06; unemployed", False, R.DIFFERS),
    ("239; cases; Kanagawa; 2017", True, R.PUBLISHED),
    ("190; cases; 警視庁; 平成29年", True, R.PUBLISHED),
    ("6; cases; 島根県; 2017", True, R.PUBLISHED),
    ("190; cases; Tokyo; 2018", False, R.WRONG_PERIOD),
    ("2,414; cases; Osaka; 2017", False, R.EXCEEDS_WHOLE),
    ("1,216; victims; nationwide; 2018", False, R.WRONG_PERIOD),
    ("733; victims; nationwide; 2012; ; judged-under-18", True, R.DERIVED),
    ("1,264; victims; nationwide; 2012", False, R.EXCEEDS_WHOLE),
    ("2,097; 件; 全国; 平成28年", True, R.PUBLISHED),
    ("+17; victims; nationwide; 2017; ; ; ; 2015", False, R.DIFFERS),
    ("+311; victims; nationwide; 2017; ; ; ; 2015", True, R.DERIVED),
    ("1,703; cleared persons; Japan (national); 2017", True, R.PUBLISHED),
    ("1,703; persons_cleared; from_the_7,000_list; 2017", False, R.WRONG_POPULATION),
    ("1,650; persons; the seized customer list; first half of 2018", False, R.EXCEEDS_POPULATION),
    ("42.4; percent of identified victims; all of Japan; FY2017", True, R.DERIVED),
    ("42.4; percentage of cases; the whole country; 2017 FY", False, R.WRONG_UNIT),
    ("42.4; % of cases and victims; nationwide; 2017", False, R.UNKNOWN_UNIT),
    ("42.4; percent; of all cases; 2017", False, R.WRONG_UNIT),
    ("42.4; %; victims; 2018", True, R.DERIVED),
    ("2,097; 検挙件数; 全国; 平成28年", True, R.PUBLISHED),
    ("476; persons; list; as of 2018-06-30", True, R.PUBLISHED),
    ("500; persons; nationwide; 2031", None, R.NOTHING_PUBLISHED),
    ("; persons; nationwide; 2017", False, R.NO_NUMBER),
    ("many; persons; nationwide; 2017", False, R.NO_NUMBER),
    ("42.4; ; nationwide; 2017", False, R.NO_UNIT),
    ("42.4; %; nationwide; 2017", False, R.NO_UNIT),
    ("4; files; icse; 2022", False, R.UNKNOWN_UNIT),
    ("1,703; persons; ; 2017", False, R.NO_POPULATION),
    ("1,703; persons; nationwide; ", False, R.NO_PERIOD),
    ("1,703; persons; nationwide; some day", False, R.NO_PERIOD),
    ("1,703; persons; nationwide; 2017-02-30", False, R.NO_PERIOD),
    ("1,703; persons; nationwide; 2017; nonsense", None, R.UNKNOWN_CATEGORY),
    ("1,703; persons; nationwide; 2017; ; identified", None, R.UNKNOWN_DEFINITION),
    ("1,703; persons; nationwide; 2017; ; ; certain", False, R.UNKNOWN_STATUS),
]


@pytest.mark.parametrize(
    ("stated", "is_possible", "reason"), [*PRESS, *OTHERS], ids=[one[0] for one in [*PRESS, *OTHERS]]
)
def test_a_statement_is_judged(stated: str, is_possible: bool | None, reason: Reason) -> None:
    verdict = checked(stated)
    assert (verdict.is_possible, verdict.reason) == (is_possible, reason)


def test_a_share_is_answered_with_both_its_counts_and_the_year_is_not_lost() -> None:
    texts = [[one.text for one in checked(f"42.4 %; victims; nationwide; {year}").shares] for year in (2017, 2018)]
    assert texts == [["42.4 % (515 of 1,216 victims)"], ["42.4 % (541 of 1,276 victims)"]]


@pytest.mark.parametrize(
    ("parts", "whole", "is_possible"),
    [((1414, 798, 201), 2413, True), ((742, 387, 31), 1142, True), ((724, 387, 31), 1142, True)],
)
def test_published_parts_and_wholes_stay_right_beside_a_wrong_one(
    parts: tuple[int, int, int], whole: int, is_possible: bool
) -> None:
    period = "2017" if whole == 2413 else "2017-H1"
    assert _sum(parts, whole, period)[-1].is_possible is is_possible


def test_parts_that_do_not_add_up_are_impossible_also_where_nothing_was_published() -> None:
    wrong = _sum((742, 387, 31), 1142, "2031")
    assert [(one.standing, one.reason) for one in wrong] == [(Standing.IMPOSSIBLE, R.PARTS_DO_NOT_ADD_UP)] * 4
    assert [one.standing for one in _sum((724, 387, 31), 1142, "2031")] == [Standing.UNKNOWN] * 4


def _sum(parts: tuple[int, int, int], whole: int, period: str) -> tuple[Verdict, ...]:
    names = ("production", "provision-display", "possession-etc", "csam")
    rows = [
        {"number": str(number), "unit": "cases", "population": "nationwide", "period": period, "category": name}
        for number, name in zip((*parts, whole), names, strict=True)
    ]
    return check_table(rows)


@pytest.mark.parametrize("certainty", ["D"])
def test_a_figure_from_memory_confirms_nothing_and_contradicts_nothing(certainty: str) -> None:
    remembered = [one.figure for one in references() if one.certainty.value == certainty]
    assert len(remembered) == 7
    for figure in remembered:
        columns = f"{figure.unit.value}; {figure.population}; {figure.period}; {figure.category}"
        for number in (figure.number, figure.number + 1):
            verdict = checked(f"{number}; {columns}; {figure.definition.value}")
            assert verdict.standing is not Standing.RIGHT
            assert figure not in [one.figure for one in verdict.references]


def test_every_published_figure_is_right_as_it_stands_and_in_no_other_unit() -> None:
    published = {(one.figure.number, one.figure.unit, one.figure.period) for one in references()}
    for one in (one for one in references() if one.is_vouched_for):
        figure = one.figure
        columns = f"{figure.population}; {figure.period}; {figure.category}"
        written = {"exact": "{}", "about": "~{}", "at-least": "{}+"}[one.precision.value].format(figure.number)
        definition = f"{figure.definition.value}; {figure.status.value}"
        assert checked(f"{written}; {figure.unit.value}; {columns}; {definition}").standing is Standing.RIGHT
        for unit in set(Unit) - {figure.unit}:
            if (figure.number, unit, figure.period) not in published:
                assert checked(f"{written}; {unit.value}; {columns}").standing is not Standing.RIGHT
