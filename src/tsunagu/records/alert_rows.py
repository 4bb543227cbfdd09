"""What the rows of alerts hold, as values of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tsunagu.domain.alert import Alert, Priority, Restrictions
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.outcome import AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.domain.overlap import OverlapSummary, Strength
from tsunagu.domain.purpose import Purpose
from tsunagu.records.models import AlertPersonRow, AlertRow


def alert_from(row: AlertRow) -> Alert:
    """Return the alert that a row holds."""
    return Alert(
        row.id,
        row.originator_id,
        frozenset(map(UUID, row.contributors)),
        row.finding,
        tuple(CountryWeight(country, weight) for country, weight in row.grounds),
        tuple(_summary(one) for one in row.evidence),
        Priority(row.priority),
        row.reason,
        Restrictions(
            frozenset(map(UUID, row.agencies)), frozenset(map(Purpose, row.purposes)), row.may_forward, row.until
        ),
        row.raised_at,
    )


def person_from(row: AlertPersonRow) -> PersonOutcome:
    """Return how a person stands, as a row holds it."""
    return PersonOutcome(
        row.number,
        PersonRole(row.role),
        tuple(map(Disposal, row.disposals)),
        row.part,
        row.sentence_months,
        None if row.age is None else AgeBand(row.age),
    )


def _summary(told: Mapping[str, Any]) -> OverlapSummary:
    return OverlapSummary(**{**told, "strength": Strength(told["strength"]), "reasons": tuple(told["reasons"])})
