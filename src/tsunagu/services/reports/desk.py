"""The one way to an incoming report, and what it says, as its own keys open it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert_route import first_stops
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.report import IncomingReport
from tsunagu.domain.report_steps import DuplicateGround, ReportStep, ReportStepKind, after
from tsunagu.domain.retention import add_months
from tsunagu.exchange.incoming_reports import kept_report, written_report
from tsunagu.records import agencies, agency_places, reports, retention
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.reports import Envelope
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS

COMPARES = "reference"
"""The purpose of the key by which what reports are compared by is digested."""


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report of the actor's, for as long as a service works with it.

    Attributes:
        joined: the reports that were joined to it.
        cards: the directory.
    """

    kept: Envelope
    joined: tuple[Envelope, ...]
    cards: Mapping[UUID, AgencyCard]


@contextmanager
def opened_report(
    actor: Actor,
    permission: Permission,
    report_id: UUID,
    *,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    beside: UUID | None = None,
) -> Iterator[OpenReport]:
    """Act for the actor's agency in one transaction on one report; every denial is written down.

    Args:
        beside: another report, to which nobody else does anything meanwhile either.

    Raises:
        Forbidden: none of the actor's roles carries the permission.
        NotFound: no such report, or not his.
    """
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(report_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        for one in sorted({report_id, beside or report_id}):
            reports.lock(one)
        kept = reports.report_told(actor, report_id)
        yield OpenReport(kept, reports.joined_with(actor, report_id), agencies.agency_cards())


@contextmanager
def reading_reports(actor: Actor, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[None]:
    """Act for the actor's agency in one transaction, if he reads reports."""
    permission = Permission.REPORT_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="reports", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield


def receivers_of(actor: Actor, cards: Mapping[UUID, AgencyCard]) -> tuple[str, ...]:
    """Return the names of the agencies that the actor's agency can assign a report to: its neighbours in the tree.

    A correspondent, or an agency of another installation, has nobody here who could read it.
    """
    tree = agency_places.agency_tree()
    near = first_stops(tree, actor.agency_id).straight | tree.beside(actor.agency_id)
    return tuple(sorted(cards[one].name for one in near if is_here(cards, one) and not cards[one].is_correspondent))


def take_step(
    one: Envelope,
    kind: ReportStepKind,
    *,
    actor: Actor,
    now: datetime,
    keys: Keys,
    words: str = "",
    to_agency: UUID | None = None,
    other: UUID | None = None,
    follows: bool = False,
) -> ReportStep:
    """Add a step to a report, as its state allows, and return it. What changes besides is the caller's business.

    Args:
        follows: it is done to the report that this one was joined to, whose state allows it.

    Raises:
        Conflict: as it stands, this cannot be done to it.
    """
    number = reports.last_step(one.report_id) + 1
    if number > 1 and not follows:
        after(one.state, kind)
    step = ReportStep(number, kind, actor.agency_id, actor.officer_id, now, to_agency, other, words)
    reports.add_step(one.report_id, step, keys.seal(SEALS, words.encode(), _step_context(one.report_id, number)))
    return step


def raise_risk(one: Envelope, **step: Any) -> tuple[Envelope, ...]:
    """Say that a child is at imminent risk, of a report and of the one that it was joined to: the queue shows that one.

    Returns:
        those of the two of which it was not said yet.
    """
    found = tuple(each for each in (one, *reports.lead_of(one)) if not each.is_imminent)
    for each in found:
        take_step(each, ReportStepKind.RISK_SET, **step)
        reports.change(each, imminent=True)
    return found


def kept_from(one: Envelope, now: datetime) -> date:
    """Return the last day of a report that waits again: that of one which comes in now, or its own if that is later."""
    return max(one.keep_until, add_months(now.date(), retention.keep_months()))


def words_of(report_id: UUID, step: ReportStep, sealed: bytes, keys: Keys) -> str:
    """Return what was said with a step."""
    return keys.open_sealed(SEALS, sealed, _step_context(report_id, step.number)).decode()


def sealed_report(report_id: UUID, report: IncomingReport, keys: Keys) -> bytes:
    """Return what a report says, sealed and bound to it."""
    return keys.seal(SEALS, canonical(written_report(report)).encode(), _context(report_id))


def opened_content(report_id: UUID, sealed: bytes, keys: Keys) -> IncomingReport:
    """Return what a report says."""
    return kept_report(json.loads(keys.open_sealed(SEALS, sealed, _context(report_id))))


def compared_by(report: IncomingReport) -> tuple[tuple[DuplicateGround, bytes], ...]:
    """Return what a report is compared by, each once, as it would be digested with a key."""
    called = f"{report.source_kind.value}\n{report.source}\n{report.source_reference}"
    found = [(DuplicateGround.REFERENCE, called.encode())]
    found += [(DuplicateGround.DIGEST, kind.value.encode() + value) for kind, value in report.known_by.digests]
    found += [(DuplicateGround.FINGERPRINT, value) for value in report.known_by.pdq]
    found += [(DuplicateGround.OBSERVATION, one.compared.encode()) for one in report.observations]
    if report.compared_text:
        found.append((DuplicateGround.TEXT, report.compared_text.encode()))
    return tuple((ground, f"report {ground}\n".encode() + value) for ground, value in dict.fromkeys(found))


def macs_of(reports_read: Iterable[IncomingReport], keys: Keys) -> frozenset[bytes]:
    """Return the keyed digests, by every version of the key, of all that these are compared by."""
    return frozenset(mac for one in reports_read for _, data in compared_by(one) for mac in keys.macs(COMPARES, data))


def told(act: Act, one: Envelope, *, actor: Actor, now: datetime, **details: str | int) -> Deed:
    """Return the deed of an officer with a report, for the ledger."""
    about: dict[str, str | int] = {"report": str(one.report_id), **details}
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, one.case_id, about)


def _context(report_id: UUID) -> bytes:
    return f"report {report_id}".encode()


def _step_context(report_id: UUID, number: int) -> bytes:
    return f"step {number} of report {report_id}".encode()
