"""Incoming reports, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Case as Choice
from django.db.models import Q, QuerySet, Value, When

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.report import SourceKind
from tsunagu.domain.report_steps import DuplicateGround, ReportState, ReportStep, ReportStepKind
from tsunagu.records.models import ReportContentRow, ReportKeyRow, ReportRow, ReportStepRow
from tsunagu.records.series import mine

LOCK_REPORT: Final = 7400150
"""The advisory lock under which steps are added to one report."""

CHANGED_MEANWHILE: Final = "something else was done to this report meanwhile: look at it again"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A report as it is kept, without what it says.

    Attributes:
        had: the agencies that have passed it on.
        content: a keyed digest of what came in.
        joined_to: the report that this one was joined to.
    """

    report_id: UUID
    received_by: UUID
    holder_id: UUID
    had: tuple[UUID, ...]
    source_kind: SourceKind
    source: str
    source_reference: str
    content: bytes = field(repr=False)
    received_at: datetime
    is_imminent: bool
    state: ReportState
    case_id: UUID | None
    case_reference: str | None
    joined_to: UUID | None
    keep_until: date


def lock(report_id: UUID) -> None:
    """Let nobody else do anything to a report until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_REPORT, str(report_id)])


def received_before(agency_id: UUID, kind: SourceKind, source: str, reference: str) -> Envelope | None:
    """Return what the agency has received from a source under this reference, wherever it is now."""
    rows = ReportRow.objects.filter(
        received_by_id=agency_id, source_kind=kind, source=source, source_reference=reference
    )
    found = _envelopes(rows)
    return found[0] if found else None


def add_report(one: Envelope, sealed: bytes, keys: Iterable[tuple[DuplicateGround, bytes]]) -> None:
    """Keep a report.

    Args:
        sealed: what it says.
        keys: what it is compared by: keyed digests.

    Raises:
        Conflict: the agency has received it at this very moment.
    """
    try:
        with transaction.atomic():
            ReportRow.objects.create(
                id=one.report_id,
                received_by_id=one.received_by,
                holder_id=one.holder_id,
                source_kind=one.source_kind,
                source=one.source,
                source_reference=one.source_reference,
                content=one.content,
                received_at=one.received_at,
                imminent=one.is_imminent,
                state=one.state,
                keep_until=one.keep_until,
            )
    except IntegrityError as error:
        raise Conflict("this report is coming in at this very moment: ask again") from error
    ReportContentRow.objects.create(report_id=one.report_id, sealed=sealed)
    ReportKeyRow.objects.bulk_create(
        ReportKeyRow(report_id=one.report_id, ground=ground, mac=mac) for ground, mac in keys
    )


def add_step(report_id: UUID, step: ReportStep, sealed: bytes) -> None:
    """Add a step; its words are sealed.

    Raises:
        Conflict: somebody else has added one meanwhile.
    """
    try:
        with transaction.atomic():
            ReportStepRow.objects.create(
                report_id=report_id,
                number=step.number,
                kind=step.kind,
                of_id=step.agency_id,
                officer_id=step.officer_id,
                at=step.at,
                to_agency=step.to_agency,
                other=step.other,
                sealed=sealed,
            )
    except IntegrityError as error:
        raise Conflict(CHANGED_MEANWHILE) from error


def change(one: Envelope, **columns: Any) -> None:
    """Change how a report stands, or whose it is.

    Args:
        one: the report as it was read. What was joined to a report goes with it, but is not locked with it.

    Raises:
        Conflict: the agency has it no more, or it stands otherwise by now.
    """
    as_read = ReportRow.objects.filter(id=one.report_id, state=one.state, joined_to=one.joined_to)
    if as_read.update(**columns) != 1:
        raise Conflict(CHANGED_MEANWHILE)


def steps_of(report_id: UUID) -> tuple[tuple[ReportStep, bytes], ...]:
    """Return what was done to a report, in order, each with its sealed words."""
    return tuple(
        (
            ReportStep(
                row.number, ReportStepKind(row.kind), row.of_id, row.officer_id, row.at, row.to_agency, row.other
            ),
            bytes(row.sealed),
        )
        for row in ReportStepRow.objects.filter(report_id=report_id).order_by("number")
    )


def last_step(report_id: UUID) -> int:
    """Return the number of a report's last step."""
    return ReportStepRow.objects.filter(report_id=report_id).count()


def content_of(report_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return what reports say, sealed, as far as the agency has them."""
    rows = ReportContentRow.objects.filter(report_id__in=list(report_ids))
    return {row.report_id: bytes(row.sealed) for row in rows}


def report_told(actor: Actor, report_id: UUID) -> Envelope:
    """Return a report that an officer is told of.

    Raises:
        NotFound: there is none, or it is not his: the answer is the same, by the same queries.
    """
    found = _envelopes(told_to(actor).filter(id=report_id))
    if not found:
        raise NotFound("no such report")
    return found[0]


def reports_told(actor: Actor, report_ids: Iterable[UUID]) -> tuple[Envelope, ...]:
    """Return those of these reports that an officer is told of, oldest first."""
    return _envelopes(told_to(actor).filter(id__in=list(report_ids)).order_by("received_at", "id"))


def queue_of(actor: Actor, states: Sequence[ReportState], *, after: UUID | None, most: int) -> tuple[Envelope, ...]:
    """Return reports that an officer is told of: risk to a child first, then the oldest.

    Args:
        states: how they stand.
        after: the report that the list goes on after; None for its beginning.
        most: so many at most.

    Raises:
        Conflict: the report that it goes on after is not there any more.
    """
    rows = told_to(actor).filter(state__in=list(states))
    if after is not None:
        last = told_to(actor).filter(id=after).first()
        if last is None:
            raise Conflict("the report that the list goes on after is here no more: begin again")
        later = Q(received_at__gt=last.received_at) | Q(received_at=last.received_at, id__gt=last.id)
        rest = Q(imminent=last.imminent) & later
        rows = rows.filter(rest | Q(imminent=False) if last.imminent else rest)
    first = Choice(When(imminent=True, then=Value(0)), default=Value(1))
    return _envelopes(rows.order_by(first, "received_at", "id"), most=most)


def passed_on(actor: Actor, *, most: int) -> tuple[Envelope, ...]:
    """Return the envelopes of what the actor's agency has passed on, newest first."""
    rows = ReportRow.objects.exclude(holder_id=actor.agency_id).order_by("-received_at", "id")
    return _envelopes(rows, most=most)


def joined_with(actor: Actor, report_id: UUID) -> tuple[Envelope, ...]:
    """Return the reports that were joined to one, oldest first."""
    return _envelopes(told_to(actor).filter(joined_to=report_id).order_by("received_at", "id"))


def lead_of(one: Envelope) -> tuple[Envelope, ...]:
    """Return the report that one was joined to, if it was."""
    return _envelopes(ReportRow.objects.filter(id=one.joined_to)) if one.joined_to else ()


def reports_of_case(case_id: UUID) -> tuple[Envelope, ...]:
    """Return the reports that were merged into a case, oldest first."""
    return _envelopes(ReportRow.objects.filter(case_id=case_id).order_by("received_at", "id"))


def sharing(actor: Actor, macs: Iterable[bytes]) -> tuple[tuple[UUID, DuplicateGround, bytes], ...]:
    """Return which reports that an officer is told of are compared by one of these."""
    rows = ReportKeyRow.objects.filter(mac__in=list(macs), report__in=told_to(actor)).order_by("report_id", "id")
    return tuple((row.report_id, DuplicateGround(row.ground), bytes(row.mac)) for row in rows)


def told_to(actor: Actor) -> QuerySet[ReportRow]:
    """Return the reports that the actor's agency has, but for what was merged into cases he does not work on."""
    own = ReportRow.objects.filter(holder_id=actor.agency_id)
    return own.filter(Q(case_id=None) | Q(case_id__in=mine(actor)))


def _envelopes(rows: QuerySet[ReportRow], *, most: int | None = None) -> tuple[Envelope, ...]:
    return tuple(
        Envelope(
            row.id,
            row.received_by_id,
            row.holder_id,
            tuple(row.had),
            SourceKind(row.source_kind),
            row.source,
            row.source_reference,
            bytes(row.content),
            row.received_at,
            row.imminent,
            ReportState(row.state),
            row.case_id,
            row.case.reference if row.case else None,
            row.joined_to,
            row.keep_until,
        )
        for row in rows.select_related("case")[:most]
    )
