"""Incoming reports as commands print them."""

from __future__ import annotations

from typing import Any

from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.report import IncomingReport
from tsunagu.exchange.incoming_reports import written_report
from tsunagu.records.reports import Envelope
from tsunagu.services.reports.reading import ReportView, StepSeen


def report_json(kept: Envelope, report: IncomingReport) -> dict[str, Any]:
    """Return a report for machines; whether a child is at risk, as it stands now."""
    return {
        "report": str(kept.report_id),
        "state": kept.state.value,
        "case": kept.case_reference,
        "joined_to": None if kept.joined_to is None else str(kept.joined_to),
        "keep_until": kept.keep_until.isoformat(),
        **written_report(report),
        "imminent_risk": kept.is_imminent,
    }


def show_report(view: ReportView, *, as_json: bool) -> None:
    """Print one report, whole."""
    if as_json:
        print_json(_view_json(view))
        return
    kept, report = view.kept, view.report
    risk = "; A CHILD IS AT IMMINENT RISK" if kept.is_imminent else ""
    screen.print(f"Report {kept.report_id}: {kept.state}{risk}", markup=False)
    graded = "" if report.grading is None else f", graded {report.grading}"
    screen.print(f"From {kept.source} ({kept.source_kind}), {kept.source_reference}{graded}", markup=False)
    screen.print(
        f"Received {kept.received_at:%Y-%m-%d %H:%M} (UTC) by {view.received_by}; kept until {kept.keep_until}"
    )
    if kept.case_reference:
        screen.print(f"In the case {kept.case_reference}", markup=False)
    if report.text:
        screen.print(f"\n{report.text}\n", markup=False)
    for kind, value in report.known_by.digests:
        screen.print(f"{kind}: {value.hex()}", soft_wrap=True)
    for value in report.known_by.pdq:
        screen.print(f"pdq: {value.hex()}", soft_wrap=True)
    rows = [(one.kind, one.platform, one.value) for one in report.observations]
    print_table(("observation", "on", "as written"), rows, empty="It names no handle, account or chat.")
    for other in view.duplicates:
        why = ", ".join(other.grounds)
        screen.print(f"May be the same as report {other.kept.report_id} ({other.kept.source}): {why}", markup=False)
    for one in view.joined:
        risk = "; A CHILD IS AT IMMINENT RISK" if one.is_imminent else ""
        screen.print(f"Joined to it: report {one.report_id} ({one.source}, {one.source_reference}){risk}", markup=False)
    for step in view.steps:
        screen.print(_step_line(step), markup=False)


def _step_line(one: StepSeen) -> str:
    step = one.step
    to = f" to {one.to}" if one.to else f" to report {step.other}" if step.other else ""
    said = f": {step.words}" if step.words else ""
    return f"{step.at:%Y-%m-%d %H:%M} {one.login or one.agency} {step.kind}{to}{said}"


def _view_json(view: ReportView) -> dict[str, Any]:
    return {
        **report_json(view.kept, view.report),
        "received_by": view.received_by,
        "duplicates": [
            {
                "report": str(one.kept.report_id),
                "source": one.kept.source,
                "grounds": [each.value for each in one.grounds],
            }
            for one in view.duplicates
        ],
        "joined": [str(one.report_id) for one in view.joined],
        "may_be_assigned_to": list(view.receivers),
        "steps": [
            {
                "step": one.step.number,
                "kind": one.step.kind.value,
                "at": one.step.at.isoformat(),
                "agency": one.agency,
                "by": one.login,
                "to": one.to,
                "other": None if one.step.other is None else str(one.step.other),
                "words": one.step.words,
            }
            for one in view.steps
        ],
    }
