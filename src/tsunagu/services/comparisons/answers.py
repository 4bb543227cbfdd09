"""What agencies of other installations are told of the comparisons that they ask of this one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.clock import utc_text
from tsunagu.domain.hub import MessageKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.comparison_messages import Mark, ToldHit, hit_body, mark_body, told_stream
from tsunagu.records import agencies, compared, hub_messages, interests, proofs
from tsunagu.records.compared import Compared, Side
from tsunagu.records.hub_messages import Draft
from tsunagu.records.session import acting_for, locked, looking_up
from tsunagu.services.isolated import logged
from tsunagu.services.parts import Ledger

log = logging.getLogger("tsunagu.hub")

LOCK_TELLING = 7400110
"""The advisory lock of who tells one member."""
ACTS = {
    MessageKind.COMPARISON_HIT: Act.COMPARISON_HIT,
    MessageKind.COMPARISON_DONE: Act.COMPARISON_ANSWERED,
    MessageKind.COMPARISON_ERASED: Act.COMPARISON_ERASED,
}


def tell_askers(member_id: UUID, *, now: datetime, ledger: Ledger) -> None:
    """Put into the outbox what the agencies of a member have not been told yet of what they ask.

    Of each hit how it stands, and anew when that has changed; that everything was compared; that it is erased. What is
    withheld, since the other case is covert, is told nobody before its co-ordinator has released it. May be called at
    any moment, any number of times; where another process is at it, nothing is done. Its cost grows with what they have
    standing here: call it once a visit. A comparison that cannot be told of is logged, and holds up nothing else.
    """
    with locked(LOCK_TELLING, str(member_id), waits=False) as is_got:
        for agency_id in compared.askers_through(member_id) if is_got else ():
            with acting_for(agency_id):
                waiting = compared.not_told(member_id)
            for one in waiting:
                with logged(log, "a comparison cannot be told of"):
                    _tell(one, now=now, ledger=ledger)


def _tell(one: Compared, *, now: datetime, ledger: Ledger) -> None:
    with acting_for(one.agency_id):
        # Before the notices: what is compared in between is among them.
        is_compared = one.is_whole and one.is_there and not compared.waiting_items(one.comparison_id)
        sides = compared.sides_of(one.comparison_id) if one.is_there else ()
    states = _states(one, sides, now=now) if sides else {}
    new = {side: state for side, state in states.items() if _last(one, side) != state}
    cards = agencies.agency_cards()
    drafts = [_hit(one, side, state, cards[side.other_agency_id]) for side, state in new.items()]
    told = {**one.told, **{str(side.notice_id): {**state, "times": _times(one, side)} for side, state in new.items()}}
    with acting_for(one.agency_id):
        if new:
            compared.note_told(one.comparison_id, told)
        if is_compared and not one.is_answered:
            drafts.append(_mark(one, "done", MessageKind.COMPARISON_DONE, Mark(one.comparison_id, one.agency_id, now)))
            compared.note_answered(one.comparison_id, now=now)
        proof = None if one.is_there else compared.proof_of(one.comparison_id)
        if proof is not None:
            erased = Mark(one.comparison_id, one.agency_id, now, None, proof[0], proofs.root_of(proof[1]) or b"")
            drafts.append(_mark(one, "erased", MessageKind.COMPARISON_ERASED, erased))
            compared.note_erased(one.comparison_id, now=now)
        hub_messages.put(one.member_id, drafts, now=now)
        hits = sum(not state["ended"] for state in told.values())
        ledger.write(*(_deed(one, draft.kind, hits, now) for draft in drafts))


def _states(one: Compared, sides: Sequence[Side], *, now: datetime) -> dict[Side, dict[str, Any]]:
    """Return how each hit stands, with what the other side alone could tell of it."""
    with looking_up():
        noted = compared.acknowledged_by_others([side.overlap_id for side in sides], one.comparison_id)
        scope = interests.scope_of(one.agency_id, None, one.comparison_id)
        claims = interests.overlapping_claims(scope, now=now)
    claiming = {hit.scope.agency_id for hit in claims if not hit.scope.is_covert}
    return {
        side: {
            "at": utc_text(side.noticed_at),
            "claimed": side.other_agency_id in claiming,
            "ended": side.is_ended,
            "acknowledged": side.overlap_id in noted,
        }
        for side in sides
    }


def _last(one: Compared, side: Side) -> Mapping[str, Any] | None:
    told = one.told.get(str(side.notice_id))
    return None if told is None else {name: value for name, value in told.items() if name != "times"}


def _times(one: Compared, side: Side) -> int:
    return int(one.told.get(str(side.notice_id), {}).get("times", 0)) + 1


def _hit(one: Compared, side: Side, state: Mapping[str, Any], other: AgencyCard) -> Draft:
    hit = ToldHit(
        one.comparison_id,
        one.agency_id,
        side.notice_id,
        other,
        side.noticed_at,
        is_claimed=state["claimed"],
        is_ended=state["ended"],
        is_acknowledged=state["acknowledged"],
    )
    about = f"hit {side.notice_id} {_times(one, side)}"
    return Draft(told_stream(one.comparison_id), about, MessageKind.COMPARISON_HIT, hit_body(hit), one.agency_id)


def _mark(one: Compared, about: str, kind: MessageKind, mark: Mark) -> Draft:
    return Draft(told_stream(one.comparison_id), about, kind, mark_body(mark), one.agency_id)


def _deed(one: Compared, kind: MessageKind, hits: int, now: datetime) -> Deed:
    told: dict[str, str | int] = {"comparison": str(one.comparison_id), "member": str(one.member_id), "hits": hits}
    return Deed(ACTS[kind], now, one.agency_id, case_id=one.comparison_id, details=told)
