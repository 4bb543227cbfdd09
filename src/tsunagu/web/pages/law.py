"""Law: the rules by which an agency goes, and which of them apply to a deed on its day. Never who is guilty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tsunagu.domain.errors import InputError
from tsunagu.law.applying import Question, apply_law
from tsunagu.law.days import today_in
from tsunagu.law.rule import Rule, RuleState
from tsunagu.law.rule_set import RuleSet
from tsunagu.services.agencies.law_rules import rules_in_use
from tsunagu.web.desk import day, parts_of, search_or_all
from tsunagu.web.rooms import now


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule, and how it stands today where it holds."""

    rule: Rule
    state: RuleState


@require_GET
def law(request: HttpRequest) -> HttpResponse:
    """List the rules, those of today or all; where a deed and its day are named, tell which of them apply to it."""
    rules = rules_in_use(**parts_of(request)).rules
    asked, complaint = search_or_all(lambda: _question(request, rules), None)
    shows_all = request.GET.get("all") == "1"
    standing = [Standing(one, one.state_on(today_in(one.jurisdiction, now()))) for one in rules.rules]
    shown = [one for one in standing if shows_all or one.state is RuleState.IN_FORCE]
    context: dict[str, Any] = {"rules": rules, "shown": shown, "shows_all": shows_all, "deeds": _deeds(rules)}
    context |= {"reviewed": sum(one.review is not None for one in rules.rules), "typed": request.GET}
    context |= {"complaint": complaint, "answer": None if asked is None else apply_law(asked, rules)}
    context["is_to_come"] = asked is not None and asked.act_on > today_in(asked.jurisdiction, now())
    return render(request, "web/law.html", context)


def _deeds(rules: RuleSet) -> list[tuple[str, list[str]]]:
    """Return what can be asked: of each jurisdiction the codes of all conducts that its rules name."""
    return [
        (one, list(dict.fromkeys(code for rule in rules.of_jurisdiction(one) for code in rule.conducts)))
        for one in rules.jurisdictions
    ]


def _question(request: HttpRequest, rules: RuleSet) -> Question | None:
    """Return what is asked; None where nothing is.

    Raises:
        InputError: no rule names this conduct, no day is named, or the decision comes before the act.
    """
    typed = request.GET.get("deed", "")
    if not typed:
        return None
    jurisdiction, _, conduct = typed.partition(":")
    if conduct not in dict(_deeds(rules)).get(jurisdiction, ()):
        raise InputError("there is no such choice")
    act_on, decided_on = (day(request.GET.get(one, "")) for one in ("on", "decided"))
    if act_on is None:
        raise InputError("the law is asked about the day of an act")
    return Question(jurisdiction, conduct, act_on, decided_on or max(act_on, today_in(jurisdiction, now())))
