"""What other installations tell of the comparisons that agencies here ask of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.claim import InterestKind
from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import SKEW, HubRefusal, MessageKind, MessageRefused
from tsunagu.domain.ledger import Deed
from tsunagu.federation.comparison_messages import ToldHit, hit_in, mark_in
from tsunagu.records import agencies, comparisons, interests
from tsunagu.records.claims import Scope
from tsunagu.records.comparisons import Sent
from tsunagu.records.hub_messages import Incoming
from tsunagu.records.session import acting_for, linking, looking_up
from tsunagu.services.members.agency_cards import enter_named
from tsunagu.services.members.desk import Sender
from tsunagu.services.parts import Ledger


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every message is kept with."""

    sender: Sender
    now: datetime
    ledger: Ledger


def keep(sender: Sender, one: Incoming, *, now: datetime, ledger: Ledger) -> None:
    """Keep what a message tells of a comparison. The same message again changes nothing.

    Raises:
        MessageRefused: MALFORMED, FROM_THE_FUTURE, NOT_THEIRS, CONTRADICTS or TOO_MANY.
    """
    try:
        HANDLED[one.kind](_Desk(sender, now, ledger), one.body)
    except Conflict:
        raise MessageRefused(HubRefusal.CONTRADICTS) from None


def _keep_hit(desk: _Desk, body: Mapping[str, Any]) -> None:
    """Keep a hit, and let the people of the series or the case know that another agency has an interest in it."""
    hit = hit_in(body)
    if hit.at > desk.now + SKEW:
        raise MessageRefused(HubRefusal.FROM_THE_FUTURE)
    _check_ours(hit.agency_id)
    with acting_for(hit.agency_id):
        one = _sent(desk, hit.comparison_id)
    _enter(desk, hit)
    with looking_up():
        scope = interests.scope_of(one.agency_id, one.series_id, one.case_id)
    with acting_for(hit.agency_id):
        if _sent(desk, hit.comparison_id).is_over:
            return
        is_new = comparisons.keep_hit(hit)
        if is_new is not None:
            told: dict[str, str | int] = {
                "by": str(hit.agency.agency_id), "new": int(is_new), "ended": int(hit.is_ended),
            }  # fmt: skip
            desk.ledger.write(_deed(Act.COMPARISON_HIT, one, scope, desk, **told))
    if not hit.is_ended:  # also where it was kept before: whoever kept it may have been killed here
        with linking():
            interests.tell(scope, hit.agency.agency_id, InterestKind.HELD, held=scope.is_covert, now=desk.now)


def _keep_done(desk: _Desk, body: Mapping[str, Any]) -> None:
    """Keep that everything was compared there: with no hit, this is the answer that there is none."""
    said = mark_in(body)
    _check_ours(said.agency_id)
    with acting_for(said.agency_id):
        one = _sent(desk, said.comparison_id)
        if comparisons.note_answered(said.comparison_id, now=desk.now):
            hits = comparisons.hit_count(said.comparison_id)
            desk.ledger.write(_deed(Act.COMPARISON_ANSWERED, one, None, desk, hits=hits))


def _keep_erased(desk: _Desk, body: Mapping[str, Any]) -> None:
    """Keep that what was sent is erased there, with the root of that erasure's proof."""
    said = mark_in(body)
    _check_ours(said.agency_id)
    with acting_for(said.agency_id):
        one = _sent(desk, said.comparison_id)
        if comparisons.note_erased(said.comparison_id, now=desk.now):
            told: dict[str, str | int] = {"items": said.items, "merkle_root": said.root.hex()}
            desk.ledger.write(_deed(Act.COMPARISON_ERASED, one, None, desk, **told))


def _enter(desk: _Desk, hit: ToldHit) -> None:
    """Enter the agency that holds the same where nobody knows it here.

    Raises:
        MessageRefused: NOT_THEIRS: it is one of ours, or of another member; TOO_MANY or MALFORMED.
    """
    known = agencies.agency_cards().get(hit.agency.agency_id)
    if known is None:
        enter_named(hit.agency, member_id=desk.sender.member_id, member=desk.sender.name, now=desk.now,
                    ledger=desk.ledger)  # fmt: skip
    elif known.member_id != desk.sender.member_id:
        raise MessageRefused(HubRefusal.NOT_THEIRS)


def _check_ours(agency_id: UUID) -> None:
    card = agencies.agency_cards().get(agency_id)
    if card is None or card.member_id is not None:
        raise MessageRefused(HubRefusal.NOT_THEIRS)


def _sent(desk: _Desk, comparison_id: UUID) -> Sent:
    """Return a comparison that was asked of this member; whoever else speaks of it is refused."""
    found = comparisons.sent(comparison_id)
    if found is None or found.member_id != desk.sender.member_id:
        raise MessageRefused(HubRefusal.NOT_THEIRS)
    return found


def _deed(act: Act, one: Sent, scope: Scope | None, desk: _Desk, **told: str | int) -> Deed:
    details: dict[str, str | int] = {"comparison": str(one.comparison_id), "member": str(one.member_id), **told}
    cases = () if scope is None or scope.is_covert else tuple(scope.case_ids)
    return Deed(act, desk.now, one.agency_id, details=details, case_ids=cases)


HANDLED: Mapping[MessageKind, Callable[[_Desk, Mapping[str, Any]], None]] = {
    MessageKind.COMPARISON_HIT: _keep_hit,
    MessageKind.COMPARISON_DONE: _keep_done,
    MessageKind.COMPARISON_ERASED: _keep_erased,
}
"""What is done with each kind of message."""
