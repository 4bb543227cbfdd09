"""The asking of enquiry requests: about one person, before the gate, of the one force of where he lives."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.clock import utc_text
from tsunagu.domain.enquiry_request import MOST_ASKED, WITHIN, RequestDraft, RequestSummary
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.gate import GateStanding
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListField
from tsunagu.records import agencies, enquiry_requests, juveniles
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.services.access import deed
from tsunagu.services.gate.desk import Cells, OpenedPerson, opened_person, residence_of
from tsunagu.services.gate.request_outbox import queue_request
from tsunagu.services.gate.requests import key_context, told
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.members.outbox import line_to
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS, refuse_closed

FORMAT: Final = "tsunagu-enquiry/1"
OF_AN_ADDRESS: Final = frozenset({ListField.POSTCODE, ListField.ADDRESS})
ASKED_OF: Final = frozenset({GateStanding.LEAD, GateStanding.PERSON_OF_INTEREST})
"""Of whom a request may be: before the gate alone. Past it he is referred."""


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
        InputError: the last day is over, or too far off; or a row whose address is to be told is none of his.
        Conflict: he is past the gate, or nobody looks into him any more; it is not known where he lives, or that is the
            own agency's; none of his addresses lies there, and none was chosen; he is asked about already, or too many
            of the list were; or the case is closed.
    """
    draft.check_day(now.date())
    at = (actor, Permission.GATE_RECORD, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        found = one.desk.found
        refuse_closed(found.case)
        receiver = _receiver(one, actor, now)
        request_id, key = uuid4(), os.urandom(KEY_BYTES)
        member_id, sender = line_to(receiver), agencies.agency_cards()[actor.agency_id]
        sides = (actor.agency_id, receiver.agency_id)
        by_line = member_id is not None
        summary = RequestSummary(request_id, *sides, now, draft.last_day, None, None, by_line=by_line)
        content = _content(one, draft, (sender, receiver), summary)
        enquiry_requests.add(
            summary,
            content,
            key=key,
            sealed_key=keys.seal(SEALS, key, key_context(request_id)),
            list_id=found.seized.list_id,
            person_id=one.person_id,
        )
        if member_id is not None:
            queue_request(member_id, summary, content, sender)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "person": str(one.person_id)}
        about |= {"request": str(request_id), "to": str(receiver.agency_id), "until": draft.last_day.isoformat()}
        deeds = [deed(Act.REQUEST_ASKED, actor=actor, case=found.case, now=now, **about)]
        if is_here(agencies.agency_cards(), receiver.agency_id):
            deeds.append(told(Act.REQUEST_ARRIVED, receiver.agency_id, request_id, now))
        ledger.write(*deeds)
    return request_id


def _receiver(one: OpenedPerson, actor: Actor, now: datetime) -> AgencyCard:
    """Return the force to be asked.

    Raises:
        Conflict: nobody may be asked about him, or not now.
    """
    list_id = one.desk.found.seized.list_id
    enquiry_requests.lock_asking(list_id)
    # Looked at only now: whoever hands him over to the way of juveniles takes the same lock.
    if one.file.stands not in ASKED_OF or juveniles.is_apart(one.person_id):
        raise Conflict("a force is asked about somebody before the gate alone, while somebody may look into him")
    code = f"JP-{residence_of(one)}"
    found = [card for card in agencies.agency_cards().values() if card.code == code]
    if len(found) != 1:
        raise Conflict("the directory has no agency for where this person lives, or more than one")
    [receiver] = found
    if receiver.agency_id == actor.agency_id:
        raise Conflict("he lives where your own agency works: enter an enquiry in the actions book instead")
    asked = enquiry_requests.count_asked(list_id, since=now - WITHIN)
    if enquiry_requests.is_asked(one.person_id):
        raise Conflict("a force is being asked about this person already")
    if asked >= MOST_ASKED:
        raise Conflict("as many persons of this list were asked about within a week as may be")
    return receiver


def _content(
    one: OpenedPerson, draft: RequestDraft, sides: tuple[AgencyCard, AgencyCard], summary: RequestSummary
) -> dict[str, Any]:
    sender, receiver = sides
    lives_there = _rows_told(one, draft, receiver)
    said = {told.value: _forms(lives_there if told in OF_AN_ADDRESS else one.rows, told) for told in draft.fields}
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


def _rows_told(one: OpenedPerson, draft: RequestDraft, receiver: AgencyCard) -> list[Cells]:
    """Return the rows whose address the force is told: those that were chosen, or whose address lies there.

    Where else he may have lived is nothing to it.

    Raises:
        InputError: a chosen row is none of his.
        Conflict: none was chosen, and none of his addresses lies there.
    """
    from tsunagu.resolution.residence import residence_of as residence_by  # noqa: PLC0415 - reads tables of Japan

    rows = dict(zip(one.person.rows, one.rows, strict=True))
    if not {*draft.told_rows} <= rows.keys():
        raise InputError("a row whose address is told is one of this person's")
    if draft.told_rows:
        return [rows[number] for number in sorted({*draft.told_rows})]
    said = [(row, row.get(ListField.POSTCODE, ""), row.get(ListField.ADDRESS, "")) for row in one.rows]
    addressed = [each for each in said if each[1].strip() or each[2].strip()]
    there = [
        row
        for row, postcode, address in addressed
        if f"JP-{residence_by(postcode=postcode, address=address).prefecture}" == receiver.code
    ]
    if addressed and not there:
        raise Conflict("no address in his rows lies there: choose the rows whose address that force is told")
    return there


def _forms(rows: Sequence[Cells], told: ListField) -> list[str]:
    """Return each form in which rows say it, once."""
    return list(dict.fromkeys(text for row in rows if (text := row.get(told, "").strip())))
