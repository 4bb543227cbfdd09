"""`law`: dated rules, and which of them apply to a deed on its day. Never who is guilty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.law_answers import answer_json, print_answer, print_rule, print_rules, rule_json
from tsunagu.cli.law_changes import CHANGES
from tsunagu.cli.output import print_json
from tsunagu.domain.errors import InputError
from tsunagu.law.applying import Finding, Question, Showing, apply_law
from tsunagu.law.days import today_in
from tsunagu.law.shipped import shipped_rules, shipped_text
from tsunagu.services.agencies.law_rules import RulesInUse, rules_in_use
from tsunagu.services.house import House

DAY = click.DateTime(formats=("%Y-%m-%d",))
agency_option = click.option(
    "--agency", "of_agency", is_flag=True, help="Ask the rule set that your agency goes by; needs a sign-in."
)


@click.group()
def law() -> None:
    """Dated rules of law, and which of them apply to a deed on its day.

    The answers are texts and what has not been shown of them, never that somebody is guilty. No lawyer has reviewed the
    rules that come with this release: they are marked so, and nothing may rest on them. An agency adopts a rule set of
    its own by two people, and its counsel reviews it rule by rule.
    """


@law.command("list")
@click.option("--jurisdiction", help="Only of this one, such as JP.")
@agency_option
@json_option
@click.pass_obj
def list_(house: House, *, jurisdiction: str | None, of_agency: bool, as_json: bool) -> None:
    """List the rules: what they are about, and since when.

    Reads no holdings and needs no sign-in, but for --agency.
    """
    rules = _asked(house, of_agency=of_agency).rules
    chosen = rules.of_jurisdiction(jurisdiction) if jurisdiction else rules.rules
    if not as_json:
        print_rules(rules, chosen)
        return
    for rule in chosen:
        print_json(rule_json(rule))


@law.command("show")
@click.argument("rule_id", metavar="RULE")
@agency_option
@json_option
@click.pass_obj
def show(house: House, rule_id: str, *, of_agency: bool, as_json: bool) -> None:
    """Show all that is known of a rule, in each of its versions.

    Reads no holdings and needs no sign-in, but for --agency.
    """
    for rule in _asked(house, of_agency=of_agency).rules.versions_of(rule_id):
        if as_json:
            print_json(rule_json(rule))
        else:
            print_rule(rule)


@law.command("file")
@agency_option
@click.pass_obj
def file(house: House, *, of_agency: bool) -> None:
    """Print the rules as the file that they are read from, to begin a rule set of one's own."""
    click.echo(_asked(house, of_agency=of_agency).text, nl=False)


@law.command("applies")
@click.option("--jurisdiction", required=True, help="Whose law, such as JP.")
@click.option("--conduct", required=True, help="What was done, by its code; see `tsunagu law list`.")
@click.option("--date", "act_on", required=True, type=DAY, help="The day of the act, as the jurisdiction counts days.")
@click.option(
    "--decided-on",
    type=DAY,
    help="The day of the decision; today if left out, or the day of the act where that is yet to come. "
    "Texts up to it are shown too.",
)
@click.option(
    "--found",
    "found",
    multiple=True,
    metavar="ELEMENT=SHOWING[:EVIDENCE,…]",
    help="What was found of an element: shown (by what evidence), disputed, not-shown or unknown.",
)
@agency_option
@json_option
@click.pass_obj
def applies(
    house: House,
    *,
    jurisdiction: str,
    conduct: str,
    act_on: datetime,
    decided_on: datetime | None,
    found: Sequence[str],
    of_agency: bool,
    as_json: bool,
) -> None:
    """Tell which rules apply to a deed on its day, and what has not been shown of them.

    Reads no holdings and needs no sign-in, but for --agency. Where the law has changed since the act, both texts are
    named, and a lawyer chooses. Exit status: 0 answered, 2 the jurisdiction, the conduct or an element is unknown.
    """
    day = act_on.date()
    decided = decided_on.date() if decided_on else max(day, today_in(jurisdiction, now()))
    findings = dict(map(_finding, found))
    if len(findings) < len(found):
        raise InputError("two findings are about the same element")
    question = Question(jurisdiction, conduct, day, decided, findings)
    answer = apply_law(question, _asked(house, of_agency=of_agency).rules)
    if as_json:
        print_json(answer_json(answer))
    else:
        print_answer(answer)


def _asked(house: House, *, of_agency: bool) -> RulesInUse:
    """Return the shipped rules, or those that the agency of who is signed in goes by."""
    if not of_agency:
        return RulesInUse(shipped_rules(), shipped_text())
    with signed_in(house, None) as desk:
        return rules_in_use(**desk.parts)


def _finding(told: str) -> tuple[str, Finding]:
    """Return what was typed of an element: `own_will=shown:E-12,E-13`."""
    code, equals, rest = told.partition("=")
    showing, _, evidence = rest.partition(":")
    if not equals or showing not in set(Showing):
        raise InputError("a finding is typed ELEMENT=SHOWING[:EVIDENCE,...]: shown, disputed, not-shown or unknown")
    return code, Finding(Showing(showing), tuple(one.strip() for one in evidence.split(",") if one.strip()))


for change in CHANGES:
    law.add_command(change)

COMMANDS = (law,)
