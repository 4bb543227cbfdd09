"""What stands before the framework: look-ups alone, which come in hundreds a second, each with a committed entry.

The key, the budget, the banks and the ledger are the same as everywhere; what is saved is a page's way through the
middleware, a transaction for each who asks at the same moment, and a thread that waits for each answer.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from ninja.errors import ValidationError as Unfit
from pydantic_core import to_json

from tsunagu.api.failures import BUG, OF_FRAMEWORKS, anticipated, note_bug, note_refusal
from tsunagu.domain.errors import InputError, NotSignedIn
from tsunagu.services.agencies.api_keys import NO_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from tsunagu.domain.look_up import Query
    from tsunagu.domain.purpose import Purpose
    from tsunagu.services.look_ups.asking import LookedUp
    from tsunagu.services.look_ups.desk import LookUpDesk

Environ = dict[str, Any]
Counted = Callable[[str, int, float], None]
Respond = Callable[[int, list[tuple[str, str]], bytes], None]
"""Sends an answer: its status, headers and content."""

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


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks for.

    Attributes:
        of_own_all: whether banks of its own agency answer with all their items, also those that are switched off.
        told: returns what is told of the answer, for JSON.
    """

    purpose: Purpose | None
    queries: Sequence[Query]
    told: Callable[[LookedUp], Any]
    of_own_all: bool = False


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

    def question(self, incoming: Incoming) -> Question:
        """Return what is asked for; an `InputError` or `Unfit` tells what is wrong with it."""

    def failure(self, status: int, code: str, message: str, fields: Sequence[str], reference: str) -> tuple[int, Any]:
        """Return how a failure is told: its status, and what is told, for JSON."""


@dataclass(frozen=True, slots=True)
class _Request:
    """A request under way, and how it is answered."""

    lane: Lane
    respond: Respond
    is_https: bool
    began: float
    reference: str


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
        """Answer, as every server asks that knows no better: a thread waits for the answer."""
        told: SimpleQueue[tuple[int, list[tuple[str, str]], bytes]] = SimpleQueue()
        if not self.answers(environ, lambda *answer: told.put(answer)):
            return self._pages.submit(self._otherwise, environ, start_response).result()
        status, headers, content = told.get()
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [content]

    def answers(self, environ: Environ, respond: Respond) -> bool:
        """Return whether a request is answered here: then nobody needs to wait, for it is once the answer is there.

        Args:
            environ: the request.
            respond: is called once, with status, headers and content, by whichever thread has them. That may be before
                this returns.
        """
        lane = self._lanes.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if lane is None or not lane.takes(environ):
            return False
        is_https = environ["wsgi.url_scheme"] == "https"
        request = _Request(lane, respond, is_https, time.monotonic(), secrets.token_hex(4))
        try:
            self._ask(request, environ)
        except Exception as error:  # noqa: BLE001 - nothing stands behind this: a bug is told as everywhere
            self._refuse(request, error)
        return True

    def _ask(self, request: _Request, environ: Environ) -> None:
        """Have it answered; a key that opens nothing is told so whatever is wrong with what it asks."""
        domain, _ = split_domain_port(environ.get("HTTP_HOST", ""))
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            self._fail(request, 400, *OF_FRAMEWORKS[HTTPStatus.BAD_REQUEST], ())
            return
        incoming = _incoming(environ)
        if not incoming.token:
            raise NotSignedIn(NO_KEY)
        try:
            asked = request.lane.question(incoming)
        except (InputError, Unfit):
            self._pages.submit(self._desk.check, incoming.token).result()
            raise
        self._desk.ask(
            token=incoming.token,
            purpose=asked.purpose,
            queries=asked.queries,
            of_own_all=asked.of_own_all,
            answered=partial(self._tell, request, asked),
        )

    def _tell(self, request: _Request, asked: Question, outcome: LookedUp | Exception) -> None:
        if isinstance(outcome, Exception):
            self._refuse(request, outcome)
            return
        try:
            content = to_json(asked.told(outcome))
        except Exception as error:  # noqa: BLE001 - as above
            self._refuse(request, error)
        else:
            self._respond(request, 200, content)

    def _refuse(self, request: _Request, error: Exception) -> None:
        found = anticipated(error)
        if found is None:
            note_bug(request.reference, error)
            self._fail(request, 500, *BUG, ())
            return
        told, fields = found
        note_refusal(request.reference, told)
        self._fail(request, told.http_status, told.code, str(told), fields)

    def _fail(self, request: _Request, status: int, code: str, message: str, fields: Sequence[str]) -> None:
        status, told = request.lane.failure(status, code, message, fields, request.reference)
        self._respond(request, status, to_json(told))

    def _respond(self, request: _Request, status: int, content: bytes) -> None:
        headers = [*_HEADERS, ("Content-Length", str(len(content))), ("X-Reference", request.reference)]
        if status == HTTPStatus.UNAUTHORIZED:
            headers.append(("WWW-Authenticate", "Bearer"))
        if request.is_https:
            headers.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
        request.respond(status, headers, content)
        self._counted(request.lane.page, status, time.monotonic() - request.began)


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
