"""Requests of forces at other installations, and what those tell of requests that were sent there."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from tsunagu.domain.act import Act
from tsunagu.domain.enquiry_request import LONGEST, RequestDraft, RequestSummary, Wanted
from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import SKEW, HubRefusal, MessageKind, MessageRefused
from tsunagu.exchange.enquiry_form import text_of
from tsunagu.federation.request_messages import (
    MOST_A_DAY,
    ToldRequest,
    ToldRequestStep,
    asked_stream,
    request_in,
    step_in,
)
from tsunagu.federation.sealed_said import opened_said, understanding
from tsunagu.records import agencies, enquiry_requests, hub_messages
from tsunagu.records.enquiry_requests import KeptRequest
from tsunagu.records.hub_messages import Incoming
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.session import acting_for
from tsunagu.services.gate.request_asking import FORMAT
from tsunagu.services.gate.request_outbox import tell_asker
from tsunagu.services.gate.requests import key_context, key_of, told
from tsunagu.services.members.desk import Post, Sender, hub_desk
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS

MOST_FORMS: Final = 100
MOST_FORM: Final = 1_000
"""In so many forms something of a person is said at most, and each in so many characters."""


def keep(sender: Sender, one: Incoming, *, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Keep what a message says of a request. The same message again changes nothing.

    Raises:
        MessageRefused: UNREADABLE, MALFORMED, EXPIRED, FROM_THE_FUTURE, NOT_THEIRS, CONTRADICTS or TOO_MANY.
    """
    said = opened_said(one.body.get("sealed"), hub_desk(keys=keys).own)
    try:
        HANDLED[one.kind](Post(sender, now, keys, ledger), said)
    except Conflict:
        raise MessageRefused(HubRefusal.CONTRADICTS) from None


def _keep_request(post: Post, said: Mapping[str, Any]) -> None:
    """Keep a request for the force here that is asked, and tell who asks that it is here."""
    one = request_in(said)
    _check_least(one)
    post.check_time(one.asked_at)
    if one.last_day < post.now.date():
        raise MessageRefused(HubRefusal.EXPIRED)
    if one.last_day > (post.now + SKEW).date() + LONGEST:
        raise MessageRefused(HubRefusal.MALFORMED)
    receiver = agencies.agency_cards().get(one.receiver_id)
    if receiver is None or receiver.member_id is not None or receiver.is_correspondent:
        raise MessageRefused(HubRefusal.NOT_THEIRS)
    post.enter_sender(one.sender)
    with acting_for(one.sender.agency_id):
        before = enquiry_requests.request_of(one.request_id)
    if before is None:
        post.check_number(MessageKind.REQUEST, MOST_A_DAY)
        _add(post, one)
    else:
        _check_same(before, one, post.keys)
    with acting_for(one.receiver_id):
        if enquiry_requests.note_arrived(one.request_id, at=post.now):
            tell_asker(_summary(one), agencies.agency_cards()[one.sender.agency_id], answer=None, now=post.now)
            post.ledger.write(told(Act.REQUEST_ARRIVED, one.receiver_id, one.request_id, post.now))


def _check_least(one: ToldRequest) -> None:
    """Do nothing when a request says what it needs of somebody, and nothing else.

    Raises:
        MessageRefused: MALFORMED.
    """
    said = one.content
    with understanding():
        draft = RequestDraft(tuple(map(Wanted, said["wanted"])), said["authority"], one.last_day)
        needed = {each.value for each in draft.fields}
        person = said["person"]
        forms = [form for each in person.values() for form in each]
        is_least = set(person) <= needed and set(said["not_known"]) == needed - set(person)
        is_short = len(forms) <= MOST_FORMS and all(type(form) is str and len(form) <= MOST_FORM for form in forms)
        names = {
            "format",
            "request",
            "written_at",
            "from",
            "to",
            "authority",
            "last_day",
            "wanted",
            "person",
            "not_known",
        }
        is_whole = set(said) == names and (said["format"], said["request"]) == (FORMAT, str(one.request_id))
        if not (is_least and is_short and is_whole and said["last_day"] == one.last_day.isoformat()):
            raise ValueError
        text_of(said)


def _check_same(kept: KeptRequest, one: ToldRequest, keys: Keys) -> None:
    """Do nothing when a request is here already, just so.

    Raises:
        Conflict: it is another.
    """
    summary = kept.summary
    is_same = (summary.receiver_id, summary.last_day) == (one.receiver_id, one.last_day)
    if not is_same or (kept.key is not None and kept.content(key_of(kept, keys)) != one.content):
        raise Conflict("this id is another request's")


def _add(post: Post, one: ToldRequest) -> None:
    key = os.urandom(KEY_BYTES)
    sealed_key = post.keys.seal(SEALS, key, key_context(one.request_id))
    with acting_for(one.sender.agency_id):
        enquiry_requests.add_told(_summary(one), one.content, key=key, sealed_key=sealed_key)


def _summary(one: ToldRequest) -> RequestSummary:
    sides = (one.sender.agency_id, one.receiver_id)
    return RequestSummary(one.request_id, *sides, one.asked_at, one.last_day, None, None, by_line=True)


def _keep_step(post: Post, said: Mapping[str, Any]) -> None:
    """Keep that a request arrived there, or what was answered; an answer that comes when it is erased is too late."""
    one = step_in(said)
    post.check_time(one.at)
    post.check_theirs(one.agency_id)
    with acting_for(one.agency_id):
        kept = enquiry_requests.request_of(one.request_id)
        if kept is None or not kept.summary.by_line or kept.summary.receiver_id != one.agency_id:
            raise MessageRefused(HubRefusal.NOT_THEIRS)
        if one.answer is None:
            enquiry_requests.note_arrived(one.request_id, at=one.at)
            return
        if kept.key is None:
            raise MessageRefused(HubRefusal.EXPIRED)
        _keep_answer(post, one, kept)


def _keep_answer(post: Post, one: ToldRequestStep, kept: KeptRequest) -> None:
    if one.answer is None:
        return
    key = key_of(kept, post.keys)
    if {*one.answer.found} != {*map(Wanted, kept.content(key)["wanted"])}:
        raise MessageRefused(HubRefusal.MALFORMED)
    said = {"found": {each.value: is_so.value for each, is_so in one.answer.found.items()}, "words": one.answer.words}
    if kept.answer is not None:
        if kept.answered(key) != said:
            raise MessageRefused(HubRefusal.CONTRADICTS)
        return
    enquiry_requests.answer(kept, said, key=key, document=None, now=one.at, informed_at=post.now)
    post.ledger.write(told(Act.REQUEST_INFORMED, kept.summary.sender_id, one.request_id, post.now))


def _keep_over(post: Post, said: Mapping[str, Any]) -> None:
    """Keep nothing of a request whose list was erased where it was asked."""
    one = step_in(said)
    member_id = post.sender.member_id
    if one.agency_id in agencies.agency_cards():
        post.check_theirs(one.agency_id)
    with acting_for(member_id):
        hub_messages.close(member_id, asked_stream(one.request_id), now=post.now)
    with acting_for(one.agency_id):
        kept = enquiry_requests.request_of(one.request_id)
        if kept is None or kept.summary.sender_id != one.agency_id:
            return
        if enquiry_requests.erase_one(one.request_id, now=post.now):
            post.ledger.write(told(Act.REQUEST_ERASED, kept.summary.receiver_id, one.request_id, post.now))


HANDLED: Mapping[MessageKind, Callable[[Post, Mapping[str, Any]], None]] = {
    MessageKind.REQUEST: _keep_request,
    MessageKind.REQUEST_STEP: _keep_step,
    MessageKind.REQUEST_OVER: _keep_over,
}
"""What is done with each kind of message."""
