"""The path of an alert: what may follow what, and that steps in any order and number tell the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tsunagu.domain.alert import CLOCKS, HandOver, Priority, RefusalReason
from tsunagu.domain.alert_path import AlertPath, AlertState, AlertStep, AlertStepKind, HopState
from tsunagu.domain.errors import Conflict

BODY, BUREAU, OSAKA, KYOTO, NARA = AGENCIES = tuple(UUID(int=one) for one in range(1, 6))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
K, R = AlertStepKind, RefusalReason
FIRST = AlertStep(1, K.RAISED, BODY, BEGIN, BUREAU)


def path(*steps: AlertStep, priority: Priority = Priority.NORMAL) -> AlertPath:
    return AlertPath.of(priority, (FIRST, *steps))


def then(steps: list[AlertStep], kind: AlertStepKind, agency: UUID, **more: object) -> None:
    number = len(steps) + 1
    steps.append(AlertStep(number, kind, agency, BEGIN + timedelta(hours=number), **more))  # type: ignore[arg-type]


def wrong_prefecture_first() -> list[AlertStep]:
    """Osaka is wrong, and says so; Kyoto takes it and tells an outcome."""
    steps = [FIRST]
    then(steps, K.ACKNOWLEDGED, BUREAU)
    then(steps, K.PASSED, BUREAU, to_id=OSAKA)
    then(steps, K.REFUSED, OSAKA, refusal=R.WRONG_PLACE)
    then(steps, K.PASSED, BUREAU, to_id=KYOTO)
    then(steps, K.TAKEN, KYOTO)
    then(steps, K.OUTCOME, KYOTO)
    return steps


def test_a_wrong_prefecture_gives_it_back_and_the_way_home_leaves_it_out() -> None:
    steps = wrong_prefecture_first()
    found = AlertPath.of(Priority.NORMAL, steps)
    assert found.state is AlertState.ANSWERED
    assert [found.hops[one].agency_id for one in found.line] == [BODY, BUREAU, KYOTO]
    assert [(one.agency_id, one.state) for one in found.hops] == [
        (BODY, HopState.PASSED),
        (BUREAU, HopState.PASSED),
        (OSAKA, HopState.REFUSED),
        (KYOTO, HopState.TAKEN),
    ]
    assert not found.is_on_line(OSAKA)
    assert found.due_at is None
    assert AlertPath.of(Priority.NORMAL, steps[:4]).holder_id == BUREAU
    assert AlertPath.of(Priority.NORMAL, steps[:4]).state is AlertState.RETURNED


def test_each_priority_has_shorter_clocks_than_the_next_and_each_hop_has_its_own() -> None:
    for more, less in zip(list(Priority), list(Priority)[1:], strict=False):
        assert CLOCKS[more].acknowledge < CLOCKS[less].acknowledge
        assert CLOCKS[more].answer < CLOCKS[less].answer
        assert CLOCKS[more].outcome < CLOCKS[less].outcome
    soon = path(priority=Priority.IMMINENT_RISK)
    assert soon.due_at == BEGIN + timedelta(hours=1)
    after = soon.after(AlertStep(2, K.ACKNOWLEDGED, BUREAU, BEGIN + timedelta(minutes=30)))
    assert after.due_at == BEGIN + timedelta(hours=4, minutes=30)
    passed = after.after(AlertStep(3, K.PASSED, BUREAU, BEGIN + timedelta(hours=1), KYOTO))
    assert (passed.holder_id, passed.due_at) == (KYOTO, BEGIN + timedelta(hours=2))


def test_no_answer_in_time_goes_back_hop_by_hop_until_it_is_with_the_originator() -> None:
    now = path(AlertStep(2, K.PASSED, BUREAU, BEGIN, KYOTO), priority=Priority.IMMINENT_RISK)
    told = []
    for number in range(3, 6):
        assert now.due_at
        assert now.is_overdue(now.due_at)
        with pytest.raises(Conflict):
            now.after(AlertStep(number, K.ESCALATED, KYOTO, now.due_at - timedelta(seconds=1)))
        now = now.after(AlertStep(number, K.ESCALATED, KYOTO, now.due_at))
        told.append(now.told_of())
    assert told == [BUREAU, BODY, BODY]
    assert now.after(AlertStep(6, K.ACKNOWLEDGED, KYOTO, BEGIN + timedelta(days=1))).told_of() is None


def test_between_agencies_that_stand_beside_each_other_it_goes_by_a_form_and_home_by_both() -> None:
    found = path(
        AlertStep(2, K.PASSED, BUREAU, BEGIN, OSAKA),
        AlertStep(3, K.ACKNOWLEDGED, OSAKA, BEGIN),
        AlertStep(4, K.PASSED, OSAKA, BEGIN, KYOTO, form=HandOver.TRANSFER),
    )
    assert [found.hops[one].agency_id for one in found.line] == [BODY, BUREAU, OSAKA, KYOTO]
    assert found.hops[-1].form is HandOver.TRANSFER


@pytest.mark.parametrize(
    "step",
    [
        AlertStep(3, K.ACKNOWLEDGED, BUREAU, BEGIN),  # a number too far
        AlertStep(1, K.RAISED, BODY, BEGIN, BUREAU),
        AlertStep(2, K.RAISED, BUREAU, BEGIN, KYOTO),
        AlertStep(2, K.ACKNOWLEDGED, KYOTO, BEGIN),  # it is not with them
        AlertStep(2, K.ACKNOWLEDGED, BODY, BEGIN),
        AlertStep(2, K.PASSED, BUREAU, BEGIN, BODY),  # on its way already: that is handing back
        AlertStep(2, K.PASSED, BUREAU, BEGIN, BUREAU),
        AlertStep(2, K.PASSED, BUREAU, BEGIN),
        AlertStep(2, K.REFUSED, BUREAU, BEGIN),  # without a reason
        AlertStep(2, K.HANDED_BACK, BUREAU, BEGIN, refusal=R.OTHER),
        AlertStep(2, K.OUTCOME, BUREAU, BEGIN),  # nobody has taken it
        AlertStep(2, K.WITHDRAWN, BUREAU, BEGIN),  # only its originator does
    ],
)
def test_what_cannot_follow_is_refused(step: AlertStep) -> None:
    with pytest.raises(Conflict):
        path().after(step)


def test_what_is_withdrawn_is_over_and_what_is_answered_can_begin_again() -> None:
    over = path(AlertStep(2, K.WITHDRAWN, BODY, BEGIN))
    assert (over.state, over.due_at) == (AlertState.WITHDRAWN, None)
    for kind, agency in ((K.ACKNOWLEDGED, BUREAU), (K.WITHDRAWN, BODY)):
        with pytest.raises(Conflict):
            over.after(AlertStep(3, kind, agency, BEGIN))
    answered = AlertPath.of(Priority.NORMAL, wrong_prefecture_first())
    again = answered.after(AlertStep(8, K.OUTCOME, KYOTO, BEGIN, reopens=True))
    assert again.state is AlertState.TAKEN
    assert again.due_at == BEGIN + CLOCKS[Priority.NORMAL].outcome


@given(st.data())
def test_steps_in_any_order_and_often_tell_what_they_tell_in_order_once(data: st.DataObject) -> None:
    steps = wrong_prefecture_first()
    often = [one for one in steps for _ in range(data.draw(st.integers(1, 3)))]
    assert AlertPath.of(Priority.HIGH, data.draw(st.permutations(often))) == AlertPath.of(Priority.HIGH, steps)


@given(st.integers(2, 7))
def test_what_comes_after_a_gap_waits_for_what_is_missing(missing: int) -> None:
    steps = wrong_prefecture_first()
    there = [one for one in steps if one.number != missing]
    assert AlertPath.of(Priority.HIGH, there) == AlertPath.of(Priority.HIGH, steps[: missing - 1])


def test_two_different_steps_of_one_number_are_refused_and_so_is_a_path_without_beginning() -> None:
    steps = wrong_prefecture_first()
    with pytest.raises(Conflict):
        AlertPath.of(Priority.HIGH, [*steps, replace(steps[3], refusal=R.ALREADY_KNOWN)])
    with pytest.raises(Conflict):
        AlertPath.of(Priority.HIGH, steps[1:])


class AnyPath(RuleBasedStateMachine):
    """Agencies that do anything they think of, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = [FIRST]
        self.path = path()
        self.now = BEGIN

    def _try(self, kind: AlertStepKind, agency: UUID, **more: object) -> None:
        step = AlertStep(self.path.last + 1, kind, agency, self.now, **more)  # type: ignore[arg-type]
        try:
            self.path = self.path.after(step)
        except Conflict:
            return
        self.steps.append(step)

    @rule(minutes=st.integers(0, 60 * 24 * 30))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(agency=st.sampled_from(AGENCIES), kind=st.sampled_from(AlertStepKind), to=st.sampled_from((None, *AGENCIES)))
    def somebody_tries_something(self, agency: UUID, kind: AlertStepKind, to: UUID | None) -> None:
        self._try(kind, agency, to_id=to, refusal=R.OTHER if kind is K.REFUSED else None)

    @rule(kind=st.sampled_from([K.ACKNOWLEDGED, K.TAKEN, K.OUTCOME, K.ESCALATED, K.HANDED_BACK]))
    def its_holder_goes_on(self, kind: AlertStepKind) -> None:
        self._try(kind, self.path.holder_id)

    @precondition(lambda self: self.path.due_at is not None)
    @rule()
    def its_time_runs_out(self) -> None:
        assert self.path.due_at
        self.now = max(self.now, self.path.due_at)
        before = len(self.steps)
        self._try(K.ESCALATED, self.path.holder_id)
        assert len(self.steps) == before + 1

    @invariant()
    def one_hop_has_it_and_the_way_home_ends_with_its_originator(self) -> None:
        line = self.path.line
        assert line[0] == 0
        assert line[-1] == self.path.live
        agencies = [self.path.hops[one].agency_id for one in line]
        assert len(set(agencies)) == len(agencies)
        assert agencies[0] == BODY

    @invariant()
    def a_clock_runs_exactly_while_somebody_has_to_do_something(self) -> None:
        running = [number for number, one in enumerate(self.path.hops) if one.due_at is not None]
        waits = self.path.state not in {AlertState.ANSWERED, AlertState.WITHDRAWN}
        assert running == [self.path.live] * waits

    @invariant()
    def its_steps_tell_it_all(self) -> None:
        assert AlertPath.of(Priority.NORMAL, reversed(self.steps)) == self.path


TestAnyPath = AnyPath.TestCase
