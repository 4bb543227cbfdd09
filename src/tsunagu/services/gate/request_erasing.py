"""Enquiry requests that nobody is to answer any more: erased at both sides, and both ledgers told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.enquiry_request import RequestSummary
from tsunagu.domain.ledger import Deed
from tsunagu.records import agencies, enquiry_requests
from tsunagu.records.session import acting_for
from tsunagu.services.gate.request_outbox import queue_over
from tsunagu.services.gate.requests import told
from tsunagu.services.isolated import Isolated
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Ledger


def erase_unanswered(*, now: datetime, ledger: Ledger) -> int:
    """Erase the requests that nobody is to answer any more, and return how many. The machine's act.

    Their last day has passed without an answer, or they are about somebody who has gone the way of juveniles.

    What came from another installation goes then, answered or not.

    Raises:
        Exception: what the first of those raised that could not be erased; all others have had their turn.
    """
    count, each = 0, Isolated()
    for agency_id in agencies.member_ids():
        with each.step(), acting_for(agency_id):
            gone = enquiry_requests.erase_unanswered(agency_id, today=now.date(), now=now)
            queue_over(gone, now=now)  # what has not left yet is not to leave any more
            gone += enquiry_requests.erase_over(agency_id, today=now.date(), now=now)
            if gone:
                ledger.write(*erased_at_both(gone, now))
            count += len(gone)
    each.finish()
    return count


def no_longer_asked(list_id: UUID, person_id: UUID, *, now: datetime) -> tuple[Deed, ...]:
    """Erase what others were asked about a person of a list and have not answered; return what ledgers are told.

    Within this installation it is gone at both sides with the transaction; at another one once the line has carried it
    there. Call it in the transaction that has set him apart, within `acting_for` the force that asks.
    """
    enquiry_requests.lock_asking(list_id)
    gone = enquiry_requests.erase_asked(person_id, now=now)
    queue_over(gone, now=now)
    return erased_at_both(gone, now)


def erased_at_both(gone: Sequence[RequestSummary], now: datetime) -> tuple[Deed, ...]:
    """Return what the ledgers of both sides are told of requests that are erased. The machine's act."""
    cards = agencies.agency_cards() if gone else {}
    sides = ((one, side) for one in gone for side in (one.sender_id, one.receiver_id) if is_here(cards, side))
    return tuple(told(Act.REQUEST_ERASED, side, one.request_id, now) for one, side in sides)
