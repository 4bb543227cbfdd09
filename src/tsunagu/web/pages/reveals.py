"""Seeing what an item shows: asked for with a reason, then shown once, small, and kept nowhere."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.errors import TsunaguError
from tsunagu.domain.reveal import RevealMeans
from tsunagu.services.media.reveals import Sources, ask_to_see, show
from tsunagu.web.desk import chosen, parts_of
from tsunagu.web.middleware.references import note_refusal
from tsunagu.web.rooms import rooms


@require_POST
def ask(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take an officer's reason, and answer with the place of the picture: within the page that asks, or by itself."""
    is_within_a_page = request.headers.get("HX-Request") == "true"
    try:
        reveal_id = ask_to_see(
            reference=reference,
            number=number,
            means=chosen(RevealMeans, request.POST.get("means", "")),
            reason=request.POST.get("reason", ""),
            sources=_sources(),
            **parts_of(request),
        )
    except TsunaguError as error:
        if not is_within_a_page:
            raise
        status = note_refusal(request, error)
        return render(request, "web/reveal_refused.html", {"message": str(error)}, status=status)
    template = "web/reveal_picture.html" if is_within_a_page else "web/reveal.html"
    return render(request, template, {"reveal_id": reveal_id, "reference": reference})


@require_GET
def picture(request: HttpRequest, reveal_id: UUID) -> HttpResponse:
    """Hand the picture over, once."""
    shown = show(reveal_id=reveal_id, sources=_sources(), **parts_of(request))
    response = HttpResponse(shown.content, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store, max-age=0"
    response["Content-Disposition"] = "inline"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _sources() -> Sources:
    return Sources(rooms().viewer, rooms().vault)
