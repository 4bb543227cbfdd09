"""The gate file of one person: his standing, derived from the steps that were recorded and from what counts today.

A step says what was found; whether it still holds is asked anew each time. An item counts while the very assessment it
rests on is the latest, a decision while the very rules it rests on are in use, reviewed as they were then. What is lost
so comes back by a new step and a new decision; a decision also with its rules, where they are put back to the letter
and their reviews bear the same name and day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.errors import InputError
from tsunagu.domain.gate import BYPASSED, GateStanding, GateStepKind, Position
from tsunagu.law.applying import Showing
from tsunagu.law.gate import (
    Allegation,
    Decision,
    GateClosed,
    JuvenileSubject,
    Lead,
    Majority,
    NoCase,
    PersonOfInterest,
    Suspect,
)
from tsunagu.law.points import Evidence, GateProblem, Point, PointFinding
from tsunagu.law.rule import Rule
from tsunagu.law.rule_set import RuleSet

Standing = Lead | PersonOfInterest | Suspect | JuvenileSubject | NoCase
_POSITION = GateStepKind.POSITION
LatestOf = Callable[[int, str, date], int | None]
"""Given a title's number, a jurisdiction and a day, the number of the assessment that counts, if it says illegal."""


@dataclass(frozen=True, slots=True)
class GateStep:
    """One step, as it was recorded.

    Attributes:
        number: within the person's file, from 1.
        said: by name, what the step says: see `services.gate.facts` for what each kind does.
    """

    number: int
    kind: GateStepKind
    officer_id: UUID
    at: datetime
    said: Mapping[str, Any] = field(repr=False)

    @property
    def decision(self) -> Decision:
        """The decision that the step is, with its reasons."""
        return Decision(self.officer_id, self.said["reasons"], self.at)


@dataclass(frozen=True, slots=True)
class GateFile:
    """How somebody stands, and what else is recorded of him.

    Attributes:
        facts: by kind, the last step of those that are no part of the gate itself: residence, risk, welfare, position.
        found: by point, the last step that found it.
        promoted: the last decision that he is a suspect, whether or not it holds.
    """

    steps: tuple[GateStep, ...]
    standing: Standing
    facts: Mapping[GateStepKind, GateStep]
    found: Mapping[Point, GateStep]
    promoted: GateStep | None

    @property
    def stands(self) -> GateStanding:
        """How he stands, as a word."""
        return _WORDS[type(self.standing)]

    @property
    def is_kept_from_colleagues(self) -> bool:
        """Whether he was ever found to be police or an official: then his agency's co-ordinators alone are told."""
        return any(Position(one.said["position"]) in BYPASSED for one in self.steps if one.kind is _POSITION)

    @property
    def person(self) -> PersonOfInterest | None:
        """What is found of him, where anybody looks into him."""
        one = self.standing
        return one.person if isinstance(one, Suspect) else one if isinstance(one, PersonOfInterest) else None

    def problems(self, rules: RuleSet, now: datetime) -> tuple[GateProblem, ...]:
        """Return what keeps the gate closed; nothing of somebody whom nobody looks into."""
        return () if self.person is None else self.person.problems(rules, now)


_WORDS = {
    Lead: GateStanding.LEAD,
    PersonOfInterest: GateStanding.PERSON_OF_INTEREST,
    Suspect: GateStanding.SUSPECT,
    JuvenileSubject: GateStanding.JUVENILE,
    NoCase: GateStanding.NO_CASE,
}
_FACTS = {GateStepKind.RESIDENCE, GateStepKind.RISK, GateStepKind.WELFARE, GateStepKind.POSITION}


def gate_file(lead_id: UUID, steps: Iterable[GateStep], rules: RuleSet, latest: LatestOf) -> GateFile:
    """Return how somebody stands after these steps, by the rules and the assessments that count now.

    Args:
        lead_id: of the person whom the list names.
        steps: by number.
        rules: by which the agency goes.
        latest: tells which assessment of a title counts.
    """
    taken = tuple(steps)
    standing: Standing = Lead(lead_id)
    facts: dict[GateStepKind, GateStep] = {}
    found: dict[Point, GateStep] = {}
    promoted = None
    for one in taken:
        if one.kind is GateStepKind.TAKEN_UP:
            facts, found, promoted = {}, {}, None
        elif one.kind in _FACTS:
            facts[one.kind] = one
        elif one.kind is GateStepKind.FOUND:
            found[Point(one.said["point"])] = one
        elif one.kind is GateStepKind.PROMOTED:
            promoted = one
        standing = _after(standing, one, rules, latest)
    return GateFile(taken, standing, facts, found, promoted)


def rests_on(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Return what a decision writes down of the rules that carry it, with the review of each."""
    return [
        {
            "rule": one.rule_id,
            "version": one.version,
            "sha256": one.sha256,
            "reviewer": one.review.reviewer,
            "reviewed_on": one.review.reviewed_on.isoformat(),
        }
        for one in rules
        if one.review is not None
    ]


def _after(standing: Standing, step: GateStep, rules: RuleSet, latest: LatestOf) -> Standing:
    if isinstance(standing, JuvenileSubject):  # no way leads back from there
        return standing
    if step.kind is GateStepKind.TAKEN_UP:
        said = step.said
        allegation = Allegation(said["jurisdiction"], said["conduct"], date.fromisoformat(said["act_on"]))
        return Lead(_lead_id(standing)).take_up(allegation, step.decision)
    if step.kind is GateStepKind.DROPPED:
        return NoCase(Lead(_lead_id(standing)), step.decision)
    if isinstance(standing, PersonOfInterest | Suspect):
        return _looked_into(standing, step, rules, latest)
    return standing


def _looked_into(
    standing: PersonOfInterest | Suspect, step: GateStep, rules: RuleSet, latest: LatestOf
) -> PersonOfInterest | Suspect | JuvenileSubject:
    person = standing.person if isinstance(standing, Suspect) else standing
    if step.kind is GateStepKind.FOUND:
        return standing.find(Point(step.said["point"]), finding_of(step, person.allegation, latest))
    if step.kind is GateStepKind.AGE:
        return standing.state_majority(Majority(step.said["majority"]))
    if step.kind is GateStepKind.JUVENILE:
        return person.send_to_juvenile_way(step.decision)
    return _decided(person, step, rules) if step.kind is GateStepKind.PROMOTED else standing


def _decided(person: PersonOfInterest, step: GateStep, rules: RuleSet) -> PersonOfInterest | Suspect:
    try:
        return person.pass_gate(_still(step, rules), step.decision)
    except (GateClosed, InputError):  # what the decision rested on holds no more, so it does not either
        return person


def finding_of(step: GateStep, allegation: Allegation, latest: LatestOf) -> PointFinding:
    """Return what a step found of a point; an item is disputed once another assessment of its title counts."""
    said = step.said
    showing = Showing(said["showing"])
    evidence = tuple(Evidence(reference, source) for reference, source in said["evidence"])
    if Point(said["point"]) is not Point.ITEM or showing is not Showing.SHOWN:
        return PointFinding(showing, evidence)
    counts = latest(said["title"], allegation.jurisdiction, allegation.act_on)
    if counts is None or counts != said["assessment"]:
        return PointFinding(Showing.DISPUTED, evidence)
    return PointFinding(showing, evidence, allegation.act_on)


def _still(step: GateStep, rules: RuleSet) -> RuleSet:
    """Return the rules that a decision rests on, as far as they are in use and reviewed as they were then."""
    then = step.said["rests_on"]
    kept = (one for one in rules.rules if any(said in then for said in rests_on([one])))
    return replace(rules, rules=tuple(kept))


def _lead_id(standing: Lead | PersonOfInterest | Suspect | NoCase) -> UUID:
    if isinstance(standing, Lead):
        return standing.lead_id
    if isinstance(standing, Suspect):
        return standing.person.lead.lead_id
    return standing.lead.lead_id
