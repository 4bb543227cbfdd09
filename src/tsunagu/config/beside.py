"""What has to run beside the web server: kept running as long as it serves, and gone with it however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Final

from tsunagu.domain.errors import TsunaguError
from tsunagu.media.sandbox.kernel import prctl

LOOKED_EVERY_S: Final = 1.0
LEAST_BETWEEN_STARTS_S: Final = 5.0
_PR_SET_PDEATHSIG: Final = 1
_WORKER: Final = (
    "from tsunagu.config.beside import end_with_parent; end_with_parent(); "
    "from tsunagu.config.entry import main; main()"
)

# Whoever starts a process waits for the end of a pipe. A child that the web server forks at that moment inherits the
# pipe, and keeps it open as long as it lives: the two must not happen at once.
_NO_FORK: Final = Lock()
os.register_at_fork(before=_NO_FORK.acquire, after_in_parent=_NO_FORK.release, after_in_child=_NO_FORK.release)


def end_with_parent(*, at_once: bool = False) -> None:
    """Let the kernel end this process when the one that started it does, killed or not (prctl(2)).

    Args:
        at_once: whether it is killed; otherwise it is asked to end, as by a service manager.
    """
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL if at_once else signal.SIGTERM)


@contextmanager
def kept_beside(revive: Callable[[], None], *, worker: Sequence[str] | None) -> Iterator[None]:
    """Until the block ends, have the database revived when it is down, and a worker run in a process of its own.

    A worker that has ended, since it was killed or its database was, is started again. At the end of the block it is
    asked to end: what it is at is finished or handed back.

    Args:
        revive: starts the database again when it is down; returns soon when it is up.
        worker: the command of a worker that runs here; None for none.
    """
    begun, stopped = Event(), Event()
    keeper = Thread(target=_keep, args=(revive, begun, stopped, worker), name="keeper")
    keeper.start()
    begun.wait()
    try:
        yield
    finally:
        stopped.set()
        keeper.join()


def _keep(revive: Callable[[], None], begun: Event, stopped: Event, command: Sequence[str] | None) -> None:
    # The worker is the child of this thread, and ends with it: the thread lasts as long as the server.
    try:
        worker = _start(command) if command else None
    finally:
        begun.set()
    waited_s = 0.0
    while not stopped.wait(LOOKED_EVERY_S):
        waited_s += LOOKED_EVERY_S
        try:
            revive()
        except TsunaguError:
            continue  # it cannot be started now: requests are told so, and it is tried again
        if command and worker is not None and worker.poll() is not None and waited_s >= LEAST_BETWEEN_STARTS_S:
            worker, waited_s = _start(command), 0.0
    if worker is not None:
        worker.terminate()
        worker.wait()


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    with _NO_FORK:
        return subprocess.Popen([sys.executable, "-c", _WORKER, *command])  # noqa: S603 - our own program
