"""How a failure is told: one shape, a reference number, and nothing of what was worked on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from tsunagu.domain.errors import InputError, NotSignedIn, TsunaguError, Unavailable
from tsunagu.records.session import DATABASE_FAILED, outage
from tsunagu.services.api_keys import NO_KEY

log = logging.getLogger("tsunagu.api")

OF_FRAMEWORKS = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "this is no proper request"),
    HTTPStatus.NOT_FOUND: ("not-found", "there is nothing here"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method-not-allowed", "this address does not take this method"),
}
"""What is told where a request never reached an operation."""
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
    told = {"code": code, "message": message, "fields": list(fields), "reference": getattr(request, "reference", "")}
    response = JsonResponse(told, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def failure_of_framework(request: HttpRequest, status: int) -> HttpResponse:
    """Return the failure of a request that never reached an operation, or broke one."""
    return failure(request, status, *OF_FRAMEWORKS.get(HTTPStatus(status), BUG))


def map_failures(api: NinjaAPI) -> None:
    """Let the API tell each anticipated failure by the status of its class; everything else goes on to Django."""

    def refused(request: HttpRequest, error: TsunaguError, fields: Sequence[str] = ()) -> HttpResponse:
        told = {"event": "refused", "reference": getattr(request, "reference", "")}
        line = f"{told['reference']} refused: {error.http_status} {error.code}"
        log.info(line, extra={"told": {**told, "status": error.http_status, "code": error.code}})
        return failure(request, error.http_status, error.code, str(error), fields)

    def no_key(request: HttpRequest, _: Exception) -> HttpResponse:
        return refused(request, NotSignedIn(NO_KEY))

    def unreadable(request: HttpRequest, _: Exception) -> HttpResponse:
        return refused(request, InputError("the body of the request cannot be read as JSON"))

    def unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = [".".join(map(str, one["loc"]))[:200] for one in error.errors[:20]]
        return refused(request, InputError("the request does not fit the schema"), fields)

    def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
        return refused(request, outage(error, Unavailable("the database does not answer: try again later")))

    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        TsunaguError: refused,
        AuthenticationError: no_key,
        HttpError: unreadable,
        ValidationError: unfit,
        **dict.fromkeys(DATABASE_FAILED, unavailable),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
