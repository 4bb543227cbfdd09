"""Look-ups are answered when their answers are there: no thread of the web server waits for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from granian.server import mp
from granian.wsgi import _callback_wrapper

from tsunagu.api.fast_lane import Environ, FastLane

REPLACED = "_wsgi_call_wrap"
"""What makes, in Granian's `server.mp`, the function that it calls for each request."""
Called = Callable[["_Exchange", Environ], object]


class _Exchange(Protocol):
    """A request of Granian's, which any thread may answer, once."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        """Send the answer."""


def answer_later() -> None:
    """Have the web server of this process ask the application first whether it answers a request by itself.

    WSGI knows no such thing, so what Granian calls for each request is replaced. Were another release to call something
    else, the application would be asked as WSGI has it, and answer the same.
    """
    setattr(mp, REPLACED, _called_first)


def _called_first(application: FastLane, scope: dict[str, Any], access_log: str | None = None) -> Called:
    ordinary: Called = _callback_wrapper(application, scope, access_log)

    def called(exchange: _Exchange, environ: Environ) -> object:
        return application.answers(environ, exchange.response_bytes) or ordinary(exchange, environ)

    return called
