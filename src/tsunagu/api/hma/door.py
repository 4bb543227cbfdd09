"""Every address of this door: a key first, then the method, and failures as HMA's clients read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tsunagu.api.door import Door
from tsunagu.api.failures import BUG, anticipated, note_bug, note_refusal
from tsunagu.api.hma.matching import purpose_of
from tsunagu.api.hma.shapes import printable, status_of
from tsunagu.api.look_ups import PURPOSE_HEADER
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError, NotSignedIn
from tsunagu.services.agencies.api_keys import NO_KEY, LedgerByKey, actor_by_key
from tsunagu.services.house import Rooms
from tsunagu.services.parts import Keys, Ledger

NO_BANK = "no such bank"
NOT_YET = "exchanges are not served here"


class Parts(TypedDict):
    """What every service is given."""

    actor: Actor
    now: Any
    keys: Keys
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose key was found good.

    Attributes:
        params: of its address.
        names: what its path names.
    """

    http: HttpRequest
    rooms: Rooms
    parts: Parts
    params: Mapping[str, str]
    names: Mapping[str, str]

    def json(self) -> Any:
        """Return the body.

        Raises:
            InputError: it is no JSON.
        """
        try:
            return json.loads(self.http.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise InputError("the body of the request cannot be read as JSON") from error


Answering = Callable[[Request], Any]


def view_of(door: Door, **methods: Answering) -> Callable[..., HttpResponse]:
    """Return the view of one address, by its methods in lower case; what they answer is told as JSON."""

    def view(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            asked = _asked(door, request, names)
            answering = methods.get((request.method or "").lower())
            if answering is None:
                response: HttpResponse = JsonResponse({"message": "Method not allowed"}, status=405)
                response["Allow"] = ", ".join(sorted(methods)).upper()
                return response
            told = answering(asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told in this one shape
            return _failed(request, error, names)
        return told if isinstance(told, HttpResponse) else JsonResponse(told, safe=False)

    return login_not_required(csrf_exempt(view))


def not_yet(_: Request) -> HttpResponse:
    """Answer for what this door does not do."""
    return JsonResponse({"message": NOT_YET}, status=501)


def _asked(door: Door, request: HttpRequest, names: Mapping[str, str]) -> Request:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn(NO_KEY)
    rooms, now = door.rooms(), door.now()
    actor = actor_by_key(token=token, now=now, keys=rooms.keys, ledger=rooms.ledger)
    actor = replace(actor, purpose=purpose_of(request.headers.get(PURPOSE_HEADER)))
    parts = Parts(actor=actor, now=now, keys=rooms.keys, ledger=LedgerByKey(rooms.ledger, actor))
    return Request(request, rooms, parts, request.GET.dict(), names)


def _failed(request: HttpRequest, error: Exception, names: Mapping[str, str]) -> HttpResponse:
    reference = getattr(request, "reference", "")
    found = anticipated(error)
    if found is None:
        note_bug(reference, error)
        return JsonResponse({"message": BUG[1], "reference": reference}, status=500)
    told, _ = found
    note_refusal(reference, told)
    # As HMA tells it; the name is the client's own, and comes into no log.
    message = f"bank '{printable(names['name'])}' not found" if str(told) == NO_BANK else str(told)
    response = JsonResponse({"message": message, "reference": reference}, status=status_of(told))
    if isinstance(told, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    return response
