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


class ReferralState(StrEnum):
    """How a referral stands."""

    SENT = "sent"
    RECEIVED = "received"
    RETURNED = "returned"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


OUT = frozenset({ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED})
"""How a referral stands that its receiver has."""


class ReturnReason(StrEnum):
    """Why a receiver returns a referral."""

    WRONG_AREA = "wrong-area"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    DECEASED = "deceased"


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
    """

    number: int
    kind: ReferralStepKind
    agency_id: UUID
    at: datetime
    returned: ReturnReason | None = None
    outcome: PersonOutcome | None = None


@dataclass(frozen=True, slots=True)
class ReferralPath:
    """A referral after its steps.

    Attributes:
        returned: why, where it was.
        outcomes: in order; the last one says how the person stands.
        printed: which agencies have printed it, each once.
    """

    sender_id: UUID
    receiver_id: UUID
    state: ReferralState
    last: int
    was_received: bool = False
    returned: ReturnReason | None = None
    outcomes: tuple[PersonOutcome, ...] = ()
    printed: frozenset[UUID] = frozenset()

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

        Raises:
            Conflict: a step is none that could follow, or the first is no sending.
        """
        first, *others = steps
        if (first.kind, first.number, first.agency_id) != (ReferralStepKind.SENT, 1, sender_id):
            raise Conflict("a referral begins with its sending")
        path = cls(sender_id, receiver_id, ReferralState.SENT, 1)
        for one in others:
            path = path.after(one)
        return path

    def after(self, step: ReferralStep) -> ReferralPath:
        """Return the path after one more step.

        Raises:
            Conflict: the step is not the next, not its agency's to take, or not one that this state allows.
        """
        if step.number != self.last + 1:
            raise Conflict("something else was done to this referral meanwhile: look at it again")
        if self.state is ReferralState.WITHDRAWN:
            raise Conflict("this referral was withdrawn")
        of_sender = step.kind is ReferralStepKind.WITHDRAWN
        if step.kind is not ReferralStepKind.PRINTED and step.agency_id != (
            self.sender_id if of_sender else self.receiver_id
        ):
            raise Conflict("this is not for this agency to do")
        return replace(self._taken(step), last=step.number)

    def _taken(self, step: ReferralStep) -> ReferralPath:
        kind, state = step.kind, self.state
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
        raise Conflict("as this referral stands, this cannot be done to it")
