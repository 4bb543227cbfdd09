"""Who is not signed in is sent to do so, and then to a page that opens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from tsunagu.web.buttons import page_of


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends to the sign-in, and from there not to an address that only takes answers: to the page with its button."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Send who is not signed in."""
        del view_func
        return redirect_to_login(page_of(request), reverse("account_login"))
