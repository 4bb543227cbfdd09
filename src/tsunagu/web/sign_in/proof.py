"""Grave acts: done only by an officer who has proven lately that it is still he who sits there."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tsunagu.web.buttons import page_of
from tsunagu.web.rooms import is_demo

View = Callable[..., HttpResponse]
BY_PROVIDER = "provider"
"""How a sign-in by the provider is noted: it may have answered without asking anybody for anything."""


def has_proven_lately(request: HttpRequest) -> bool:
    """Return whether the officer has given a proof of who he is as lately as proof lasts.

    Signing in by password or second factor is one. That the provider said who it is proves nothing of who sits here.
    """
    records = [one for one in get_authentication_records(request, request.user) if one["method"] != BY_PROVIDER]
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def grave(view: View) -> View:
    """Make a view ask for proof of who acts when it is posted to, and send him back once he has given it.

    Nothing of the request is kept meanwhile: he sees once more what he is about to do, on the page that has the button.
    A demonstration's officers have no password to prove anything by, so they are not asked.
    """

    @wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if request.method != "POST" or is_demo() or has_proven_lately(request):
            return view(request, **arguments)
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': page_of(request)})}")

    return answer
