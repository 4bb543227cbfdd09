"""Enquiry requests: one force asks another about somebody who is a row of a list, and is answered, or it is erased.

The force of where he lives is asked for what is missing. It is told what that needs, and nothing of the list. No answer
enters his gate file by itself: an officer records it there, or does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.enquiry_request import (
    Confirmed,
    RequestAnswer,
    RequestState,
    RequestSummary,
    Wanted,
)
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, enquiry_requests, juveniles
from tsunagu.records.enquiry_requests import KeptRequest
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.first_shown import first_shown
from tsunagu.services.gate.request_outbox import tell_asker
from tsunagu.services.members.outbox import line_to
from tsunagu.services.page import Page, and_one
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as one of its sides lists it."""

    summary: RequestSummary
    is_sent: bool
    sender: AgencyCard
    receiver: AgencyCard


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request as one of its sides reads it.

    Attributes:
        content: what it asks; None once it is erased, and at its receiver once its last day has passed.
        answer: what was answered; None where nothing was, and likewise.
        is_for_you: whether the reader's agency answers it now, for itself or for a force elsewhere.
        speaks: whether it answers for a force elsewhere, by a document.
    """

    view: RequestView
    content: Mapping[str, Any] | None = field(repr=False)
    answer: RequestAnswer | None = field(repr=False)
    is_for_you: bool
    speaks: bool


def list_enquiry_requests(
    *, actor: Actor, after: UUID | None = None, most: int | None = None, now: datetime, keys: Keys, ledger: Ledger
) -> Page[RequestView]:
    """Return the requests that the actor is told of, sent from his cases or to his agency, the newest first.

    A request is opened only where it is listed, or left out for its name.

    Args:
        after: the request after which to go on; None, or one that he is not told of, for the first ones.
        most: how many at most; all when it is left out.

    Raises:
        Forbidden: the actor reads no referrals.
    """
    permission = Permission.REFERRAL_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="requests", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        cards, withheld = agencies.agency_cards(), RequestsWithheld.from_(actor)
        last = None if after is None else enquiry_requests.find_told(actor, after)
        found = first_shown(
            lambda at, wanted: enquiry_requests.told_to(actor, after=at, most=wanted),
            lambda one: withheld.hides(one, keys),
            after=None if last is None or withheld.hides(last, keys) else last,
            most=and_one(most),
        )
        views = Page.of([_view(one, cards) for one in found], most)
        about = {"requests": len(views)}
        ledger.write(Deed(Act.REQUEST_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about))
    return views


def view_enquiry_request(*, actor: Actor, request_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> ReadRequest:
    """Return one request with what it asks, and what was answered.

    Raises:
        Forbidden: the actor reads no referrals.
        NotFound: no such request, or not the actor's.
    """
    with _opened(actor, Permission.REFERRAL_READ, request_id, now=now, keys=keys, ledger=ledger) as read:
        ledger.write(told(Act.REQUEST_READ, actor.agency_id, request_id, now, actor))
        return read


def write_enquiry_letter(
    *, actor: Actor, request_id: UUID, now: datetime, keys: Keys, ledger: Ledger
) -> Mapping[str, Any]:
    """Return what a request says, to be printed for a force without Tsunagu; that it was is written down.

    Raises:
        Forbidden: the actor reads no referrals.
        NotFound: no such request, or not the actor's.
        Conflict: it is erased, or over.
    """
    with _opened(actor, Permission.REFERRAL_READ, request_id, now=now, keys=keys, ledger=ledger) as read:
        if read.content is None:
            raise Conflict("this request is erased, or over: nothing is left of what it said")
        ledger.write(told(Act.REQUEST_PRINTED, actor.agency_id, request_id, now, actor))
        return read.content


def answer_enquiry_request(
    *, actor: Actor, request_id: UUID, answer: RequestAnswer, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Answer a request, once: each thing that was asked.

    Raises:
        Forbidden: the actor answers no referrals.
        NotFound: no such request, or not the actor's.
        InputError: not all is answered, or what was not asked; a document where none belongs, or none where one does.
        Conflict: it is not his agency's to answer; it was answered, or is over.
    """
    with _opened(actor, Permission.REFERRAL_ANSWER, request_id, now=now, keys=keys, ledger=ledger) as read:
        if not read.is_for_you or read.content is None:
            raise Conflict("this request is not yours to answer, was answered before, or is over")
        if {*answer.found} != {*map(Wanted, read.content["wanted"])}:
            raise InputError("a request is answered as it was asked: each thing, and nothing else")
        if (answer.document is None) is read.speaks:
            raise InputError("what a receiver elsewhere has sent is named by its document, and nothing else is")
        kept = enquiry_requests.request_told(actor, request_id)
        said = {"found": {one.value: told.value for one, told in answer.found.items()}, "words": answer.words}
        enquiry_requests.answer(kept, said, key=key_of(kept, keys), document=answer.document, now=now)
        deeds = [told(Act.REQUEST_ANSWERED, actor.agency_id, request_id, now, actor)]
        if read.view.sender.member_id is not None:
            tell_asker(kept.summary, read.view.sender, answer=answer, now=now)
        elif actor.agency_id != kept.summary.sender_id:
            deeds.append(told(Act.REQUEST_INFORMED, kept.summary.sender_id, request_id, now))
        ledger.write(*deeds)


@dataclass(frozen=True, slots=True)
class RequestsWithheld:
    """Tells which requests one officer is not shown: about who bears his name or a colleague's, and about juveniles.

    Attributes:
        names: of officers.
        apart: requests that his agency made about juveniles; none where he is assigned to these.
    """

    names: frozenset[str]
    apart: frozenset[UUID]

    @classmethod
    def from_(cls, actor: Actor, *, came: bool = False) -> RequestsWithheld:
        """Return those of an officer. Call it within `acting_for` his agency.

        Args:
            actor: who reads.
            came: whether they are asked for what came from others alone, among which are none of his agency's own.
        """
        from tsunagu.services.seized.names import withheld_from  # noqa: PLC0415 - loads NumPy

        is_told = came or actor.may(Permission.JUVENILE_HANDLE)
        apart = frozenset[UUID]() if is_told else juveniles.requests_apart()
        return cls(frozenset(withheld_from(actor)), apart)

    def hides(self, kept: KeptRequest, keys: Keys) -> bool:
        """Return whether a request is about such a person; an erased one bears nobody's name."""
        if kept.summary.request_id in self.apart:
            return True
        if kept.key is None:
            return False
        from tsunagu.services.seized.names import bears_a_name_of  # noqa: PLC0415 - loads NumPy

        return bears_a_name_of(kept.content(key_of(kept, keys))["person"], self.names)


@contextmanager
def _opened(
    actor: Actor, permission: Permission, request_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[ReadRequest]:
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(request_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        withheld = RequestsWithheld.from_(actor)
        kept = enquiry_requests.request_told(actor, request_id)
        if withheld.hides(kept, keys):
            raise NotFound("no such request")
        yield _read(kept, actor, keys, now)


def _read(kept: KeptRequest, actor: Actor, keys: Keys, now: datetime) -> ReadRequest:
    view, summary = _view(kept, agencies.agency_cards()), kept.summary
    is_told = kept.key is not None and (kept.is_sent or not summary.is_over(now.date()))
    content = kept.content(key_of(kept, keys)) if is_told else None
    answer = None
    if is_told and kept.answer is not None:
        said = kept.answered(key_of(kept, keys))
        found = {Wanted(one): Confirmed(told) for one, told in said["found"].items()}
        answer = RequestAnswer(found, said["words"])
    speaks = kept.is_sent and speaks_for(view.receiver, summary)
    is_his = speaks or actor.agency_id == summary.receiver_id
    is_open = summary.state is RequestState.ASKED and not summary.is_over(now.date())
    return ReadRequest(view, content, answer, is_his and is_open, speaks)


def speaks_for(card: AgencyCard, one: RequestSummary) -> bool:
    """Return whether the sender enters what this force answers, since it cannot tell it itself, not over the line."""
    is_elsewhere = card.is_correspondent or card.member_id is not None
    return is_elsewhere and not (one.by_line and line_to(card) is not None)


def _view(kept: KeptRequest, cards: Mapping[UUID, AgencyCard]) -> RequestView:
    summary = kept.summary
    return RequestView(summary, kept.is_sent, cards[summary.sender_id], cards[summary.receiver_id])


def key_of(kept: KeptRequest, keys: Keys) -> bytes:
    """Return what a request is sealed under.

    Raises:
        Conflict: it is erased.
    """
    if kept.key is None:
        raise Conflict("this request is erased, or over: nothing is left of what it said")
    return keys.open_sealed(SEALS, kept.key, key_context(kept.summary.request_id))


def key_context(request_id: UUID) -> bytes:
    """Return what a request's key is bound to in the keyring."""
    return f"enquiry request {request_id}".encode()


def told(act: Act, agency_id: UUID, request_id: UUID, now: datetime, by: Actor | None = None) -> Deed:
    """Return the deed of something done to a request, as one agency's; the machine's where nobody of it did it."""
    made = Deed(act, now, agency_id, details={"request": str(request_id)})
    return made if by is None else replace(made, officer_id=by.officer_id, purpose=by.purpose)
