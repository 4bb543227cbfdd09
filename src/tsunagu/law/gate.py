"""The corroboration gate: from a lead to a suspect by people's decisions, and only with all five points shown.

A lead is a row, which anybody may have filled in with anybody's name. Nothing here weighs, counts up or ranks: a point
is shown or it is not, no decision is made by a machine, and a suspect who loses a point is none any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.law.points import NOTHING_SHOWN, GateProblem, Point, PointFinding, Points
from tsunagu.law.rule import Rule
from tsunagu.law.rule_set import ALIASES, RuleSet

_A_DAY = timedelta(days=1)


class GateClosed(Conflict):
    """Something that the gate needs has not been shown. The message names it by codes alone.

    Attributes:
        problems: all of them, in the order of their list.
    """

    code: ClassVar[str] = "gate-closed"

    def __init__(self, problems: Iterable[GateProblem]) -> None:
        """Say what is missing."""
        self.problems = tuple(sorted(problems, key=list(GateProblem).index))
        super().__init__(f"the gate is closed: {', '.join(self.problems)}")


class Majority(StrEnum):
    """Whether somebody goes the way of adults, as officially confirmed; a juvenile goes another one."""

    ADULT = "adult"
    JUVENILE = "juvenile"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Allegation:
    """What is said to have been done, where, and on which calendar day of that place."""

    jurisdiction: str
    conduct: str
    act_on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """A named officer's decision, with his reasons."""

    officer_id: UUID
    reasons: str
    decided_at: datetime

    def __post_init__(self) -> None:
        """Refuse a decision without reasons, or without a time that everybody understands."""
        if not self.reasons.strip():
            raise InputError("a decision has reasons")
        if self.decided_at.tzinfo is None:
            raise InputError("a time without a zone")


@dataclass(frozen=True, slots=True)
class Lead:
    """A row of a list, and nobody's decision yet."""

    lead_id: UUID

    def take_up(self, allegation: Allegation, decision: Decision) -> PersonOfInterest:
        """Let an officer look into it."""
        return PersonOfInterest(self, allegation, decision)

    def drop(self, decision: Decision) -> NoCase:
        """Let an officer end it."""
        return NoCase(self, decision)


@dataclass(frozen=True, slots=True)
class PersonOfInterest:
    """Somebody whom an officer looks into. Before the gate, and called a suspect by nobody."""

    lead: Lead
    allegation: Allegation
    taken_up: Decision
    points: Points = NOTHING_SHOWN
    majority: Majority = Majority.UNKNOWN

    def find(self, point: Point, finding: PointFinding) -> PersonOfInterest:
        """Note what was found of a point; the gate stays closed until somebody decides."""
        return replace(self, points=self.points.with_finding(point, finding))

    def state_majority(self, majority: Majority) -> PersonOfInterest:
        """Note what was officially confirmed of the age."""
        return replace(self, majority=majority)

    def problems(self, rules: RuleSet, now: datetime) -> tuple[GateProblem, ...]:
        """Return all that keeps the gate closed at this moment, in the order of their list.

        Where the rule set knows the conduct no more, nothing of it is punishable.
        """
        return _problems(self, rules.rules, now)

    def pass_gate(self, rules: RuleSet, decision: Decision) -> Suspect:
        """Let an officer decide that this is a suspect.

        Raises:
            GateClosed: something is missing.
            InputError: the rule set knows no rule of this jurisdiction, or none on this conduct.
        """
        found = rules.of_conduct(self.allegation.jurisdiction, self.allegation.conduct)
        problems = _problems(self, found, decision.decided_at)
        if problems:
            raise GateClosed(problems)
        return Suspect(self, tuple(rule for rule in found if _carries(rule, self.allegation)), decision)

    def send_to_juvenile_way(self, decision: Decision) -> JuvenileSubject:
        """Let an officer hand a juvenile over to the way that is kept apart.

        Raises:
            InputError: nobody has confirmed that this is one.
        """
        if self.majority is not Majority.JUVENILE:
            raise InputError("only who is officially confirmed to be a juvenile goes that way")
        return JuvenileSubject(self, decision)

    def drop(self, decision: Decision) -> NoCase:
        """Let an officer end it."""
        return NoCase(self.lead, decision)


@dataclass(frozen=True, slots=True)
class Suspect:
    """Somebody who is past the gate. None can be made, by whatever way, of whom anything is missing.

    Attributes:
        rests_on: the rules that carry the decision, each reviewed, in force and punishable on the day of the act.
    """

    person: PersonOfInterest
    rests_on: tuple[Rule, ...]
    decision: Decision

    def __post_init__(self) -> None:
        """Check everything again, on whichever way this was made."""
        problems = set(_problems(self.person, self.rests_on, self.decision.decided_at))
        if not all(_carries(rule, self.person.allegation) for rule in self.rests_on):
            problems.add(GateProblem.RULE_UNREVIEWED)
        if problems:
            raise GateClosed(problems)

    def find(self, point: Point, finding: PointFinding) -> Suspect | PersonOfInterest:
        """Note what was found of a point since; without all five this is a suspect no more, at once."""
        return self._held_up(self.person.find(point, finding))

    def state_majority(self, majority: Majority) -> Suspect | PersonOfInterest:
        """Note what was officially confirmed of the age since; who is no adult is a suspect here no more, at once."""
        return self._held_up(self.person.state_majority(majority))

    def rest_on(self, rules: RuleSet) -> Suspect | PersonOfInterest:
        """Hold the decision against the rules as they are now: one that lost its review, or changed, carries none."""
        there = set(rules.rules)
        return self if there.issuperset(self.rests_on) else self.person

    def drop(self, decision: Decision) -> NoCase:
        """Let an officer end it: who receives anything of it must be told."""
        return NoCase(self.person.lead, decision)

    def _held_up(self, person: PersonOfInterest) -> Suspect | PersonOfInterest:
        is_whole = not _problems(person, self.rests_on, self.decision.decided_at)
        return replace(self, person=person) if is_whole else person


@dataclass(frozen=True, slots=True)
class JuvenileSubject:
    """A juvenile, whose case goes its own way: see `law.juvenile`. No way leads from here to the gate."""

    person: PersonOfInterest
    decision: Decision


@dataclass(frozen=True, slots=True)
class NoCase:
    """A lead that was ended. Nothing is kept of whom it named but the lead's own id."""

    lead: Lead
    decision: Decision


def _problems(person: PersonOfInterest, rules: Iterable[Rule], now: datetime) -> tuple[GateProblem, ...]:
    allegation = person.allegation
    found = person.points.problems(allegation.act_on)
    punishable = [one for one in rules if _is_about(one, allegation) and one.is_punishable_on(allegation.act_on)]
    if not punishable:
        found.add(GateProblem.DAY_NOT_PUNISHABLE)
    elif not any(one.review for one in punishable):
        found.add(GateProblem.RULE_UNREVIEWED)
    if allegation.act_on > (now + _A_DAY).date():
        found.add(GateProblem.DAY_TO_COME)
    if person.majority is not Majority.ADULT:
        is_juvenile = person.majority is Majority.JUVENILE
        found.add(GateProblem.JUVENILE if is_juvenile else GateProblem.AGE_UNKNOWN)
    return tuple(one for one in GateProblem if one in found)


def _is_about(rule: Rule, allegation: Allegation) -> bool:
    code = ALIASES.get(allegation.conduct, allegation.conduct)
    return rule.jurisdiction == allegation.jurisdiction and code in rule.conducts


def _carries(rule: Rule, allegation: Allegation) -> bool:
    """Return whether a decision about this may rest on the rule."""
    return rule.review is not None and _is_about(rule, allegation) and rule.is_punishable_on(allegation.act_on)
