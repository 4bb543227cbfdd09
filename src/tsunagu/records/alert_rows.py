"""What the rows of alerts hold, as values of the domain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tsunagu.domain.alert import Alert, Priority, Restrictions
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.outcome import AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.domain.overlap import OverlapSummary, Strength
from tsunagu.domain.purpose import Purpose

ALERT = """a.id, a.originator_id, a.contributors, a.finding, a.grounds, a.evidence, a.priority, a.reason,
a.agencies, a.purposes, a.may_forward, a.until, a.raised_at"""
"""The columns that `alert_from` takes, of a table called `a`."""


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


def _summary(told: Mapping[str, Any]) -> OverlapSummary:
    return OverlapSummary(**{**told, "strength": Strength(told["strength"]), "reasons": tuple(told["reasons"])})
