"""Every request has a reference number; every failure is told with it, and never with content."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound, TsunaguError, Unavailable

log = logging.getLogger("tsunagu.web")

STATUS: tuple[tuple[type[TsunaguError], int], ...] = (
    (InputError, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (Unavailable, 503),
)


class ReferenceMiddleware:
    """Gives each request a reference, and turns anticipated failures into pages with the status of their class."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        request.reference = secrets.token_hex(4)  # type: ignore[attr-defined]
        response = self._get_response(request)
        response["X-Reference"] = reference_of(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of an anticipated failure; everything else goes on to Django."""
        if not isinstance(error, TsunaguError):
            return None
        status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
        log.info("refused", extra={"reference": reference_of(request), "status": status, "code": error.code})
        return failure(request, status, str(error))


def failure(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """Return the plain page of a failure."""
    return render(
        request,
        "web/failure.html",
        {"status": status, "message": message, "reference": reference_of(request)},
        status=status,
    )


def reference_of(request: HttpRequest) -> str:
    """Return the reference number of a request."""
    return str(getattr(request, "reference", ""))
