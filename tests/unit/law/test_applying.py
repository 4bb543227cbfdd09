"""What the law says of a deed on its day, held against dates that were published."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError, NotFound
from tsunagu.law.applying import Applied, Finding, LawAnswer, Question, Showing, apply_law
from tsunagu.law.days import calendar_day, today_in
from tsunagu.law.juvenile import JuvenileStep, juvenile_route
from tsunagu.law.rule import Review, RuleState
from tsunagu.law.rule_set import RuleSet
from tsunagu.law.shipped import shipped_rules

from .files import rule_of, rules_of

DECIDED = date(2026, 11, 26)
REVIEW = Review("counsel", date(2026, 1, 1))
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


def ask(conduct: str, day: str, *, jurisdiction: str = "JP", rules: RuleSet | None = None) -> LawAnswer:
    act_on = date.fromisoformat(day)
    return apply_law(Question(jurisdiction, conduct, act_on, max(act_on, DECIDED)), rules or shipped_rules())


def in_force(answer: LawAnswer) -> list[str]:
    return [one.rule.rule_id for one in answer.applied if one.is_in_force]


def reviewed(rules: RuleSet) -> RuleSet:
    return rules.reviewed({rule.sha256: REVIEW for rule in rules.rules})


@pytest.mark.parametrize(
    ("day", "is_in_force", "is_punishable"),
    [
        ("2014-07-14", False, False),
        ("2014-07-15", True, False),
        ("2015-07-14", True, False),
        ("2015-07-15", True, True),
    ],
)
@pytest.mark.parametrize("conduct", ["possession", "possession_own_interest"])
def test_possession_is_forbidden_a_year_before_it_is_punishable(
    conduct: str, day: str, is_in_force: bool, is_punishable: bool
) -> None:
    [one] = ask(conduct, day).applied
    assert (one.rule.rule_id, one.is_in_force, one.is_punishable) == ("JP-CP-03", is_in_force, is_punishable)


def test_possession_to_provide_is_another_conduct_and_punishable_from_its_first_day() -> None:
    [one] = ask("possession_for_provision", "2014-07-15").applied
    assert (one.rule.rule_id, one.is_in_force, one.is_punishable) == ("JP-CP-04", True, True)
    assert "JP-CP-04" not in {rule.rule.rule_id for rule in ask("possession", "2014-07-15").applied}


def test_production_by_secret_filming_is_an_offence_from_the_day_it_came_into_force() -> None:
    assert in_force(ask("production_secret_filming", "2014-07-14")) == []
    [one] = ask("production_secret_filming", "2014-07-15").applied
    assert (one.rule.rule_id, one.is_in_force, one.is_punishable) == ("JP-CP-02", True, True)


@pytest.mark.parametrize(
    ("conduct", "last_without", "first_with", "rule"),
    [
        ("sale", "1999-10-31", "1999-11-01", "JP-CP-00"),
        ("production", "2004-07-07", "2004-07-08", "JP-CP-01"),
        ("production_posing", "2014-07-14", "2014-07-15", "JP-CP-05"),
        ("filtering", "2009-03-31", "2009-04-01", "JP-YI-01"),
        ("age_check_at_sale", "2018-01-31", "2018-02-01", "JP-YI-02"),
    ],
)
def test_the_published_days_are_the_first_ones(conduct: str, last_without: str, first_with: str, rule: str) -> None:
    assert in_force(ask(conduct, last_without)) == []
    assert in_force(ask(conduct, first_with)) == [rule]


def test_one_text_follows_another_without_a_day_between() -> None:
    assert in_force(ask("filtering", "2018-01-31")) == ["JP-YI-01"]
    assert in_force(ask("filtering", "2018-02-01")) == ["JP-YI-02"]
    assert in_force(ask("production", "2014-07-14")) == ["JP-CP-01"]
    assert in_force(ask("production", "2014-07-15")) == ["JP-CP-04"]


def test_scanning_messages_is_closed_after_its_last_day_and_a_text_that_is_pending_opens_nothing() -> None:
    rules = reviewed(shipped_rules())
    for day, is_open in (("2021-08-01", False), ("2021-08-02", True), ("2026-04-03", True), ("2026-04-04", False)):
        answer = ask("scanning_messages", day, jurisdiction="EU", rules=rules)
        assert answer.is_allowed is is_open, day
    assert [one.state for one in answer.applied] == [RuleState.LAPSED, RuleState.PENDING]
    assert ask("scanning_messages", "2027-01-01", jurisdiction="EU", rules=rules).is_allowed is False


def test_a_rule_that_nobody_reviewed_opens_nothing_and_nothing_rests_on_it() -> None:
    answer = ask("scanning_messages", "2025-01-01", jurisdiction="EU")
    assert in_force(answer) == ["EU-01"]
    assert answer.is_allowed is False
    assert not any(one.may_be_rested_on for one in answer.applied)
    [one] = ask("possession", "2020-01-01", rules=reviewed(shipped_rules())).applied
    assert one.may_be_rested_on


def test_no_shipped_rule_is_reviewed() -> None:
    assert {rule.review for rule in shipped_rules().rules} == {None}


def test_what_is_no_allowance_is_neither_allowed_nor_not() -> None:
    assert ask("possession", "2020-01-01").is_allowed is None


def test_a_rule_whose_first_day_nobody_stated_is_never_in_force() -> None:
    [one] = ask("custody", "2020-01-01").applied
    assert (one.state, one.is_in_force, one.may_be_rested_on) == (RuleState.UNDATED, False, False)


def test_who_asks_for_law_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="jurisdiction"):
        ask("possession", "2020-01-01", jurisdiction="FR")
    with pytest.raises(InputError, match="conduct"):
        ask("arson", "2020-01-01")
    with pytest.raises(InputError, match="conduct"):
        ask("scanning_messages", "2020-01-01")  # Europe has a rule on it, Japan has none
    with pytest.raises(NotFound):
        shipped_rules().versions_of("JP-CP-99")


def test_elements_are_missing_until_they_are_shown_by_evidence() -> None:
    found = {
        "child": Finding(Showing.SHOWN, ("E-1",)),
        "own_will": Finding(Showing.DISPUTED, ("E-2",)),
        "item": Finding(Showing.NOT_SHOWN),
    }
    day = date(2016, 1, 1)
    [one] = apply_law(Question("JP", "possession", day, DECIDED, found), shipped_rules()).applied
    assert [element.code for element in one.missing] == ["item", "held", "own_will", "clearly", "own_interest"]
    assert {element.code: finding for element, finding in one.elements}["child"].evidence == ("E-1",)


def test_nothing_is_shown_without_evidence() -> None:
    for evidence in ((), ("",), (" ",)):
        with pytest.raises(InputError, match="evidence"):
            Finding(Showing.SHOWN, evidence)


def test_a_finding_about_what_is_no_element_is_refused() -> None:
    found = {"motive": Finding(Showing.NOT_SHOWN)}
    with pytest.raises(InputError, match="element"):
        apply_law(Question("JP", "possession", date(2016, 1, 1), DECIDED, found), shipped_rules())


def test_where_the_law_has_changed_since_both_texts_are_named_and_nobody_chooses() -> None:
    answer = ask("production", "2010-01-01")
    assert [one.rule_id for one in answer.to_choose_from] == ["JP-CP-01", "JP-CP-04"]
    rule = shipped_rules().versions_of("JP-CP-01")[0]
    assert answer.to_choose_from[0] == rule.as_version
    assert in_force(answer) == ["JP-CP-01"]
    assert [one.came_later for one in answer.applied] == [False, True]


def test_there_is_no_choice_where_nothing_changed_or_nothing_was_in_force() -> None:
    assert ask("production", "2016-01-01").to_choose_from == ()
    assert ask("possession", "2014-07-14").to_choose_from == ()
    day = date(2010, 1, 1)
    before = apply_law(Question("JP", "production", day, date(2014, 7, 14)), shipped_rules())
    assert before.to_choose_from == ()


def test_nothing_is_decided_before_the_act() -> None:
    with pytest.raises(InputError, match="before"):
        Question("JP", "possession", date(2016, 1, 2), date(2016, 1, 1))


def test_a_day_is_the_one_of_the_place_where_it_was_done() -> None:
    last_second = datetime(2015, 7, 14, 14, 59, 59, tzinfo=UTC)
    assert calendar_day(last_second, "JP") == date(2015, 7, 14)
    assert calendar_day(last_second + timedelta(seconds=1), "JP") == date(2015, 7, 15)
    assert today_in("JP", last_second + timedelta(seconds=1)) == date(2015, 7, 15)
    assert today_in("EU", last_second + timedelta(seconds=1)) == date(2015, 7, 14)
    with pytest.raises(InputError, match="more than one time"):
        calendar_day(last_second, "US")
    with pytest.raises(InputError, match="zone"):
        calendar_day(last_second.replace(tzinfo=None), "JP")


@given(day=DAYS, begins=DAYS, length=st.integers(0, 9000), wait=st.integers(0, 9000), has_end=st.booleans())
def test_a_rule_counts_from_its_first_day_to_its_last_and_is_punishable_within_them(
    day: date, begins: date, length: int, wait: int, has_end: bool
) -> None:
    ends = begins + timedelta(length)
    applies = begins + timedelta(min(wait, length))
    rule = rule_of(
        effective_from=str(begins), effective_to=str(ends) if has_end else "", penalty_applies_from=str(applies)
    )
    state = rule.state_on(day)
    assert (state is RuleState.IN_FORCE) == (begins <= day and (not has_end or day <= ends))
    assert (state is RuleState.LAPSED) == (has_end and day > ends)
    assert (state is RuleState.NOT_YET) == (day < begins)
    assert rule.is_punishable_on(day) == (state is RuleState.IN_FORCE and day >= applies)


@given(first=DAYS, second=DAYS)
def test_no_shipped_rule_comes_back_once_it_has_lapsed_nor_waits_again_once_it_has_begun(
    first: date, second: date
) -> None:
    before, after = sorted((first, second))
    order = [RuleState.NOT_YET, RuleState.IN_FORCE, RuleState.LAPSED]
    for rule in shipped_rules().rules:
        states = rule.state_on(before), rule.state_on(after)
        if set(states) <= set(order):
            assert order.index(states[0]) <= order.index(states[1])
        else:
            assert RuleState.IN_FORCE not in states
        if rule.is_punishable_on(before) and states[1] is RuleState.IN_FORCE:
            assert rule.is_punishable_on(after)


@given(day=DAYS, shown=st.sets(st.sampled_from(["child", "held"])), more=st.sampled_from(["child", "held"]))
def test_showing_more_leaves_less_missing_and_changes_no_date(day: date, shown: set[str], more: str) -> None:
    rules = rules_of({})

    def applied(codes: set[str]) -> Applied:
        found = {code: Finding(Showing.SHOWN, ("E",)) for code in codes}
        return apply_law(Question("JP", "holding", day, max(day, DECIDED), found), rules).applied[0]

    before, after = applied(shown), applied(shown | {more})
    assert set(after.missing) <= set(before.missing)
    assert {element.code for element in after.missing} == {"child", "held"} - shown - {more}
    assert (before.state, before.is_punishable) == (after.state, after.is_punishable)


@pytest.mark.parametrize(
    ("at_act", "now", "is_fine_the_most", "steps"),
    [
        (13, 13, False, ["child-guidance-center"]),
        (13, 15, False, ["child-guidance-center"]),
        (14, 14, False, ["prosecutor", "family-court"]),
        (16, 17, False, ["prosecutor", "family-court"]),
        (16, 17, True, ["family-court"]),
        (17, 18, True, ["prosecutor", "family-court"]),
        (19, 19, False, ["prosecutor", "family-court"]),
        (19, 20, False, []),
    ],
)
def test_a_juvenile_goes_another_way(at_act: int, now: int, is_fine_the_most: bool, steps: list[str]) -> None:
    route = juvenile_route(
        jurisdiction="JP",
        age_at_act=at_act,
        age_now=now,
        is_fine_the_most=is_fine_the_most,
        today=DECIDED,
        rules=shipped_rules(),
    )
    assert route.steps == tuple(map(JuvenileStep, steps))
    assert (route.rule.rule_id, route.rule.review) == ("JP-JV-01", None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"jurisdiction": "US"}, "conduct"),
        ({"today": date(2022, 3, 31)}, "in force"),
        ({"age_now": 12}, "ages"),
        ({"age_at_act": -1}, "ages"),
    ],
)
def test_a_juvenile_route_that_is_not_known_is_refused(change: dict, said: str) -> None:
    told = {"jurisdiction": "JP", "age_at_act": 13, "age_now": 14, "is_fine_the_most": False, "today": DECIDED}
    with pytest.raises(InputError, match=said):
        juvenile_route(**{**told, **change}, rules=shipped_rules())
