"""Submissions: what is sent of a series, as its owner sees it; and what other agencies have sent."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tsunagu.domain.errors import InputError
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.submission import Rejection, Submission, SubmissionState
from tsunagu.services.submissions import inbox
from tsunagu.services.submissions import sending as service
from tsunagu.services.submissions.choosing import SubmissionDraft
from tsunagu.services.submissions.taking import take_submission
from tsunagu.web.desk import ROWS_A_PAGE, chosen, day, number, officer_of, parts_of
from tsunagu.web.rooms import now, rooms
from tsunagu.web.sign_in.proof import grave


@grave
@require_http_methods(["GET", "POST"])
def series_submissions(request: HttpRequest, series: str) -> HttpResponse:
    """Show what was submitted of a series and how each item stands; submit items, or withdraw a submission."""
    if request.method == "POST":
        _change(request, series)
        return redirect("series_submissions", series)
    view = service.list_submissions(name=series, **parts_of(request))
    lines = [(one, view.agencies[one.receiver_id], _stands(one)) for one in view.submissions]
    own = officer_of(request).agency_id
    there = sorted(
        one.name
        for one in view.agencies.values()
        if one.agency_id != own and not one.is_correspondent and one.member_id is None
    )
    context = {"series": series, "lines": lines, "agencies": there, "purposes": list(Purpose)}
    return render(request, "web/series_submissions.html", context)


@require_GET
def submission_list(request: HttpRequest) -> HttpResponse:
    """Show what was submitted to the officer's agency."""
    view = inbox.list_received(**parts_of(request))
    today = now().date()
    lines = [
        (one, view.agencies[one.owner_id], _stands(one), view.cases.get(one.case_id or one.submission_id))
        for one in view.submissions
    ]
    return render(request, "web/submissions.html", {"lines": lines, "today": today})


@require_http_methods(["GET", "POST"])
def submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show a submission to the officer's agency; take it as a case, or reject it."""
    if request.method == "POST":
        _answer(request, submission_id)
        return redirect("submission", submission_id)
    view = inbox.view_received(submission_id=submission_id, **parts_of(request))
    after = number(request.GET.get("after", ""))
    last, items = after + ROWS_A_PAGE, view.submission.items
    lines = [(item, view.held.get(item.sha256, ())) for item in items[after:last]]
    context = {"view": view, "one": view.submission, "lines": lines, "rejections": list(Rejection), "after": after}
    return render(request, "web/submission.html", context | {"next": last if len(items) > last else None})


def _stands(one: Submission) -> list[tuple[str, int]]:
    return [(state.value, one.count(state)) for state in SubmissionState if one.count(state)]


def _change(request: HttpRequest, series: str) -> None:
    sent, parts = request.POST, parts_of(request)
    act = sent.get("act", "")
    if act == "submit":
        until = day(sent.get("until", ""))
        if until is None:
            service.list_submissions(name=series, **parts)  # what is not his is told him before what is missing
            raise InputError("a submission has a last day")
        draft = SubmissionDraft(
            to=sent.get("to", ""),
            items=frozenset(sent.get("items", "").split()),
            investigation=sent.get("name", ""),
            purpose=chosen(Purpose, sent.get("purpose", "")),
            may_forward=bool(sent.get("forward")),
            until=until,
            with_media=bool(sent.get("media")),
            reason=sent.get("reason", ""),
        )
        service.submit_series(name=series, draft=draft, **parts)
    elif act == "end":
        try:
            submission_id = UUID(sent.get("submission", ""))
        except ValueError as error:
            raise InputError("there is no such choice") from error
        reason, queue = sent.get("reason", ""), rooms().queue
        service.withdraw_submission(submission_id=submission_id, items=(), reason=reason, queue=queue, **parts)
    else:
        service.list_submissions(name=series, **parts)  # what is not his is told him before what is no deed
        raise InputError("there is no such choice")


def _answer(request: HttpRequest, submission_id: UUID) -> None:
    sent, parts = request.POST, parts_of(request)
    act = sent.get("act", "")
    if act == "take":
        reference, vault = sent.get("name", ""), rooms().vault
        take_submission(submission_id=submission_id, reference=reference, vault=vault, **parts)
    elif act == "reject":
        why = chosen(Rejection, sent.get("why", ""))
        items = sent.getlist("picked")
        inbox.reject_submission(submission_id=submission_id, items=items, why=why, words=sent.get("words", ""), **parts)
    else:
        inbox.view_received(submission_id=submission_id, **parts)  # likewise
        raise InputError("there is no such choice")
