"""The path of an alert: a state machine over its steps, hop by hop, with a clock for each.

The steps are all there is. They are numbered within their alert, and whoever has the same steps sees the same path,
in whatever order and however often they reached him.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.alert import CLOCKS, HandOver, Priority, RefusalReason
from tsunagu.domain.errors import Conflict


class AlertStepKind(StrEnum):
    """What was done to an alert in one step."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    PASSED = "passed"
    HANDED_BACK = "handed-back"
    TAKEN = "taken"
    ESCALATED = "escalated"
    OUTCOME = "outcome"
    WITHDRAWN = "withdrawn"


class HopState(StrEnum):
    """How an alert stands with one hop."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    TAKEN = "taken"
    PASSED = "passed"
    REFUSED = "refused"
    HANDED_BACK = "handed-back"
    RETURNED = "returned"


class AlertState(StrEnum):
    """How an alert stands as a whole."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    TAKEN = "taken"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class AlertStep:
    """One thing that was done to an alert.

    Attributes:
        number: 1 for the raising, without gaps.
        agency_id: whose step it is: a correspondent's too, which somebody else has entered for it.
        at: when.
        to_id: where it went, when it was raised or passed.
        form: by which form it went to an agency beside.
        refusal: why it was refused.
        reopens: whether an outcome says that the search goes on.
    """

    number: int
    kind: AlertStepKind
    agency_id: UUID
    at: datetime
    to_id: UUID | None = None
    form: HandOver | None = None
    refusal: RefusalReason | None = None
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class Hop:
    """One agency that an alert came to.

    Attributes:
        sender: the number of the hop that it came from; None for the originator.
        due_at: until when the hop has to do something; None where it has not.
        escalations: how often its time ran out since it last did something.
    """

    agency_id: UUID
    sender: int | None
    state: HopState
    sent_at: datetime
    due_at: datetime | None
    form: HandOver | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None
    refusal: RefusalReason | None = None
    escalations: int = 0


@dataclass(frozen=True, slots=True)
class AlertPath:
    """Where an alert went and where it is.

    Attributes:
        hops: all that it came to, in order; the originator is the first.
        live: the number of the hop that has it, counted from 0.
        last: the number of the newest step.
    """

    priority: Priority
    state: AlertState
    hops: tuple[Hop, ...]
    live: int
    last: int

    @classmethod
    def of(cls, priority: Priority, steps: Iterable[AlertStep]) -> AlertPath:
        """Return the path after these steps, in whatever order they come and however often.

        What comes after a gap waits for what is missing. A withdrawal counts after all else, whatever its number: who
        has the alert elsewhere may have done something more before he heard of it.

        Raises:
            Conflict: two different steps have one number, a step is none that could follow, or the first is missing.
        """
        known: dict[tuple[bool, int], AlertStep] = {}
        for one in steps:
            is_last = one.kind is AlertStepKind.WITHDRAWN
            if known.setdefault((is_last, 0 if is_last else one.number), one) != one:
                raise Conflict("two steps of an alert contradict each other")
        if (False, 1) not in known:
            raise Conflict("an alert begins with its raising")
        path = cls._begun(priority, known[False, 1])
        while (False, path.last + 1) in known:
            path = path.after(known[False, path.last + 1])
        withdrawal = known.get((True, 0))
        return path if withdrawal is None else path.withdrawn(withdrawal)

    @classmethod
    def _begun(cls, priority: Priority, first: AlertStep) -> AlertPath:
        if first.kind is not AlertStepKind.RAISED or first.to_id is None or first.to_id == first.agency_id:
            raise Conflict("an alert begins with its raising")
        origin = Hop(first.agency_id, None, HopState.PASSED, first.at, None, None, first.at, first.at)
        due = first.at + CLOCKS[priority].acknowledge
        arrived = Hop(first.to_id, 0, HopState.SENT, first.at, due)
        return cls(priority, AlertState.SENT, (origin, arrived), 1, 1)

    @property
    def holder_id(self) -> UUID:
        """The agency that has it."""
        return self.hops[self.live].agency_id

    @property
    def due_at(self) -> datetime | None:
        """Until when its holder has to do something; None where nobody waits."""
        return self.hops[self.live].due_at

    @property
    def line(self) -> tuple[int, ...]:
        """The numbers of the hops from the originator to the one that has it: the way that an outcome goes back."""
        found = [self.live]
        while (sender := self.hops[found[-1]].sender) is not None:
            found.append(sender)
        return tuple(reversed(found))

    def is_overdue(self, now: datetime) -> bool:
        """Return whether its holder's time is over."""
        return self.due_at is not None and self.due_at <= now

    def is_on_line(self, agency_id: UUID) -> bool:
        """Return whether an agency is on the way from the originator to the one that has it."""
        return any(self.hops[one].agency_id == agency_id for one in self.line)

    def told_of(self) -> UUID | None:
        """Return whom the last escalation is for: each goes one hop further back; None where there was none."""
        back = self.hops[self.live].escalations
        if not back:
            return None
        line = self.line
        return self.hops[line[max(0, len(line) - 1 - back)]].agency_id

    def after(self, step: AlertStep) -> AlertPath:
        """Return the path after one more step.

        Raises:
            Conflict: the step is not the next, not its agency's to take, or not one that this state allows.
        """
        if step.number != self.last + 1:
            raise Conflict("something else was done to this alert meanwhile: look at it again")
        if step.kind is AlertStepKind.WITHDRAWN:
            return self.withdrawn(step)
        if self.state is AlertState.WITHDRAWN:
            raise Conflict("this alert was withdrawn")
        if step.agency_id != self.holder_id:
            raise Conflict("this alert is not with this agency now")
        taken = {
            AlertStepKind.ACKNOWLEDGED: self._acknowledged,
            AlertStepKind.REFUSED: self._refused,
            AlertStepKind.HANDED_BACK: self._refused,
            AlertStepKind.PASSED: self._passed,
            AlertStepKind.TAKEN: self._taken,
            AlertStepKind.ESCALATED: self._escalated,
            AlertStepKind.OUTCOME: self._answered,
        }.get(step.kind)
        if taken is None:
            raise Conflict("an alert is raised once")
        return replace(taken(step), last=step.number)

    def _acknowledged(self, step: AlertStep) -> AlertPath:
        self._require(AlertState.SENT)
        due = step.at + CLOCKS[self.priority].answer
        hop = self._hop(state=HopState.ACKNOWLEDGED, acknowledged_at=step.at, due_at=due, escalations=0)
        return self._with(hop, AlertState.ACKNOWLEDGED)

    def _refused(self, step: AlertStep) -> AlertPath:
        """Give it back to the hop that sent it, whose clock runs from now."""
        self._require(AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED, AlertState.TAKEN)
        if (step.refusal is None) is (step.kind is AlertStepKind.REFUSED):
            raise Conflict("a refusal has its reason, and only a refusal")
        sender = self.hops[self.live].sender
        if sender is None:
            raise Conflict("nobody stands before the originator")
        state = HopState.REFUSED if step.kind is AlertStepKind.REFUSED else HopState.HANDED_BACK
        ended = self._hop(state=state, ended_at=step.at, refusal=step.refusal, due_at=None, escalations=0)
        due = step.at + CLOCKS[self.priority].answer
        back = replace(self.hops[sender], state=HopState.RETURNED, due_at=due, ended_at=None, escalations=0)
        hops = tuple(
            ended if number == self.live else back if number == sender else one for number, one in enumerate(self.hops)
        )
        return replace(self, state=AlertState.RETURNED, hops=hops, live=sender)

    def _passed(self, step: AlertStep) -> AlertPath:
        self._require(AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED, AlertState.TAKEN)
        if step.to_id is None or self.is_on_line(step.to_id):
            raise Conflict("an alert is passed on to an agency that is not on its way yet")
        at = self.hops[self.live].acknowledged_at or step.at
        ended = self._hop(state=HopState.PASSED, acknowledged_at=at, ended_at=step.at, due_at=None, escalations=0)
        due = step.at + CLOCKS[self.priority].acknowledge
        hop = Hop(step.to_id, self.live, HopState.SENT, step.at, due, step.form)
        passed = self._with(ended, AlertState.SENT)
        return replace(passed, hops=(*passed.hops, hop), live=len(self.hops))

    def _taken(self, step: AlertStep) -> AlertPath:
        self._require(AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED)
        due = step.at + CLOCKS[self.priority].outcome
        at = self.hops[self.live].acknowledged_at or step.at
        return self._with(
            self._hop(state=HopState.TAKEN, acknowledged_at=at, due_at=due, escalations=0), AlertState.TAKEN
        )

    def _escalated(self, step: AlertStep) -> AlertPath:
        """Let the same time run again, and the hop before be told; the time after that the one before it."""
        hop = self.hops[self.live]
        if hop.due_at is None or hop.due_at > step.at:
            raise Conflict("nobody's time is over")
        clocks = CLOCKS[self.priority]
        again = {HopState.SENT: clocks.acknowledge, HopState.TAKEN: clocks.outcome}.get(hop.state, clocks.answer)
        return self._with(self._hop(due_at=step.at + again, escalations=hop.escalations + 1), self.state)

    def _answered(self, step: AlertStep) -> AlertPath:
        self._require(AlertState.TAKEN, AlertState.ANSWERED)
        due = step.at + CLOCKS[self.priority].outcome if step.reopens else None
        hop = self._hop(due_at=due, escalations=0, ended_at=None if step.reopens else step.at)
        return self._with(hop, AlertState.TAKEN if step.reopens else AlertState.ANSWERED)

    def withdrawn(self, step: AlertStep) -> AlertPath:
        """Return the path after its withdrawal, whatever the number of that.

        Raises:
            Conflict: another agency raised the alert, or it was withdrawn already.
        """
        if step.agency_id != self.hops[0].agency_id:
            raise Conflict("only who raised an alert withdraws it")
        if self.state is AlertState.WITHDRAWN:
            raise Conflict("this alert was withdrawn")
        withdrawn = self._with(self._hop(due_at=None), AlertState.WITHDRAWN)
        return replace(withdrawn, last=max(step.number, self.last))

    def _require(self, *states: AlertState) -> None:
        if self.state not in states:
            raise Conflict("as this alert stands, this cannot be done to it")

    def _hop(self, **changed: object) -> Hop:
        return replace(self.hops[self.live], **changed)  # type: ignore[arg-type]

    def _with(self, hop: Hop, state: AlertState) -> AlertPath:
        hops = tuple(hop if number == self.live else one for number, one in enumerate(self.hops))
        return replace(self, state=state, hops=hops)
