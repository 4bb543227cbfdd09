"""What stands before the API and before no page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from tsunagu.api.failures import failure_of_framework

API = "/api/"


class ApiMiddleware:
    """Lets no cookie through, and tells every failure in the API's own shape.

    Without cookies there is no session: a page elsewhere that makes a browser ask is nobody here, and no form's token
    is needed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not request.path.startswith(API):
            return self._get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self._get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or response["Content-Type"].startswith("application/json"):
            return response
        told = failure_of_framework(request, response.status_code)
        if response.has_header("Allow"):
            told["Allow"] = response["Allow"]
        return told
