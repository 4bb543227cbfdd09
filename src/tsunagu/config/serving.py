"""The web server in front of the workplace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tsunagu.config.logs import server_logging

HOSTS = "TSUNAGU_HOSTS"
"""The variable by which the server's worker is told the host names that requests may name, with commas between."""
PAGES = "TSUNAGU_PAGES_AT_ONCE"
"""The variable by which a worker is told how many pages it works on at once."""
COUNTS = "TSUNAGU_COUNTS_FOLDER"
"""The variable by which a worker is told where all of them write down what they counted."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
BLOCKING_THREADS = 128
"""Requests that one worker reads, and answers that it sends piece by piece, at once: each holds a thread, which does
little else. A look-up holds one only until it is read."""
PAGES_AT_ONCE, LEAST_PAGES_AT_ONCE = 8, 4
"""How many of them are pages and operations, in all processes together, and in each at least: other threads work on
those. Each of these keeps two connections to the database, which opens a hundred at most; and threads of one process
that work at once take the interpreter from each other."""
MOST_PROCESSES = 4
"""Processes that answer where the settings name no number: each takes some 200 MiB."""
MOST_CONNECTIONS = 1024
"""Connections that are open at once. Browsers keep theirs between two clicks: whoever came when all are taken would
wait until one has been idle for half a minute."""
LAST_REQUESTS_S = 15
"""How long requests that are under way may take when the server is to stop."""


def serve(
    *, host: str, port: int, names: Sequence[str], tls: tuple[Path, Path] | None, as_json: bool, processes: int
) -> None:
    """Serve until interrupted.

    Args:
        host: the address to listen at.
        port: the port.
        names: host names that requests may name beside this machine's own.
        tls: certificate and key, PEM files; None leaves encryption to a web server in front.
        as_json: whether it logs one JSON object a line.
        processes: how many answer; 0 for one a processor, `MOST_PROCESSES` at most.
    """
    processes = processes or min(MOST_PROCESSES, len(os.sched_getaffinity(0)))
    os.environ[HOSTS] = ",".join((*LOCAL_HOSTS, *names))
    os.environ[PAGES] = str(max(LEAST_PAGES_AT_ONCE, PAGES_AT_ONCE // processes))
    certificate, key = tls or (None, None)
    with TemporaryDirectory(prefix="tsunagu-counts-") as counts:
        os.environ[COUNTS] = counts
        Granian(
            "tsunagu.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=BLOCKING_THREADS,
            backpressure=MOST_CONNECTIONS,
            workers=processes,
            websockets=False,
            workers_kill_timeout=LAST_REQUESTS_S,
            respawn_failed_workers=True,
            ssl_cert=certificate,
            ssl_key=key,
            log_level=LogLevels.error,
            log_dictconfig=server_logging(as_json=as_json),
        ).serve()
