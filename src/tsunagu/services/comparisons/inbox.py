"""Comparisons that agencies of other installations ask of this one: kept as cases of theirs, compared as any other.

The linker then does with them what it does with every case, and tells the agencies here by ordinary notices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.comparison import MOST_A_DAY, is_last_day
from tsunagu.domain.erasure import Erasing, ErasureGround
from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import SKEW, HubRefusal, MessageKind, MessageRefused
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined
from tsunagu.federation.comparison_messages import (
    Asked,
    Mark,
    asked_in,
    asked_stream,
    claim_in,
    items_in,
    mark_body,
    mark_in,
    told_stream,
)
from tsunagu.records import agencies, compared, erasing, hub_messages
from tsunagu.records.compared import Compared
from tsunagu.records.hub_messages import Draft, Incoming
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.comparisons.items import understood
from tsunagu.services.members.agency_cards import enter_named
from tsunagu.services.members.desk import Sender
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import case_reference

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every message is kept with."""

    sender: Sender
    now: datetime
    keys: Keys
    ledger: Ledger


def keep(sender: Sender, one: Incoming, *, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Do what a message of a comparison asks for. The same message again changes nothing.

    Raises:
        MessageRefused: MALFORMED, FROM_THE_FUTURE, EXPIRED, NOT_THEIRS, CONTRADICTS or TOO_MANY.
    """
    try:
        HANDLED[one.kind](_Desk(sender, now, keys, ledger), one.body)
    except Conflict:
        raise MessageRefused(HubRefusal.CONTRADICTS) from None


def end_comparisons(member_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Decide the erasure of all that agencies of an installation ask of this one, and return how much was not over."""
    ended = 0
    for agency_id in compared.askers_through(member_id):
        with acting_for(agency_id):
            for comparison_id in compared.lasting(member_id):
                _end(agency_id, comparison_id, now=now, keys=keys, ledger=ledger)
                ended += 1
    return ended


def _keep_asked(desk: _Desk, body: Mapping[str, Any]) -> None:
    """Open the case that stands for a comparison."""
    asked = asked_in(body)
    if asked.until < desk.now.date():
        raise MessageRefused(HubRefusal.EXPIRED)
    if not is_last_day(asked.until, today=(desk.now + SKEW).date()):
        raise MessageRefused(HubRefusal.MALFORMED)
    agency_id, member_id = asked.agency.agency_id, desk.sender.member_id
    with acting_for(member_id):
        is_most = hub_messages.taken_since(member_id, MessageKind.COMPARISON, desk.now - _DAY) >= MOST_A_DAY
    if agency_id not in agencies.agency_cards():
        if is_most:
            raise MessageRefused(HubRefusal.TOO_MANY)
        enter_named(asked.agency, member_id=member_id, member=desk.sender.name, now=desk.now, ledger=desk.ledger)
    _check_theirs(desk, agency_id)
    with acting_for(agency_id):
        if compared.compared(asked.comparison_id) is not None:
            return
        if is_most:
            raise MessageRefused(HubRefusal.TOO_MANY)
        compared.open_case(asked, member_id, now=desk.now)
        _note_claim(asked, desk)
        told: dict[str, str | int] = {"items": asked.items, "until": asked.until.isoformat()}
        desk.ledger.write(_deed(Act.COMPARISON_ARRIVED, agency_id, asked.comparison_id, desk, **told))


def _note_claim(asked: Asked, desk: _Desk) -> None:
    found = compared.compared(asked.comparison_id)
    if found is not None:
        compared.set_claim(found, asked.claimed_until, now=desk.now)


def _keep_items(desk: _Desk, body: Mapping[str, Any]) -> None:
    said = items_in(body)
    items = understood(said.lines)
    _check_theirs(desk, said.agency_id)
    with acting_for(said.agency_id):
        new = compared.keep_items(_lasting(said.comparison_id), items, now=desk.now)
        if new:
            told: dict[str, str | int] = {"items": len(new), "merkle_root": _root(new)}
            desk.ledger.write(_deed(Act.COMPARISON_ITEMS_KEPT, said.agency_id, said.comparison_id, desk, **told))


def _keep_claim(desk: _Desk, body: Mapping[str, Any]) -> None:
    said = claim_in(body)
    _check_theirs(desk, said.agency_id)
    with acting_for(said.agency_id):
        if compared.set_claim(_lasting(said.comparison_id), said.claimed_until, now=desk.now):
            until = "" if said.claimed_until is None else said.claimed_until.date().isoformat()
            deed = _deed(Act.COMPARISON_CLAIMED, said.agency_id, said.comparison_id, desk, until=until)
            desk.ledger.write(deed)


def _keep_seen(desk: _Desk, body: Mapping[str, Any]) -> None:
    """Keep that the asking side has taken note of a hit, and tell the other side so."""
    said = mark_in(body)
    _check_theirs(desk, said.agency_id)
    with acting_for(said.agency_id):
        found = _lasting(said.comparison_id)
        side = None if said.hit_id is None else compared.acknowledge(found.comparison_id, said.hit_id, at=desk.now)
        if side is None:
            return
        told = {"overlap": str(side.overlap_id)}
        deed = _deed(Act.COMPARISON_ACKNOWLEDGED, said.agency_id, said.comparison_id, desk, **told)
        by = {**told, "by": str(said.agency_id)}
        desk.ledger.write(deed, Deed(Act.COMPARISON_ACKNOWLEDGED, desk.now, side.other_agency_id, details=by))


def _keep_over(desk: _Desk, body: Mapping[str, Any]) -> None:
    """Keep nothing of a comparison that was withdrawn, and decide that what is here of it is erased."""
    said, member_id = mark_in(body), desk.sender.member_id
    cards = agencies.agency_cards()
    if said.agency_id in cards:
        _check_theirs(desk, said.agency_id)
    with acting_for(member_id):
        hub_messages.close(member_id, asked_stream(said.comparison_id), now=desk.now)
    with acting_for(said.agency_id):
        if compared.compared(said.comparison_id) is not None:
            _end(said.agency_id, said.comparison_id, now=desk.now, keys=desk.keys, ledger=desk.ledger)
            return
    with acting_for(member_id):  # nothing of it has come, and nothing will be kept
        body = mark_body(Mark(said.comparison_id, said.agency_id, desk.now))
        draft = Draft(told_stream(said.comparison_id), "erased", MessageKind.COMPARISON_ERASED, body, None)
        hub_messages.put(member_id, [draft], now=desk.now)


def _end(agency_id: UUID, comparison_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Decide the erasure of a comparison. Call it within `acting_for` the asking agency."""
    found = compared.compared(comparison_id)
    compared.note_over(comparison_id, now=now)
    if found is None or not found.is_there or erasing.is_being_erased(comparison_id, None):
        return
    ground = ErasureGround.WITHDRAWN_ELSEWHERE
    one = Erasing(uuid4(), agency_id, comparison_id, None, ground, now, None)
    erasing.begin(one, case_mac=case_reference(keys, str(comparison_id)), exhibit_mac=None)
    told: dict[str, str | int] = {"comparison": str(comparison_id), "erasure": str(one.erasure_id)}
    ledger.write(Deed(Act.COMPARISON_WITHDRAWN, now, agency_id, case_id=comparison_id, details=told))


def _check_theirs(desk: _Desk, agency_id: UUID) -> None:
    """Do nothing when an agency speaks through the member that the message comes from.

    Raises:
        MessageRefused: NOT_THEIRS.
    """
    card = agencies.agency_cards().get(agency_id)
    if card is None or card.member_id != desk.sender.member_id:
        raise MessageRefused(HubRefusal.NOT_THEIRS)


def _lasting(comparison_id: UUID) -> Compared:
    found = compared.compared(comparison_id)
    if found is None or found.is_over or not found.is_there:
        raise MessageRefused(HubRefusal.CONTRADICTS)
    return found


def _root(items: tuple[Examined, ...]) -> str:
    return merkle_root([one.digests.sha256 for one in items if one.digests]).hex()


def _deed(act: Act, agency_id: UUID, comparison_id: UUID, desk: _Desk, **told: str | int) -> Deed:
    details: dict[str, str | int] = {"comparison": str(comparison_id), "member": str(desk.sender.member_id), **told}
    return Deed(act, desk.now, agency_id, case_id=comparison_id, details=details)


HANDLED: Mapping[MessageKind, Callable[[_Desk, Mapping[str, Any]], None]] = {
    MessageKind.COMPARISON: _keep_asked,
    MessageKind.COMPARISON_ITEMS: _keep_items,
    MessageKind.COMPARISON_CLAIM: _keep_claim,
    MessageKind.COMPARISON_SEEN: _keep_seen,
    MessageKind.COMPARISON_OVER: _keep_over,
}
"""What is done with each kind of message."""
