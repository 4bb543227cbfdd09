"""The way into a demonstration: one-time links, from this machine alone."""

from __future__ import annotations

from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET

from tsunagu.domain.errors import NotFound
from tsunagu.records.session import acting_for
from tsunagu.services.demo.links import use_link
from tsunagu.web.middleware.agencies import AGENCY
from tsunagu.web.middleware.references import failure, note_refusal
from tsunagu.web.rooms import is_demo, now, rooms

OVER = gettext_noop(
    "this link signs nobody in: each does so once, within ten minutes; start the workplace again for new ones"
)
LOOPBACK = ("127.0.0.1", "::1")
GONE = 410
"""Answers every link that does not open, used, over or never made, on the machine of a demonstration."""
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA")


@login_not_required
@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign a demonstration's officer in."""
    is_local = request.META.get("REMOTE_ADDR") in LOOPBACK and not any(name in request.META for name in FORWARDED)
    if not (is_demo() and is_local):
        raise NotFound("no such page")
    try:
        agency_id, officer_id = use_link(token=token, now=now(), keys=rooms().keys, ledger=rooms().ledger)
    except NotFound as error:
        note_refusal(request, error)
        return failure(request, GONE, gettext(OVER))
    with acting_for(agency_id):
        officer = get_user_model().objects.get(pk=officer_id)
        login(request, officer)
        request.session[AGENCY] = str(agency_id)
    return redirect("home")
