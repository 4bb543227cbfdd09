"""Guests of a series, as its owner sees them; and what the officer is himself invited to look at elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from tsunagu.domain.clue import MOST_TEXT, Bearing, Support, Weighing
from tsunagu.domain.errors import InputError
from tsunagu.domain.guest import MOST_DAYS, Answer, GuestState
from tsunagu.domain.report import SourceGrading
from tsunagu.services.series import guests as service
from tsunagu.services.series import visits
from tsunagu.web.desk import ROWS_A_PAGE, chosen, day, number, officer_of, parts_of
from tsunagu.web.pages.clues import codes
from tsunagu.web.rooms import now
from tsunagu.web.sign_in.proof import grave


@grave
@require_http_methods(["GET", "POST"])
def series_guests(request: HttpRequest, series: str) -> HttpResponse:
    """Show the guests of a series and what they have answered; invite one, confirm or end an invitation."""
    if request.method == "POST":
        _change(request, series)
        return redirect("series_guests", series)
    book = service.list_guests(name=series, **parts_of(request))
    at, me = now(), officer_of(request).pk
    lines = [
        {
            "guest": one,
            "state": one.state(at),
            "agency": book.agencies[one.agency_id],
            "proposed_by": book.logins.get(one.proposed_by, ""),
            "may_confirm": one.state(at) is GuestState.PROPOSED and one.proposed_by != me,
            "may_end": not one.is_over(at),
        }
        for one in book.guests
    ]
    own = officer_of(request).agency_id
    there = sorted(
        one.name
        for one in book.agencies.values()
        if one.agency_id != own and not one.is_correspondent and one.member_id is None
    )
    context = {"series": series, "lines": lines, "agencies": there, "most_days": MOST_DAYS}
    return render(request, "web/series_guests.html", context)


@require_GET
def visit_list(request: HttpRequest) -> HttpResponse:
    """Show the invitations that the officer has, or had."""
    view = visits.list_visits(**parts_of(request))
    at = now()
    lines = [(one, one.state(at), view.agencies[one.owner_id]) for one in view.visits]
    return render(request, "web/visits.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, guest_id: UUID) -> HttpResponse:
    """Show the series of an invitation; accept, decline, answer or leave it."""
    if request.method == "POST":
        _deal_with(request, guest_id)
        return redirect("visit", guest_id)
    view = visits.view_visit(guest_id=guest_id, **parts_of(request))
    after = number(request.GET.get("after", ""))
    last = after + ROWS_A_PAGE
    context: dict[str, Any] = {"view": view, "state": view.visit.state(now()), "most_text": MOST_TEXT}
    context |= {"items": view.items[after:last], "after": after, "next": last if len(view.items) > last else None}
    context |= {"bearings": list(Bearing), "supports": list(Support), "letters": "ABCDE", "digits": "12345"}
    return render(request, "web/visit.html", context)


def _change(request: HttpRequest, series: str) -> None:
    act, parts = request.POST.get("act", ""), parts_of(request)
    if act == "propose":
        service.propose_guest(
            name=series,
            agency=request.POST.get("to", ""),
            login=request.POST.get("login", ""),
            asked=request.POST.get("words", ""),
            until=day(request.POST.get("until", "")) or now().date(),
            **parts,
        )
    elif act == "confirm":
        service.confirm_guest(guest_id=_guest_id(request), **parts)
    elif act == "end":
        service.end_guest(guest_id=_guest_id(request), **parts)
    else:
        service.list_guests(name=series, **parts)  # what is not his is told him before what is no deed
        raise InputError("there is no such choice")


def _deal_with(request: HttpRequest, guest_id: UUID) -> None:
    deeds: dict[str, Callable[..., object]] = {
        "accept": visits.accept_visit,
        "decline": visits.decline_visit,
        "leave": visits.leave_visit,
    }
    act, parts = request.POST.get("act", ""), parts_of(request)
    if act in deeds:
        deeds[act](guest_id=guest_id, **parts)
    elif act == "answer":
        visits.answer_visit(guest_id=guest_id, answer=_answer(request), **parts)
    else:
        visits.view_visit(guest_id=guest_id, **parts)  # likewise
        raise InputError("there is no such choice")


def _answer(request: HttpRequest) -> Answer:
    sent = request.POST
    bearing = chosen(Bearing, sent.get("bearing", ""))
    countries = frozenset() if bearing is Bearing.NEUTRAL else codes(sent.get("countries", ""))
    support = chosen(Support, sent.get("support", "")) if bearing is Bearing.SUPPORTS else None
    try:
        item = bytes.fromhex(sent.get("item", ""))
    except ValueError as error:
        raise InputError("there is no such choice") from error
    grading = SourceGrading.parse(sent.get("reliability", "") + sent.get("information", ""))
    return Answer(sent.get("words", ""), grading, Weighing(bearing, countries, support=support), item or None)


def _guest_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("guest", ""))
    except ValueError as error:
        raise InputError("there is no such choice") from error
