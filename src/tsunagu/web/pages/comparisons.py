"""Comparisons at other installations: asked of a series or a case, listed with their answers, noted, withdrawn."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.comparison import COMPARISON_LASTS, LONGEST_COMPARISON, MOST_ITEMS
from tsunagu.services.comparisons import asking as service
from tsunagu.web.desk import ROWS_A_PAGE, day, number, parts_of
from tsunagu.web.rooms import now
from tsunagu.web.sign_in.proof import grave


@require_GET
def comparisons(request: HttpRequest) -> HttpResponse:
    """Show what was asked of other installations about the officer's series and cases, with the answers."""
    return _shown(request, None)


@grave
@require_http_methods(["GET", "POST"])
def of_series(request: HttpRequest, series: str) -> HttpResponse:
    """Show where a series was compared; or ask another installation to compare it."""
    return _asked_or_shown(request, ClaimScope.SERIES, series)


@grave
@require_http_methods(["GET", "POST"])
def of_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a case was compared; or ask another installation to compare it."""
    return _asked_or_shown(request, ClaimScope.CASE, reference)


@require_POST
def acknowledge(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Take note of what a comparison has found."""
    service.acknowledge_comparison(comparison_id=comparison_id, **parts_of(request))
    return _back(comparison_id)


@require_POST
@grave
def withdraw(request: HttpRequest, comparison_id: UUID) -> HttpResponse:
    """Withdraw what was asked."""
    service.withdraw_comparison(comparison_id=comparison_id, **parts_of(request))
    return _back(comparison_id)


def _asked_or_shown(request: HttpRequest, kind: ClaimScope, name: str) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, (kind, name))
    sent = request.POST
    until, reason = day(sent.get("until", "")), sent.get("reason", "")
    service.ask_comparison(kind=kind, name=name, to=sent.get("to", ""), until=until, reason=reason, **parts_of(request))
    return redirect("case_comparisons" if kind is ClaimScope.CASE else "series_comparisons", name)


def _shown(request: HttpRequest, about: tuple[ClaimScope, str] | None) -> HttpResponse:
    """Show comparisons, those first of which a hit waits; of one series or case with the form that asks."""
    view = service.list_comparisons(about=about, **parts_of(request))
    after, today = number(request.GET.get("after", "")), now().date()
    found, following = sorted(view.comparisons, key=lambda one: not one.waits), after + ROWS_A_PAGE
    lines = [
        (one, view.members[one.member_id], one.state(today), [(hit, view.agencies[hit.agency_id]) for hit in one.hits])
        for one in found[after:following]
    ]
    context = {
        "about": about and {"is_case": about[0] is ClaimScope.CASE, "name": about[1]},
        "lines": lines,
        "count": len(found),
        "after": after,
        "next": following if len(found) > following else None,
        "askable": view.askable,
        "first": today,
        "usual": today + COMPARISON_LASTS,
        "last": today + LONGEST_COMPARISON,
        "most_items": MOST_ITEMS,
    }
    return render(request, "web/comparisons.html", context)


def _back(comparison_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('comparisons')}#comparison-{comparison_id}")
