"""Proof, asked for again before a grave act, that it is still the same officer."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

Arguments = ParamSpec("Arguments")


def has_proven_lately(request: HttpRequest) -> bool:
    """Return whether the officer has proven who he is as lately as proof lasts; signing in is such a proof."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


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
