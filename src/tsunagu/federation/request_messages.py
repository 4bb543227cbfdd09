"""Enquiry requests on their way between installations: what is asked, that it arrived, what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from tsunagu.domain.clock import utc_text
from tsunagu.domain.enquiry_request import Confirmed, RequestAnswer, Wanted
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.card import agency_from, agency_plain
from tsunagu.federation.moments import moment_in
from tsunagu.federation.sealed_said import understanding

MOST_A_DAY: Final = 500
"""So many requests are taken from one member in a day."""


@dataclass(frozen=True, slots=True)
class ToldRequest:
    """A request as it goes to the installation of the force that is asked.

    Attributes:
        content: what it asks, as it is kept at both ends.
    """

    request_id: UUID
    sender: AgencyCard
    receiver_id: UUID
    asked_at: datetime
    last_day: date
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToldRequestStep:
    """That a request arrived, was answered, or is over.

    Attributes:
        agency_id: whose act it is: the force's that is asked, or, where it is over, the one's that asked.
        answer: None unless it was answered.
    """

    request_id: UUID
    agency_id: UUID
    at: datetime
    answer: RequestAnswer | None = field(default=None, repr=False)


def asked_stream(request_id: UUID) -> str:
    """Return the stream in which a request goes."""
    return f"request:{request_id}"


def told_stream(request_id: UUID) -> str:
    """Return the stream of what is told of it."""
    return f"request-told:{request_id}"


def request_said(told: ToldRequest) -> dict[str, Any]:
    """Return a request as plain values."""
    return {
        "request": str(told.request_id),
        "sender": agency_plain(told.sender),
        "receiver": str(told.receiver_id),
        "asked_at": utc_text(told.asked_at),
        "last_day": told.last_day.isoformat(),
        "content": dict(told.content),
    }


def request_in(said: Mapping[str, Any]) -> ToldRequest:
    """Return the request that plain values tell; what it asks is not understood yet.

    Raises:
        MessageRefused: MALFORMED.
    """
    with understanding():
        return ToldRequest(
            UUID(said["request"]),
            agency_from(said["sender"]),
            UUID(said["receiver"]),
            moment_in(said["asked_at"]),
            date.fromisoformat(said["last_day"]),
            dict(said["content"]),
        )


def step_said(told: ToldRequestStep) -> dict[str, Any]:
    """Return a step as plain values."""
    found = None if told.answer is None else {one.value: said.value for one, said in told.answer.found.items()}
    return {
        "request": str(told.request_id),
        "agency": str(told.agency_id),
        "at": utc_text(told.at),
        "found": found,
        "words": "" if told.answer is None else told.answer.words,
    }


def step_in(said: Mapping[str, Any]) -> ToldRequestStep:
    """Return the step that plain values tell.

    Raises:
        MessageRefused: MALFORMED.
    """
    with understanding():
        answer = None
        if said["found"] is not None:
            found = {Wanted(one): Confirmed(told) for one, told in dict(said["found"]).items()}
            answer = RequestAnswer(found, said["words"])
        return ToldRequestStep(UUID(said["request"]), UUID(said["agency"]), moment_in(said["at"]), answer)
