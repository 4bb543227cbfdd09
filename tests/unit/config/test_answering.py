"""The web server asks the application whether it answers by itself, in the place where Granian lets itself be told."""

from __future__ import annotations

from typing import Any

from granian.server import mp
from granian.wsgi import _callback_wrapper

from tsunagu.config.answering import REPLACED, _called_first


class Application:
    """Answers one address by itself."""

    def answers(self, environ: dict[str, Any], respond: Any) -> bool:
        if environ["PATH_INFO"] != "/mine":
            return False
        respond(200, [("X", "Y")], b"by itself")
        return True

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [environ["PATH_INFO"].encode()]


class Exchange:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def response_bytes(self, *answer: Any) -> None:
        self.told.append(answer)


def test_what_is_replaced_is_what_granian_makes_its_calls_with() -> None:
    assert getattr(mp, REPLACED) is _callback_wrapper


def test_a_request_is_answered_by_the_application_itself_or_as_granian_has_it() -> None:
    called, exchange = _called_first(Application(), {}), Exchange()
    for path in ("/mine", "/other"):
        called(exchange, {"PATH_INFO": path})
    assert exchange.told == [(200, [("X", "Y")], b"by itself"), (404, [], b"/other")]
