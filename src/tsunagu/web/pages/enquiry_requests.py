"""Enquiry requests between forces: asked on the page of a person, read and answered, or given out as a letter."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.enquiry_request import Confirmed, RequestAnswer, RequestDraft, Wanted
from tsunagu.domain.errors import InputError
from tsunagu.exchange.enquiry_form import pdf_of
from tsunagu.exchange.typesetting import Typesetter
from tsunagu.services.gate import requests as service
from tsunagu.services.gate.request_asking import ask_force
from tsunagu.web.desk import ROWS_A_PAGE, chosen, day, document_digest, id_named, parts_of
from tsunagu.web.desk import number as number_of
from tsunagu.web.sign_in.proof import grave


@require_POST
@grave
def ask(request: HttpRequest, reference: str, number: int, person: int) -> HttpResponse:
    """Ask the force of where a person lives for what is missing."""
    last_day = day(request.POST.get("until", ""))
    if last_day is None:
        raise InputError("a request has a last day")
    wanted = tuple(chosen(Wanted, one) for one in request.POST.getlist("wanted"))
    told_rows = tuple(map(number_of, request.POST.getlist("address_of")))
    draft = RequestDraft(wanted, request.POST.get("authority", ""), last_day, told_rows)
    made = ask_force(reference=reference, number=number, person=person, draft=draft, **parts_of(request))
    return redirect("enquiry_request", made)


@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """List the requests that the officer is told of."""
    after = id_named(request.GET.get("after", ""))
    views = service.list_enquiry_requests(after=after, most=ROWS_A_PAGE, **parts_of(request))
    following = views[-1].summary.request_id if views.has_more else None
    return render(request, "web/enquiry_requests.html", {"views": views, "after": after, "next": following})


@require_GET
def one_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show one request, with what it asks and what was answered."""
    read = service.view_enquiry_request(request_id=request_id, **parts_of(request))
    context = {"read": read, "view": read.view, "content": read.content, "answers": list(Confirmed)}
    return render(request, "web/enquiry_request.html", context)


@require_POST
@grave
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Answer a request."""
    found = {one: chosen(Confirmed, request.POST[one.value]) for one in Wanted if one.value in request.POST}
    told = RequestAnswer(found, request.POST.get("words", ""), document_digest(request))
    service.answer_enquiry_request(request_id=request_id, answer=told, **parts_of(request))
    return redirect("enquiry_request", request_id)


@require_POST
@grave
def letter(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Give out a request as a letter (PDF, Japanese); that it was printed is written down."""
    typesetter = Typesetter()  # what is missing is told before
    fields = service.write_enquiry_letter(request_id=request_id, **parts_of(request))
    answer = HttpResponse(pdf_of(fields, typesetter), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="request-{str(request_id)[:8]}.pdf"'
    return answer
