"""How rules of law, and answers about them, are printed: for people, and as the fields that other programs rely on."""

from __future__ import annotations

from datetime import date
from typing import Any

from rich.text import Text

from tsunagu.cli.output import print_table, screen
from tsunagu.law.applying import Applied, LawAnswer
from tsunagu.law.rule import Rule
from tsunagu.law.rule_set import RuleSet

UNREVIEWED, REVIEWED = "unreviewed", "reviewed"
CAUTION = "What no rule here covers may be forbidden all the same: the rule set knows but a few texts."
UNREVIEWED_MEANS = "No lawyer has reviewed these rules, and nothing may rest on them."


def print_rules(rules: RuleSet, chosen: tuple[Rule, ...]) -> None:
    """Print some of the rules of a set for people."""
    rows = [(*_names(rule), rule.kind.value, _period(rule), "; ".join(rule.conducts), _review(rule)) for rule in chosen]
    print_table(("rule", "provision", "kind", "in force", "conduct", "review"), rows, empty="", whole=("rule",))
    _print_set(rules)


def print_rule(rule: Rule) -> None:
    """Print all that is known of a rule for people."""
    told = rule_json(rule)
    told |= {"conducts": "; ".join(rule.conducts), "elements": "; ".join(one.says for one in rule.elements)}
    rows = [(name.replace("_", " "), value) for name, value in told.items() if value not in {None, ""}]
    print_table(("what", "as it is stated"), rows, empty="")


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


def print_answer(answer: LawAnswer) -> None:
    """Print an answer for people."""
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
        why = "no allowance that a lawyer has reviewed was in force with all that it asks for shown"
        screen.print(Text(f"It is not allowed: {why}.", style="bold"))
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
