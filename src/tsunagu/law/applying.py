"""What the law says of a deed on its day: texts that apply, and what was not shown of them. Never who is guilty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tsunagu.domain.errors import InputError
from tsunagu.law.rule import Element, Rule, RuleKind, RuleState, RuleVersion
from tsunagu.law.rule_set import ALIASES, RuleSet


class Showing(StrEnum):
    """How far something has been shown. All but the first one is missing."""

    SHOWN = "shown"
    DISPUTED = "disputed"
    NOT_SHOWN = "not-shown"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What people found of one thing that must be shown.

    Attributes:
        evidence: references to what shows or disputes it, as the case calls them; at least one where it is shown.
    """

    showing: Showing = Showing.UNKNOWN
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is shown by nothing."""
        if self.showing is Showing.SHOWN and not any(one.strip() for one in self.evidence):
            raise InputError("nothing is shown without evidence")

    @property
    def is_missing(self) -> bool:
        """Whether it is not shown, for whatever reason."""
        return self.showing is not Showing.SHOWN


NOTHING_FOUND = Finding()


@dataclass(frozen=True, slots=True)
class Question:
    """A deed, as it is put to the law.

    Attributes:
        conduct: its code, or another name of it.
        act_on: the day of the act, in the calendar of the jurisdiction.
        decided_on: the day on which somebody decides about it; texts that came in between are shown as well.
        findings: by code of an element.
    """

    jurisdiction: str
    conduct: str
    act_on: date
    decided_on: date
    findings: Mapping[str, Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a decision that comes before the act."""
        if self.decided_on < self.act_on:
            raise InputError("nothing is decided before the act")

    @property
    def code(self) -> str:
        """The conduct's own code."""
        return ALIASES.get(self.conduct, self.conduct)


@dataclass(frozen=True, slots=True)
class Applied:
    """One rule, held against a deed.

    Attributes:
        state: how it stood on the day of the act.
        is_punishable: whether it was in force and its penalty applied.
        came_later: whether it came into force after the act, up to the day of the decision.
        elements: each with what was found of it, in the rule's order.
    """

    rule: Rule
    state: RuleState
    is_punishable: bool
    came_later: bool
    elements: tuple[tuple[Element, Finding], ...]

    @property
    def is_in_force(self) -> bool:
        """Whether it was in force on the day of the act."""
        return self.state is RuleState.IN_FORCE

    @property
    def missing(self) -> tuple[Element, ...]:
        """What has not been shown."""
        return tuple(element for element, finding in self.elements if finding.is_missing)

    @property
    def may_be_rested_on(self) -> bool:
        """Whether a lawyer has reviewed the rule, and it was in force: without both, nothing rests on it."""
        return self.is_in_force and self.rule.review is not None


@dataclass(frozen=True, slots=True)
class LawAnswer:
    """What a rule set says of a deed. That nothing in it applies does not make a deed lawful: it knows but a few texts.

    Attributes:
        applied: every rule on the conduct, those in force on the day of the act first, then by their first day.
        to_choose_from: texts among which a lawyer chooses the milder, where the law has changed since; else none.
    """

    question: Question
    rules: RuleSet
    applied: tuple[Applied, ...]
    to_choose_from: tuple[RuleVersion, ...]

    @property
    def reviewed(self) -> int:
        """How many of the applied rules a lawyer has reviewed."""
        return sum(one.rule.review is not None for one in self.applied)

    @property
    def is_allowed(self) -> bool | None:
        """Whether a conduct that is closed without an allowance is open; None where no rule on it is an allowance.

        Only an allowance that is in force and reviewed, and of which no element is missing, opens anything.
        """
        allowances = [one for one in self.applied if one.rule.kind is RuleKind.ALLOWANCE]
        return any(one.may_be_rested_on and not one.missing for one in allowances) if allowances else None


def apply_law(question: Question, rules: RuleSet) -> LawAnswer:
    """Hold a deed against the rules of its jurisdiction.

    Raises:
        InputError: the jurisdiction or the conduct is unknown, or a finding is about what is no element here.
    """
    found = rules.of_conduct(question.jurisdiction, question.conduct)
    known = {element.code for rule in found for element in rule.elements}
    if not question.findings.keys() <= known:
        raise InputError("a finding is about what is no element of these rules")
    applied = sorted((_applied(rule, question) for rule in found), key=_order)
    return LawAnswer(question, rules, tuple(applied), _choice(applied))


def _applied(rule: Rule, question: Question) -> Applied:
    state = rule.state_on(question.act_on)
    begins = rule.effective_from
    came_later = state is RuleState.NOT_YET and begins is not None and begins <= question.decided_on
    elements = tuple((one, question.findings.get(one.code, NOTHING_FOUND)) for one in rule.elements)
    return Applied(rule, state, rule.is_punishable_on(question.act_on), came_later, elements)


def _order(one: Applied) -> tuple[bool, date, str, int]:
    return not one.is_in_force, one.rule.effective_from or date.max, one.rule.rule_id, one.rule.version


def _choice(applied: list[Applied]) -> tuple[RuleVersion, ...]:
    """Return the offences of the act's day and those that came since, where there are both."""
    offences = [one for one in applied if one.rule.kind is RuleKind.OFFENCE]
    then = [one.rule.as_version for one in offences if one.is_in_force]
    since = [one.rule.as_version for one in offences if one.came_later]
    return (*then, *since) if then and since else ()
