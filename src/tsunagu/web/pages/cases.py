"""Cases: the officer's list, and one case with its exhibits, items and people."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.purpose import Purpose
from tsunagu.services.cases import list_cases, list_holdings, open_case, staff_case, view_case
from tsunagu.web.desk import parts_of

ITEMS_A_PAGE = 100


@require_http_methods(["GET", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """List the officer's cases, or open one."""
    if request.method == "POST":
        opened = open_case(
            reference=request.POST.get("reference", ""),
            purpose=Purpose(request.POST.get("purpose", Purpose.VICTIM_IDENTIFICATION)),
            covert=request.POST.get("covert") == "on",
            **parts_of(request),
        )
        return redirect("case", opened.reference)
    found = list_cases(**parts_of(request))
    return render(request, "web/cases.html", {"cases": found, "purposes": list(Purpose)})


def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one case: its exhibits, and who may work on it."""
    return render(request, "web/case.html", {"view": view_case(reference=reference, **parts_of(request))})


def items(request: HttpRequest, reference: str) -> HttpResponse:
    """List what was brought in, page by page."""
    found = list_holdings(reference=reference, **parts_of(request))
    page = Paginator(found, ITEMS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/items.html", {"reference": reference, "page": page})


@require_POST
def staff(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a colleague work on a case."""
    staff_case(reference=reference, login=request.POST.get("login", ""), **parts_of(request))
    return redirect("case", reference)
