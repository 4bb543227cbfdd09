"""A rule file that is wrong is refused, and says where."""

from __future__ import annotations

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.law.reading import COLUMNS, MOST_FILE_BYTES, RuleFileRefused, read_rules
from tsunagu.law.shipped import shipped_rules, shipped_text

from .files import file_of, rule_of, rules_of


def test_a_file_that_is_right_is_read_to_the_letter() -> None:
    rule = rule_of(conduct="holding;storing", effective_to="2020-01-31")
    assert (rule.rule_id, rule.version, rule.conducts) == ("JP-T-01", 1, ("holding", "storing"))
    assert [str(one) for one in (rule.effective_from, rule.penalty_applies_from, rule.effective_to)] == [
        "2014-07-15",
        "2015-07-15",
        "2020-01-31",
    ]
    assert [(one.code, one.says) for one in rule.elements] == [
        ("child", "who is shown was under 18"),
        ("held", "held on that day"),
    ]
    assert (rule.child_under, rule.penalty, rule.source, rule.review) == (18, "a year", "a page", None)


def test_line_ends_and_a_mark_at_the_beginning_change_no_rule() -> None:
    plain = file_of({})
    [one] = read_rules("\ufeff" + plain.replace("\n", "\r\n"), name="test").rules
    assert one == read_rules(plain, name="test").rules[0]


def test_a_text_that_differs_in_a_letter_is_another_version() -> None:
    assert rule_of().sha256 == rule_of().sha256
    assert rule_of().sha256 != rule_of(says="Holding is an offense.").sha256
    assert rules_of({}).sha256 != rules_of({"says": "Holding is an offense."}).sha256


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_is_missing_is_named(column: str) -> None:
    columns = tuple(one for one in COLUMNS if one != column)
    with pytest.raises(RuleFileRefused, match=f"row 1, column {column}: .*missing"):
        read_rules(file_of({}, columns=columns), name="test")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"effective_from": "2014-13-01"}, "row 2, column effective_from: there is no such"),
        ({"effective_from": "15.7.2014"}, "row 2, column effective_from: it is no calendar day"),
        ({"effective_from": ""}, "row 2, column effective_from: an offence has a first day"),
        ({"effective_to": "2014-07-14"}, "row 2, column effective_to: it is before"),
        ({"effective_to": "2015-07-14"}, "row 2, column penalty_applies_from: it is after"),
        ({"penalty_applies_from": "2014-07-14"}, "row 2, column penalty_applies_from: it is before"),
        ({"penalty_applies_from": ""}, "row 2, column penalty_applies_from: an offence has"),
        ({"kind": "duty"}, "row 2, column penalty_applies_from: an offence has"),
        ({"kind": "crime"}, "row 2, column kind"),
        ({"status": "maybe"}, "row 2, column status"),
        ({"certainty": "D"}, "row 2, column certainty"),
        ({"rule_id": "jp 1"}, "row 2, column rule_id"),
        ({"version": "0"}, "row 2, column version"),
        ({"jurisdiction": "Japan"}, "row 2, column jurisdiction"),
        ({"conduct": ""}, "row 2, column conduct"),
        ({"conduct": "holding;holding"}, "row 2, column conduct"),
        ({"conduct": "possession"}, "row 2, column conduct: a code that is the other name"),
        ({"child_under": "x"}, "row 2, column child_under"),
        ({"child_under": "99"}, "row 2, column child_under"),
        ({"elements": "child"}, "row 2, column elements"),
        ({"elements": "child: a | child: b"}, "row 2, column elements: an element is there twice"),
        ({"elements": ""}, "row 2, column elements: an offence has elements"),
        ({"says": ""}, "row 2, column says: it is empty"),
        ({"source": ""}, "row 2, column source: it is empty"),
        ({"penalty": "a\x1byear"}, "row 2, column penalty: a character"),
        ({"reviewed": "yes"}, "row 2, column reviewed: .*second person"),
        ({"reviewed": "counsel, 2026-01-01"}, "row 2, column reviewed"),
    ],
)
def test_a_value_that_is_wrong_is_refused_with_row_and_column(change: dict[str, str], said: str) -> None:
    with pytest.raises(RuleFileRefused, match=said):
        rules_of(change)


def test_a_row_further_down_is_named_by_its_number() -> None:
    with pytest.raises(RuleFileRefused, match="row 3, column kind"):
        rules_of({}, {"rule_id": "JP-T-02", "kind": "crime"})


def test_a_message_holds_nothing_of_the_file() -> None:
    with pytest.raises(RuleFileRefused) as refused:
        rules_of({"kind": "a secret"})
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


FIRST = {"version": "1", "effective_to": "2016-12-31"}
SECOND = {"version": "2", "penalty_applies_from": "2017-01-01"}


def test_versions_that_follow_each_other_are_taken_in_their_order() -> None:
    rules = rules_of(SECOND | {"effective_from": "2017-01-01"}, FIRST)
    assert [one.version for one in rules.versions_of("JP-T-01")] == [1, 2]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (FIRST, {"effective_from": "2016-12-31"}, "row 3, column effective_from: it overlaps"),
        (FIRST, {"effective_from": "2010-01-01"}, "row 3, column effective_from: it overlaps"),
        ({"version": "1"}, {"effective_from": "2017-01-01"}, "row 3, column effective_from: it overlaps"),
        (FIRST, {"version": "1", "effective_from": "2017-01-01"}, "row 3, column version"),
        (FIRST, {"jurisdiction": "US", "effective_from": "2017-01-01"}, "row 3, column jurisdiction"),
    ],
)
def test_versions_that_overlap_are_refused(first: dict[str, str], second: dict[str, str], said: str) -> None:
    with pytest.raises(RuleFileRefused, match=said):
        rules_of(first, SECOND | second)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1, column rule_id"),
        (file_of(), "holds no rule"),
        (file_of({}).replace("reviewed\n", "reviewed\textra\n"), "column number 21"),
        (file_of({}).replace("rule_id\tversion", "version\trule_id"), "column number 1"),
        (file_of({}).replace("\ta page", ""), "row 2, column reviewed: the row has 19 cells"),
        (file_of({}) + "x" * MOST_FILE_BYTES, "longer than any"),
    ],
    ids=["empty", "no rule", "a column more", "out of place", "a cell less", "too long"],
)
def test_what_is_no_rule_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_rules(text, name="test")


def test_every_shipped_rule_names_its_source_and_all_five_jurisdictions_are_there() -> None:
    rules = shipped_rules()
    assert rules.jurisdictions == ("EU", "INT", "JP", "UK", "US")
    assert len({rule.rule_id for rule in rules.rules}) == len(rules.rules) == 29
    assert read_rules(shipped_text(), name="shipped") == rules
