"""Alerts on their way between installations: one message a step, with the alert itself beside the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from tsunagu.domain.alert import MOST_WORDS, Alert, HandOver, Priority, RefusalReason, Restrictions, check_words
from tsunagu.domain.alert_path import AlertStep, AlertStepKind
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import TsunaguError
from tsunagu.domain.hub import HubRefusal, MessageRefused
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
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.card import agency_from, agency_plain
from tsunagu.federation.moments import moment_in

MOST_AGENCIES = 1000
DOCUMENT_BYTES = 32


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step of an alert as one installation tells it another.

    Attributes:
        alert: what the alert says and its label, beside the first step; without who contributed, which is nobody
            else's business. None beside the others.
        entered_by: the agency whose officer entered it, for itself or for a correspondent.
        agencies: all that are named.
    """

    alert_id: UUID
    alert: Alert | None
    step: AlertStep
    entered_by: UUID
    words: str
    document: bytes | None
    outcome: Outcome | None
    agencies: tuple[AgencyCard, ...]


def stream_of(alert_id: UUID) -> str:
    """Return the stream of one alert, within which its steps are in order."""
    return f"alert:{alert_id}"


def body_of(told: ToldStep) -> dict[str, Any]:
    """Return a step as the body of a message."""
    step, alert = told.step, told.alert
    return {
        "alert": str(told.alert_id),
        "says": None if alert is None else _alert_plain(alert),
        "step": {
            "number": step.number,
            "kind": step.kind.value,
            "agency": str(step.agency_id),
            "at": utc_text(step.at),
            "to": None if step.to_id is None else str(step.to_id),
            "form": None if step.form is None else step.form.value,
            "refusal": None if step.refusal is None else step.refusal.value,
            "entered_by": str(told.entered_by),
            "words": told.words,
            "document": None if told.document is None else told.document.hex(),
            "outcome": None if told.outcome is None else _outcome_plain(told.outcome),
        },
        "agencies": [agency_plain(one) for one in told.agencies],
    }


def told_in(body: Mapping[str, Any]) -> ToldStep:
    """Return the step that a message tells.

    Raises:
        MessageRefused: MALFORMED.
    """
    try:
        return _told(body)
    except (KeyError, TypeError, ValueError, AttributeError, TsunaguError):
        raise MessageRefused(HubRefusal.MALFORMED) from None


def _told(body: Mapping[str, Any]) -> ToldStep:
    alert_id, said, plain = UUID(body["alert"]), body["says"], body["step"]
    outcome = None if plain["outcome"] is None else _outcome(plain["outcome"])
    step = AlertStep(
        plain["number"],
        AlertStepKind(plain["kind"]),
        UUID(plain["agency"]),
        moment_in(plain["at"]),
        None if plain["to"] is None else UUID(plain["to"]),
        None if plain["form"] is None else HandOver(plain["form"]),
        None if plain["refusal"] is None else RefusalReason(plain["refusal"]),
        outcome is not None and outcome.reopens,
    )
    document = None if plain["document"] is None else bytes.fromhex(plain["document"])
    words, agencies = plain["words"], tuple(agency_from(one) for one in body["agencies"])
    if words != "":
        check_words(words)
    is_whole = type(step.number) is int and step.number >= 1 and len(agencies) <= MOST_AGENCIES
    is_outcome = (step.kind is AlertStepKind.OUTCOME) is (outcome is not None)
    if not is_whole or not is_outcome or (document is not None and len(document) != DOCUMENT_BYTES):
        raise ValueError
    if (said is not None) is not (step.kind is AlertStepKind.RAISED and step.number == 1):
        raise ValueError
    alert = None if said is None else _alert(alert_id, said)
    if alert is not None and (alert.originator_id, alert.raised_at) != (step.agency_id, step.at):
        raise ValueError
    return ToldStep(alert_id, alert, step, UUID(plain["entered_by"]), words, document, outcome, agencies)


def _alert_plain(alert: Alert) -> dict[str, Any]:
    label = alert.restrictions
    return {
        "originator": str(alert.originator_id),
        "raised_at": utc_text(alert.raised_at),
        "finding": alert.finding,
        "grounds": [[one.country, one.weight] for one in alert.grounds],
        "evidence": [asdict(one) for one in alert.evidence],
        "priority": alert.priority.value,
        "reason": alert.reason,
        "label": {
            "agencies": sorted(map(str, label.agencies)),
            "purposes": sorted(one.value for one in label.purposes),
            "may_forward": label.may_forward,
            "until": utc_text(label.until),
        },
    }


def _alert(alert_id: UUID, said: Mapping[str, Any]) -> Alert:
    label = said["label"]
    if (
        type(label["may_forward"]) is not bool
        or not isinstance(said["reason"], str)
        or len(said["reason"]) > MOST_WORDS
    ):
        raise TypeError
    return Alert(
        alert_id,
        UUID(said["originator"]),
        frozenset(),
        said["finding"],
        tuple(CountryWeight(country, weight) for country, weight in said["grounds"]),
        tuple(_summary(one) for one in said["evidence"]),
        Priority(said["priority"]),
        said["reason"],
        Restrictions(
            frozenset(map(UUID, label["agencies"])),
            frozenset(map(Purpose, label["purposes"])),
            label["may_forward"],
            moment_in(label["until"]),
        ),
        moment_in(said["raised_at"]),
    )


def _summary(said: Mapping[str, Any]) -> OverlapSummary:
    counts = [said[name] for name in ("exact", "near", "video_stretches", "sound")]
    reasons = tuple(said["reasons"])
    if any(type(one) is not int or one < 0 for one in counts) or not all(isinstance(one, str) for one in reasons):
        raise TypeError
    exact, near, video_stretches, sound = counts
    return OverlapSummary(exact, near, video_stretches, sound, Strength(said["strength"]), reasons)


def _outcome_plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "children": {code.value: count for code, count in outcome.children.items()},
        "persons": [asdict(one) for one in outcome.persons],
        "schools": dict(outcome.schools),
        "methods": dict(outcome.methods),
    }


def _outcome(said: Mapping[str, Any]) -> Outcome:
    """Return an outcome; a house that has not learnt of ages and methods yet tells none."""
    persons = tuple(
        PersonOutcome(
            one["number"],
            PersonRole(one["role"]),
            tuple(map(Disposal, one["disposals"])),
            one["part"],
            one["sentence_months"],
            None if one.get("age") is None else AgeBand(one["age"]),
        )
        for one in said["persons"]
    )
    schools, methods = said.get("schools", {}), said.get("methods", {})
    if any(type(one) is not int for counts in (said["children"], schools, methods) for one in counts.values()):
        raise TypeError
    return Outcome(
        {OutcomeCode(code): count for code, count in said["children"].items()},
        persons,
        {SchoolBand(code): count for code, count in schools.items()},
        {HarmMethod(code): count for code, count in methods.items()},
    )
