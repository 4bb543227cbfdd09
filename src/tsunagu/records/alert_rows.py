"""What the rows of alerts hold, as values of the domain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tsunagu.domain.alert import Alert, HandOver, Priority, RefusalReason, Restrictions
from tsunagu.domain.alert_path import AlertStep, AlertStepKind
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.outcome import (
    AgeBand,
    Disposal,
    HarmMethod,
    Outcome,
    OutcomeCode,
    PersonOutcome,
    PersonRole,
    SchoolBand,
)
from tsunagu.domain.overlap import OverlapSummary, Strength
from tsunagu.domain.purpose import Purpose

ALERT = """a.id, a.originator_id, a.contributors, a.finding, a.grounds, a.evidence, a.priority, a.reason,
a.agencies, a.purposes, a.may_forward, a.until, a.raised_at"""
"""The columns that `alert_from` takes, of a table called `a`."""


STEP = "number, kind, of_id, entered_by_id, at, to_id, form, refusal, words, document, children, schools, methods"
"""The columns that `step_from` takes."""


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step with what was said in it.

    Attributes:
        entered_by: the agency whose officer entered it, for itself or for a correspondent.
        document: SHA-256 of what a correspondent sent; None where an agency answered itself.
    """

    step: AlertStep
    entered_by: UUID
    words: str = ""
    document: bytes | None = None
    outcome: Outcome | None = None


def alert_from(values: Sequence[Any]) -> Alert:
    """Return the alert that a row holds, in the order of `ALERT`."""
    (
        alert_id,
        originator_id,
        contributors,
        finding,
        grounds,
        evidence,
        priority,
        reason,
        agencies,
        purposes,
        may_forward,
        until,
        raised_at,
    ) = values
    named, meant = frozenset(map(UUID, json.loads(agencies))), frozenset(map(Purpose, json.loads(purposes)))
    return Alert(
        alert_id,
        originator_id,
        frozenset(map(UUID, json.loads(contributors))),
        finding,
        tuple(CountryWeight(country, weight) for country, weight in json.loads(grounds)),
        tuple(_summary(one) for one in json.loads(evidence)),
        Priority(priority),
        reason,
        Restrictions(named, meant, may_forward, until),
        raised_at,
    )


def person_from(values: Sequence[Any]) -> PersonOutcome:
    """Return how a person stands, as a row holds it: number, role, disposals, part, sentence in months, age."""
    number, role, disposals, part, sentence_months, age = values
    return PersonOutcome(
        number,
        PersonRole(role),
        tuple(map(Disposal, json.loads(disposals))),
        part,
        sentence_months,
        None if age is None else AgeBand(age),
    )


def step_from(values: Sequence[Any], persons: tuple[PersonOutcome, ...]) -> KeptStep:
    """Return the step that a row holds, in the order of `STEP`."""
    number, kind, of_id, entered_by_id, at, to_id, form, refusal, words, document, *counts = values
    outcome = None
    if kind == AlertStepKind.OUTCOME:
        children, schools, methods = map(json.loads, counts)
        outcome = Outcome(
            {OutcomeCode(code): count for code, count in children.items()},
            persons,
            {SchoolBand(code): count for code, count in schools.items()},
            {HarmMethod(code): count for code, count in methods.items()},
        )
    step = AlertStep(
        number,
        AlertStepKind(kind),
        of_id,
        at,
        to_id,
        None if form is None else HandOver(form),
        None if refusal is None else RefusalReason(refusal),
        outcome is not None and outcome.reopens,
    )
    return KeptStep(step, entered_by_id, words, None if document is None else bytes(document), outcome)


def _summary(told: Mapping[str, Any]) -> OverlapSummary:
    return OverlapSummary(**{**told, "strength": Strength(told["strength"]), "reasons": tuple(told["reasons"])})
