"""A case after it was opened: who works on it, closed and reopened, and rid of what does not belong to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.erasure import DELETION_GROUNDS, WITHDRAWAL_GROUNDS, ErasureGround
from tsunagu.domain.errors import InputError
from tsunagu.services.cases.life import close_case, reopen_case, withdraw_exhibit, withdrawal_consequences
from tsunagu.services.cases.opening import staff_case, unstaff_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion, view_deletion, withdraw_deletion
from tsunagu.services.upkeep.retention import keep_case
from tsunagu.web.desk import chosen, day, parts_of
from tsunagu.web.rooms import rooms
from tsunagu.web.sign_in.proof import grave


@require_POST
@grave
def staff(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a colleague work on a case."""
    staff_case(reference=reference, login=request.POST.get("login", ""), **parts_of(request))
    return redirect("case", reference)


@require_POST
def unstaff(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a colleague work on a case no more; who leaves it himself is back at his cases."""
    login = request.POST.get("login", "")
    unstaff_case(reference=reference, login=login, **parts_of(request))
    return redirect("cases") if login == request.user.get_username() else redirect("case", reference)


@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close a case."""
    close_case(reference=reference, **parts_of(request))
    return redirect("case", reference)


@require_POST
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    """Open a closed case again."""
    reopen_case(reference=reference, reason=request.POST.get("reason", ""), **parts_of(request))
    return redirect("case", reference)


@require_POST
@grave
def keep(request: HttpRequest, reference: str) -> HttpResponse:
    """Set another last day on which a case is kept."""
    until = day(request.POST.get("until", ""))
    if until is None:
        raise InputError("say until which day the case is to be kept")
    keep_case(reference=reference, until=until, reason=request.POST.get("reason", ""), **parts_of(request))
    return redirect("case", reference)


@require_http_methods(["GET", "POST"])
@grave
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell what would go with an exhibit, or withdraw it."""
    if request.method == "POST":
        withdraw_exhibit(
            reference=reference,
            exhibit=request.POST.get("exhibit", ""),
            ground=chosen(ErasureGround, request.POST.get("ground", "")),
            queue=rooms().queue,
            **parts_of(request),
        )
        return redirect("case", reference)
    exhibit = request.GET.get("exhibit", "")
    would = withdrawal_consequences(reference=reference, exhibit=exhibit, **parts_of(request))
    context = {"reference": reference, "exhibit": exhibit, "would": would, "grounds": WITHDRAWAL_GROUNDS}
    return render(request, "web/withdraw.html", context)


@require_http_methods(["GET", "POST"])
@grave
def delete(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell what would go with a case, and propose, confirm or withdraw that it does."""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "confirm":
            confirm_deletion(reference=reference, queue=rooms().queue, **parts_of(request))
            return redirect("cases")
        if act == "withdraw":
            withdraw_deletion(reference=reference, **parts_of(request))
        else:
            ground = chosen(ErasureGround, request.POST.get("ground", ""))
            propose_deletion(reference=reference, ground=ground, **parts_of(request))
        return redirect("case_delete", reference)
    view = view_deletion(reference=reference, **parts_of(request))
    return render(
        request,
        "web/delete.html",
        {"reference": reference, "view": view, "would": view.would, "grounds": DELETION_GROUNDS},
    )
