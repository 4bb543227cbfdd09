"""Referrals: one package about one suspect for one receiver, and what became of it, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.errors import Conflict
from tsunagu.domain.outcome import PersonOutcome, PersonRole


class ReferralStepKind(StrEnum):
    """What was done to a referral in one step."""

    SENT = "sent"
    RECEIVED = "received"
    RETURNED = "returned"
    OUTCOME = "outcome"
    WITHDRAWN = "withdrawn"
    PRINTED = "printed"
    ARRIVED = "arrived"
    ERASED = "erased"


class ReferralState(StrEnum):
    """How a referral stands."""

    SENT = "sent"
    RECEIVED = "received"
    RETURNED = "returned"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


OUT = frozenset({ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED})
"""How a referral stands that its receiver has."""
BY_LINE = frozenset({ReferralStepKind.ARRIVED, ReferralStepKind.ERASED})
"""What the receiver's installation does by itself where that is another one."""


class ReturnReason(StrEnum):
    """Why a receiver returns a referral."""

    WRONG_AREA = "wrong-area"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    DECEASED = "deceased"


_NOT_NOW = "as this referral stands, this cannot be done to it"
ENDS_IT = frozenset({PersonRole.NO_CASE, PersonRole.ACQUITTED})
"""What ends it everywhere: whoever had a package of this person is told."""


@dataclass(frozen=True, slots=True)
class ReferralStep:
    """One thing that was done to a referral.

    Attributes:
        number: 1 for the sending, without gaps.
        agency_id: whose step it is: a correspondent's too, which the sender has entered for it.
        returned: why it was returned.
        outcome: how the person stands now.
        told_at: when the other side's installation told it here; None for what was done here.
    """

    number: int
    kind: ReferralStepKind
    agency_id: UUID
    at: datetime
    returned: ReturnReason | None = None
    outcome: PersonOutcome | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReferralPath:
    """A referral after its steps.

    Attributes:
        returned: why, where it was.
        outcomes: in order; the last one says how the person stands.
        printed: which agencies have printed it, each once.
        arrived_at: when it came to its receiver's installation, where that is another one and has said so.
        is_erased: whether what was withdrawn is erased at its receiver's installation.
    """

    sender_id: UUID
    receiver_id: UUID
    state: ReferralState
    last: int
    was_received: bool = False
    returned: ReturnReason | None = None
    outcomes: tuple[PersonOutcome, ...] = ()
    printed: frozenset[UUID] = frozenset()
    arrived_at: datetime | None = None
    is_erased: bool = False

    @property
    def is_out(self) -> bool:
        """Whether its receiver has it."""
        return self.state in OUT

    @property
    def is_to_be_called_back(self) -> bool:
        """Whether its receiver has prints of what was withdrawn."""
        return self.state is ReferralState.WITHDRAWN and self.receiver_id in self.printed

    @classmethod
    def of(cls, sender_id: UUID, receiver_id: UUID, steps: Iterable[ReferralStep]) -> ReferralPath:
        """Return how a referral stands after these steps, in order.

        What the receiver did before it heard of a withdrawal counts as done before it, whenever it is told.

        Raises:
            Conflict: a step is none that could follow, or the first is no sending.
        """
        first, *others = steps
        if (first.kind, first.number, first.agency_id) != (ReferralStepKind.SENT, 1, sender_id):
            raise Conflict("a referral begins with its sending")
        path = cls(sender_id, receiver_id, ReferralState.SENT, 1)
        for number, one in enumerate(sorted(others, key=_turn), 2):
            path = path.after(replace(one, number=number))
        return path

    def after(self, step: ReferralStep) -> ReferralPath:
        """Return the path after one more step.

        Raises:
            Conflict: the step is not the next, not its agency's to take, or not one that this state allows.
        """
        if step.number != self.last + 1:
            raise Conflict("something else was done to this referral meanwhile: look at it again")
        if self.state is ReferralState.WITHDRAWN and step.kind is not ReferralStepKind.ERASED:
            raise Conflict("this referral was withdrawn")
        of_sender = step.kind is ReferralStepKind.WITHDRAWN
        if step.kind is not ReferralStepKind.PRINTED and step.agency_id != (
            self.sender_id if of_sender else self.receiver_id
        ):
            raise Conflict("this is not for this agency to do")
        return replace(self._taken(step), last=step.number)

    def _taken(self, step: ReferralStep) -> ReferralPath:
        kind, state = step.kind, self.state
        if kind in BY_LINE:
            return self._told(step)
        if kind is ReferralStepKind.PRINTED:
            return replace(self, printed=self.printed | {step.agency_id})
        if kind is ReferralStepKind.WITHDRAWN:
            return replace(self, state=ReferralState.WITHDRAWN)
        if kind is ReferralStepKind.RECEIVED and state is ReferralState.SENT:
            return replace(self, state=ReferralState.RECEIVED, was_received=True)
        if (
            kind is ReferralStepKind.RETURNED
            and step.returned
            and state in {ReferralState.SENT, ReferralState.RECEIVED}
        ):
            return replace(self, state=ReferralState.RETURNED, returned=step.returned)
        may_answer = state in {ReferralState.RECEIVED, ReferralState.ANSWERED}
        if kind is ReferralStepKind.OUTCOME and step.outcome is not None and may_answer:
            return replace(self, state=ReferralState.ANSWERED, outcomes=(*self.outcomes, step.outcome))
        raise Conflict(_NOT_NOW)

    def _told(self, step: ReferralStep) -> ReferralPath:
        if step.kind is ReferralStepKind.ARRIVED and self.arrived_at is None:
            return replace(self, arrived_at=step.at)
        is_over = self.state is ReferralState.WITHDRAWN
        if step.kind is ReferralStepKind.ERASED and is_over and not self.is_erased:
            return replace(self, is_erased=True)
        raise Conflict(_NOT_NOW)


def _turn(step: ReferralStep) -> int:
    """Return when a step counts: what a receiver elsewhere did before what its sender did meanwhile."""
    if step.kind is ReferralStepKind.ERASED:
        return 2
    return 1 if step.told_at is None or step.kind is ReferralStepKind.WITHDRAWN else 0
