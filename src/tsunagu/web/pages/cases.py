"""Cases: the officer's list, and one case with its exhibits, items and people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.search import CaseSearch, CaseState
from tsunagu.services.alerts.reading import alerts_of_case
from tsunagu.services.cases.opening import list_cases, open_case, page_holdings, view_case
from tsunagu.services.ledger.timeline import case_timeline
from tsunagu.services.media.reveals import reveal_desk
from tsunagu.web.desk import ROWS_A_PAGE, actor_of, chosen, day, may, narrowed, number, parts_of, search_or_all, sought
from tsunagu.web.pages.timeline import timeline_page
from tsunagu.web.rooms import now

ALERTS_SHOWN = 20
"""Of a case, the newest: the page of alerts lists them all."""


@require_http_methods(["GET", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """List the officer's cases, or open one."""
    if request.method == "POST":
        opened = open_case(
            reference=request.POST.get("reference", ""),
            purpose=chosen(Purpose, request.POST.get("purpose", "")),
            covert=request.POST.get("covert") == "on",
            keep_until=day(request.POST.get("keep_until", "")),
            keep_limit=day(request.POST.get("keep_limit", "")),
            **parts_of(request),
        )
        return redirect("case", opened.reference)
    search, complaint = search_or_all(lambda: _search(request), CaseSearch())
    found = list_cases(search=search, **parts_of(request))
    context = {"cases": found, "purposes": list(Purpose), "search": search, "states": list(CaseState)}
    context |= {"is_narrowed": search != CaseSearch(), "complaint": complaint}
    return render(request, "web/cases.html", context)


def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one case: its exhibits, who may work on it, and what was done in it."""
    view = view_case(reference=reference, **parts_of(request))
    entries, following = timeline_page(request, case_timeline, reference=reference)
    context = {"view": view, "entries": entries, "next": following, "before": request.GET.get("before", "")}
    if may(request, Permission.ALERT_READ):
        context["alerts"] = alerts_of_case(reference=reference, most=ALERTS_SHOWN, **parts_of(request))
        context["alerts_most"] = ALERTS_SHOWN
    return render(request, "web/case.html", context)


def items(request: HttpRequest, reference: str) -> HttpResponse:
    """List what was brought in of an exhibit, page by page."""
    exhibit, after = request.GET.get("exhibit", ""), request.GET.get("after", "")
    page = page_holdings(
        reference=reference,
        exhibit=exhibit,
        after=number(after),
        most=ROWS_A_PAGE,
        **parts_of(request),
    )
    context = {
        "reference": reference,
        "exhibit": exhibit,
        "items": page,
        "after": after,
        "desk": reveal_desk(
            actor=actor_of(request), reference=reference, numbers=[one.number for one in page], now=now()
        ),
        "next": page[-1].number if page.has_more else None,
    }
    return render(request, "web/items.html", context)


def _search(request: HttpRequest) -> CaseSearch:
    return CaseSearch(
        text=sought(request.GET.get("text", "")),
        state=narrowed(CaseState, request.GET.get("state", "")),
        since=day(request.GET.get("since", "")),
        until=day(request.GET.get("until", "")),
    )
