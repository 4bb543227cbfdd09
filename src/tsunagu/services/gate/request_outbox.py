"""Enquiry requests on their way to forces at other installations, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.enquiry_request import RequestAnswer, RequestSummary
from tsunagu.domain.hub import MessageKind
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.request_messages import (
    ToldRequest,
    ToldRequestStep,
    asked_stream,
    request_said,
    step_said,
    told_stream,
)
from tsunagu.federation.streams import closing
from tsunagu.records import agencies
from tsunagu.services.members.outbox import line_to, put_sealed


def queue_request(member_id: UUID, one: RequestSummary, content: Mapping[str, Any], sender: AgencyCard) -> None:
    """Put a request into the outbox, in the transaction that keeps it."""
    told = ToldRequest(one.request_id, sender, one.receiver_id, one.asked_at, one.last_day, content)
    put_sealed(
        member_id,
        asked_stream(one.request_id),
        "request",
        MessageKind.REQUEST,
        request_said(told),
        speaker_id=one.sender_id,
        now=one.asked_at,
    )


def tell_asker(one: RequestSummary, card: AgencyCard, *, answer: RequestAnswer | None, now: datetime) -> None:
    """Put into the outbox that a request has arrived here, or what was answered, where it came over the line.

    Call it in the transaction that keeps that, within `acting_for` the force that is asked.

    Args:
        one: the request.
        card: of the force that asks.
        answer: None where it has arrived.
        now: this moment.
    """
    member_id = line_to(card) if one.by_line else None
    if member_id is None:
        return
    put_sealed(
        member_id,
        told_stream(one.request_id),
        "arrived" if answer is None else "answered",
        MessageKind.REQUEST_STEP,
        step_said(ToldRequestStep(one.request_id, one.receiver_id, now, answer)),
        speaker_id=one.receiver_id,
        now=now,
    )


def queue_over(gone: Iterable[RequestSummary], *, now: datetime) -> None:
    """Put into the outbox that requests are erased with the list that they came from, in that transaction."""
    over = [one for one in gone if one.by_line]
    cards = agencies.agency_cards() if over else {}
    for one in over:
        member_id = line_to(cards[one.receiver_id])
        if member_id is not None:
            put_sealed(
                member_id,
                closing(asked_stream(one.request_id)),
                "over",
                MessageKind.REQUEST_OVER,
                step_said(ToldRequestStep(one.request_id, one.sender_id, now)),
                speaker_id=one.sender_id,
                now=now,
            )
