"""Submissions by their receiver: what has come, rejected with a reason, or taken as a case under its label."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import check_words
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.submission import Rejection, Submission
from tsunagu.records import agencies, cases, submissions
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.submissions.access import OVER, as_received, deeds_of, open_submission


@dataclass(frozen=True, slots=True)
class InboxView:
    """What was submitted to an officer's agency, newest first, with the directory of agencies.

    Attributes:
        cases: references of his cases, by id: as which something was taken.
    """

    submissions: tuple[Submission, ...]
    agencies: Mapping[UUID, AgencyCard]
    cases: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class ReceivedView:
    """One submission as its receiver sees it.

    Attributes:
        case: the reference of the case that it was taken as; empty while it is not.
        held: in which of the reader's cases each of the contents is held, by SHA-256.
        may_be_taken: whether it can be taken, or rejected, now.
    """

    submission: Submission
    owner: AgencyCard
    case: str
    held: Mapping[bytes, tuple[str, ...]]
    may_be_taken: bool


def list_received(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> InboxView:
    """Return what was submitted to the actor's agency, newest first.

    What comes of a covert case is told to a co-ordinator alone, and what was taken to who works on its case.

    Raises:
        Forbidden: the actor receives no submissions.
    """
    permission = Permission.SUBMISSION_RECEIVE
    with (
        denials_recorded(actor=actor, permission=permission, asked="inbox", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = tuple(as_received(one, now) for one in submissions.received_by(actor))
        references = {one.case_id: one.reference for one in cases.cases_of(actor)}
        view = InboxView(found, agencies.agency_cards(), references)
    told = {"submissions": len(found)}
    ledger.record(Deed(Act.SUBMISSION_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return view


def view_received(*, actor: Actor, submission_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> ReceivedView:
    """Return a submission to the actor's agency: what it is called, its label, and of each item what it is.

    Neither that nor its items are told once it is withdrawn, its last day is over, or the case it was taken as erased.

    Raises:
        Forbidden: the actor receives no submissions.
        NotFound: no such submission, or none that he is told of.
    """
    permission = Permission.SUBMISSION_RECEIVE
    asked = str(submission_id)
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = submissions.received_by(actor, submission_id)
        if not found:
            raise NotFound(submissions.NO_SUBMISSION)
        one = as_received(found[0], now)
        contents = [item.sha256 for item in one.items]
        held = submissions.holding_cases(actor, contents)
        reference = {each.case_id: each.reference for each in cases.cases_of(actor)}.get(one.case_id or uuid4(), "")
        card = agencies.agency_cards()[one.owner_id]
        told: dict[str, str | int] = {"submission": asked, "items": len(contents), "agency": str(one.owner_id)}
        told["merkle_root"] = merkle_root(contents).hex()
        purpose = actor.purpose or one.purpose
        read = Deed(Act.SUBMISSION_READ, now, actor.agency_id, actor.officer_id, purpose, one.case_id, told)
        ledger.write(read)
    return ReceivedView(one, card, reference, held, one.may_be_taken(now.date()))


def reject_submission(
    *,
    actor: Actor,
    submission_id: UUID,
    items: Collection[str],
    why: Rejection,
    words: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Do not take items of a submission, and return how many; its owner is told which, and why.

    Args:
        items: SHA-256 in hex; empty for all.
        why: of a fixed list.
        words: the officer's own, which the owner reads.

    Raises:
        Forbidden: the actor receives no submissions.
        NotFound: no such submission, or none that he is told of; or an item is not in it.
        InputError: no words, or too many.
        Conflict: it was taken or rejected, was withdrawn, or its last day is over.
    """
    check_words(words)
    with open_submission(actor, submission_id, now=now, keys=keys, ledger=ledger) as one:
        named = {item.sha256.hex(): item.number for item in one.items}
        if not {each.lower() for each in items} <= named.keys():
            raise NotFound("no such item in this submission")
        gone = submissions.reject(
            submission_id, [named[each.lower()] for each in items] or list(named.values()), why, words.strip()
        )
        if not gone:
            raise Conflict(OVER)
        ledger.write(*deeds_of(Act.SUBMISSION_REJECTED, one, actor, now, items=gone, why=why.value))
    return gone
