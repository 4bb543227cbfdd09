"""Calls to other installations and from them: what waits on both sides is exchanged until nothing waits any more."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from tsunagu.domain.hub import CARRIED_LASTS, SENT_LASTS, NoAnswer
from tsunagu.federation.bundle import bundled, unbundled
from tsunagu.federation.keys import MemberKeys
from tsunagu.federation.line_tls import answering_context, calling_context
from tsunagu.records import hub_members, hub_messages
from tsunagu.records.hub_line import Ask, calling
from tsunagu.records.session import acting_for, locked
from tsunagu.services.comparisons.answers import tell_askers
from tsunagu.services.hub.carrying import NamedMember, accepted_members, take_messages
from tsunagu.services.hub.exchange import act_on_inbox, greeting, outgoing_messages
from tsunagu.services.isolated import Isolated
from tsunagu.services.members.desk import HubDesk, hub_desk, still_good
from tsunagu.services.parts import Keys, Ledger

MOST_ROUNDS = 100
"""So often messages go there and back within one call; what is left waits for the next one."""
MOST_A_ROUND = 200
LOCK_VISIT = 7400109
"""The advisory lock of who calls one member."""

Clock = Callable[[], datetime]


def visit_members(*, clock: Clock, keys: Keys, ledger: Ledger) -> int:
    """Call every member whose turn it is, and act upon what a killed process has left; return how many answered.

    A member that does not answer is called again after pauses that double up to five minutes; one that answers, at once
    where something waits for it, and else each minute. What happens at one member holds up no other. The machine's act.
    """
    answered, each = 0, Isolated()
    if hub_members.own_installation() is None:
        return 0
    for member in accepted_members(None):
        with each.step():
            act_on_inbox(member_id=member.member_id, now=clock(), keys=keys, ledger=ledger)
            tell_askers(member.member_id, now=clock(), ledger=ledger)
            if _is_turn(member, now=clock()):
                answered += visit_member(member=member, clock=clock, keys=keys, ledger=ledger)
    each.finish()
    return answered


def visit_named(*, to: str | None, clock: Clock, keys: Keys, ledger: Ledger) -> tuple[tuple[str, bool], ...]:
    """Call members now, and return their names with whether each has answered. The operator's act.

    What happens at one member holds up no other: what was raised first is raised once all had their turn.

    Args:
        to: name of one member; None for all that have an address.
        clock: tells the time.
        keys: open our own keys.
        ledger: takes an entry for each message.

    Raises:
        NotFound: no such member, or it is not accepted.
        Unavailable: this installation has no card yet.
    """
    found, each = [], Isolated()
    for one in accepted_members(to):
        with each.step():
            if one.address:
                tell_askers(one.member_id, now=clock(), ledger=ledger)
                found.append((one.name, visit_member(member=one, clock=clock, keys=keys, ledger=ledger)))
    each.finish()
    return tuple(found)


def visit_member(*, member: NamedMember, clock: Clock, keys: Keys, ledger: Ledger) -> bool:
    """Call one member, and return whether it has answered; False as well where another process is at it.

    Raises:
        Unavailable: this installation has no card yet, or the keyring does not open its keys.
    """
    desk = hub_desk(keys=keys)
    with locked(LOCK_VISIT, str(member.member_id), waits=False) as is_got:
        if not is_got:
            return False
        is_answered = True
        try:
            with calling(member.address, _context(desk, member.member_id, now=clock())) as ask:
                _talk(desk, member.member_id, ask, clock=clock, keys=keys, ledger=ledger)
        except NoAnswer:
            is_answered = False
        with acting_for(member.member_id):
            hub_members.note_call(member.member_id, is_answered=is_answered, now=clock())
    return is_answered


def _context(desk: HubDesk, member_id: UUID, *, now: datetime) -> ssl.SSLContext:
    with acting_for(member_id):
        own = desk.numbered(hub_members.their_key(member_id)) or desk.newest
        trusted = still_good(hub_members.keys_of(member_id), now=now)
    return calling_context(desk.own_id, own, {member_id: trusted}, now=now)


def _talk(desk: HubDesk, member_id: UUID, ask: Ask, *, clock: Clock, keys: Keys, ledger: Ledger) -> None:
    """Exchange messages with a member that has been reached.

    It is greeted first: what waits for it is taken out of the outbox once it has answered that it is there, and not
    before, so that nothing counts for sent that was not.
    """
    said: tuple[bytes, ...] = (greeting(desk=desk, member_id=member_id, now=clock()),)
    for _ in range(MOST_ROUNDS):
        take_messages(messages=unbundled(ask(bundled(said))), now=clock(), keys=keys, ledger=ledger)
        said = _drawn(desk, member_id, now=clock(), ledger=ledger)
        if not said:
            return


def _drawn(desk: HubDesk, member_id: UUID, *, now: datetime, ledger: Ledger) -> tuple[bytes, ...]:
    return outgoing_messages(
        desk=desk, member_id=member_id, lasts=SENT_LASTS, most=MOST_A_ROUND, at_once=False, now=now, ledger=ledger
    )


def answer_call(*, member_id: UUID, content: bytes, now: datetime, keys: Keys, ledger: Ledger) -> bytes:
    """Take what a member sends that calls, and return what waits for it, as one bundle. The machine's act.

    One call is many of these: what its agencies are to be told is put into the outbox by the worker, and not here.

    Args:
        member_id: who calls, as he has proven.
        content: messages, as one bundle: whoever has signed them.
        now: this moment.
        keys: open our own keys.
        ledger: takes an entry for each message.

    Raises:
        InputError: these are no messages.
        Unavailable: the keyring does not open our keys.
    """
    take_messages(messages=unbundled(content), now=now, keys=keys, ledger=ledger)
    return bundled(_drawn(hub_desk(keys=keys), member_id, now=now, ledger=ledger))


def context_for_callers(*, now: datetime, keys: Keys) -> ssl.SSLContext:
    """Return whom to let in at this moment, and how this installation proves itself to them.

    It does so by the newest keys that all members hold who were heard of lately.

    Raises:
        Unavailable: this installation has no card yet, or the keyring does not open its keys.
    """
    desk = hub_desk(keys=keys)
    held = hub_members.their_keys(since=now - CARRIED_LASTS)
    own = desk.numbered(min(held, default=desk.newest.number)) or desk.newest
    trusted: dict[UUID, tuple[MemberKeys, ...]] = {}
    for member in accepted_members(None):
        with acting_for(member.member_id):
            trusted[member.member_id] = still_good(hub_members.keys_of(member.member_id), now=now)
    return answering_context(desk.own_id, own, trusted, now=now)


def _is_turn(member: NamedMember, *, now: datetime) -> bool:
    if not member.address:
        return False
    with acting_for(member.member_id):
        line = hub_members.line_to(member.member_id)
        waits = hub_messages.is_any_due(member.member_id, now=now)
    return line.is_turn(waits=waits, now=now)
