"""All operations together, under `/api/`, and their description."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.operation import Operation

from tsunagu.api.agency import agency_router
from tsunagu.api.cases import cases_router
from tsunagu.api.door import ApiKey, Door
from tsunagu.api.failures import map_failures
from tsunagu.api.intakes import intakes_router
from tsunagu.api.look_ups import look_up_router
from tsunagu.api.middleware import API
from tsunagu.api.overlaps import answers_router, overlaps_router
from tsunagu.api.reports import reports_router
from tsunagu.services.house import Rooms

VERSION = "1"


class Api(NinjaAPI):
    """The API: an operation is called what its function is."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation in the description."""
        return operation.view_func.__name__


def build_api(*, rooms: Callable[[], Rooms], now: Callable[[], datetime]) -> NinjaAPI:
    """Return the API over the rooms of this process.

    Args:
        rooms: returns the rooms that are open; called for each request.
        now: returns the time of a request.
    """
    door = Door(rooms, now)
    # Neither pages of documentation nor an open description: both would be open to everybody.
    api = Api(
        title="Tsunagu",
        version=VERSION,
        description="What an officer may do, done by a program that has a key of his. See docs/api.md.",
        auth=ApiKey(door),
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
    )
    map_failures(api)
    for routes in (
        agency_router,
        cases_router,
        overlaps_router,
        answers_router,
        intakes_router,
        look_up_router,
        reports_router,
    ):
        api.add_router("", routes(door))

    @api.get("openapi.json", include_in_schema=False, url_name="openapi")
    def openapi(request: HttpRequest) -> dict[str, Any]:
        del request
        return description(api)

    return api


@cache  # it takes longer to make than anything that is asked here
def description(api: NinjaAPI) -> dict[str, Any]:
    """Return the OpenAPI description, which is to be left as it is: others are given the same."""
    return dict(api.get_openapi_schema(path_prefix=API))


def url_patterns(api: NinjaAPI) -> list[URLPattern]:
    """Return where the operations are, open to who has a key.

    The redirect to the sign-in, which every page has, is taken away: a program is told 401.
    """
    patterns, *_ = api.urls
    found = [one for one in patterns if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        login_not_required(one.callback)
    return found
