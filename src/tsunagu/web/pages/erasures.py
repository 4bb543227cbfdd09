"""For how long an agency keeps its cases, and the proofs of what was erased."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tsunagu.domain.errors import InputError
from tsunagu.services.erasures.proofs import prove_erasures
from tsunagu.services.upkeep.retention import read_retention, set_retention
from tsunagu.web.desk import parts_of

MOST_DIGITS = 5


@require_http_methods(["GET", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """Show for how long the agency keeps its cases, or set it."""
    if request.method == "POST":
        months = request.POST.get("months", "")
        if not (months.isascii() and months.isdigit() and len(months) <= MOST_DIGITS):
            raise InputError("a number of months is whole and not negative")
        set_retention(keep_months=int(months), **parts_of(request))
        return redirect("retention")
    return render(request, "web/retention.html", {"months": read_retention(**parts_of(request))})


def erasures(request: HttpRequest) -> HttpResponse:
    """Prove to the agency's auditor what was erased of a case, on a page that can be printed."""
    reference = request.GET.get("case", "")
    proofs = prove_erasures(reference=reference, **parts_of(request))
    return render(request, "web/erasures.html", {"reference": reference, "proofs": proofs})
