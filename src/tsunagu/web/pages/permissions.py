"""What two people grant beyond the roles: proposed by one, confirmed by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.errors import InputError
from tsunagu.domain.grant import MOST_DAYS
from tsunagu.domain.permission import BY_GRANT, Permission
from tsunagu.services.agencies.grants import GrantBook, confirm_grant, list_grants, propose_grant, withdraw_grant
from tsunagu.web.desk import chosen, officer_of, parts_of
from tsunagu.web.sign_in.proof import grave

USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Line:
    """One grant or proposal, as the page shows it.

    Attributes:
        officer: his login; None for the agency as a whole.
        may_confirm: whether to offer it: nobody confirms his own proposal, or what is for himself.
    """

    line_id: UUID
    permission: str
    officer: str | None
    by: str
    days: int | None
    until: datetime
    may_confirm: bool = False


@require_http_methods(["GET", "POST"])
def permissions(request: HttpRequest) -> HttpResponse:
    """List what is granted and what waits, or propose to grant something."""
    if request.method == "POST":
        days = request.POST.get("days", "")
        if not (days.isascii() and days.isdigit() and len(days) < len(str(MOST_DAYS)) + 1):
            raise InputError(f"a grant lasts 1 to {MOST_DAYS} days")
        propose_grant(
            permission=chosen(Permission, request.POST.get("permission", "")),
            login=request.POST.get("login", "").strip() or None,
            days=int(days),
            **parts_of(request),
        )
        return redirect("permissions")
    book = list_grants(**parts_of(request))
    context = {
        "waiting": _waiting(book, officer_of(request).pk),
        "granted": _granted(book),
        "choices": sorted(one.value for one in BY_GRANT),
        "most_days": MOST_DAYS,
        "usual_days": USUAL_DAYS,
    }
    return render(request, "web/permissions.html", context)


@require_POST
@grave
def confirm(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Confirm what a colleague proposed."""
    confirm_grant(proposal_id=proposal_id, **parts_of(request))
    return redirect("permissions")


@require_POST
def withdraw(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Withdraw a grant, or a proposal of one."""
    withdraw_grant(grant_id=grant_id, **parts_of(request))
    return redirect("permissions")


def _waiting(book: GrantBook, asking: UUID) -> list[Line]:
    return [
        Line(
            one.proposal_id,
            str(one.terms["permission"]),
            book.logins[one.officer_id] if one.officer_id else None,
            book.logins[one.proposed_by],
            int(one.terms["days"]),
            one.expires_at,
            asking not in {one.proposed_by, one.officer_id},
        )
        for one in book.proposals
    ]


def _granted(book: GrantBook) -> list[Line]:
    return [
        Line(
            one.grant_id,
            one.permission.value,
            book.logins[one.officer_id] if one.officer_id else None,
            f"{book.logins[one.proposed_by]}, {book.logins[one.confirmed_by]}",
            None,
            one.expires_at,
        )
        for one in book.grants
    ]
