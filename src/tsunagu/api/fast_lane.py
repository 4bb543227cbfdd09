"""What stands before the framework: look-ups alone, which come in hundreds a second, each with a committed entry.

The key, the budget, the banks and the ledger are the same as everywhere; what is saved is a page's way through the
middleware, and a transaction for each who asks at the same moment.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from ninja.errors import ValidationError as Unfit
from pydantic_core import to_json

from tsunagu.api.failures import BUG, OF_FRAMEWORKS, anticipated, note_bug, note_refusal
from tsunagu.domain.errors import InputError, NotSignedIn
from tsunagu.services.api_keys import NO_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from tsunagu.services.look_up_desk import LookUpDesk

Environ = dict[str, Any]
Counted = Callable[[str, int, float], None]

MOST_BODY_BYTES = 1 << 20
_JSON = "application/json"
_HEADERS = (
    ("Cache-Control", "private, no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Content-Type", _JSON),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request, as far as a lane reads it.

    Attributes:
        token: the key that came with it, which nobody has looked at yet; empty where none came.
        query: of its address, as it came.
        purpose: the purpose that its header states; None where it states none.
        body: all of it.
    """

    token: str
    query: str
    purpose: str | None
    body: bytes


class Lane(Protocol):
    """One address that is answered here.

    Attributes:
        method, path: what it answers; everything else goes on to the framework.
        page: the name under which it is counted.
    """

    method: str
    path: str
    page: str

    def takes(self, environ: Environ) -> bool:
        """Return whether it answers this request of its address: none that brings a file."""

    def answer(self, incoming: Incoming, desk: LookUpDesk) -> Any:
        """Return what is told, for JSON; whatever a service raises tells why not."""

    def failure(self, status: int, code: str, message: str, fields: Sequence[str], reference: str) -> tuple[int, Any]:
        """Return how a failure is told: its status, and what is told, for JSON."""


class FastLane:
    """Answers what its lanes take, and hands everything else to the framework."""

    def __init__(
        self,
        otherwise: WSGIApplication,
        lanes: Sequence[Lane],
        *,
        desk: LookUpDesk,
        counted: Counted,
        pages: Executor,
    ) -> None:
        """Stand before `otherwise`.

        Args:
            otherwise: the framework.
            lanes: what is answered here.
            desk: answers who looks up.
            counted: is told page, status and seconds of each request that is answered here.
            pages: works for the framework: each of its threads keeps connections to the database, and no other does.
        """
        self._otherwise = otherwise
        self._lanes = {(one.method, one.path): one for one in lanes}
        self._desk = desk
        self._counted = counted
        self._pages = pages

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        lane = self._lanes.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if lane is None or not lane.takes(environ):
            return self._pages.submit(self._otherwise, environ, start_response).result()
        began = time.monotonic()
        reference = secrets.token_hex(4)
        status, told = self._answered(lane, environ, reference)
        content = to_json(told)
        headers = [*_HEADERS, ("Content-Length", str(len(content))), ("X-Reference", reference)]
        if status == HTTPStatus.UNAUTHORIZED:
            headers.append(("WWW-Authenticate", "Bearer"))
        if environ["wsgi.url_scheme"] == "https":
            headers.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        self._counted(lane.page, status, time.monotonic() - began)
        return [content]

    def _answered(self, lane: Lane, environ: Environ, reference: str) -> tuple[int, Any]:
        domain, _ = split_domain_port(environ.get("HTTP_HOST", ""))
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            return lane.failure(400, *OF_FRAMEWORKS[HTTPStatus.BAD_REQUEST], (), reference)
        try:
            return 200, self._by_key(lane, _incoming(environ))
        except Exception as error:  # noqa: BLE001 - nothing stands behind this: a bug is told as everywhere
            found = anticipated(error)
            if found is None:
                note_bug(reference, error)
                return lane.failure(500, *BUG, (), reference)
            told, fields = found
            note_refusal(reference, told)
            return lane.failure(told.http_status, told.code, str(told), fields, reference)

    def _by_key(self, lane: Lane, incoming: Incoming) -> Any:
        """Answer; a key that opens nothing is told so whatever is wrong with what it asks."""
        if not incoming.token:
            raise NotSignedIn(NO_KEY)
        desk = self._desk
        try:
            return lane.answer(incoming, desk)
        except (InputError, Unfit):
            self._pages.submit(desk.check, incoming.token).result()
            raise


def _incoming(environ: Environ) -> Incoming:
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
        raise InputError(f"the body of the request has at most {MOST_BODY_BYTES:,} bytes")
    return Incoming(
        token if scheme.lower() == "bearer" else "",
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_X_PURPOSE"),
        environ["wsgi.input"].read(int(length)) if int(length) else b"",
    )
