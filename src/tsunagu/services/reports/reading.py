"""Incoming reports as officers read them: the queue, one report with what may be its duplicates, what was passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.report import IncomingReport
from tsunagu.domain.report_steps import Duplicate, DuplicateGround, ReportState, ReportStep
from tsunagu.records import agencies, reports
from tsunagu.records.cases import case_of
from tsunagu.records.reports import Envelope
from tsunagu.services.page import Page
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.reports.desk import (
    macs_of,
    opened_content,
    opened_report,
    reading_reports,
    receivers_of,
    told,
    words_of,
)

MOST_PASSED_ON = 500
"""So many are listed, the newest; whoever shows as many says that there may be others."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as the queue shows it.

    Attributes:
        duplicates: of how many other reports it may be a duplicate.
    """

    kept: Envelope
    report: IncomingReport = field(repr=False)
    duplicates: int


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step as its history shows it.

    Attributes:
        login: of the officer, where he is of the reader's agency.
        to: whom it was assigned to.
        step: with its words.
    """

    step: ReportStep
    agency: str
    login: str | None
    to: str | None


@dataclass(frozen=True, slots=True)
class OtherReport:
    """A report beside the one that is read: joined to it, or perhaps a duplicate of it."""

    kept: Envelope
    grounds: tuple[DuplicateGround, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report, whole.

    Attributes:
        duplicates: other reports that share something with it; a person says whether they tell of the same.
        joined: the reports that were joined to it.
        receivers: names of the agencies that it may be assigned to.
    """

    kept: Envelope
    report: IncomingReport = field(repr=False)
    received_by: str
    steps: tuple[StepSeen, ...]
    duplicates: tuple[OtherReport, ...]
    joined: tuple[Envelope, ...]
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What an agency still knows of a report that it has passed on: whose it is now, and whom to talk to."""

    kept: Envelope
    holder: AgencyCard


def list_reports(
    *,
    actor: Actor,
    states: Sequence[ReportState],
    after: UUID | None,
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Page[ReportLine]:
    """Return reports of the actor's agency: where a child is at imminent risk first, then those that wait longest.

    What was merged into a case is told to those who work on it.

    Args:
        states: how they stand.
        after: the report that the list goes on after.
        most: so many at most.

    Raises:
        Forbidden: the actor reads no reports.
        Conflict: the report that the list goes on after is not the actor's any more.
    """
    with reading_reports(actor, now=now, keys=keys, ledger=ledger):
        found = Page.of(reports.queue_of(actor, states, after=after, most=most + 1), most)
        read = _opened(found, keys)
        beside = _beside(actor, read, keys)
        cases = tuple(sorted({one.case_id for one in found if one.case_id}))
        about = {"reports": len(found)}
        deed = Deed(
            Act.REPORT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about, case_ids=cases
        )
        ledger.write(deed)
    lines = (ReportLine(one, read[one.report_id], len(beside[one.report_id])) for one in found)
    return Page(lines, has_more=found.has_more)


def view_report(*, actor: Actor, report_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> ReportView:
    """Return one report with what was done to it, what may be its duplicates, and where it can be assigned to.

    Raises:
        Forbidden: the actor reads no reports.
        NotFound: no such report, or not the actor's.
    """
    with opened_report(actor, Permission.REPORT_READ, report_id, now=now, keys=keys, ledger=ledger) as found:
        kept = found.kept
        read = _opened([kept], keys)
        others = _beside(actor, read, keys)[report_id]
        envelopes = {one.report_id: one for one in reports.reports_told(actor, [one.report_id for one in others])}
        joined = {one.report_id for one in found.joined} | {kept.joined_to}
        view = ReportView(
            kept,
            read[report_id],
            found.cards[kept.received_by].name,
            _steps(kept, found.cards, keys),
            tuple(
                OtherReport(envelopes[one.report_id], tuple(sorted(one.grounds)))
                for one in others
                if one.report_id in envelopes and one.report_id not in joined
            ),
            found.joined,
            receivers_of(actor, found.cards),
        )
        ledger.write(told(Act.REPORT_READ, kept, actor=actor, now=now))
    return view


def list_passed_on(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[PassedOn, ...]:
    """Return what the actor's agency has passed on, newest first: whose it is now, and nothing of what it says.

    Raises:
        Forbidden: the actor reads no reports.
    """
    with reading_reports(actor, now=now, keys=keys, ledger=ledger):
        cards = agencies.agency_cards()
        found = tuple(PassedOn(one, cards[one.holder_id]) for one in reports.passed_on(actor, most=MOST_PASSED_ON))
        about = {"passed_on": len(found)}
        ledger.write(Deed(Act.REPORT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about))
    return found


def reports_of_case(
    *, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[ReportLine, ...]:
    """Return the reports that were merged into a case of the actor's, oldest first.

    Raises:
        Forbidden: the actor reads no reports.
        NotFound: no such case, or not the actor's.
    """
    with reading_reports(actor, now=now, keys=keys, ledger=ledger):
        case = case_of(actor, reference)
        found = reports.reports_of_case(case.case_id)
        read = _opened(found, keys)
        about: dict[str, str | int] = {"reports": len(found)}
        deed = Deed(Act.REPORT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, case.case_id, about)
        ledger.write(deed)
    return tuple(ReportLine(one, read[one.report_id], 0) for one in found)


def _opened(found: Iterable[Envelope], keys: Keys) -> dict[UUID, IncomingReport]:
    sealed = reports.content_of(one.report_id for one in found)
    return {report_id: opened_content(report_id, one, keys) for report_id, one in sealed.items()}


def _beside(actor: Actor, read: Mapping[UUID, IncomingReport], keys: Keys) -> dict[UUID, tuple[Duplicate, ...]]:
    """Return, for each report, the others that share something with it, and what."""
    owners: dict[bytes, list[UUID]] = {}
    for report_id, report in read.items():
        for mac in macs_of([report], keys):
            owners.setdefault(mac, []).append(report_id)
    found: dict[UUID, dict[UUID, set[DuplicateGround]]] = {one: {} for one in read}
    for other, ground, mac in reports.sharing(actor, owners):
        for report_id in owners[mac]:
            if other != report_id:
                found[report_id].setdefault(other, set()).add(ground)
    return {
        one: tuple(Duplicate(other, frozenset(grounds)) for other, grounds in others.items())
        for one, others in found.items()
    }


def _steps(kept: Envelope, cards: Mapping[UUID, AgencyCard], keys: Keys) -> tuple[StepSeen, ...]:
    found = reports.steps_of(kept.report_id)
    logins = agencies.logins()
    return tuple(
        StepSeen(
            replace(step, words=words_of(kept.report_id, step, sealed, keys)),
            cards[step.agency_id].name,
            logins.get(step.officer_id) if step.officer_id else None,
            cards[step.to_agency].name if step.to_agency else None,
        )
        for step, sealed in found
    )
