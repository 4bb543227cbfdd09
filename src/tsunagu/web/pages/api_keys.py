"""The officer's own API keys."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.look_up import OFFICER_A_DAY
from tsunagu.domain.permission import NEVER_LENT, Permission, permissions_of
from tsunagu.services.agencies.api_keys import MOST_DAYS, MOST_LOOK_UPS, end_key, list_keys, make_key
from tsunagu.web.desk import chosen, parts_of, whole
from tsunagu.web.sign_in.proof import grave

DAYS = 30
"""After how many days a key expires unless another number is given."""


@grave
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List the officer's keys, or make one: it is shown once."""
    token = None
    parts = parts_of(request)
    if request.method == "POST":
        token, _ = make_key(
            name=request.POST.get("name", ""),
            scopes=frozenset(chosen(Permission, one) for one in request.POST.getlist("scopes")),
            days=whole(request.POST.get("days", ""), most=MOST_LOOK_UPS),
            look_ups=whole(request.POST.get("look_ups", "") or str(OFFICER_A_DAY), most=MOST_LOOK_UPS),
            **parts,
        )
    context = {
        "keys": list_keys(actor=parts["actor"], now=parts["now"]),
        "token": token,
        "offered": sorted(permissions_of(parts["actor"].roles) - NEVER_LENT),
        "days": DAYS,
        "most_days": MOST_DAYS,
        "look_ups": OFFICER_A_DAY,
        "most_look_ups": MOST_LOOK_UPS,
        "looks_up": Permission.MEDIA_LOOK_UP,
    }
    return render(request, "web/keys.html", context)


@require_POST
def end(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """End one of the officer's keys."""
    end_key(key_id=key_id, **parts_of(request))
    return redirect("keys")
