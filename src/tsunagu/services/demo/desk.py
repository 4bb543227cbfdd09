"""What lies on the desk of one of the demonstration's officers: incoming reports, and enquiries of a case of his."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from tsunagu.domain.actor import Actor
from tsunagu.domain.enquiry import EnquiryDraft, EnquiryResult
from tsunagu.domain.report import IncomingReport, ObservationKind, ReportedObservation, SourceGrading, SourceKind
from tsunagu.services.cases.enquiries import answer_enquiry, record_enquiry
from tsunagu.services.reports.entry import enter_report

HANDLE: Final = ReportedObservation(ObservationKind.HANDLE, "@demo_handle", "a game")


def fill_the_desk(*, officer: Actor, reference: str, now: datetime, **parts: Any) -> None:
    """Let reports come in, one of them with imminent risk, and let three things be asked in a case.

    Args:
        parts: `keys` and `ledger`, as services take them.
    """
    parts["now"] = now
    for report in _reports(now):
        enter_report(actor=officer, report=report, **parts)
    asked: dict[str, Any] = {"actor": officer, "reference": reference, **parts}
    for what, to, days in (
        ("To whom was this parcel handed over?", "the carrier", 14),
        ("Who paid by this card?", "the card company", 7),
        ("Does the register know another of this name there?", "the town office", 30),
    ):
        record_enquiry(draft=EnquiryDraft(what, to, (now + timedelta(days=days)).date()), **asked)
    answer_enquiry(number=3, result=EnquiryResult.NOTHING_FOUND, words="nobody else of this name", **asked)


def _reports(now: datetime) -> tuple[IncomingReport, ...]:
    """Return three: the last two tell of the same handle, so that each is shown beside the other."""
    return (
        IncomingReport(
            SourceKind.PUBLIC, "the police box at the station", "2026-31", now - timedelta(days=3),
            text="Somebody hands out discs in front of the shop. (A demonstration: nothing here is real.)",
            language="en",
        ),
        IncomingReport(
            SourceKind.PROVIDER, "Demonstration provider", "R-2026-118", now - timedelta(hours=30),
            text="An account was closed for what it sent. (A demonstration: nothing here is real.)",
            language="en", observations=(HANDLE,), grading=SourceGrading("A", 2),
        ),
        IncomingReport(
            SourceKind.HOTLINE, "Demonstration hotline", "H-7741", now - timedelta(hours=2),
            text="The caller is afraid for a child today. (A demonstration: nothing here is real.)",
            language="en", observations=(HANDLE,), grading=SourceGrading("B", 2), is_imminent=True,
        ),
    )  # fmt: skip
