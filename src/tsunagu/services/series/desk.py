"""What services of series have in common: a way to a series, steps taken one at a time, and what the ledger is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict
from tsunagu.domain.guest import GuestEnd
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_steps import MERGED_AWAY, Member, Step, StepKind, check_step
from tsunagu.domain.submission import numbers_to_text
from tsunagu.records import guests, published_items, series_erasing, series_steps, submission_ends
from tsunagu.records import series as rows
from tsunagu.records.published_items import Place
from tsunagu.records.series import FoundSeries
from tsunagu.records.session import acting_for
from tsunagu.services.access import REFERENCE, denials_recorded
from tsunagu.services.labels import check_labels
from tsunagu.services.parts import Keys, Ledger

ACTS: Mapping[StepKind, Act] = {
    StepKind.OPENED: Act.SERIES_OPENED,
    StepKind.ADDED: Act.SERIES_EXTENDED,
    StepKind.REMOVED: Act.SERIES_REDUCED,
    StepKind.MERGED: Act.SERIES_MERGED,
    StepKind.SPLIT: Act.SERIES_SPLIT,
    StepKind.UNDONE: Act.SERIES_STEP_UNDONE,
    StepKind.ALIAS_ADDED: Act.SERIES_NAMED,
    StepKind.ALIAS_REMOVED: Act.SERIES_NAMED,
    StepKind.STATUS_SET: Act.SERIES_STATUS_SET,
    StepKind.DISTRIBUTED_SET: Act.SERIES_DISTRIBUTED_SET,
    StepKind.HANDLING_SET: Act.SERIES_HANDLING_SET,
    StepKind.PUBLISHED: Act.SERIES_PUBLISHED,
    StepKind.UNPUBLISHED: Act.SERIES_UNPUBLISHED,
    StepKind.SUBMITTED: Act.SUBMISSION_SENT,
    StepKind.RECALLED: Act.SUBMISSION_WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class SeriesDesk:
    """Somebody who works on series, at one moment, with what that takes."""

    actor: Actor
    now: datetime
    keys: Keys
    ledger: Ledger

    @contextmanager
    def at_work(self, asked: str, permission: Permission = Permission.SERIES_CHANGE) -> Iterator[None]:
        """Act for the agency in one transaction, if the actor may; every denial is written down."""
        with (
            denials_recorded(
                actor=self.actor,
                permission=permission,
                asked=asked,
                now=self.now,
                keys=self.keys,
                ledger=self.ledger,
            ),
            acting_for(self.actor.agency_id),
        ):
            yield

    @contextmanager
    def changing(self, name: str, permission: Permission = Permission.SERIES_CHANGE) -> Iterator[FoundSeries]:
        """Give a series of the actor's that nobody else changes meanwhile, in a transaction; see `at_work`.

        What it gives no ground for any more, once it is changed, leaves the banks that it was published to; and whom it
        may not be shown to any more is its guest no longer.
        """
        with self.at_work(name, permission):
            rows.series_called(self.actor, name)
            series_steps.lock(self.actor.agency_id)
            found = rows.series_called(self.actor, name)
            yield found
            self.tell_withdrawn(found, published_items.withdraw_unfounded())
            self._end_guests(found)
            check_labels(found.agency_id)
            for one in submission_ends.withdraw_not_let(found.agency_id, now=self.now):
                told: dict[str, str | int] = {"submission": str(one.submission_id), "agency": str(one.receiver_id)}
                told["numbers"] = numbers_to_text(item.number for item in one.items)
                self.ledger.write(self.deed(Act.SUBMISSION_WITHDRAWN, found, found.case_ids, **told))

    def _end_guests(self, found: FoundSeries) -> None:
        for guest_id, agency_id, root_id in guests.end_not_let(found.agency_id, now=self.now):
            why, cases = GuestEnd.NOT_LET.value, guests.cases_under(root_id)  # it may be of another series
            self.ledger.write(
                self.deed(Act.GUEST_ENDED, found, cases, guest=str(guest_id), agency=str(agency_id), why=why),
                Deed(
                    Act.GUEST_ENDED,
                    self.now,
                    agency_id,
                    details={"guest": str(guest_id), "agency": str(found.agency_id), "why": why},
                ),
            )

    def tell_withdrawn(self, found: FoundSeries, withdrawn: Mapping[Place, int]) -> None:
        """Write down what has left banks, by place. Call it within `changing`."""
        for place, count in withdrawn.items():
            told: dict[str, str | int] = {"series": str(place.series_id), "bank": str(place.bank_id), "items": count}
            self.ledger.write(self.deed(Act.SERIES_UNPUBLISHED, found, found.case_ids, **told))

    def take(
        self,
        kind: StepKind,
        found: FoundSeries,
        *,
        reason: str = "",
        other: FoundSeries | None = None,
        other_id: UUID | None = None,
        members: Collection[Member] = (),
        is_context: bool = False,
        value: str = "",
        told: Mapping[str, str | int] | None = None,
    ) -> Step:
        """Take one step in a series, keep what follows from it, and write it down. Call it within `changing`.

        Raises:
            Conflict: it does not go with what was done.
        """
        step = Step(
            uuid4(),
            kind,
            found.series_id,
            self.actor.officer_id,
            self.now,
            reason,
            other.series_id if other else other_id,
            None,
            frozenset(members),
            is_context,
            value,
        )
        self.keep(step, found, other, told=told or {})
        return step

    def keep(
        self, step: Step, found: FoundSeries, other: FoundSeries | None = None, *, told: Mapping[str, str | int]
    ) -> None:
        """Keep a step and what follows from it, and write it down. Call it within `changing`.

        Raises:
            Conflict: it does not go with what was done.
        """
        if step.kind in _LEAVES_AS_IT_IS:
            if found.root_id != found.series_id:
                raise Conflict(MERGED_AWAY)
            series_steps.add_step(step, agency_id=found.agency_id)
        else:
            steps = series_steps.family_of({one for one in (step.series_id, step.other_id) if one}, step.members)
            check_step(steps, step)
            series_steps.add_step(step, agency_id=found.agency_id)
            ids = series_steps.settle([*steps, step], agency_id=found.agency_id)
            series_erasing.refuse_nameless(ids)
            series_erasing.forget_names(ids)
        cases = {one.case_id for one in step.members} or found.case_ids | (other.case_ids if other else frozenset())
        facts: dict[str, str | int] = {"series": str(step.series_id), "step": str(step.step_id), **told}
        if step.other_id:
            facts["other"] = str(step.other_id)
        if step.members:
            facts["items"] = len(step.members)
        if step.reason:
            facts["reason"] = self.reference(found, step.reason)
        self.ledger.write(self.deed(ACTS[step.kind], found, cases, **facts))

    def deed(self, act: Act, found: FoundSeries, cases: Collection[UUID], **told: str | int) -> Deed:
        """Return the deed of an act on a series, for the time-lines of these cases."""
        purpose = self.actor.purpose or found.purpose
        actor = self.actor
        return Deed(act, self.now, actor.agency_id, actor.officer_id, purpose, details=told, case_ids=tuple(cases))

    def reference(self, found: FoundSeries, words: str) -> str:
        """Return the keyed reference that binds somebody's words to the ledger, and tells nothing of them."""
        return self.keys.mac(REFERENCE, f"series {found.series_id} {words}".encode()).hex()


_LEAVES_AS_IT_IS = frozenset(
    {
        StepKind.ALIAS_ADDED,
        StepKind.ALIAS_REMOVED,
        StepKind.STATUS_SET,
        StepKind.DISTRIBUTED_SET,
        StepKind.HANDLING_SET,
        StepKind.PUBLISHED,
        StepKind.UNPUBLISHED,
        StepKind.SUBMITTED,
        StepKind.RECALLED,
    }
)
"""Steps from which nothing follows for what a series consists of."""
