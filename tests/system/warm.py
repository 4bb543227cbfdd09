"""The program, loaded once and forked for each command, for loading takes longer than most commands do.

A forked command has its own arguments, environment, input and outputs, and ends as a process of its own does. How the
program starts and ends by itself is tried wherever a test starts it as a process (`Installation.start`, a shell).
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

MOST_REQUEST_BYTES = 1 << 20
PLACE = str(Path(__file__).parent)
PROGRAM = str(Path(sys.executable).with_name("tsunagu"))


class WarmProgram:
    """The loaded program, in a process of its own. Safe for several threads."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            start = f"import sys; sys.path.append({PLACE!r}); import warm; warm.serve({theirs.fileno()})"
            self._process = subprocess.Popen(
                [sys.executable, "-c", start],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**environ, "DJANGO_SETTINGS_MODULE": "tsunagu.config.settings"},
            )

    def run(
        self, arguments: Sequence[str | bytes | Path], *, lines: str, environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command and return how it ended and what it printed."""
        reading, writing = os.pipe()
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            os.fdopen(reading, "rb") as ended,
        ):
            given.write(lines.encode())
            given.seek(0)
            request = json.dumps([[os.fsdecode(one) for one in arguments], dict(environ)]).encode("ascii")
            socket.send_fds(self._requests, [request], [given.fileno(), out.fileno(), err.fileno(), writing])
            os.close(writing)
            status = int(ended.read())
            return subprocess.CompletedProcess(arguments, status, _text(out), _text(err))

    def close(self) -> None:
        """End it; commands that run go on."""
        self._requests.close()
        self._process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def serve(fd: int) -> None:
    """Load the program, and run what is asked for until nobody can ask any more."""
    import django

    django.setup()
    import tsunagu.cli.main
    import tsunagu.config.application
    import tsunagu.services.ingest
    import tsunagu.services.likeness  # noqa: F401 - loaded for those that are forked
    from tsunagu.fingerprints.pdq import load_kernels

    load_kernels()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=fd) as requests:
        while True:
            request, descriptors, _, _ = socket.recv_fds(requests, MOST_REQUEST_BYTES, 4)
            if not request:
                return
            if os.fork() == 0:
                requests.close()
                _watch(request, descriptors)
            for one in descriptors:
                os.close(one)


def _watch(request: bytes, descriptors: list[int]) -> NoReturn:
    """Run one command in a process of its own, and write down how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, ended = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(ended)
        _live(request, streams)
    _, status = os.waitpid(pid, 0)
    os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _live(request: bytes, streams: list[int]) -> NoReturn:
    """Be the program, as its console script starts it."""
    arguments, environ = json.loads(request)
    os.environ.clear()
    os.environ.update(environ)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.argv = [PROGRAM, *arguments]
    from tsunagu.config.entry import main

    status: object = 1
    try:
        main()
        status = 0
    except SystemExit as end:
        status = end.code
        if status is not None and not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
    except BaseException:  # noqa: BLE001 - as an interpreter ends
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(status or 0))  # type: ignore[call-overload]
