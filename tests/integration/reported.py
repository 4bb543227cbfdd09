"""Reports that an agency has received: one for each door, and of each state."""

from __future__ import annotations

import json
import secrets
from typing import Any
from uuid import UUID

from tsunagu.domain.look_up import Query
from tsunagu.domain.permission import Permission
from tsunagu.domain.report import IncomingReport, ObservationKind, ReportedObservation, SourceGrading, SourceKind
from tsunagu.exchange.incoming_reports import written_report
from tsunagu.services.reports.acts import assign_report, close_report, join_report, merge_report
from tsunagu.services.reports.answers import answer_report
from tsunagu.services.reports.entry import enter_report

from .world import Person, World, now, random_name

WORDS = (
    "told",
    "assigned",
    "joined",
    "merged",
    "closed",
    "waiting",
    "at risk",
    "answered",
    "beside",
    "in a case",
    "gone",
)
"""By the word of the door that is tried on it."""


def a_report(**said: Any) -> IncomingReport:
    """Return a report that says all there is to say."""
    told: dict[str, Any] = {
        "source_kind": SourceKind.HOTLINE,
        "source": random_name("hotline"),
        "source_reference": random_name("number"),
        "received_at": now(),
        "text": random_name("text"),
        "language": "ja",
        "known_by": Query.of_hex(secrets.token_hex(32), "sha256"),
        "observations": (ReportedObservation(ObservationKind.HANDLE, random_name("@handle"), "game"),),
        "grading": SourceGrading("B", 2),
    }
    return IncomingReport(**told | said)


def file_of_reports(world: World) -> str:
    """Return the path of a new file with a report that nobody has had."""
    return world.file(json.dumps(written_report(a_report())).encode())


def entered(world: World, person: Person, report: IncomingReport) -> UUID:
    """Let an officer enter a report."""
    done = enter_report(actor=person.actor, report=report, **world.parts)
    assert done.report_id is not None
    return done.report_id


def receive_reports(world: World, anna: Person, case: str, above: str) -> tuple[dict[str, str], set[str]]:
    """Let an agency have reports; return them by what doors call them, and the secrets in them."""
    found, hidden = {}, set()
    for word in WORDS:
        report = a_report()
        found[f"report {word}"] = str(entered(world, anna, report))
        hidden |= {report.source, report.source_reference, report.text, report.observations[0].value}
    of, parts = {word: UUID(found[f"report {word}"]) for word in WORDS}, world.parts
    by = {"actor": anna.actor, "reason": random_name("why")}
    close_report(**by, report_id=of["waiting"], **parts)
    merge_report(**by, report_id=of["in a case"], reference=case, opens=None, **parts)
    answer_report(actor=anna.actor, report_id=of["answered"], words=random_name("answer"), **parts)
    assign_report(**by, report_id=of["gone"], to=above, **parts)
    joined = a_report()
    join_report(**by, report_id=entered(world, anna, joined), to=of["beside"], **parts)
    return found, hidden | {by["reason"]}


OTHERS = {"strangers": ("ben", "cleo", "dora")}
DOORS_TO_REPORTS: tuple[dict[str, Any], ...] = (
    {
        "command": "report add",
        "arguments": ("--source-kind", "public", "--source", "s", "--reference", "{new}", "--text", "t"),
        "service": "enter_report",
        "permission": Permission.REPORT_ENTER,
        "strangers": ("ben", "cleo"),
    },
    {
        "command": "report import",
        "arguments": ("{reports}",),
        "service": "enter_reports",
        "permission": Permission.REPORT_ENTER,
        "strangers": ("ben", "cleo"),
    },
    {
        "command": "report list",
        "arguments": (),
        "service": "list_reports",
        "permission": Permission.REPORT_READ,
        "strangers": ("ben", "cleo"),
    },
    {
        "command": "report list",
        "arguments": ("--passed-on",),
        "service": "list_passed_on",
        "permission": Permission.REPORT_READ,
        "strangers": ("ben", "cleo"),
    },
    {
        "command": "report show",
        "arguments": ("{target}",),
        "service": "view_report",
        "permission": Permission.REPORT_READ,
        "target": "report told",
        **OTHERS,
    },
    *(
        {
            "command": f"report {act}",
            "arguments": ("{target}", *more),
            "service": service,
            "permission": permission,
            "target": f"report {word}",
            **OTHERS,
        }
        for act, more, service, word, permission in (
            ("assign", ("--to", "{above}", "--reason", "w"), "assign_report", "assigned", Permission.REPORT_HANDLE),
            ("join", ("{report}", "--reason", "w"), "join_report", "joined", Permission.REPORT_HANDLE),
            ("merge", ("--case", "{staffed}", "--reason", "w"), "merge_report", "merged", Permission.REPORT_HANDLE),
            ("close", ("--reason", "w"), "close_report", "closed", Permission.REPORT_HANDLE),
            ("put-back", ("--reason", "w"), "put_back_report", "waiting", Permission.REPORT_HANDLE),
            ("risk", ("--imminent", "--reason", "w"), "set_risk", "at risk", Permission.REPORT_HANDLE),
            ("answer", ("--words", "w"), "answer_report", "told", Permission.REPORT_ANSWER),
            ("letter", ("--out", "{out}"), "write_report_letter", "answered", Permission.REPORT_ANSWER),
        )
    ),
)
"""Commands about reports; each field as `scene.Door` has it."""
