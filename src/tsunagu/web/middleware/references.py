"""Every request has a reference number; every failure is told with it, and never with content."""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop

from tsunagu.domain.errors import TsunaguError, Unavailable
from tsunagu.records.session import DATABASE_FAILED, outage
from tsunagu.web.buttons import way_back
from tsunagu.web.templatetags.tsunagu import sentence

DATABASE_GONE = "the database is not there just now; what was committed is kept, so try again in a moment"
ONLY_TAKES = gettext_noop("nothing is shown at this address: it takes what a button sends")
UNTOLD = (404, 500)
"""Failures of which a script is shown no message: not there and not yours look alike, and a bug may say anything."""
log = logging.getLogger("tsunagu.web")


class ReferenceMiddleware:
    """Gives each request a reference, and turns anticipated failures into pages with the status of their class."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        request.reference = secrets.token_hex(4)  # type: ignore[attr-defined]
        response = self._get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response.content = failure(request, response.status_code, gettext(ONLY_TAKES)).content
            response["Content-Length"] = str(len(response.content))  # told before, of an empty page
        response["X-Reference"] = reference_of(request)
        response.setdefault("Cache-Control", "private, no-store")  # after signing out "back" shows nothing
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of an anticipated failure; everything else goes on to Django."""
        if isinstance(error, DATABASE_FAILED):
            error = outage(error, Unavailable(DATABASE_GONE))
        if not isinstance(error, TsunaguError):
            return None
        status = note_refusal(request, error)
        return failure(request, status, str(error))


def note_refusal(request: HttpRequest, error: TsunaguError) -> int:
    """Write down that a request was refused, and return the status of the error's class."""
    _note(logging.INFO, "refused", request, "{status} {code}", status=error.http_status, code=error.code)
    return error.http_status


def failure(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """Return the plain page of a failure; to a script of ours, which asks for JSON, what it is to show."""
    if request.headers.get("accept") == "application/json":
        told = "" if status in UNTOLD else sentence(message)
        return JsonResponse({"told": told, "reference": reference_of(request)}, status=status)
    return render(
        request,
        "web/failure.html",
        {"status": status, "message": message, "reference": reference_of(request), "back": way_back(request)},
        status=status,
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's own signature
    """Answer a form whose token is missing or old."""
    return failure(request, 403, gettext("this page was open too long: go back, load it anew, and send it again"))


def unforeseen(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nothing has caught: the database is gone, or it is a bug."""
    error = sys.exc_info()[1]
    if isinstance(error, DATABASE_FAILED):
        gone = outage(error, Unavailable(DATABASE_GONE))
        return failure(request, note_refusal(request, gone), str(gone))
    note_bug(request)
    return failure(request, 500)


def note_bug(request: HttpRequest) -> None:
    """Write down which kind of exception is being answered and where it was raised; its message may hold content."""
    kind, _, where = sys.exc_info()
    frames = traceback.extract_tb(where)
    ours = [one for one in frames if "tsunagu" in one.filename] or frames
    place = f"{ours[-1].filename.rpartition('tsunagu/')[2]}:{ours[-1].lineno}" if ours else "?"
    _note(logging.ERROR, "failed", request, "{error} at {place}", error=kind.__name__ if kind else "?", place=place)


def _note(level: int, event: str, request: HttpRequest, sentence: str, **facts: str | int) -> None:
    """Write a line, as a sentence and for machines; `facts` are codes and places of our own."""
    told = {"event": event, "reference": reference_of(request), **facts}
    log.log(level, "%s %s: %s", told["reference"], event, sentence.format(**facts), extra={"told": told})


def reference_of(request: HttpRequest) -> str:
    """Return the reference number of a request."""
    return str(getattr(request, "reference", ""))
