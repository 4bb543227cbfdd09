"""What every act of a submission's receiver begins with, and what the ledgers of both sides are told of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.submission import Submission, SubmissionState
from tsunagu.records import submissions
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger

OVER = "this submission was taken or rejected, was withdrawn, or its last day is over"


def as_received(one: Submission, now: datetime) -> Submission:
    """Return a submission as its receiver may know of it at this moment: its label is asked whenever it is read.

    Once it is not let any more, whose it was, for what and until when is told, and how it ended: none of its owner's
    words, nor who else might have had it. There is no case then by which to ask who worked on it.
    """
    if one.withdrawn_at is not None or one.erased_at is not None or now.date() > one.until:
        return replace(one, series="", investigation="", label=replace(one.label, receivers=frozenset()), items=())
    return replace(one, items=tuple(item for item in one.items if item.state is not SubmissionState.WITHDRAWN))


@contextmanager
def open_submission(
    actor: Actor, submission_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[Submission]:
    """Give a submission that can be taken or rejected, in a transaction in which nobody else changes it.

    Raises:
        Forbidden: the actor receives no submissions.
        NotFound: no such submission, or none that he is told of.
        Conflict: it was taken or rejected, was withdrawn, or its last day is over.
    """
    permission, asked = Permission.SUBMISSION_RECEIVE, str(submission_id)
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        one = as_received(submissions.received_one(actor, submission_id), now)
        if not one.may_be_taken(now.date()):
            raise Conflict(OVER)
        yield one


def deeds_of(act: Act, one: Submission, actor: Actor, now: datetime, **told: str | int) -> tuple[Deed, Deed]:
    """Return what the ledgers of receiver and owner are told."""
    about: dict[str, str | int] = {"submission": str(one.submission_id), **told}
    purpose = actor.purpose or one.purpose
    own, theirs = {**about, "agency": str(one.owner_id)}, {**about, "agency": str(one.receiver_id)}
    return (
        Deed(act, now, actor.agency_id, actor.officer_id, purpose, details=own),
        Deed(act, now, one.owner_id, purpose=one.purpose, details=theirs),
    )
