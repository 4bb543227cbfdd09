"""In whose name the database is asked: the agency of the officer who is signed in, or is about to be."""

from __future__ import annotations

from contextlib import suppress
from typing import cast
from uuid import UUID, uuid4

from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from tsunagu.domain.errors import InputError
from tsunagu.records.agencies import agency_of_login
from tsunagu.records.second_factors import has_factor
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_reference

SIGN_IN_PATH = "/account/"
AGENCY = "agency"
"""Where a session keeps its agency, from the moment a login is named."""
HAS_FACTOR = "has_factor"
"""Where a request says whether its officer has a second factor: asked in the same transaction as who he is."""


class AgencyMiddleware(AuthenticationMiddleware):
    """Says who asks.

    Signing in reads and writes rows of one agency through a library that knows of none: its pages run within
    `acting_for`. All other pages call services, which open their own transactions.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the name of the session's agency."""
        if not request.path.startswith(SIGN_IN_PATH):
            request.user = _signed_in(request)  # type: ignore[assignment]
            return self._answer(request)
        with acting_for(_agency_of(request)):
            request.user = get_user(request)
            response = self._answer(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        return cast("HttpResponse", self.get_response(request))


def _signed_in(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    agency_id = _session_agency(request)
    if agency_id is None:
        return AnonymousUser()
    with acting_for(agency_id):
        user = get_user(request)
        setattr(request, HAS_FACTOR, user.pk is not None and has_factor(user.pk))
        return user


def _session_agency(request: HttpRequest) -> UUID | None:
    kept = request.session.get(AGENCY)
    return UUID(kept) if isinstance(kept, str) else None


class _Check(CsrfViewMiddleware):
    """The library's own check, which refuses nothing by itself: its middleware does, when its turn comes."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        del request
        return HttpResponse(reason)


def _is_of_this_site(request: HttpRequest) -> bool:
    check = _Check(lambda _: HttpResponse())
    check.process_request(request)
    return check.process_view(request, None, (), {}) is None  # type: ignore[arg-type]


def _agency_of(request: HttpRequest) -> UUID:
    """Return the agency of the login that is named, or else the session's; where there is none, nobody's.

    A form of another site names nobody: it would make sessions, and take the officer's own away.
    """
    login = request.POST.get("login") if request.method == "POST" else None
    if login is None or not _is_of_this_site(request):
        return _session_agency(request) or uuid4()
    agency_id = None
    with suppress(InputError):
        check_reference(login)
        agency_id = agency_of_login(login)
    request.session[AGENCY] = str(agency_id or uuid4())
    return UUID(request.session[AGENCY])
