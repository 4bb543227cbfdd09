"""The door for other installations: one address, one method, behind a handshake that only members come past.

It tells nobody anything but messages that are sealed for the one who asks, and logs no word of theirs.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock
from typing import Any
from uuid import UUID

from tsunagu.domain.errors import InputError, TsunaguError, Unavailable
from tsunagu.federation.bundle import MOST_SENT_BYTES
from tsunagu.federation.line_tls import caller
from tsunagu.records.hub_line import PATH, ended_after
from tsunagu.records.session import connections_left

HANDSHAKE_S = 10.0
SILENCE_S = 20.0
KNOWN_FOR_S = 2.0
"""How long who is a member is remembered: strangers that knock ask the database no more often."""
LONGEST_CALL_S = 300.0
MOST_CALLS = 64
"""Connections at once, with those that have not proven yet who they are."""
MOST_FROM_ONE = 16
"""Of these from one address."""
MOST_A_MINUTE = 300
"""Requests of one member; and handshakes from one address."""
log = logging.getLogger("tsunagu.api.hub")

Answer = Callable[[UUID, bytes], bytes]
"""Takes what a member sends and returns what it is answered.

Raises:
    InputError: these are no messages.
    Unavailable: a part is missing.
"""


class Rates:
    """How often each of several has come within this minute; it forgets everybody when the next one begins."""

    def __init__(self, most: int) -> None:
        """Let each come so often."""
        self._most, self._lock = most, Lock()
        self._minute, self._came = 0, Counter[object]()

    def may(self, who: object, *, at_s: float) -> bool:
        """Return whether somebody may come once more.

        Args:
            who: he.
            at_s: this moment, on a clock that only goes forward.
        """
        with self._lock:
            if self._minute != int(at_s // 60):
                self._minute, self._came = int(at_s // 60), Counter()
            self._came[who] += 1
            return self._came[who] <= self._most


class HubDoor(ThreadingTCPServer):
    """Listens for other installations. Each connection is a thread, of which there are few."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = MOST_CALLS

    def __init__(self, host: str, port: int, *, context: Callable[[], ssl.SSLContext], answer: Answer) -> None:
        """Listen.

        Args:
            host, port: where.
            context: returns whom to let in at this moment, and how we prove ourselves; asked for every few seconds.
            answer: see `Answer`.

        Raises:
            OSError: nobody may listen there.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        self.address_family, where = found[0][0], found[0][4]
        self.answer, self._make_context = answer, context
        self._context: ssl.SSLContext | None = None
        self._context_ends, self._knowing = 0.0, Lock()
        self.asked, self._knocked = Rates(MOST_A_MINUTE), Rates(MOST_A_MINUTE)
        self._open, self._lock = Counter[str](), Lock()
        super().__init__(where, _Visit)  # type: ignore[arg-type]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread, unless there are too many; those are closed without a word."""
        host = str(client_address[0])
        with self._lock:
            is_free = self._open.total() < MOST_CALLS and self._open[host] < MOST_FROM_ONE
            if is_free := is_free and self._knocked.may(host, at_s=time.monotonic()):
                self._open[host] += 1
        if not is_free:
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections_left()
            with self._lock:
                self._open[str(client_address[0])] -= 1
                self._open += Counter()  # forgets whoever has none left

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Let a caller prove who he is, and hear him."""
        request.settimeout(HANDSHAKE_S)
        with self._let_in().wrap_socket(request, server_side=True, do_handshake_on_connect=False) as wire:
            with ended_after(wire, HANDSHAKE_S):
                wire.do_handshake()
            with ended_after(wire, LONGEST_CALL_S):
                super().finish_request(wire, client_address)

    def _let_in(self) -> ssl.SSLContext:
        with self._knowing:
            if self._context is None or time.monotonic() >= self._context_ends:
                self._context, self._context_ends = self._make_context(), time.monotonic() + KNOWN_FOR_S
            return self._context

    def handle_error(self, *_: object) -> None:
        """Say that a connection has ended otherwise than it should: of whom nobody knows, or by a mistake of ours."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):  # a handshake that failed, a connection that broke: ssl.SSLError is one
            log.info("a caller was not let in, or has gone away", extra={"told": {"event": "hub-call-ended"}})
        elif isinstance(error, TsunaguError):
            log.warning("a caller could not be heard: a part is missing", extra={"told": {"event": "hub-call-unheard"}})
        else:
            log.error("a call failed", exc_info=error, extra={"told": {"event": "hub-call-failed"}})


class _Visit(BaseHTTPRequestHandler):
    """One member's connection: any number of requests, each of which is some messages."""

    protocol_version = "HTTP/1.1"
    timeout = SILENCE_S
    server: HubDoor
    connection: ssl.SSLSocket

    def do_POST(self) -> None:
        """Take messages, and answer with messages."""
        member_id = caller(self.connection.getpeercert(binary_form=True))
        refusal = self._refusal(member_id)
        if refusal is not None:
            self._refuse(refusal)
            return
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if len(content) < int(self.headers["Content-Length"]):
            self.close_connection = True
            return
        try:
            answer = self.server.answer(member_id, content)
        except Unavailable:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        except InputError:
            self._refuse(HTTPStatus.BAD_REQUEST)
        else:
            self._say(HTTPStatus.OK, answer)

    def _refusal(self, member_id: UUID) -> HTTPStatus | None:
        """Return why a request is not heard, by its head; None where it is."""
        length = self.headers.get("Content-Length", "")
        if self.path != PATH:
            return HTTPStatus.NOT_FOUND
        if not length.isascii() or not length.isdecimal() or "Transfer-Encoding" in self.headers:
            return HTTPStatus.LENGTH_REQUIRED
        if len(length) > len(str(MOST_SENT_BYTES)) or int(length) > MOST_SENT_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if not self.server.asked.may(member_id, at_s=time.monotonic()):
            return HTTPStatus.TOO_MANY_REQUESTS
        return None

    def send_error(self, code: int, *_: object) -> None:
        """Refuse what is no request of a member's, without a word."""
        self._refuse(HTTPStatus(code))

    def log_message(self, *_: object) -> None:
        """Say nothing: what is logged is told at the end of a request, and never what was asked."""

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._say(status, b"")

    def _say(self, status: HTTPStatus, content: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        told = {"event": "hub-call", "status": int(status), "bytes": len(content)}
        log.info("an installation has called", extra={"told": told})
