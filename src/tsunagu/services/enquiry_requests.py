"""Enquiry requests: one force asks another about somebody who is a row of a list, and is answered, or it is erased.

The force of where he lives is asked for what is missing. It is told what that needs, and nothing of the list. No answer
enters his gate file by itself: an officer records it there, or does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.clock import utc_text
from tsunagu.domain.enquiry_request import (
    MOST_OPEN,
    Confirmed,
    RequestAnswer,
    RequestDraft,
    RequestState,
    RequestSummary,
    Wanted,
)
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.gate import GateStanding
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListField
from tsunagu.records import agencies, enquiry_requests
from tsunagu.records.enquiry_requests import KeptRequest
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.alert_outbox import is_here
from tsunagu.services.gate_desk import OpenedPerson, opened_person
from tsunagu.services.isolated import Isolated
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referral_desk import speaks_for
from tsunagu.services.referral_names import bears_a_name_of
from tsunagu.services.referral_package import residence_of
from tsunagu.services.seized_access import SEALS, refuse_closed

FORMAT: Final = "tsunagu-enquiry/1"
ASKED_OF: Final = frozenset({GateStanding.LEAD, GateStanding.PERSON_OF_INTEREST})
"""Of whom a request may be: before the gate alone. Past it he is referred."""


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


def ask_force(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    draft: RequestDraft,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Ask the force of where a person of a list lives for what is missing, and return the request's id.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.
        person: the number of his first row.
        draft: what is asked, on what ground, and until when.

    Raises:
        Forbidden: the actor records nothing of persons.
        NotFound: no such case, list or person, or not the actor's.
        InputError: the last day is over, or too far off.
        Conflict: he is past the gate, or nobody looks into him any more; it is not known where he lives, or that is the
            own agency's; he is asked about already, or too many of the list are; or the case is closed.
    """
    draft.check_day(now.date())
    at = (actor, Permission.GATE_RECORD, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        found = one.desk.found
        refuse_closed(found.case)
        receiver = _receiver(one, actor)
        request_id, key = uuid4(), os.urandom(KEY_BYTES)
        summary = RequestSummary(request_id, actor.agency_id, receiver.agency_id, now, draft.last_day, None, None)
        content = _content(one, draft, (agencies.agency_cards()[actor.agency_id], receiver), summary)
        enquiry_requests.add(
            summary,
            content,
            key=key,
            sealed_key=keys.seal(SEALS, key, _context(request_id)),
            list_id=found.seized.list_id,
            person_id=one.person_id,
        )
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "person": str(one.person_id)}
        about |= {"request": str(request_id), "to": str(receiver.agency_id), "until": draft.last_day.isoformat()}
        deeds = [deed(Act.REQUEST_ASKED, actor=actor, case=found.case, now=now, **about)]
        if is_here(agencies.agency_cards(), receiver.agency_id):
            deeds.append(_deed(Act.REQUEST_ARRIVED, receiver.agency_id, request_id, now))
        ledger.write(*deeds)
    return request_id


def list_enquiry_requests(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[RequestView, ...]:
    """Return the requests that the actor is told of, sent from his cases or to his agency, the newest first.

    Raises:
        Forbidden: the actor reads no referrals.
    """
    permission = Permission.REFERRAL_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="requests", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        cards, withheld = agencies.agency_cards(), _Withheld.from_(actor)
        found = enquiry_requests.told_to(actor)
        views = tuple(_view(one, cards) for one in found if not withheld.hides(one, keys))
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
        ledger.write(_deed(Act.REQUEST_READ, actor.agency_id, request_id, now, actor))
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
        ledger.write(_deed(Act.REQUEST_PRINTED, actor.agency_id, request_id, now, actor))
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
        enquiry_requests.answer(kept, said, key=_key(kept, keys), document=answer.document, now=now)
        deeds = [_deed(Act.REQUEST_ANSWERED, actor.agency_id, request_id, now, actor)]
        if actor.agency_id != kept.summary.sender_id:
            deeds.append(_deed(Act.REQUEST_INFORMED, kept.summary.sender_id, request_id, now))
        ledger.write(*deeds)


def erase_unanswered(*, now: datetime, ledger: Ledger) -> int:
    """Erase the requests whose last day has passed without an answer, and return how many. The machine's act.

    Raises:
        Exception: what the first of those raised that could not be erased; all others have had their turn.
    """
    count, each = 0, Isolated()
    for agency_id in agencies.member_ids():
        with each.step(), acting_for(agency_id):
            gone, cards = (
                enquiry_requests.erase_unanswered(agency_id, today=now.date(), now=now),
                agencies.agency_cards(),
            )
            sides = [(one, side) for one in gone for side in (one.sender_id, one.receiver_id) if is_here(cards, side)]
            if sides:
                ledger.write(*(_deed(Act.REQUEST_ERASED, side, one.request_id, now) for one, side in sides))
            count += len(gone)
    each.finish()
    return count


@dataclass(frozen=True, slots=True)
class _Withheld:
    """Tells which requests one officer is not shown: about somebody who bears his name, or a colleague's."""

    names: frozenset[str]

    @classmethod
    def from_(cls, actor: Actor) -> _Withheld:
        """Return those of an officer. Call it within `acting_for` his agency."""
        from tsunagu.services.seized_names import withheld_from  # noqa: PLC0415 - loads NumPy

        return cls(frozenset(withheld_from(actor)))

    def hides(self, kept: KeptRequest, keys: Keys) -> bool:
        """Return whether a request is about such a person; an erased one tells of nobody."""
        if kept.key is None:
            return False
        return bears_a_name_of(kept.content(_key(kept, keys))["person"], self.names)


@contextmanager
def _opened(
    actor: Actor, permission: Permission, request_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[ReadRequest]:
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(request_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        withheld = _Withheld.from_(actor)
        kept = enquiry_requests.request_told(actor, request_id)
        if withheld.hides(kept, keys):
            raise NotFound("no such request")
        yield _read(kept, actor, keys, now)


def _read(kept: KeptRequest, actor: Actor, keys: Keys, now: datetime) -> ReadRequest:
    view, summary = _view(kept, agencies.agency_cards()), kept.summary
    is_told = kept.key is not None and (kept.is_sent or not summary.is_over(now.date()))
    content = kept.content(_key(kept, keys)) if is_told else None
    answer = None
    if is_told and kept.answer is not None:
        said = kept.answered(_key(kept, keys))
        found = {Wanted(one): Confirmed(told) for one, told in said["found"].items()}
        answer = RequestAnswer(found, said["words"])
    speaks = kept.is_sent and speaks_for(view.receiver)
    is_his = speaks or actor.agency_id == summary.receiver_id
    is_open = summary.state is RequestState.ASKED and not summary.is_over(now.date())
    return ReadRequest(view, content, answer, is_his and is_open, speaks)


def _receiver(one: OpenedPerson, actor: Actor) -> AgencyCard:
    """Return the force to be asked.

    Raises:
        Conflict: nobody may be asked about him, or not now.
    """
    if one.file.stands not in ASKED_OF:
        raise Conflict("a force is asked about somebody before the gate alone, while somebody may look into him")
    code = f"JP-{residence_of(one)}"
    found = [card for card in agencies.agency_cards().values() if card.code == code]
    if len(found) != 1:
        raise Conflict("the directory has no agency for where this person lives, or more than one")
    [receiver] = found
    if receiver.agency_id == actor.agency_id:
        raise Conflict("he lives where your own agency works: enter an enquiry in the actions book instead")
    if enquiry_requests.is_asked(one.person_id):
        raise Conflict("a force is being asked about this person already")
    if enquiry_requests.count_open(one.desk.found.seized.list_id) >= MOST_OPEN:
        raise Conflict("as many persons of this list are being asked about as may be at a time")
    return receiver


def _content(
    one: OpenedPerson, draft: RequestDraft, sides: tuple[AgencyCard, AgencyCard], summary: RequestSummary
) -> dict[str, Any]:
    sender, receiver = sides
    said = {told.value: _forms(one, told) for told in draft.fields}
    return {
        "format": FORMAT,
        "request": str(summary.request_id),
        "written_at": utc_text(summary.asked_at),
        "from": {"agency": sender.name, "local_name": sender.local_name, "contact": sender.contact},
        "to": {"agency": receiver.name, "local_name": receiver.local_name},
        "authority": draft.authority,
        "last_day": draft.last_day.isoformat(),
        "wanted": [each.value for each in draft.wanted],
        "person": {name: forms for name, forms in said.items() if forms},
        "not_known": [name for name, forms in said.items() if not forms],
    }


def _forms(one: OpenedPerson, told: ListField) -> list[str]:
    """Return each form in which his rows say it, once."""
    return list(dict.fromkeys(text for row in one.rows if (text := row.get(told, "").strip())))


def _view(kept: KeptRequest, cards: Mapping[UUID, AgencyCard]) -> RequestView:
    summary = kept.summary
    return RequestView(summary, kept.is_sent, cards[summary.sender_id], cards[summary.receiver_id])


def _key(kept: KeptRequest, keys: Keys) -> bytes:
    if kept.key is None:
        raise Conflict("this request is erased, or over: nothing is left of what it said")
    return keys.open_sealed(SEALS, kept.key, _context(kept.summary.request_id))


def _context(request_id: UUID) -> bytes:
    return f"enquiry request {request_id}".encode()


def _deed(act: Act, agency_id: UUID, request_id: UUID, now: datetime, actor: Actor | None = None) -> Deed:
    told = Deed(act, now, agency_id, details={"request": str(request_id)})
    return told if actor is None else replace(told, officer_id=actor.officer_id, purpose=actor.purpose)
