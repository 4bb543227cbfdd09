"""The agency's own: officers, and its part of the ledger."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.permission import Role
from tsunagu.domain.search import LedgerSearch
from tsunagu.services.agencies.invitations import accept_invitation, end_officer, list_officers
from tsunagu.services.agencies.officers import EXPIRES_SOON, certify_officer, officer_logins
from tsunagu.services.agencies.proposals import propose_officer, propose_reset
from tsunagu.services.ledger.accounts import ALL_ENTRIES, read_ledger
from tsunagu.web.desk import chosen, day, parts_of, search_or_all
from tsunagu.web.ledger_lines import deeds, line_of
from tsunagu.web.rooms import now, rooms
from tsunagu.web.sign_in.proof import grave

ENTRIES = 500
NARROWING = ("deed", "since", "until", "case_id")


def ledger(request: HttpRequest) -> HttpResponse:
    """Show the agency's entries to its auditor, newest first: all, or those that he looks for."""
    parts = parts_of(request)
    search, complaint = search_or_all(lambda: _search(request), ALL_ENTRIES)
    before = request.GET.get("before", "")
    found = read_ledger(search=search, before=before, most=ENTRIES, **parts)
    logins = {str(officer_id): login for officer_id, login in officer_logins(**parts).items()}
    asked = {name: value for name in NARROWING if (value := request.GET.get(name))}
    context = {
        "entries": [line_of(one, logins) for one in found],
        "next": found[-1]["entry"] if found.has_more else "",
        "before": before,
        "search": search,
        "complaint": complaint,
        "is_narrowed": search != ALL_ENTRIES,
        "kept": f"{urlencode(asked)}&" if asked else "",
        "deeds": deeds(),
    }
    return render(request, "web/ledger.html", context)


def _search(request: HttpRequest) -> LedgerSearch:
    return LedgerSearch(
        deed=request.GET.get("deed", ""),
        since=day(request.GET.get("since", "")),
        until=day(request.GET.get("until", "")),
        case_id=_case_id(request.GET.get("case_id", "").strip()),
    )


def _case_id(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError as error:
        raise InputError("entries name a case by its id, not by its reference") from error


@require_http_methods(["GET", "POST"])
def officers(request: HttpRequest) -> HttpResponse:
    """List the agency's officers, or propose another one."""
    if request.method == "POST":
        propose_officer(
            login=request.POST.get("login", ""),
            name=request.POST.get("name", ""),
            roles=frozenset(chosen(Role, role) for role in request.POST.getlist("roles")),
            **parts_of(request),
        )
        return redirect("proposals")
    found = list_officers(**parts_of(request))
    shown = {"officers": found, "roles": list(Role), "now": now(), "soon": now() + EXPIRES_SOON}
    return render(request, "web/officers.html", shown)


@require_POST
@grave
def certify(request: HttpRequest, login: str) -> HttpResponse:
    """Certify an officer for a year."""
    certify_officer(login=login, **parts_of(request))
    return redirect("officers")


@require_POST
def reset(request: HttpRequest, login: str) -> HttpResponse:
    """Propose that an officer makes a new second factor."""
    propose_reset(login=login, **parts_of(request))
    return redirect("proposals")


@require_http_methods(["GET", "POST"])
@grave
def leave(request: HttpRequest, officer_id: UUID) -> HttpResponse:
    """Tell what follows when an officer leaves, or let him leave."""
    if request.method == "POST":
        end_officer(officer_id=officer_id, **parts_of(request))
        return redirect("officers")
    found = next((one for one in list_officers(**parts_of(request)) if one.officer_id == officer_id), None)
    if found is None:
        raise NotFound("no such officer")
    return render(request, "web/leave.html", {"officer": found})


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let who holds an invitation set a password."""
    complaint = ""
    if request.method == "POST":
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            complaint = gettext_noop("the two passwords differ")
        else:
            try:
                accept_invitation(token=token, password=password, now=now(), keys=rooms().keys, ledger=rooms().ledger)
            except InputError as error:
                complaint = str(error)
            else:
                return redirect("account_login")
    return render(request, "web/invitation.html", {"complaint": complaint})
