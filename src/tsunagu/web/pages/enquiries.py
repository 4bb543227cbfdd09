"""The actions book of a case, and what is overdue in all of the officer's cases."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.enquiry import EnquiryDraft, EnquiryResult
from tsunagu.domain.errors import InputError
from tsunagu.services.cases import enquiries as service
from tsunagu.web.desk import chosen, day, parts_of
from tsunagu.web.rooms import now


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the enquiries of a case, or enter one."""
    if request.method == "POST":
        due = day(request.POST.get("until", ""))
        if due is None:
            raise InputError("an enquiry has a day on which it is due")
        draft = EnquiryDraft(request.POST.get("what", ""), request.POST.get("to", "").strip(), due)
        service.record_enquiry(reference=reference, draft=draft, **parts_of(request))
        return redirect("case_enquiries", reference)
    found = service.list_enquiries(reference=reference, **parts_of(request))
    today = now().date()
    lines = [(one, one.is_overdue(today)) for one in found.enquiries]
    context = {"book": found, "lines": lines, "results": list(EnquiryResult)}
    return render(request, "web/enquiries.html", context)


@require_POST
def answer(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Enter what came of an enquiry."""
    result = chosen(EnquiryResult, request.POST.get("result", ""))
    words = request.POST.get("words", "")
    service.answer_enquiry(reference=reference, number=number, result=result, words=words, **parts_of(request))
    return redirect("case_enquiries", reference)


@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """List the enquiries of the officer's cases whose day is over without a result."""
    found = service.list_overdue_enquiries(**parts_of(request))
    return render(request, "web/enquiries_overdue.html", {"found": found})
