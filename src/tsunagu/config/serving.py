"""The web server in front of the workplace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tsunagu.config.logs import server_logging

HOSTS = "TSUNAGU_HOSTS"
"""The variable by which the server's worker is told the host names that requests may name, with commas between."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
BLOCKING_THREADS = 128
"""Requests that one worker reads, and answers that it sends piece by piece, at once: each holds a thread, which does
little else. A look-up holds one only until it is read."""
PAGES_AT_ONCE = 8
"""How many of them are pages and operations, which other threads work on. Each of those keeps two connections to the
database, which opens a hundred at most."""
MOST_CONNECTIONS = 1024
"""Connections that are open at once. Browsers keep theirs between two clicks: whoever came when all are taken would
wait until one has been idle for half a minute."""
LAST_REQUESTS_S = 15
"""How long requests that are under way may take when the server is to stop."""


def serve(*, host: str, port: int, names: Sequence[str], tls: tuple[Path, Path] | None, as_json: bool) -> None:
    """Serve until interrupted.

    Args:
        host: the address to listen at.
        port: the port.
        names: host names that requests may name beside this machine's own.
        tls: certificate and key, PEM files; None leaves encryption to a web server in front.
        as_json: whether it logs one JSON object a line.
    """
    os.environ[HOSTS] = ",".join((*LOCAL_HOSTS, *names))
    certificate, key = tls or (None, None)
    Granian(
        "tsunagu.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=BLOCKING_THREADS,
        backpressure=MOST_CONNECTIONS,
        websockets=False,
        workers_kill_timeout=LAST_REQUESTS_S,
        respawn_failed_workers=True,
        ssl_cert=certificate,
        ssl_key=key,
        log_level=LogLevels.error,
        log_dictconfig=server_logging(as_json=as_json),
    ).serve()
