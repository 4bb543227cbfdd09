"""Ask the loaded program for one command; run as a script, be such a command, for a shell that types `tsunagu`.

It imports little: a shell starts it for every command.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence


def ask(requests: socket.socket, arguments: Sequence[str], environ: Mapping[str, str], streams: Sequence[int]) -> int:
    """Have a command run in this folder and on these three streams, and return its exit status once it has ended."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as ended:
        request = json.dumps([[*arguments], dict(environ), os.getcwd()])  # noqa: PTH109 - it imports little
        socket.send_fds(requests, [request.encode("ascii")], [*streams, writing])
        os.close(writing)
        return int(ended.read())


if __name__ == "__main__":
    _, fd, *words = sys.argv
    with socket.socket(fileno=int(fd)) as to_the_program:
        sys.exit(ask(to_the_program, words, os.environ, range(3)))
