"""A call to another installation: what is sent there, and what it answers."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from tsunagu.domain.hub import NoAnswer
from tsunagu.federation.bundle import MOST_SENT_BYTES

PATIENCE_S = 20.0
"""How long a member may be silent."""
LONGEST_CALL_S = 300.0
"""How long a call may take, however much there is to say: the next one goes on where it was."""
PATH = "/hub/"
_PIECE_BYTES = 1 << 16

Ask = Callable[[bytes], bytes]
"""Sends some messages and returns those that come as the answer.

Raises:
    NoAnswer: the member does not answer, or not with messages.
"""


@contextmanager
def calling(address: str, context: ssl.SSLContext) -> Iterator[Ask]:
    """Call a member, and ask it things as long as the block lasts.

    Args:
        address: where it takes messages, beginning with https.
        context: how both prove themselves.

    Raises:
        NoAnswer: nobody answers there, or not the one who is meant, or he does not know us.
    """
    parts = urlsplit(address)
    connection = HTTPSConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S, context=context)
    path = parts.path if parts.path.strip("/") else PATH
    try:
        connection.connect()
        with ended_after(connection.sock, LONGEST_CALL_S):
            yield lambda content: _asked(connection, path, content)
    except (OSError, HTTPException) as error:
        raise NoAnswer from error
    finally:
        connection.close()


@contextmanager
def ended_after(wire: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection that lasts longer than this, be it that somebody says one byte at a time."""

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _asked(connection: HTTPSConnection, path: str, content: bytes) -> bytes:
    headers = {"Content-Type": "application/octet-stream"}
    try:
        connection.request("POST", path, content, headers)
        return _bounded(connection.getresponse())
    except (OSError, HTTPException) as error:
        raise NoAnswer from error


def _bounded(response: HTTPResponse) -> bytes:
    if response.status != 200 or response.length is None or response.length > MOST_SENT_BYTES:
        raise NoAnswer
    found = bytearray()
    while piece := response.read(_PIECE_BYTES):
        found += piece
    return bytes(found)
