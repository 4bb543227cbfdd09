"""What a peer says of how a browser reached it counts only where the peer is a web server of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tsunagu.web.client_address import is_from_proxy


class ProxyMiddleware:
    """Takes `X-Forwarded-Proto` from everybody else: Django would take his word for an encrypted connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not is_from_proxy(request):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self._get_response(request)
