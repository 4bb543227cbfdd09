"""An outcome comes back to the case of each contributor, and is counted once in each agency that is part of it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from tsunagu.domain.errors import Forbidden, NotFound
from tsunagu.domain.outcome import Outcome, OutcomeCode
from tsunagu.domain.permission import Role
from tsunagu.domain.series_counts import CountedBy
from tsunagu.services.alerts.counted_outcomes import count_outcomes
from tsunagu.services.alerts.reading import alerts_of_case

from .alerted import Cascade
from .world import Person, World

LOCATED, SAFE = OutcomeCode.LOCATED, OutcomeCode.SAFEGUARDED


@pytest.fixture(scope="module")
def cascade(world: World) -> Cascade:
    return Cascade.open(world)


def counted(cascade: Cascade, person: Person) -> tuple[int, dict[OutcomeCode, int]]:
    found = count_outcomes(actor=person.actor, by=CountedBy.YEAR, **cascade.parts)
    assert sum(one.alerts for one in found.each) == found.alerts
    return found.alerts, dict(found.children)


def in_case(cascade: Cascade, person: Person, reference: str) -> list[dict[OutcomeCode, int]]:
    """The outcomes of the alerts of a case, as its officer reads them."""
    views = alerts_of_case(actor=person.actor, reference=reference, most=9, **cascade.parts)
    return [dict(one.outcome.children) for view in views for one in view.steps if one.outcome]


def test_each_who_is_part_of_it_counts_the_newest_outcome_once_and_nobody_else_does(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    cascade.take(cascade.kyoto, alert)
    theirs, ours = cascade.theirs.case.reference, cascade.held.case.reference
    assert (counted(cascade, cascade.denmark), in_case(cascade, cascade.denmark, theirs)) == ((0, {}), [])
    cascade.tell(cascade.kyoto, alert, Outcome({LOCATED: 3}))
    cascade.wait(hours=1)
    cascade.tell(cascade.kyoto, alert, Outcome({SAFE: 2, LOCATED: 1}))
    for person, reference in ((cascade.denmark, theirs), (cascade.body, ours)):
        assert counted(cascade, person) == (1, {SAFE: 2, LOCATED: 1})
        assert in_case(cascade, person, reference) == [{LOCATED: 3}, {SAFE: 2, LOCATED: 1}]
    assert counted(cascade, cascade.kyoto) == (1, {SAFE: 2, LOCATED: 1})
    for person in (cascade.bureau, cascade.osaka, cascade.stranger):
        assert counted(cascade, person) == (0, {})
    with pytest.raises(NotFound):
        in_case(cascade, cascade.stranger, theirs)
    cascade.withdraw(cascade.body, alert)
    assert [counted(cascade, one) for one in (cascade.body, cascade.denmark, cascade.kyoto)] == [(0, {})] * 3
    assert in_case(cascade, cascade.denmark, theirs) == []


def test_a_colleague_who_works_on_no_case_of_it_counts_nothing(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    cascade.take(cascade.kyoto, alert)
    cascade.tell(cascade.kyoto, alert, Outcome({SAFE: 1}))
    colleague = replace(cascade.denmark, actor=replace(cascade.denmark.actor, officer_id=uuid4()))
    assert (counted(cascade, cascade.denmark), counted(cascade, colleague)) == ((1, {SAFE: 1}), (0, {}))


def test_who_reads_no_alerts_is_refused(cascade: Cascade) -> None:
    denmark = cascade.denmark
    clerk = replace(denmark, actor=replace(denmark.actor, roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR})))
    with pytest.raises(Forbidden):
        counted(cascade, clerk)
    with pytest.raises(Forbidden):
        in_case(cascade, clerk, cascade.theirs.case.reference)
