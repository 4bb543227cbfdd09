"""Messages carried: written into files that somebody takes along, and read from files that somebody has brought."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.errors import NotFound
from tsunagu.domain.hub import CARRIED_LASTS, MessageRefused
from tsunagu.federation.bundle import bundled
from tsunagu.records import hub_members
from tsunagu.services.comparisons.answers import tell_askers
from tsunagu.services.hub.exchange import MOST_AT_ONCE, act_on_inbox, outgoing_messages, receive_message
from tsunagu.services.isolated import logged
from tsunagu.services.members.desk import hub_desk
from tsunagu.services.parts import Keys, Ledger

log = logging.getLogger("tsunagu.hub")


@dataclass(frozen=True, slots=True)
class Carried:
    """What is to be carried to one member.

    Attributes:
        file_name: under which it is written; tells from whom to whom by the beginnings of their ids.
        messages: how many there are.
    """

    member_id: UUID
    member: str
    file_name: str
    content: bytes
    messages: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of messages that came.

    Attributes:
        taken: genuine ones, receipts among them.
        refused: reasons of the others, in their order.
        acted_upon: how many could be acted upon now.
        senders: the members that genuine ones came from.
        failed: how many could not be taken by an error of ours, which the log tells.
    """

    taken: int
    refused: tuple[str, ...]
    acted_upon: int
    senders: frozenset[UUID]
    failed: int


def messages_to_carry(
    *, to: str | None, at_once: bool, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[Carried, ...]:
    """Return what is to be carried to members, a bundle each, where there is anything. The operator's act.

    A member whose messages cannot be written is logged, and holds up no other.

    Args:
        to: name of one member; None for all.
        at_once: also what was written out a moment ago and was not answered yet.
        now: this moment.
        keys: open our own keys.
        ledger: takes an entry for each message.

    Raises:
        NotFound: no such member, or it is not accepted.
        Unavailable: this installation has no card yet.
    """
    desk = hub_desk(keys=keys)
    names = {one.member_id: one.name for one in accepted_members(to)}
    found = []
    for member_id, name in names.items():
        sealed: tuple[bytes, ...] = ()
        with logged(log, "the messages to a member cannot be written"):
            tell_askers(member_id, now=now, ledger=ledger)
            sealed = outgoing_messages(
                desk=desk,
                member_id=member_id,
                lasts=CARRIED_LASTS,
                most=MOST_AT_ONCE,
                at_once=at_once,
                now=now,
                ledger=ledger,
            )
        if sealed:
            file_name = f"{desk.own_id.hex[:8]}-to-{member_id.hex[:8]}-{now:%Y%m%dT%H%M%S%f}.tsunagu-hub"
            found.append(Carried(member_id, name, file_name, bundled(sealed), len(sealed)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class NamedMember:
    """A member, as messages are sent to it."""

    member_id: UUID
    name: str
    address: str


def accepted_members(name: str | None) -> tuple[NamedMember, ...]:
    """Return the members that messages are exchanged with, or the one of this name.

    Raises:
        NotFound: there is none of this name.
    """
    found = tuple(NamedMember(*one) for one in hub_members.accepted_rows() if name in {None, one[1]})
    if name is not None and not found:
        raise NotFound("no such member, or it is not accepted")
    return found


def take_messages(*, messages: Iterable[bytes], now: datetime, keys: Keys, ledger: Ledger) -> Brought:
    """Take messages that came, whoever brought them, and act upon what can be acted upon now. The machine's act.

    What they withdraw is erased by the worker: nobody waits here for that, and where it fails it stops no message. A
    message that we cannot take, by an error of ours, is logged and holds up no other: its member sends it again.

    Raises:
        Unavailable: this installation has no card yet.
    """
    desk = hub_desk(keys=keys)
    came, taken, refused, senders = 0, 0, [], set()
    for sealed in messages:
        came += 1
        with logged(log, "a message cannot be taken"):
            try:
                received = receive_message(desk=desk, sealed=sealed, now=now, ledger=ledger)
                senders.add(received.member_id)
                taken += 1
            except MessageRefused as one:
                refused.append(one.refusal.value)
    acted = sum(act_on_inbox(member_id=one, now=now, keys=keys, ledger=ledger) for one in sorted(senders))
    return Brought(taken, tuple(refused), acted, frozenset(senders), came - taken - len(refused))
