"""Clients that ask one server over connections that they keep: so little work a request that they are never waited for.

They run in a process of their own, on the core that it is given.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import socket
import time
from pathlib import Path

RECEIVED_BYTES = 1 << 20
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Client:
    """One connection: sends a request when the answer to the one before is whole."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = -1
        self._received = b""
        self._began = 0.0

    def ask(self, number: int, request: bytes) -> None:
        """Send a request."""
        self.asked, self._received, self._began = number, b"", time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> tuple[float, bytes] | None:
        """Return how many seconds the answer took, and its body; None while it is not whole."""
        piece = self.socket.recv(RECEIVED_BYTES)
        if not piece:
            raise SystemExit("the server has hung up")
        self._received += piece
        head, separator, body = self._received.partition(_END_OF_HEAD)
        if not separator:
            return None
        low = head.lower()
        length = int(low[low.index(_LENGTH) + len(_LENGTH) :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return None
        if head.split(b" ", 2)[1] != b"200":
            raise SystemExit(f"the server refused: {body[:300].decode()}")
        return time.perf_counter() - self._began, body


def measure(
    port: int, requests: list[bytes], *, connections: int, lasts_s: float
) -> tuple[list[float], dict[int, str]]:
    """Ask for so long, round and round, and return how long each answer took, and the first answer to each request."""
    selector = selectors.DefaultSelector()
    took: list[float] = []
    answers: dict[int, str] = {}
    ends = time.perf_counter() + lasts_s
    for number in range(connections):
        client = Client(port)
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.ask(number % len(requests), requests[number % len(requests)])
    asked, open_ = connections, connections
    while open_:
        for key, _ in selector.select():
            client = key.data
            answered = client.answer()
            if answered is None:
                continue
            took.append(answered[0])
            answers.setdefault(client.asked, answered[1].decode())
            if time.perf_counter() >= ends:
                selector.unregister(client.socket)
                client.socket.close()
                open_ -= 1
                continue
            client.ask(asked % len(requests), requests[asked % len(requests)])
            asked += 1
    return took, answers


def main() -> None:
    """Ask what a file holds, and write what that took beside it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("asked", type=Path, help="JSON: port, requests, connections, lasts_s, core")
    given = parser.parse_args()
    asked = json.loads(given.asked.read_text())
    os.sched_setaffinity(0, {asked["core"]})
    requests = [one.encode("latin-1") for one in asked["requests"]]
    began, worked = time.perf_counter(), time.process_time()
    took, answers = measure(asked["port"], requests, connections=asked["connections"], lasts_s=asked["lasts_s"])
    wall_s, worked_s = time.perf_counter() - began, time.process_time() - worked
    told = {"took_s": took, "answers": answers, "wall_s": wall_s, "busy": worked_s / wall_s}
    given.asked.with_suffix(".answers").write_text(json.dumps(told))


if __name__ == "__main__":
    main()
