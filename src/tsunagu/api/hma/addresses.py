"""Where this door answers what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path

from tsunagu.api.door import Door
from tsunagu.api.hma import curating
from tsunagu.api.hma.door import Answering, Request, not_yet, view_of
from tsunagu.api.hma.hashing import examined_file, hashed, signals_of
from tsunagu.api.hma.matching import asked, asks_all, by_bank, compare, raw
from tsunagu.api.hma.shapes import CONTENTS, SIGNALS, query_of, ratio
from tsunagu.api.middleware import HMA
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.look_up import Answer, Query
from tsunagu.domain.permission import Permission
from tsunagu.services.banks.ownership import list_banks
from tsunagu.services.house import Rooms

Methods = dict[str, Answering]

ALIVE = "I-AM-ALIVE"


def hma_patterns(*, rooms: Callable[[], Rooms], now: Callable[[], datetime]) -> list[URLPattern]:
    """Return every address, over the rooms of this process; each opens by a key alone."""
    door = Door(rooms, now)
    content: Methods = {"get": curating.content, "put": curating.change_content, "delete": curating.remove_content}
    bank: Methods = {"get": curating.bank, "put": curating.change, "delete": curating.remove}
    answering: dict[str, Methods] = {
        "status": {"get": _alive},
        "status/live": {"get": _alive},
        "site-map": {"get": lambda _: [HMA + one for one in answering]},
        "h/hash": {"get": hashed, "post": hashed},
        "m/lookup": {"get": _lookup, "post": _lookup_file},
        "m/raw_lookup": {"get": _raw_lookup},
        "m/compare": {"post": _compare},
        "m/index/status": {"get": _index_status},
        "c/banks": {"get": curating.banks, "post": curating.create},
        "c/bank/<str:name>": bank,
        "c/bank/<str:name>/content": {"post": curating.add_content},
        "c/bank/<str:name>/content/<int:content_id>": content,
        "c/bank/<str:name>/signal": {"post": curating.add_signal},
        "c/signal_type": {"get": _signal_types},
        "c/signal_type/index": {"get": _signal_type_index},
        "c/signal_type/<str:kind>": {"put": _switch_signal_type},
        "c/content_type": {"get": lambda _: [{"name": one, "enabled": True} for one in CONTENTS]},
        "c/exchanges": dict.fromkeys(("get", "post"), not_yet),
        "c/exchanges/apis": {"get": not_yet},
        "c/exchanges/api/<str:api>": dict.fromkeys(("get", "post"), not_yet),
        "c/exchanges/api/<str:api>/schema": {"get": not_yet},
        "c/exchange/<str:name>": dict.fromkeys(("get", "put", "delete"), not_yet),
        "c/exchange/<str:name>/status": {"get": not_yet},
    }
    return [path(place, view_of(door, **methods), name=_called(place)) for place, methods in answering.items()]


def _called(place: str) -> str:
    """Return the name of an address, under which its requests are counted."""
    return "_".join(part for part in place.split("/") if not part.startswith("<"))


def _alive(_: Request) -> HttpResponse:
    return HttpResponse(ALIVE, content_type="text/plain")


def _found(request: Request, query: Query, *, of_own_all: bool) -> Answer:
    from tsunagu.services.look_ups.asking import look_up  # noqa: PLC0415 - loads the kernels

    known = request.rooms.known()
    return look_up(queries=[query], known=known, of_own_all=of_own_all, **request.parts).answers[0]


def _lookup(request: Request) -> dict[str, Any]:
    """Answer by bank; a file elsewhere by the type of its signals as well, unless one type is asked for."""
    if "url" in request.params:
        nested = _lookup_file(request)
        kind = request.params.get("signal_type")
        if kind is None:
            return nested
        if kind not in nested:
            raise InputError("this file has no signal of this type")
        return dict(nested[kind])
    found = _found(request, asked(request.params), of_own_all=asks_all(request.params))
    return by_bank(found, request.params, request.parts["keys"])


def _lookup_file(request: Request) -> dict[str, Any]:
    content, examined = examined_file(request)
    told = {}
    for kind, signal in signals_of(request, content, examined).items():
        if not signal:
            raise InputError(f"this picture is too plain to have a {kind} signal that could be looked up")
        found = _found(request, query_of(kind, signal), of_own_all=asks_all(request.params))
        told[kind] = by_bank(found, request.params, request.parts["keys"])
    return told


def _raw_lookup(request: Request) -> dict[str, Any]:
    return raw(_found(request, asked(request.params), of_own_all=True), request.params, request.parts["keys"])


def _compare(request: Request) -> dict[str, Any]:
    request.parts["actor"].require(Permission.MEDIA_LOOK_UP)
    return compare(request.json())


def _index_status(request: Request) -> dict[str, Any]:
    """Return how the index stands: it follows every change at once. Only what is one's own is counted."""
    kind = request.params.get("signal_type")
    if kind is not None and kind not in SIGNALS:
        raise InputError("No such signal type")
    built_to, size = int(request.parts["now"].timestamp()), _own_items(request)
    wanted = SIGNALS if kind is None else (kind,)
    return {one: {"present": True, "built_to": built_to, "size": size} for one in wanted}


def _signal_types(_: Request) -> list[dict[str, Any]]:
    return [{"name": one, "enabled_ratio": 1.0} for one in SIGNALS]


def _switch_signal_type(request: Request) -> HttpResponse:
    """Every type is always on here: what is switched is a bank."""
    if request.names["kind"] not in SIGNALS:
        raise NotFound("No such signal type")
    body = request.json()
    if not isinstance(body, dict) or ratio(body.get("enabled_ratio")) != 1:
        raise InputError("a type of signals is always enabled here: change the ratio of a bank")
    return HttpResponse(status=204)


def _signal_type_index(request: Request) -> dict[str, Any]:
    size, built_to = _own_items(request), int(request.parts["now"].timestamp())
    figures = {
        "db_size": size,
        "index_size": size,
        "index_out_of_date": False,
        "newest_db_item": built_to,
        "index_built_to": built_to,
    }
    return dict.fromkeys(SIGNALS, figures)


def _own_items(request: Request) -> int:
    return sum(one.items for one in list_banks(**request.parts))
