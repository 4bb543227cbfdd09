"""Grave acts: done only by an officer who has proven lately that it is still he who sits there."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tsunagu.web.rooms import is_demo

View = Callable[..., HttpResponse]
Arguments = ParamSpec("Arguments")


def has_proven_lately(request: HttpRequest) -> bool:
    """Return whether the officer has given a proof of who he is as lately as proof lasts; signing in is one."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def grave(back: str, *kept: str) -> Callable[[View], View]:
    """Make a view ask for proof of who acts when it is posted to, and send him back once he has given it.

    Nothing of the request is kept meanwhile: he sees once more what he is about to do. A demonstration's officers have
    no password to prove anything by, so they are not asked.

    Args:
        back: name of the page that has the button.
        kept: which of the view's arguments that page takes.
    """

    def asking(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if request.method != "POST" or is_demo() or has_proven_lately(request):
                return view(request, **arguments)
            page = reverse(back, kwargs={name: arguments[name] for name in kept})
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}")

        return answer

    return asking


def proof_required(
    page: Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """Return the page as it opens after a recent proof; without one it sends the officer to give it, and back."""

    @wraps(page)
    def proven(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        if has_proven_lately(request):
            return page(request, *args, **kwargs)
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")

    return proven
