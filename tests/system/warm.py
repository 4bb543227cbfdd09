"""The program, loaded once and forked for each command, for loading takes longer than most commands do.

A forked command has its own arguments, environment, folder, input and outputs, and ends as a process of its own does.
The zygote of its decode children is forked from it, with all that is loaded, instead of being started anew. How program
and zygote start and end by themselves is tried wherever a test starts the program as a process (`Installation.start`,
the ordinary user of the hostile files), and by the tests of the sandbox.

Passwords are hashed in one pass over as little memory as is allowed. A hash says what it took, and whoever verifies it,
be it another process, takes the same.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

MOST_REQUEST_BYTES = 1 << 20
MOST_DESCRIPTORS = 1 << 12
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
        from .asking import ask  # here, for the process that serves knows this module by another name

        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(lines.encode())
            given.seek(0)
            words, streams = [os.fsdecode(one) for one in arguments], (given.fileno(), out.fileno(), err.fileno())
            status = ask(self._requests, words, environ, streams)
            return subprocess.CompletedProcess(arguments, status, _text(out), _text(err))

    def stand_in(self, folder: Path) -> int:
        """Put a `tsunagu` for shells into a folder; return the descriptor that whoever runs one has to inherit."""
        fd, asking = self._requests.fileno(), Path(__file__).with_name("asking.py")
        words = shlex.join([sys.executable, "-I", "-S", str(asking), str(fd)])
        (folder / "tsunagu").write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        (folder / "tsunagu").chmod(0o755)
        return fd

    def close(self) -> None:
        """End it; commands that run go on, and how they end is told to nobody."""
        self._requests.close()
        self._process.wait()


class Forked:
    """A forked process, as far as whoever began a zygote uses one."""

    def __init__(self, pid: int) -> None:
        self.pid, self.returncode = pid, None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float = 30.0) -> int:
        ends = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired("the zygote", timeout)
            time.sleep(0.002)
        return self.returncode

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _fork_zygote(control_fd: int, decoder: str) -> Forked:
    """Be the zygote in a process of its own, with nothing open but the socket to the program."""
    pid = os.fork()
    if pid:
        return Forked(pid)
    try:
        os.setsid()
        os.chdir("/")
        os.environ.clear()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os.closerange(3, control_fd)
        os.closerange(control_fd + 1, MOST_DESCRIPTORS)
        from tsunagu.media.sandbox.zygote import main

        main(control_fd, decoder)
    finally:
        os._exit(0)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def serve(fd: int) -> None:
    """Load the program, and run what is asked for until nobody can ask any more."""
    import django

    django.setup()
    import django.core.management.commands.migrate
    from django.contrib.auth.hashers import Argon2PasswordHasher
    from django.db.migrations.loader import MigrationLoader

    import tsunagu.cli.main
    import tsunagu.config.application
    import tsunagu.media.sandbox.zygote
    import tsunagu.services.intake.ingest
    import tsunagu.services.overlaps.likeness
    from tsunagu.fingerprints.taking import warm_up

    for one in pkgutil.iter_modules(tsunagu.cli.__path__, "tsunagu.cli."):
        importlib.import_module(one.name)
    MigrationLoader(None)  # it imports them all
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    kernels = Path(os.environ["NUMBA_CACHE_DIR"])
    kernels.mkdir(parents=True, exist_ok=True)
    with (kernels / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of those that are loaded at the same time one compiles the kernels
        warm_up()
    gc.freeze()  # a forked command that looked through all of this would copy it
    running: dict[int, tuple[int, int]] = {}
    with socket.socket(fileno=fd) as requests, selectors.DefaultSelector() as ready:
        ready.register(requests, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fd in running:
                    ready.unregister(key.fd)
                    _tell(key.fd, *running.pop(key.fd))
                    continue
                request, descriptors, _, _ = socket.recv_fds(requests, MOST_REQUEST_BYTES, 4)
                if not request:
                    return
                *streams, ended = descriptors
                pid = os.fork()
                if pid == 0:
                    # Who waits for another command hears of its end when no copy of his pipe is left.
                    for each in (ended, *running, *(pipe for _, pipe in running.values())):
                        os.close(each)
                    ready.close()
                    requests.close()
                    _live(request, streams)
                process = os.pidfd_open(pid)
                running[process] = pid, ended
                ready.register(process, selectors.EVENT_READ)
                for each in streams:
                    os.close(each)


def _tell(process: int, pid: int, ended: int) -> None:
    """Write down how a command ended that has."""
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(BrokenPipeError):  # who asked may have been killed meanwhile
        os.write(ended, str(os.waitstatus_to_exitcode(status)).encode())
    os.close(ended)
    os.close(process)


def _live(request: bytes, streams: list[int]) -> NoReturn:
    """Be the program, as its console script starts it."""
    arguments, environ, folder = json.loads(request)
    os.environ.clear()
    os.environ.update(environ)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    sys.argv = [PROGRAM, *arguments]
    from tsunagu.config.entry import main
    from tsunagu.media.sandbox import begun

    begun._start = _fork_zygote

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
