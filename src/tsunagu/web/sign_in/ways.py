"""The second way in: the pages that send an officer to the provider, and take him back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.act import Act
from tsunagu.domain.errors import NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import Credentials
from tsunagu.records import agencies, subjects
from tsunagu.services.agencies.subjects import bind_subject, proves_subject, unbind_subject
from tsunagu.web.desk import officer_of
from tsunagu.web.provider import REFUSED, Flow, NotProven, Provider, authorization_address, proven_subject
from tsunagu.web.rooms import now, provider, rooms
from tsunagu.web.sign_in.proof import BY_PROVIDER, grave

FLOW = "provider_flow"


@require_GET
def way(request: HttpRequest) -> HttpResponse:
    """Tell an officer whether he may come in by the provider, and let him change that."""
    is_bound = subjects.sealed_subject(officer_of(request).pk) is not None
    return render(request, "web/provider.html", {"is_bound": is_bound, "issuer": _configured().issuer})


@login_not_required
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the provider who says what he is called; whether there is such a login is told by no answer."""
    configured = _configured()
    if request.user.is_authenticated:
        return redirect("home")
    too_many = ratelimit.consume_or_429(request, app="allauth.account", action="login")
    return too_many or _sent(request, configured, login=request.POST.get("login", ""))


@require_POST
@grave
def bind(request: HttpRequest) -> HttpResponse:
    """Send an officer to the provider, to say there who he is."""
    return _sent(request, _configured(), login=None)


@require_POST
@grave
def unbind(request: HttpRequest) -> HttpResponse:
    """Forget who an officer is at the provider."""
    officer = officer_of(request)
    unbind_subject(officer_id=officer.pk, agency_id=officer.agency_id, now=now(), ledger=rooms().ledger)
    return redirect("provider")


@login_not_required
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take an officer back from the provider, and let him in as far as the second step, or bind him.

    Who is signed in comes in no second time: the provider's own session would speak for whoever sits at his desk.
    """
    configured = _configured()
    kept = request.session.pop(FLOW, None)
    flow = Flow(**kept) if isinstance(kept, dict) else None
    subject = _proven(request, configured, flow)
    if flow is not None and flow.login is None:
        return _bound(request, configured, subject)
    if request.user.is_authenticated:
        raise _refusal(agencies.credentials_of(officer_of(request).login))
    return _let_in(request, configured, flow.login or "" if flow else "", subject)


def _proven(request: HttpRequest, configured: Provider, flow: Flow | None) -> str | None:
    """Return who the provider says this is; None where anything is not as it must be."""
    if flow is None:
        return None
    with suppress(NotProven):
        return proven_subject(
            configured,
            flow,
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            issuer=request.GET.get("iss"),
            callback=_callback(request),
            now=now(),
        )
    return None


def _bound(request: HttpRequest, configured: Provider, subject: str | None) -> HttpResponse:
    if subject is None or not request.user.is_authenticated:
        raise _refusal(None)
    officer = officer_of(request)
    bind_subject(
        officer_id=officer.pk,
        agency_id=officer.agency_id,
        issuer=configured.issuer,
        subject=subject,
        now=now(),
        keys=rooms().keys,
        ledger=rooms().ledger,
    )
    return redirect("provider")


def _let_in(request: HttpRequest, configured: Provider, login: str, subject: str | None) -> HttpResponse:
    held = agencies.credentials_of(login)
    issuer = configured.issuer if subject is not None else None
    is_he = proves_subject(held, issuer=issuer, subject=subject or "", now=now(), keys=rooms().keys)
    if held is None or not is_he:
        raise _refusal(held)
    officer = get_user_model().objects.get(pk=held.officer.officer_id)
    record_authentication(request, officer, method=BY_PROVIDER)
    answer: HttpResponse = perform_login(request, officer, email_verification="none")
    return answer


def _refusal(held: Credentials | None) -> NotProven:
    """Write a refusal down, and return it."""
    agency_id: UUID | None = held.officer.agency_id if held else None
    officer_id = held.officer.officer_id if held else None
    rooms().ledger.write(Deed(Act.ACCESS_DENIED, now(), agency_id, officer_id, details={"door": "provider"}))
    return NotProven(REFUSED)


def _sent(request: HttpRequest, configured: Provider, *, login: str | None) -> HttpResponse:
    flow = Flow.begun(login=login, now=now())
    address = authorization_address(configured, flow, _callback(request))
    request.session[FLOW] = asdict(flow)
    return redirect(address)


def _configured() -> Provider:
    found = provider()
    if found is None:
        raise NotFound("no such page")
    return found


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("provider_callback"))
