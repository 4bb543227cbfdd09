"""`law`: dated rules, and which of them apply to a deed on its day. Never who is guilty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.errors import InputError
from tsunagu.law.applying import Applied, Finding, LawAnswer, Question, Showing, apply_law
from tsunagu.law.days import today_in
from tsunagu.law.rule import Rule
from tsunagu.law.rule_set import RuleSet
from tsunagu.law.shipped import shipped_rules, shipped_text

DAY = click.DateTime(formats=("%Y-%m-%d",))
UNREVIEWED, REVIEWED = "unreviewed", "reviewed"
CAUTION = "What no rule here covers may be forbidden all the same: the rule set knows but a few texts."
UNREVIEWED_MEANS = "No lawyer has reviewed these rules, and nothing may rest on them."


@click.group()
def law() -> None:
    """Dated rules of law, and which of them apply to a deed on its day.

    The answers are texts and what has not been shown of them, never that somebody is guilty. No lawyer has reviewed the
    rules that come with this release: they are marked so, and nothing may rest on them.
    """


@law.command("list")
@click.option("--jurisdiction", help="Only of this one, such as JP.")
@json_option
def list_(*, jurisdiction: str | None, as_json: bool) -> None:
    """List the rules: what they are about, and since when.

    Reads no holdings and needs no sign-in.
    """
    rules = shipped_rules()
    chosen = rules.of_jurisdiction(jurisdiction) if jurisdiction else rules.rules
    if as_json:
        for rule in chosen:
            print_json(rule_json(rule))
        return
    rows = [(*_names(rule), rule.kind.value, _period(rule), "; ".join(rule.conducts), _review(rule)) for rule in chosen]
    print_table(("rule", "provision", "kind", "in force", "conduct", "review"), rows, empty="", whole=("rule",))
    _print_set(rules)


@law.command("show")
@click.argument("rule_id", metavar="RULE")
@json_option
def show(rule_id: str, *, as_json: bool) -> None:
    """Show all that is known of a rule, in each of its versions.

    Reads no holdings and needs no sign-in.
    """
    versions = shipped_rules().versions_of(rule_id)
    for rule in versions:
        told = rule_json(rule)
        if as_json:
            print_json(told)
            continue
        told |= {"conducts": "; ".join(rule.conducts), "elements": "; ".join(one.says for one in rule.elements)}
        rows = [(name.replace("_", " "), value) for name, value in told.items() if value not in {None, ""}]
        print_table(("what", "as it is stated"), rows, empty="")


@law.command("file")
def file() -> None:
    """Print the rules that come with this release as the file that they are read from."""
    click.echo(shipped_text(), nl=False)


@law.command("applies")
@click.option("--jurisdiction", required=True, help="Whose law, such as JP.")
@click.option("--conduct", required=True, help="What was done, by its code; see `tsunagu law list`.")
@click.option("--date", "act_on", required=True, type=DAY, help="The day of the act, as the jurisdiction counts days.")
@click.option(
    "--decided-on", type=DAY, help="The day of the decision; today if left out. Texts up to it are shown too."
)
@click.option(
    "--found",
    "found",
    multiple=True,
    metavar="ELEMENT=SHOWING[:EVIDENCE,…]",
    help="What was found of an element: shown (by what evidence), disputed, not-shown or unknown.",
)
@json_option
def applies(
    *,
    jurisdiction: str,
    conduct: str,
    act_on: datetime,
    decided_on: datetime | None,
    found: Sequence[str],
    as_json: bool,
) -> None:
    """Tell which rules apply to a deed on its day, and what has not been shown of them.

    Reads no holdings and needs no sign-in. Where the law has changed since the act, both texts are named, and a lawyer
    chooses. Exit status: 0 answered, 2 the jurisdiction, the conduct or an element is unknown.
    """
    day = act_on.date()
    decided = decided_on.date() if decided_on else max(day, today_in(jurisdiction, now()))
    findings = dict(map(_finding, found))
    if len(findings) < len(found):
        raise InputError("two findings are about the same element")
    answer = apply_law(Question(jurisdiction, conduct, day, decided, findings), shipped_rules())
    if as_json:
        print_json(answer_json(answer))
    else:
        _print_answer(answer)


def rule_json(rule: Rule) -> dict[str, Any]:
    """Return what is known of a rule, as the fields that other programs rely on."""
    return {
        "rule": rule.rule_id,
        "version": rule.version,
        "sha256": rule.sha256,
        "kind": rule.kind.value,
        "status": rule.status.value,
        "review": REVIEWED if rule.review else UNREVIEWED,
        "reviewer": rule.review.reviewer if rule.review else None,
        "reviewed_on": _iso(rule.review.reviewed_on) if rule.review else None,
        "jurisdiction": rule.jurisdiction,
        "instrument": rule.instrument,
        "provision": rule.provision,
        "conducts": list(rule.conducts),
        "says": rule.says,
        "effective_from": _iso(rule.effective_from),
        "effective_to": _iso(rule.effective_to),
        "penalty_applies_from": _iso(rule.penalty_applies_from),
        "penalty": rule.penalty,
        "actor": rule.actor,
        "child_under": rule.child_under,
        "elements": [{"code": one.code, "says": one.says} for one in rule.elements],
        "territorial_link": rule.territorial_link,
        "certainty": rule.certainty.value,
        "source": rule.source,
    }


def answer_json(answer: LawAnswer) -> dict[str, Any]:
    """Return an answer as the fields that other programs rely on."""
    question = answer.question
    return {
        "rule_set": answer.rules.name,
        "rule_set_sha256": answer.rules.sha256,
        "jurisdiction": question.jurisdiction,
        "asked": question.conduct,
        "conduct": question.code,
        "date": question.act_on.isoformat(),
        "decided_on": question.decided_on.isoformat(),
        "allowed": answer.is_allowed,
        "rules": [_applied_json(one) for one in answer.applied],
        "to_choose_from": [
            {"rule": one.rule_id, "version": one.version, "sha256": one.sha256} for one in answer.to_choose_from
        ],
        "caution": CAUTION,
    }


def _applied_json(one: Applied) -> dict[str, Any]:
    return {
        **rule_json(one.rule),
        "state": one.state.value,
        "in_force": one.is_in_force,
        "punishable": one.is_punishable,
        "came_later": one.came_later,
        "may_be_rested_on": one.may_be_rested_on,
        "missing_elements": [element.code for element in one.missing],
        "elements": [
            {
                "code": element.code,
                "says": element.says,
                "showing": finding.showing.value,
                "evidence": list(finding.evidence),
            }
            for element, finding in one.elements
        ],
    }


def _print_answer(answer: LawAnswer) -> None:
    rows = [
        (
            *_names(one.rule),
            one.state.value,
            "applies" if one.is_punishable else "does not apply" if one.rule.penalty_applies_from else "none",
            _review(one.rule),
        )
        for one in answer.applied
    ]
    print_table(("rule", "provision", "on that day", "penalty", "review"), rows, empty="", whole=("rule",))
    for one in answer.applied:
        if one.is_in_force:
            for element in one.missing:
                screen.print(Text(f"{one.rule.rule_id} missing: {element.code}, {element.says}"), soft_wrap=True)
    if answer.is_allowed is False:
        screen.print(Text("It is not allowed: no allowance that a lawyer has reviewed was in force.", style="bold"))
    if answer.to_choose_from:
        named = ", ".join(one.rule_id for one in answer.to_choose_from)
        screen.print(Text(f"The law has changed since: a lawyer chooses the milder of {named}."), soft_wrap=True)
    _print_set(answer.rules)
    screen.print(Text(CAUTION), soft_wrap=True)


def _print_set(rules: RuleSet) -> None:
    screen.print(Text(f"Rule set: {rules.name}, {rules.sha256[:16]}"), soft_wrap=True)
    if not any(rule.review for rule in rules.rules):
        screen.print(Text(UNREVIEWED_MEANS, style="yellow"), soft_wrap=True)


def _names(rule: Rule) -> tuple[str, str]:
    return rule.rule_id, f"{rule.instrument}, {rule.provision}"


def _period(rule: Rule) -> str:
    return f"{_iso(rule.effective_from) or '?'} to {_iso(rule.effective_to) or ''}".rstrip()


def _review(rule: Rule) -> str:
    return f"{rule.review.reviewed_on} by {rule.review.reviewer}" if rule.review else UNREVIEWED


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _finding(told: str) -> tuple[str, Finding]:
    """Return what was typed of an element: `own_will=shown:E-12,E-13`."""
    code, equals, rest = told.partition("=")
    showing, _, evidence = rest.partition(":")
    if not equals or showing not in set(Showing):
        raise InputError("a finding is typed ELEMENT=SHOWING[:EVIDENCE,...]: shown, disputed, not-shown or unknown")
    return code, Finding(Showing(showing), tuple(one.strip() for one in evidence.split(",") if one.strip()))


COMMANDS = (law,)
