"""What stands before the API and before no page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from tsunagu.api.failures import BUG, OF_FRAMEWORKS, failure_of_framework

API = "/api/"
HMA = "/hma/"


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
        if not request.path.startswith((API, HMA)):
            return self._get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        response = self._get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or response["Content-Type"].startswith("application/json"):
            return response
        if request.path.startswith(HMA):
            _, message = OF_FRAMEWORKS.get(HTTPStatus(response.status_code), BUG)
            return JsonResponse({"message": message}, status=response.status_code)
        told = failure_of_framework(request, response.status_code)
        if response.has_header("Allow"):
            told["Allow"] = response["Allow"]
        return told
