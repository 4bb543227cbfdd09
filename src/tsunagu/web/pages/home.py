"""Home: what waits for the officer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tsunagu.domain.act import Act
from tsunagu.domain.permission import Permission
from tsunagu.services.agencies.officers import EXPIRES_SOON
from tsunagu.services.agencies.proposals import list_proposals
from tsunagu.services.cases.opening import list_cases
from tsunagu.services.overlaps.notices import list_notices
from tsunagu.services.waiting import MOST_REFERRALS, count_waiting
from tsunagu.web.desk import is_barred, may, officer_of, parts_of
from tsunagu.web.rooms import now, rooms

NOTICES_SHOWN = 20
"""Of each kind: the page of notices lists them all."""


def home(request: HttpRequest) -> HttpResponse:
    """Show the notices that wait for an answer, and the officer's cases."""
    until = officer_of(request).certified_until
    if is_barred(request):
        return render(request, "web/not_certified.html", {"until": until})
    if not may(request, Permission.NOTICE_READ):
        return redirect("ledger" if may(request, Permission.LEDGER_READ) else "officers")
    read = list_notices(act=Act.NOTICE_READ, queue=rooms().queue, **parts_of(request))
    views = read.views
    cases = list_cases(**parts_of(request))
    return render(
        request,
        "web/home.html",
        {
            "waiting": read.waiting,
            "elsewhere": count_waiting(**parts_of(request)),
            "most_referrals": MOST_REFERRALS,
            "shown": NOTICES_SHOWN,
            "most": f":{NOTICES_SHOWN}",
            "held": [view for view in views if view.notice.held],
            "new": [view for view in views if not view.notice.acknowledged_at and not view.notice.held],
            "to_share": [
                view
                for view in views
                if view.notice.acknowledged_at and not (view.notice.shared_at or view.notice.held or view.notice.ended)
            ],
            "shared": [view for view in views if view.notice.revealed and not view.notice.ended],
            "to_review": [case for case in cases if case.waits_for_review(now().date())],
            "cases": cases,
            "proposals": list_proposals(**parts_of(request)) if may(request, Permission.OFFICER_CONFIRM) else (),
            "expires": until if until and until <= now() + EXPIRES_SOON else None,
        },
    )
