"""`report`: what hotlines, providers, agencies abroad and the public tell, from its coming in to its answer."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.cli.report_acts import COMMANDS as ACTS
from tsunagu.cli.report_told import report_json, show_report
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import TYPES
from tsunagu.domain.report import ObservationKind, SourceKind
from tsunagu.domain.report_steps import ReportState
from tsunagu.exchange.incoming_reports import MOST_FILE_BYTES, read_file, read_report
from tsunagu.services.house import House
from tsunagu.services.reports import entry as report_entry
from tsunagu.services.reports import reading as service

MOST_LINES = 200
REFUSED_STATUS = 2


@click.group()
def report() -> None:
    """Incoming reports: entered, looked at beside what may be the same, assigned, merged into a case, answered.

    Risk to a child comes first, as a person has said it. A report that is a text alone is a report.
    """


@report.command("add")
@click.option("--source-kind", required=True, type=click.Choice([one.value for one in SourceKind]))
@click.option("--source", required=True, help="What the source is called.")
@click.option("--reference", required=True, help="What the source calls its report by.")
@click.option("--text", default="", help="What it says; `-` reads it from standard input.")
@click.option("--language", default="", help="Of the text, as ISO 639-1 has it, such as ja.")
@click.option("--known-by", multiple=True, metavar="TYPE=HEX", help=f"One of {', '.join(TYPES)}; may be given again.")
@click.option(
    "--observation",
    multiple=True,
    metavar="KIND=VALUE",
    help=f"One of {', '.join(ObservationKind)}; `KIND@PLATFORM=VALUE` where it means something on one service alone.",
)
@click.option("--grading", help="Of the source and of what it says, from A1 to E5.")
@click.option("--imminent-risk", "is_imminent", is_flag=True, help="You say that a child is at imminent risk.")
@click.option("--received-at", type=click.DateTime(), help="In UTC, where it is not now.")
@json_option
@click.pass_obj
def add(house: House, /, *, as_json: bool, **typed: Any) -> None:
    """Enter one report. The very same report again is known, and not entered twice."""
    with signed_in(house, None) as desk:
        read = read_report(_fields(**typed), now=now())
        done = report_entry.enter_report(report=read, **desk.parts)
    if as_json:
        print_json({"report": None if done.report_id is None else str(done.report_id), "new": done.is_new})
    else:
        screen.print(f"{'It is entered' if done.is_new else 'It came in before'}: {_named(done)}.")


@report.command("import")
@click.argument("file", type=click.File("rb"), default="-")
@json_option
@click.pass_obj
def import_(house: House, *, file: Any, as_json: bool) -> None:
    """Enter the reports of FILE: a JSON array of them, or one JSON object a line.

    Each is kept or refused for itself; what is wrong is named by its field.

    Exit status: 0 all are kept, 2 some were refused.
    """
    offered = read_file(file.read(MOST_FILE_BYTES + 1))
    with signed_in(house, None) as desk:
        done = report_entry.enter_reports(offered=offered, **desk.parts)
    for one in done:
        if as_json:
            print_json(entered_json(one))
        elif one.problem is not None:
            screen.print(f"{one.number}: refused, {one.field or 'report'}: {one.problem}", markup=False)
        else:
            screen.print(f"{one.number}: {'entered' if one.is_new else 'known'}, {_named(one)}", markup=False)
    if any(one.problem is not None for one in done):
        sys.exit(REFUSED_STATUS)


@report.command("list")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([one.value for one in ReportState]),
    help="Waiting, if left out.",
)
@click.option("--passed-on", is_flag=True, help="What your agency has passed on, and to whom, in place of the queue.")
@click.option("--after", type=click.UUID, help="Go on after this report.")
@purpose_option
@json_option
@click.pass_obj
def list_(
    house: House,
    *,
    states: tuple[str, ...],
    passed_on: bool,
    after: UUID | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """List the reports that your agency has: risk to a child first, then those that wait longest."""
    if passed_on:
        _list_passed_on(house, purpose, as_json=as_json)
        return
    chosen = [ReportState(one) for one in states] or [ReportState.WAITING]
    with signed_in(house, purpose) as desk:
        found = service.list_reports(states=chosen, after=after, most=MOST_LINES, **desk.parts)
    if found.has_more:
        click.echo(f"More follow: tsunagu report list --after {found[-1].kept.report_id}", err=True)
    if as_json:
        for one in found:
            print_json({**report_json(one.kept, one.report), "duplicates": one.duplicates})
        return
    rows = [
        (
            str(one.kept.report_id),
            "RISK" if one.kept.is_imminent else "",
            f"{one.kept.received_at:%Y-%m-%d %H:%M}",
            one.kept.source,
            one.kept.source_reference,
            one.kept.state,
            str(one.duplicates or ""),
        )
        for one in found
    ]
    heads = ("report", "risk", "received (UTC)", "source", "its reference", "state", "like others")
    print_table(heads, rows, empty="No report waits.")


@report.command("show")
@click.argument("report_id", metavar="REPORT", type=click.UUID)
@purpose_option
@json_option
@click.pass_obj
def show(house: House, *, report_id: UUID, purpose: str | None, as_json: bool) -> None:
    """Show one report: what it says, what may be its duplicates and why, and what was done to it."""
    with signed_in(house, purpose) as desk:
        view = service.view_report(report_id=report_id, **desk.parts)
    show_report(view, as_json=as_json)


def entered_json(one: report_entry.Entered) -> dict[str, Any]:
    """Return for machines what came of one report of a batch."""
    state = "refused" if one.problem is not None else "entered" if one.is_new else "known"
    return {
        "number": one.number,
        "source_reference": one.source_reference,
        "state": state,
        "report": None if one.report_id is None else str(one.report_id),
        "problem": one.problem,
        "field": one.field,
    }


def _named(one: report_entry.Entered) -> str:
    return "not yours to read" if one.report_id is None else f"report {one.report_id}"


def _list_passed_on(house: House, purpose: str | None, *, as_json: bool) -> None:
    with signed_in(house, purpose) as desk:
        found = service.list_passed_on(**desk.parts)
    if len(found) == service.MOST_PASSED_ON:
        click.echo(f"The newest {service.MOST_PASSED_ON} are listed, and no others.", err=True)
    if as_json:
        for one in found:
            kept = one.kept
            told = {"report": str(kept.report_id), "source": kept.source, "source_reference": kept.source_reference}
            print_json({**told, "agency": one.holder.name, "contact": one.holder.contact})
        return
    rows = [
        (str(one.kept.report_id), one.kept.source, one.kept.source_reference, one.holder.name, one.holder.contact)
        for one in found
    ]
    print_table(("report", "source", "its reference", "is with", "talk to"), rows, empty="Nothing was passed on.")


def _fields(
    *,
    source_kind: str,
    source: str,
    reference: str,
    text: str,
    language: str,
    known_by: tuple[str, ...],
    observation: tuple[str, ...],
    grading: str | None,
    is_imminent: bool,
    received_at: datetime | None,
) -> dict[str, Any]:
    """Return what was typed as JSON would tell it."""
    known = [_pair(one) for one in known_by]
    seen = [_pair(one) for one in observation]
    return {
        "source_kind": source_kind,
        "source": source,
        "source_reference": reference,
        "received_at": None if received_at is None else f"{received_at.isoformat()}+00:00",
        "text": sys.stdin.read() if text == "-" else text,
        "language": language,
        "known_by": [{"type": name, "value": value} for name, value in known],
        "observations": [
            {"kind": name.partition("@")[0], "platform": name.partition("@")[2], "value": value} for name, value in seen
        ],
        "grading": grading,
        "imminent_risk": is_imminent,
    }


def _pair(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals:
        raise InputError("write it as NAME=VALUE")
    return name.strip(), value.strip()


for _one in ACTS:
    report.add_command(_one)
COMMANDS = (report,)
