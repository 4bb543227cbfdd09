"""A step of an alert is read back as it was told, and what says anything else is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.alert import Alert, HandOver, Priority, RefusalReason, Restrictions
from tsunagu.domain.alert_path import AlertStep, AlertStepKind
from tsunagu.domain.assessment import CountryWeight
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
from tsunagu.federation.alert_messages import ToldStep, body_of, told_in

NOW = datetime(2017, 2, 14, 9, 0, 0, 123456, tzinfo=UTC)
ALERT, BODY, POLICE = UUID(int=1), UUID(int=2), UUID(int=3)
CARD = AgencyCard(POLICE, "Police", "JP", "a desk", AgencyKind.NATIONAL_POLICE, "警察庁", "JP-0", is_correspondent=True)
SAID = Alert(
    ALERT, BODY, frozenset(), "a uniform and a chime", (CountryWeight("JP", 0.85), CountryWeight("TW", 0.1)),
    (OverlapSummary(1, 2, 3, 4, Strength.STRONG, ("all of it is rare",)),), Priority.HIGH, "it goes on",
    Restrictions(frozenset({POLICE}), frozenset({Purpose.INVESTIGATION}), may_forward=True, until=NOW + timedelta(9)),
    NOW,
)  # fmt: skip
RAISED = ToldStep(ALERT, SAID, AlertStep(1, AlertStepKind.RAISED, BODY, NOW, POLICE), BODY, "", None, None, (CARD,))
OUTCOME = Outcome(
    {OutcomeCode.SAFEGUARDED: 47, OutcomeCode.REOPENED: 1},
    (
        PersonOutcome(
            1, PersonRole.CONVICTED, (Disposal.ARRESTED, Disposal.SENTENCED), "organizer", 96, AgeBand.FORTIES
        ),
    ),
    {SchoolBand.HIGH: 40},
    {HarmMethod.SELFIE: 3},
)
STEPS = [
    RAISED,
    replace(RAISED, alert=None, words="w",
            step=AlertStep(2, AlertStepKind.PASSED, POLICE, NOW, BODY, HandOver.REQUEST)),
    replace(
        RAISED, alert=None, document=bytes(32), words="no",
        step=AlertStep(3, AlertStepKind.REFUSED, POLICE, NOW, refusal=RefusalReason.WRONG_PLACE),
    ),
    replace(RAISED, alert=None, outcome=OUTCOME, step=AlertStep(4, AlertStepKind.OUTCOME, POLICE, NOW, reopens=True)),
]  # fmt: skip


@pytest.mark.parametrize("one", STEPS, ids=lambda one: one.step.kind.value)
def test_a_step_is_read_back_as_it_was_told(one: ToldStep) -> None:
    assert told_in(json.loads(json.dumps(body_of(one)))) == one


def test_a_house_that_knows_of_no_ages_yet_tells_none() -> None:
    body = json.loads(json.dumps(body_of(STEPS[3])))
    said = body["step"]["outcome"]
    del said["schools"], said["methods"], said["persons"][0]["age"]
    told = told_in(body).outcome
    assert told is not None
    assert (told.schools, told.methods, told.persons[0].age, told.children) == ({}, {}, None, OUTCOME.children)


def test_who_contributed_is_not_told() -> None:
    told = replace(RAISED, alert=replace(SAID, contributors=frozenset({UUID(int=77)})))
    assert str(UUID(int=77)) not in json.dumps(body_of(told))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where in a body a value stands, structures among them."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for name, each in inside for one in leaves(each, (*path, name)))]


@pytest.mark.parametrize("one", STEPS, ids=lambda one: one.step.kind.value)
def test_whatever_else_stands_anywhere_is_refused_or_read_as_text(one: ToldStep) -> None:
    body = json.loads(json.dumps(body_of(one)))
    refused = set()
    for path in leaves(body)[1:]:
        for other in (None, {}, [], -1, 1.5, "\0", "x" * 5000, [[]], {"": 1}):
            changed = json.loads(json.dumps(body))
            at = changed
            for name in path[:-1]:
                at = at[name]
            at[path[-1]] = other
            try:
                told = told_in(changed)
            except MessageRefused as one_refused:
                refused.add(one_refused.refusal)
            else:
                assert told_in(json.loads(json.dumps(body_of(told)))) == told
    assert refused == {HubRefusal.MALFORMED}


def test_an_alert_stands_beside_its_raising_alone_and_agrees_with_it() -> None:
    for wrong in (
        replace(STEPS[1], alert=SAID),
        replace(RAISED, alert=None),
        replace(RAISED, alert=replace(SAID, originator_id=POLICE)),
        replace(RAISED, alert=replace(SAID, raised_at=NOW - timedelta(seconds=1))),
    ):
        with pytest.raises(MessageRefused):
            told_in(body_of(wrong))
