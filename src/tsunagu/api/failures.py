"""How a failure is told: one shape, a reference number, and nothing of what was worked on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from tsunagu.domain.errors import InputError, NotSignedIn, TsunaguError, Unavailable
from tsunagu.records.session import DATABASE_FAILED, outage
from tsunagu.services.agencies.api_keys import NO_KEY

log = logging.getLogger("tsunagu.api")

OF_FRAMEWORKS = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "this is no proper request"),
    HTTPStatus.NOT_FOUND: ("not-found", "there is nothing here"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method-not-allowed", "this address does not take this method"),
}
"""What is told where a request never reached an operation."""
_WRONG = {
    HttpError: "the body of the request cannot be read as JSON",
    SuspiciousOperation: "the request names more than is taken at once",
}
BUG = ("bug", "this is a fault of the program: tell its operator the reference")


class Failure(Schema):
    """What is answered when something was not done.

    Attributes:
        code: what kind of failure it is; stays the same from release to release.
        message: for people.
        fields: which parts of the request were wrong, such as `query.most`; empty unless the schema refused them.
        reference: by which the operator finds the line in his log.
    """

    code: Annotated[str, Field(pattern="^[a-z-]+$", max_length=40)]
    message: Annotated[str, Field(max_length=1000)]
    fields: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)]
    reference: Annotated[str, Field(pattern="^[0-9a-f]{8}$")]


def failing(*statuses: int) -> dict[int, type[Failure]]:
    """Return the failures of an operation for its schema: what any operation may meet, and these."""
    return dict.fromkeys((401, 403, 422, 500, 503, *statuses), Failure)


def failure(request: HttpRequest, status: int, code: str, message: str, fields: Sequence[str] = ()) -> HttpResponse:
    """Return a failure as every one of them is told."""
    response = JsonResponse(as_told(code, message, fields, getattr(request, "reference", "")), status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def as_told(code: str, message: str, fields: Sequence[str], reference: str) -> dict[str, Any]:
    """Return the one shape of all failures."""
    return {"code": code, "message": message, "fields": list(fields), "reference": reference}


def failure_of_framework(request: HttpRequest, status: int) -> HttpResponse:
    """Return the failure of a request that never reached an operation, or broke one."""
    return failure(request, status, *OF_FRAMEWORKS.get(HTTPStatus(status), BUG))


def anticipated(error: object) -> tuple[TsunaguError, tuple[str, ...]] | None:
    """Return as what an exception is told, and which fields were wrong; None for what nobody anticipated."""
    match error:
        case TsunaguError():
            return error, ()
        case AuthenticationError():
            return NotSignedIn(NO_KEY), ()
        case ValidationError():
            fields = (".".join(map(str, one["loc"]))[:200] for one in error.errors[:20])
            return InputError("the request does not fit the schema"), tuple(fields)
    if isinstance(error, DATABASE_FAILED):
        return outage(error, Unavailable("the database does not answer: try again later")), ()
    wrong = next((text for kind, text in _WRONG.items() if isinstance(error, kind)), None)
    return None if wrong is None else (InputError(wrong), ())


def note_refusal(reference: str, error: TsunaguError) -> None:
    """Write a line that a request was refused."""
    told = {"event": "refused", "reference": reference, "status": error.http_status, "code": error.code}
    log.info("%s refused: %s %s", reference, error.http_status, error.code, extra={"told": told})


def note_bug(reference: str, error: Exception) -> None:
    """Write down which kind of exception was met and where it was raised; its message may hold content."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "tsunagu" in one.filename] or frames
    place = f"{ours[-1].filename.rpartition('tsunagu/')[2]}:{ours[-1].lineno}"
    told = {"event": "failed", "reference": reference, "error": type(error).__name__, "place": place}
    log.error("%s failed: %s at %s", reference, type(error).__name__, place, extra={"told": told})


def map_failures(api: NinjaAPI) -> None:
    """Let the API tell each anticipated failure by the status of its class; everything else goes on to Django."""

    def refused(request: HttpRequest, raised: Exception | type[Exception]) -> HttpResponse:
        found = anticipated(raised)
        if found is None:
            raise raised
        error, fields = found
        note_refusal(getattr(request, "reference", ""), error)
        return failure(request, error.http_status, error.code, str(error), fields)

    for kind in (TsunaguError, AuthenticationError, HttpError, ValidationError, *DATABASE_FAILED):
        api.add_exception_handler(kind, refused)
