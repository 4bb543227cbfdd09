"""Enquiry requests, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.enquiry_request import RequestSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.records.keys.envelope import open_under, seal_under
from tsunagu.records.models import EnquiryRequestRow, EnquiryRequestSourceRow

LOCK_LIST: Final = 7400165
"""The advisory lock under which somebody asks about persons of a list."""
CHANGED: Final = "what is kept of this request was changed"
_REQUEST, _ANSWER = b"enquiry request ", b"answer to enquiry request "


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request as one of its sides has it.

    Attributes:
        is_sent: whether this side sent it.
        key: sealed by the keyring; None once it is erased.
        sealed, answer: under that key.
    """

    summary: RequestSummary
    is_sent: bool
    key: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)
    answer: bytes | None = field(repr=False)

    def content(self, key: bytes) -> dict[str, Any]:
        """Return what it asks.

        Raises:
            Conflict: it was changed.
        """
        return _opened(key, self.sealed, _REQUEST, self.summary.request_id)

    def answered(self, key: bytes) -> dict[str, Any]:
        """Return what was answered.

        Raises:
            Conflict: it was changed.
        """
        return _opened(key, self.answer, _ANSWER, self.summary.request_id)


def add(
    summary: RequestSummary,
    content: Mapping[str, Any],
    *,
    key: bytes,
    sealed_key: bytes,
    list_id: UUID,
    person_id: UUID,
) -> None:
    """Keep a request, and about whom it is."""
    _add(summary, content, key=key, sealed_key=sealed_key)
    EnquiryRequestSourceRow.objects.create(
        agency_id=summary.sender_id, request_id=summary.request_id, list_id=list_id, person_id=person_id
    )


def add_told(summary: RequestSummary, content: Mapping[str, Any], *, key: bytes, sealed_key: bytes) -> None:
    """Keep a request of a force at another installation.

    Raises:
        Conflict: it is somebody else's id.
    """
    try:
        with transaction.atomic():
            _add(summary, content, key=key, sealed_key=sealed_key)
    except IntegrityError as error:
        raise Conflict("this id is another request's") from error


def _add(summary: RequestSummary, content: Mapping[str, Any], *, key: bytes, sealed_key: bytes) -> None:
    EnquiryRequestRow.objects.create(
        id=summary.request_id,
        sender_id=summary.sender_id,
        receiver_id=summary.receiver_id,
        key=sealed_key,
        sealed=_sealed(key, content, _REQUEST, summary.request_id),
        asked_at=summary.asked_at,
        last_day=summary.last_day,
        by_line=summary.by_line,
    )


def lock_asking(list_id: UUID) -> None:
    """Let nobody else ask about persons of a list until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_LIST, str(list_id)])


def count_asked(list_id: UUID, *, since: datetime) -> int:
    """Return about how many persons of a list others are being asked, or were since then."""
    asked = EnquiryRequestRow.objects.filter(enquiryrequestsourcerow__list_id=list_id)
    return asked.filter(Q(answered_at=None, erased_at=None) | Q(asked_at__gt=since)).count()


def is_asked(person_id: UUID) -> bool:
    """Return whether somebody is being asked about a person."""
    return _open().filter(enquiryrequestsourcerow__person_id=person_id).exists()


def told_to(actor: Actor, *, after: KeptRequest | None = None, most: int | None = None) -> tuple[KeptRequest, ...]:
    """Return the requests sent to an officer's agency, and those of cases that he works on, the newest first.

    Args:
        actor: who reads.
        after: the request after which to go on; None for the first ones.
        most: how many at most; all when it is left out.
    """
    rows = _rows(actor).order_by("-asked_at", "id")
    if after is not None:
        last = after.summary
        rows = rows.filter(Q(asked_at__lt=last.asked_at) | Q(asked_at=last.asked_at, id__gt=last.request_id))
    return tuple(map(_kept, rows if most is None else rows[:most]))


def to_be_answered(actor: Actor, *, today: date, most: int) -> tuple[KeptRequest, ...]:
    """Return requests that wait for an answer of an officer's agency, the most urgent first, so many at most."""
    rows = _open().filter(receiver_id=actor.agency_id, last_day__gte=today)
    return tuple(map(_kept, rows.order_by("last_day", "id")[:most]))


def request_told(actor: Actor, request_id: UUID) -> KeptRequest:
    """Return one of them.

    Raises:
        NotFound: there is none, or it is not his.
    """
    found = find_told(actor, request_id)
    if found is None:
        raise NotFound("no such request")
    return found


def find_told(actor: Actor, request_id: UUID) -> KeptRequest | None:
    """Return one of them; None where there is none, or it is not his."""
    row = _rows(actor).filter(id=request_id).first()
    return None if row is None else _kept(row)


def request_of(request_id: UUID) -> KeptRequest | None:
    """Return a request of which the agency that is acted for is a side; None where there is none."""
    row = EnquiryRequestRow.objects.filter(id=request_id).first()
    return None if row is None else _kept(row)


def note_arrived(request_id: UUID, *, at: datetime) -> bool:
    """Keep when a request came to the other installation, and return whether that is new."""
    rows = EnquiryRequestRow.objects.filter(id=request_id, arrived_at=None, erased_at=None)
    return rows.update(arrived_at=at) == 1


def answer(
    kept: KeptRequest,
    said: Mapping[str, Any],
    *,
    key: bytes,
    document: bytes | None,
    now: datetime,
    informed_at: datetime | None = None,
) -> None:
    """Keep what was answered.

    Args:
        kept: the request.
        said: the answer.
        key: what it is sealed under.
        document: SHA-256 of what a force sent that answers on paper.
        now: when it was answered.
        informed_at: when that was told here, where it was answered at another installation.

    Raises:
        Conflict: somebody has answered it, or it was erased.
    """
    request_id = kept.summary.request_id
    rows = EnquiryRequestRow.objects.filter(id=request_id, answered_at=None, erased_at=None)
    told = _sealed(key, said, _ANSWER, request_id)
    if rows.update(answer=told, answered_at=now, document=document, informed_at=informed_at) != 1:
        raise Conflict("this request was answered before, or is over")


def erase_unanswered(agency_id: UUID, *, today: date, now: datetime) -> tuple[RequestSummary, ...]:
    """Erase what the agency asked, or that its sender keeps no list of, and that nobody is to answer any more.

    Its last day has passed unanswered, or it is about somebody who has gone the way of juveniles since.
    """
    is_over = Q(last_day__lt=today) | Q(enquiryrequestsourcerow__person__apart=True)
    return _erased(_open().filter(is_over, sender_id=agency_id), now)


def erase_over(agency_id: UUID, *, today: date, now: datetime) -> tuple[RequestSummary, ...]:
    """Erase what forces at other installations asked the agency, answered or not, once its last day has passed."""
    rows = EnquiryRequestRow.objects.filter(receiver_id=agency_id, by_line=True, erased_at=None, last_day__lt=today)
    return _erased(rows.exclude(sender__member_id=None), now)


def erase_asked(person_id: UUID, *, now: datetime) -> tuple[RequestSummary, ...]:
    """Erase what others are being asked about a person, at both sides, and return it."""
    return _erased(_open().filter(enquiryrequestsourcerow__person_id=person_id), now)


def erase_one(request_id: UUID, *, now: datetime) -> bool:
    """Erase a request that the installation which asked has withdrawn, and return whether it was not."""
    return bool(_erase(EnquiryRequestRow.objects.filter(id=request_id, erased_at=None), now))


def kept_of(case_id: UUID, exhibit_id: UUID | None) -> tuple[RequestSummary, ...]:
    """Return the requests about persons of the lists of a case, or of one exhibit of it, that are not erased yet."""
    rows = EnquiryRequestRow.objects.filter(enquiryrequestsourcerow__list__exhibit__case_id=case_id, erased_at=None)
    if exhibit_id is not None:
        rows = rows.filter(enquiryrequestsourcerow__list__exhibit_id=exhibit_id)
    return tuple(_summary(one) for one in rows.order_by("asked_at", "id"))


def erase_of_lists(exhibits: Sequence[UUID], *, now: datetime) -> None:
    """Erase the requests about persons of the lists of these exhibits, at both their sides."""
    _erase(
        EnquiryRequestRow.objects.filter(enquiryrequestsourcerow__list__exhibit_id__in=exhibits, erased_at=None), now
    )


def _erased(rows: QuerySet[EnquiryRequestRow], now: datetime) -> tuple[RequestSummary, ...]:
    """Erase requests and return them; one that is answered at this moment is looked at again once it is."""
    locked = rows.select_for_update(of=("self",)).order_by("asked_at", "id")
    found = tuple(map(_summary, locked))
    _erase(EnquiryRequestRow.objects.filter(id__in=[one.request_id for one in found]), now)
    return found


def _erase(rows: QuerySet[EnquiryRequestRow], now: datetime) -> int:
    return rows.update(key=None, sealed=None, answer=None, document=None, erased_at=now)


def _open() -> QuerySet[EnquiryRequestRow]:
    return EnquiryRequestRow.objects.filter(answered_at=None, erased_at=None)


def _rows(actor: Actor) -> QuerySet[EnquiryRequestRow]:
    of_his = {"list__exhibit__case__casemember__officer_id": actor.officer_id}
    sent = EnquiryRequestSourceRow.objects.filter(request_id=OuterRef("id"), **of_his)
    own = EnquiryRequestSourceRow.objects.filter(request_id=OuterRef("id"))
    rows = EnquiryRequestRow.objects.filter(Q(receiver_id=actor.agency_id) | Exists(sent))
    return rows.annotate(is_sent=Exists(own))


def _kept(row: EnquiryRequestRow) -> KeptRequest:
    blobs = (None if one is None else bytes(one) for one in (row.key, row.sealed, row.answer))
    return KeptRequest(_summary(row), bool(getattr(row, "is_sent", False)), *blobs)


def _summary(row: EnquiryRequestRow) -> RequestSummary:
    return RequestSummary(
        row.id,
        row.sender_id,
        row.receiver_id,
        row.asked_at,
        row.last_day,
        row.answered_at,
        row.erased_at,
        row.by_line,
        row.arrived_at,
        row.informed_at,
    )


def _sealed(key: bytes, said: Mapping[str, Any], place: bytes, request_id: UUID) -> bytes:
    return seal_under(key, json.dumps(said, ensure_ascii=False).encode(), place + str(request_id).encode())


def _opened(key: bytes, sealed: bytes | None, place: bytes, request_id: UUID) -> dict[str, Any]:
    plain = None if sealed is None else open_under(key, sealed, place + str(request_id).encode())
    if plain is None:
        raise Conflict(CHANGED)
    said: dict[str, Any] = json.loads(plain)
    return said
