"""`law` by its commands: what other programs rely on, and what a person reads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tsunagu.law.shipped import shipped_rules, shipped_text

from .world import Outcome, World

REFUSED, NOT_FOUND = 2, 4
POSSESSION = ("law", "applies", "--jurisdiction", "JP", "--conduct", "possession")


def told(done: Outcome) -> dict[str, Any]:
    assert done.status == 0, done.text
    assert (done.queries, done.entries) == ({"default": 0, "linker": 0, "owner": 0}, 0)
    [line] = done.stdout.splitlines()
    return dict(json.loads(line))


@pytest.mark.parametrize(
    ("day", "in_force", "punishable"),
    [
        ("2014-07-14", False, False),
        ("2014-07-15", True, False),
        ("2015-07-14", True, False),
        ("2015-07-15", True, True),
    ],
)
def test_possession_answers_by_the_day_of_the_act(world: World, day: str, in_force: bool, punishable: bool) -> None:
    answer = told(world.run("", *POSSESSION, "--date", day, "--json"))
    assert (answer["asked"], answer["conduct"]) == ("possession", "possession_own_interest")
    [rule] = answer["rules"]
    assert (rule["rule"], rule["in_force"], rule["punishable"]) == ("JP-CP-03", in_force, punishable)
    assert (rule["review"], rule["may_be_rested_on"]) == ("unreviewed", False)
    assert rule["missing_elements"] == ["child", "item", "held", "own_will", "clearly", "own_interest"]
    assert rule["sha256"] == shipped_rules().versions_of("JP-CP-03")[0].sha256


def test_what_was_found_is_told_with_its_evidence_and_is_not_missing(world: World) -> None:
    found = ("--found", "held=shown:E-1, E-2", "--found", "own_will=disputed:E-3", "--found", "child=unknown")
    answer = told(world.run("", *POSSESSION, "--date", "2016-01-01", *found, "--json"))
    [rule] = answer["rules"]
    assert rule["missing_elements"] == ["child", "item", "own_will", "clearly", "own_interest"]
    said = {one["code"]: (one["showing"], one["evidence"]) for one in rule["elements"]}
    assert said["held"] == ("shown", ["E-1", "E-2"])
    assert said["own_will"] == ("disputed", ["E-3"])


def test_where_the_law_has_changed_both_texts_are_named(world: World) -> None:
    asked = ("law", "applies", "--jurisdiction", "JP", "--conduct", "production", "--date", "2010-01-01")
    answer = told(world.run("", *asked, "--decided-on", "2016-01-01", "--json"))
    assert [one["rule"] for one in answer["to_choose_from"]] == ["JP-CP-01", "JP-CP-04"]
    assert told(world.run("", *asked, "--decided-on", "2010-01-02", "--json"))["to_choose_from"] == []
    assert "a lawyer chooses the milder of JP-CP-01, JP-CP-04" in world.run("", *asked).stdout


def test_a_day_that_has_not_come_can_be_asked_about(world: World) -> None:
    asked = ("law", "applies", "--jurisdiction", "JP", "--conduct", "checking_convictions", "--date", "2999-01-01")
    answer = told(world.run("", *asked, "--json"))
    assert (answer["decided_on"], answer["rules"][0]["in_force"]) == ("2999-01-01", True)


def test_nobody_is_ever_called_guilty_and_an_answer_says_what_it_is_not(world: World) -> None:
    done = world.run("", *POSSESSION, "--date", "2016-01-01")
    assert done.status == 0
    for said in ("unreviewed", "nothing may rest on them", "may be forbidden all the same", "missing: held"):
        assert said in done.stdout
    assert "guilty" not in done.stdout


def test_what_lapsed_is_not_allowed(world: World) -> None:
    asked = ("law", "applies", "--jurisdiction", "EU", "--conduct", "scanning_messages", "--date", "2026-04-04")
    answer = told(world.run("", *asked, "--json"))
    assert answer["allowed"] is False
    assert [(one["rule"], one["state"], one["in_force"]) for one in answer["rules"]] == [
        ("EU-01", "lapsed", False),
        ("EU-02", "pending", False),
    ]
    assert "It is not allowed" in world.run("", *asked).stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--jurisdiction", "FR"), "no rule of this jurisdiction is known"),
        (("--conduct", "arson"), "no rule of this jurisdiction names this conduct"),
        (("--date", "15.7.2015"), "does not match the format"),
        (("--decided-on", "2015-01-01"), "before the act"),
        (("--found", "motive=unknown"), "no element"),
        (("--found", "held=shown"), "without evidence"),
        (("--found", "held=proven:E-1"), "a finding is typed"),
        (("--found", "held=unknown", "--found", "held=disputed"), "the same element"),
    ],
    ids=str,
)
def test_a_question_that_cannot_be_answered_is_refused(world: World, change: tuple[str, ...], said: str) -> None:
    done = world.run("", *POSSESSION, "--date", "2015-07-15", *change, "--json")
    assert (done.status, done.stdout, done.entries) == (REFUSED, "", 0)
    assert said in done.stderr


def test_rules_are_listed_by_jurisdiction_and_shown_whole(world: World) -> None:
    done = world.run("", "law", "list", "--json")
    everything = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["rule"] for one in everything] == [rule.rule_id for rule in shipped_rules().rules]
    assert {one["review"] for one in everything} == {"unreviewed"}
    european = world.run("", "law", "list", "--jurisdiction", "EU")
    assert "EU-01" in european.stdout
    assert "JP-CP-03" not in european.stdout
    assert world.run("", "law", "list", "--jurisdiction", "FR").status == REFUSED
    shown = told(world.run("", "law", "show", "JP-CP-03", "--json"))
    assert (shown["effective_from"], shown["penalty_applies_from"]) == ("2014-07-15", "2015-07-15")
    assert "2015-07-15" in world.run("", "law", "show", "JP-CP-03").stdout
    assert world.run("", "law", "show", "JP-CP-99").status == NOT_FOUND


def test_the_file_of_the_shipped_rules_is_printed_to_the_byte(world: World) -> None:
    assert world.run("", "law", "file").stdout == shipped_text()
