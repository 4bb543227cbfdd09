"""What waits for a second person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tsunagu.services.agencies.proposals import confirm_proposal, list_proposals, refuse_proposal
from tsunagu.web.desk import parts_of
from tsunagu.web.sign_in.proof import grave


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """List what colleagues have proposed and nobody has decided."""
    return _page(request)


@require_POST
@grave
def confirm(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Bring a proposal about: the link of an invitation is shown once, to whoever confirms it."""
    token = confirm_proposal(proposal_id=proposal_id, **parts_of(request))
    if token is None:
        return redirect("proposals")
    return _page(request, link=request.build_absolute_uri(reverse("invitation", args=[token])))


@require_POST
def refuse(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Refuse a proposal, or take one's own back."""
    refuse_proposal(proposal_id=proposal_id, **parts_of(request))
    return redirect("proposals")


def _page(request: HttpRequest, *, link: str | None = None) -> HttpResponse:
    views = list_proposals(**parts_of(request))
    return render(request, "web/proposals.html", {"views": views, "link": link})
