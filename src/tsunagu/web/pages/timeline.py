"""The ledger in words: pages of a time-line, and what concerns the officer himself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tsunagu.domain.timeline import TimelineEntry
from tsunagu.services.ledger.timeline import own_deeds, seen_by_others
from tsunagu.services.page import Page
from tsunagu.web.desk import parts_of

ENTRIES_A_PAGE = 50


def timeline_page(
    request: HttpRequest, service: Callable[..., Page[TimelineEntry]], **named: Any
) -> tuple[tuple[TimelineEntry, ...], str]:
    """Return the entries of the page that is asked for, and the one after which the next begins; empty on the last."""
    page = service(before=request.GET.get("before", ""), most=ENTRIES_A_PAGE, **named, **parts_of(request))
    return page, page[-1].entry if page.has_more else ""


def my_ledger(request: HttpRequest) -> HttpResponse:
    """Show what the officer has done, or who else has read in his cases."""
    of_others = request.GET.get("of") == "others"
    entries, following = timeline_page(request, seen_by_others if of_others else own_deeds)
    context = {"of_others": of_others, "entries": entries, "next": following, "before": request.GET.get("before", "")}
    return render(request, "web/my_ledger.html", context)
