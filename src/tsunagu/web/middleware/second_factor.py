"""Nobody works with a password alone: who has no second factor yet is sent to make one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tsunagu.web.middleware.agencies import HAS_FACTOR, SIGN_IN_PATH


class SecondFactorMiddleware:
    """Lets an officer without a second factor go nowhere but to the pages where he makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send the officer to make a second factor."""
        is_elsewhere = not request.path.startswith((SIGN_IN_PATH, "/static/"))
        if is_elsewhere and request.user.is_authenticated and not getattr(request, HAS_FACTOR):
            return redirect("mfa_activate_totp")
        return self._get_response(request)
