"""Messages out of the outbox, sealed; and into the inbox, once they are genuine, and acted upon in their order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.errors import InputError
from tsunagu.domain.hub import CLOSING, GREETING_LASTS, HubRefusal, MessageKind, MessageRefused
from tsunagu.domain.ledger import Deed
from tsunagu.federation.alert_messages import told_in
from tsunagu.federation.envelope import Envelope, Unsealed, seal, unseal
from tsunagu.federation.keys import keys_from
from tsunagu.federation.note_messages import note_in
from tsunagu.federation.streams import Arrival, closed_by
from tsunagu.records import hub_members, hub_messages
from tsunagu.records.hub_messages import Answer, Draft, Incoming, Outgoing
from tsunagu.records.session import acting_for, locked
from tsunagu.services.alerts.inbox import keep_told_step
from tsunagu.services.alerts.notes import keep_told_note
from tsunagu.services.comparisons import inbox as comparison_inbox
from tsunagu.services.comparisons import told as comparison_told
from tsunagu.services.gate import request_inbox
from tsunagu.services.isolated import logged
from tsunagu.services.members.desk import HubDesk, Sender, still_good
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referrals import inbox as referral_inbox

log = logging.getLogger("tsunagu.hub")

MOST_AT_ONCE = 500
"""Messages sealed in one go to be carried, and answers in one receipt."""
KEYS_STREAM = "keys"
LOCK_ACTING = 7400108
"""The advisory lock of who acts upon the inbox of one member."""
REFUSALS = {Arrival.CONTRADICTS: HubRefusal.CONTRADICTS, Arrival.TOO_FAR_AHEAD: HubRefusal.TOO_FAR_AHEAD}


_Said = tuple[MessageKind, str, int, Mapping[str, Any]]
"""Kind, stream, number and body of a message."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a genuine message.

    Attributes:
        arrival: AGAIN where it was here already; None for a receipt.
    """

    member_id: UUID
    kind: MessageKind
    arrival: Arrival | None


def outgoing_messages(
    *, desk: HubDesk, member_id: UUID, lasts: timedelta, most: int, at_once: bool, now: datetime, ledger: Ledger
) -> tuple[bytes, ...]:
    """Return what is to be sent to a member now, signed and sealed: messages in order, and a receipt where one is due.

    New keys of ours are told by those that the member holds; the next ones wait until it has answered that it holds
    these.

    Args:
        desk: this installation.
        member_id: to whom.
        lasts: how long they are good.
        most: how many messages at most, beside the receipt.
        at_once: also what was sent a moment ago and was not answered yet.
        now: this moment.
        ledger: takes an entry for each message, but for receipts.
    """
    if member_id not in hub_members.member_ids():
        return ()
    with acting_for(member_id):
        hub_messages.lock(member_id)
        if member_id not in hub_members.member_ids():
            return ()
        held, receiver = hub_members.their_key(member_id), hub_members.keys_of(member_id)[-1][0]
        hub_messages.put(member_id, _new_keys(desk, held), now=now)
        hub_messages.leave_closed(member_id, now=now)
        hub_messages.give_numbers(member_id)
        due = hub_messages.due(member_id, now=now, most=most, at_once=at_once)
        hub_messages.note_sent([one.row_id for one in due], now=now)
        answers = hub_messages.to_answer(member_id, most=MOST_AT_ONCE, now=now)
        ledger.write(*(_sent(member_id, one, now) for one in due))
    own = desk.numbered(held) or desk.newest
    said: list[_Said] = [(one.kind, one.stream, one.number, one.body) for one in due]
    if answers:
        said.append(_receipt(answers))
    written = (Envelope(uuid4(), desk.own_id, member_id, *one[:3], now, now + lasts, one[3]) for one in said)
    return tuple(seal(one, own, receiver) for one in written)


def greeting(*, desk: HubDesk, member_id: UUID, now: datetime) -> bytes:
    """Return a receipt of nothing, signed and sealed: by it a member that is called learns that we are there."""
    with acting_for(member_id):
        held, receiver = hub_members.their_key(member_id), hub_members.keys_of(member_id)[-1][0]
    kind, stream, number, body = _receipt(())
    envelope = Envelope(uuid4(), desk.own_id, member_id, kind, stream, number, now, now + GREETING_LASTS, body)
    return seal(envelope, desk.numbered(held) or desk.newest, receiver)


def _receipt(answers: Iterable[Answer]) -> _Said:
    return MessageKind.RECEIPT, "", 0, {"answers": [list(one) for one in answers]}


def _new_keys(desk: HubDesk, held: int) -> list[Draft]:
    following = desk.numbered(held + 1)
    if following is None:
        return []
    body = {"keys": following.public.plain()}
    return [Draft(KEYS_STREAM, f"keys {following.number}", MessageKind.KEYS, body, None)]


def _sent(member_id: UUID, one: Outgoing, now: datetime) -> Deed:
    details: dict[str, str | int] = {"member": str(member_id), "stream": one.stream, "number": one.number}
    if one.tries:
        details["again"] = one.tries
    return Deed(Act.HUB_SENT, now, one.speaker_id, details=details)


def receive_message(*, desk: HubDesk, sealed: bytes, now: datetime, ledger: Ledger) -> Received:
    """Take one message, and keep it once it is known to be genuine; what it asks for is done by `act_on_inbox`.

    Raises:
        MessageRefused: it is not genuine, not for us, not good any more, or a replay; the ledger says so.
    """
    sender: UUID | None = None
    try:
        unsealed = unseal(sealed, desk.own)
        sender = _known(unsealed)
        return _kept(desk, unsealed, now=now, ledger=ledger)
    except MessageRefused as refused:
        ledger.record(_refused(sender, refused.refusal, now))
        raise


def _known(unsealed: Unsealed) -> UUID:
    if unsealed.sender_id not in hub_members.member_ids():
        raise MessageRefused(HubRefusal.UNKNOWN_MEMBER)
    return unsealed.sender_id


def _refused(member_id: UUID | None, refusal: HubRefusal, now: datetime, **more: str | int) -> Deed:
    details: dict[str, str | int] = {"reason": refusal.value, **more}
    if member_id is not None:
        details["member"] = str(member_id)
    return Deed(Act.HUB_REFUSED, now, None, details=details)


def _kept(desk: HubDesk, unsealed: Unsealed, *, now: datetime, ledger: Ledger) -> Received:
    member_id = unsealed.sender_id
    with acting_for(member_id):
        hub_messages.lock(member_id)
        good = still_good(hub_members.keys_of(member_id), now=now)
        theirs = [one for one in good if one.number == unsealed.key_number]
        if not theirs:
            raise MessageRefused(HubRefusal.UNKNOWN_KEY)
        envelope = unsealed.verified(theirs[0], own_id=desk.own_id, now=now)
        if not hub_messages.note_seen(member_id, envelope):
            raise MessageRefused(HubRefusal.REPLAYED)
        hub_messages.forget_seen(member_id, now=now)
        hub_members.note_heard(member_id, now)
        if envelope.kind is MessageKind.RECEIPT:
            _answered(member_id, envelope, now=now, ledger=ledger)
            return Received(member_id, envelope.kind, None)
        if envelope.kind is MessageKind.KEYS and theirs[0] != good[-1]:
            raise MessageRefused(HubRefusal.UNKNOWN_KEY)
        arrival = _placed(member_id, envelope, now=now)
        details: dict[str, str | int] = {
            "member": str(member_id), "stream": envelope.stream, "number": envelope.number,
        }  # fmt: skip
        if arrival is Arrival.AGAIN:
            details["again"] = 1
        ledger.write(Deed(Act.HUB_RECEIVED, now, None, details=details))
    return Received(member_id, envelope.kind, arrival)


def _placed(member_id: UUID, envelope: Envelope, *, now: datetime) -> Arrival:
    """Put a message into its stream, and return what it is to it."""
    if (envelope.kind is MessageKind.KEYS) is not (envelope.stream == KEYS_STREAM):
        raise MessageRefused(HubRefusal.MALFORMED)
    if (envelope.kind in CLOSING) is not (closed_by(envelope.stream) is not None):
        raise MessageRefused(HubRefusal.MALFORMED)
    arrival = hub_messages.inbox_of(member_id, envelope.stream).arrival(envelope.number, envelope.digest)
    if arrival in REFUSALS:
        raise MessageRefused(REFUSALS[arrival])
    if arrival is Arrival.AGAIN:
        hub_messages.answer_again(member_id, envelope.stream, envelope.number)
    else:
        hub_messages.keep(member_id, envelope, envelope.digest, now=now)
    return arrival


def _answered(member_id: UUID, envelope: Envelope, *, now: datetime, ledger: Ledger) -> None:
    answers = _answers(envelope.body)
    deeds = []
    for one in hub_messages.note_answers(member_id, answers, now=now):
        refused = next(why for stream, number, why in answers if (stream, number) == (one.stream, one.number))
        details: dict[str, str | int] = {"member": str(member_id), "stream": one.stream, "number": one.number}
        if refused is not None:
            details["reason"] = refused
        elif one.kind is MessageKind.KEYS:
            hub_members.note_their_key(member_id, keys_from(one.body["keys"]).number)
        deeds.append(Deed(Act.HUB_ANSWERED, now, one.speaker_id, details=details))
    ledger.write(*deeds)


def _answers(body: Mapping[str, Any]) -> list[Answer]:
    try:
        return [
            (str(stream), int(number), None if refused is None else HubRefusal(refused).value)
            for stream, number, refused in body["answers"]
        ]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise MessageRefused(HubRefusal.MALFORMED) from None


def act_on_inbox(*, member_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Act upon what a member has sent, each stream in its order up to the first gap; return upon how many.

    Killed at any moment and run again, it goes on where it was: what was done already is done once. Where another
    process is at it, nothing is done. A stream that cannot go on is logged, and holds up no other.
    """
    done = 0
    with locked(LOCK_ACTING, str(member_id), waits=False) as is_got:
        if not is_got:
            return 0
        with acting_for(member_id):
            streams = hub_messages.open_streams(member_id)
            member = hub_members.member_of(member_id)
        if member is None:
            return 0
        for stream in streams:
            with logged(log, "a message cannot be acted upon"):
                for one in _ready(member_id, stream):
                    _act(Sender(member_id, member.name), one, now=now, keys=keys, ledger=ledger)
                    done += 1
    return done


def _ready(member_id: UUID, stream: str) -> Iterator[Incoming]:
    """Yield the messages of a stream up to the first gap; each is acted upon before the next one is asked for."""
    while True:
        with acting_for(member_id):
            one = hub_messages.next_ready(member_id, stream)
        if one is None:
            return
        yield one


def _act(sender: Sender, one: Incoming, *, now: datetime, keys: Keys, ledger: Ledger) -> None:
    member_id, member = sender.member_id, sender.name
    refusal: HubRefusal | None = None
    try:
        if one.kind is MessageKind.KEYS:
            _take_keys(member_id, one, now=now, ledger=ledger)
        elif one.kind is MessageKind.ALERT_STEP:
            keep_told_step(member_id=member_id, member=member, one=told_in(one.body), now=now, ledger=ledger)
        elif one.kind is MessageKind.ALERT_NOTE:
            keep_told_note(member_id=member_id, note=note_in(one.body), now=now, ledger=ledger)
        elif one.kind in comparison_inbox.HANDLED:
            comparison_inbox.keep(sender, one, now=now, keys=keys, ledger=ledger)
        elif one.kind in comparison_told.HANDLED:
            comparison_told.keep(sender, one, now=now, ledger=ledger)
        elif one.kind in referral_inbox.HANDLED:
            referral_inbox.keep(sender, one, now=now, keys=keys, ledger=ledger)
        elif one.kind in request_inbox.HANDLED:
            request_inbox.keep(sender, one, now=now, keys=keys, ledger=ledger)
    except MessageRefused as refused:
        refusal = refused.refusal
    with acting_for(member_id):
        hub_messages.note_done(one.row_id, refused=None if refusal is None else refusal.value, now=now)
        if refusal is not None:
            ledger.write(_refused(member_id, refusal, now, stream=one.stream, number=one.number))


def _take_keys(member_id: UUID, one: Incoming, *, now: datetime, ledger: Ledger) -> None:
    """Hold newer keys of a member, which it has told by those before them."""
    try:
        new = keys_from(one.body.get("keys"))
    except InputError:
        raise MessageRefused(HubRefusal.MALFORMED) from None
    with acting_for(member_id):
        held = [known for known, _ in hub_members.keys_of(member_id)]
        if new in held:
            return
        if new.number != held[-1].number + 1:
            raise MessageRefused(HubRefusal.CONTRADICTS)
        hub_members.add_keys(member_id, new, sealed=None, now=now)
        ledger.write(Deed(Act.HUB_KEYS_CHANGED, now, None, details={"member": str(member_id), "key": new.number}))
