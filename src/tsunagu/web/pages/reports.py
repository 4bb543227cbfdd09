"""Incoming reports: the queue, one report with what is done to it, the form by which one is entered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.look_up import TYPES
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report import MOST_TEXT, ObservationKind, SourceKind
from tsunagu.domain.report_steps import ReportState
from tsunagu.exchange.incoming_reports import read_report
from tsunagu.services.reports import acts as report_acts
from tsunagu.services.reports import answers as report_answers
from tsunagu.services.reports import reading as service
from tsunagu.services.reports.entry import enter_report
from tsunagu.web.desk import ROWS_A_PAGE, chosen, id_named, narrowed, parts_of
from tsunagu.web.middleware.references import note_refusal
from tsunagu.web.rooms import now, rooms
from tsunagu.web.sign_in.proof import grave

ONCE = ("source_kind", "source", "source_reference", "received_at", "imminent", "text", "language", "grading")
"""The fields of the form that are sent once."""
ROWS_OF_THE_FORM = 6
"""So many observations, and digests, can be typed into the form; more come by a file or by a program."""


@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """List the reports that the agency has: risk to a child first, then those that wait longest."""
    state = narrowed(ReportState, request.GET.get("state", "")) or ReportState.WAITING
    after = id_named(request.GET.get("after", ""))
    lines = service.list_reports(states=[state], after=after, most=ROWS_A_PAGE, **parts_of(request))
    following = lines[-1].kept.report_id if lines.has_more else None
    context = {"lines": lines, "state": state, "states": list(ReportState), "after": after, "next": following}
    return render(request, "web/reports.html", context)


@require_GET
def passed_on(request: HttpRequest) -> HttpResponse:
    """List what the agency has passed on, and whom to talk to; nothing of what it says."""
    found = service.list_passed_on(**parts_of(request))
    context = {"found": found, "states": list(ReportState), "most": service.MOST_PASSED_ON}
    return render(request, "web/reports_passed_on.html", context)


@require_GET
def of_case(request: HttpRequest, reference: str) -> HttpResponse:
    """List the reports that were merged into a case."""
    found = service.reports_of_case(reference=reference, **parts_of(request))
    return render(request, "web/reports_of_case.html", {"lines": found, "reference": reference})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a report by a form; one that is refused is shown again as it was typed, and why."""
    if request.method != "POST":
        return render(request, "web/report_new.html", _form(request))
    try:
        entered = enter_report(report=read_report(_fields(request), now=now()), **parts_of(request))
    except (InputError, Conflict) as error:
        context = _form(request) | {"refused": str(error)}
        return render(request, "web/report_new.html", context, status=note_refusal(request, error))
    return redirect("report", entered.report_id) if entered.report_id else redirect("reports")


def _form(request: HttpRequest) -> dict[str, Any]:
    """Return what the form shows, and what was typed into it."""
    sent = request.POST
    return {
        "kinds": list(SourceKind),
        "observations": list(ObservationKind),
        "types": TYPES,
        "most_text": MOST_TEXT,
        "typed": {name: sent.get(name, "") for name in ONCE},
        "seen": _rows(request, "kind", "value", "platform"),
        "digests": _rows(request, "type", "what"),
    }


def _rows(request: HttpRequest, *names: str) -> list[tuple[str, ...]]:
    """Return what was typed into rows, and empty ones behind it."""
    columns = [[*request.POST.getlist(name), *[""] * ROWS_OF_THE_FORM][:ROWS_OF_THE_FORM] for name in names]
    return list(zip(*columns, strict=True))


@require_GET
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Show one report: what it says, what may be its duplicates and why, and what was done to it."""
    view = service.view_report(report_id=report_id, **parts_of(request))
    context: dict[str, Any] = {
        "view": view,
        "is_answered": any(one.step.kind.value == "answered" for one in view.steps),
        "purposes": list(Purpose),
        "others": [one for one in view.duplicates if one.kept.state is ReportState.WAITING],
    }
    return render(request, "web/report.html", context)


@require_POST
@grave
def act(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Assign a report, join or merge it, close it or put it back, say what risk there is, or answer its source."""
    done = {
        "assign": _assign,
        "join": _join,
        "merge": _merge,
        "close": _close,
        "back": _put_back,
        "risk": _risk,
        "no-risk": _risk,
        "answer": _answer,
    }.get(request.POST.get("deed", ""))
    if done is None:
        raise InputError("there is no such choice")
    done(request, report_id)
    return redirect("reports") if done is _assign else redirect("report", report_id)


@require_POST
@grave
def letter(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Give the latest answer as a text, for whatever channel the source has; that it was written is kept."""
    signer = rooms().keys.signer()
    written = report_answers.write_report_letter(report_id=report_id, signer=signer, **parts_of(request))
    answer = HttpResponse(written.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="answer.txt"'
    return answer


def _assign(request: HttpRequest, report_id: UUID) -> None:
    to = request.POST.get("to", "")
    report_acts.assign_report(report_id=report_id, to=to, reason=_reason(request), **parts_of(request))


def _join(request: HttpRequest, report_id: UUID) -> None:
    other = id_named(request.POST.get("other", ""))
    if other is None:
        raise InputError("there is no such choice")
    report_acts.join_report(report_id=report_id, to=other, reason=_reason(request), **parts_of(request))


def _merge(request: HttpRequest, report_id: UUID) -> None:
    typed = request.POST.get("purpose", "")
    report_acts.merge_report(
        report_id=report_id,
        reference=request.POST.get("case", "").strip(),
        opens=chosen(Purpose, typed) if typed else None,
        reason=_reason(request),
        **parts_of(request),
    )


def _close(request: HttpRequest, report_id: UUID) -> None:
    report_acts.close_report(report_id=report_id, reason=_reason(request), **parts_of(request))


def _put_back(request: HttpRequest, report_id: UUID) -> None:
    report_acts.put_back_report(report_id=report_id, reason=_reason(request), **parts_of(request))


def _risk(request: HttpRequest, report_id: UUID) -> None:
    is_imminent = request.POST.get("deed") == "risk"
    report_acts.set_risk(report_id=report_id, is_imminent=is_imminent, reason=_reason(request), **parts_of(request))


def _answer(request: HttpRequest, report_id: UUID) -> None:
    report_answers.answer_report(report_id=report_id, words=request.POST.get("words", ""), **parts_of(request))


def _reason(request: HttpRequest) -> str:
    return str(request.POST.get("reason", "")).strip()


def _fields(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed as JSON would tell it; rows that were left empty are left out."""
    sent = request.POST
    kinds, values, on = (sent.getlist(name) for name in ("kind", "value", "platform"))
    types, digits = sent.getlist("type"), sent.getlist("what")
    return {
        "source_kind": sent.get("source_kind", ""),
        "source": sent.get("source", ""),
        "source_reference": sent.get("source_reference", ""),
        "received_at": _moment(sent.get("received_at", "")),
        "text": sent.get("text", ""),
        "language": sent.get("language", ""),
        "known_by": [{"type": one, "value": value} for one, value in zip(types, digits, strict=False) if value.strip()],
        "observations": [
            {"kind": kind, "value": value, "platform": platform}
            for kind, value, platform in zip(kinds, values, on, strict=False)
            if value.strip()
        ],
        "grading": sent.get("grading", ""),
        "imminent_risk": "imminent" in sent,
    }


def _moment(typed: str) -> str | None:
    """Return a time as a form has it, in UTC; None where none was typed."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return typed
