"""The parent's end of the zygote: starts it, asks it for children, and starts another should it die."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from typing import Final

from tsunagu.domain.errors import Unavailable
from tsunagu.media.sandbox.begun import Begun, begin_zygote
from tsunagu.media.sandbox.limits import Measure
from tsunagu.media.sandbox.zygote import END, MOST_MESSAGE_BYTES, NUMBER, SPAWN, Charter

_START_S: Final = 60.0
_ANSWER_S: Final = 30.0
_ATTEMPTS: Final = 3
_SOCKET_BYTES: Final = 1 << 20


class Zygote:
    """One running zygote. Its children stay unreaped, and so keep their numbers, until `end`."""

    def __init__(self, begun: Begun, charter: Charter) -> None:
        """Give it its charter and wait until it is warm.

        Raises:
            Unavailable: it cannot start.
            OSError: it dies before it is warm.
        """
        self._lock = threading.Lock()
        self._begun, self._control = begun, begun.control
        try:
            self.measures = self._introduce(charter)
        except BaseException:
            self.close()
            raise

    def spawn(self) -> tuple[int, socket.socket]:
        """Return the process number of a new child and the socket to it.

        Raises:
            OSError: the zygote is gone.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BYTES)
            try:
                with self._lock:
                    socket.send_fds(self._control, [SPAWN], [theirs.fileno()])
                    return self._number(), ours
            except BaseException:
                ours.close()
                raise

    def end(self, pid: int) -> int | None:
        """Kill a child, and return how it ended, or had ended before, as waitpid tells; None when nobody knows."""
        try:
            with self._lock:
                self._control.send(END + NUMBER.pack(pid))
                return self._number()
        except OSError:
            self._control.close()  # no answer may be taken for that of a later question; the child ends with its zygote
            return None

    def close(self) -> None:
        """End it, and with it all its children."""
        self._begun.close()

    def _introduce(self, charter: Charter) -> frozenset[Measure]:
        self._control.settimeout(_START_S)
        try:
            self._control.send(charter.to_json())
            text = self._control.recv(MOST_MESSAGE_BYTES)
        except TimeoutError as error:
            raise Unavailable("the decode process does not start in time") from error
        if not text:
            raise ConnectionResetError("the zygote is gone")
        answer = json.loads(text)
        self._control.settimeout(_ANSWER_S)
        if "failed" in answer:
            raise Unavailable("the decode process does not start", reason=str(answer["failed"]))
        return frozenset(Measure(measure) for measure in answer["measures"])

    def _number(self) -> int:
        answer = self._control.recv(NUMBER.size)
        if len(answer) != NUMBER.size:
            raise ConnectionResetError("the zygote is gone")
        (number,) = NUMBER.unpack(answer)
        return int(number)


class Nursery:
    """Where children come from, as long as a zygote can be had."""

    def __init__(self, decoder: str, charter: Callable[[], Charter], begun: Begun | None) -> None:
        """Take what each new zygote decodes with and is told, and perhaps the first one; no other is started yet."""
        self._decoder = decoder
        self._charter = charter
        self._begun = begun
        self._lock = threading.Lock()
        self._zygote: Zygote | None = None

    @property
    def measures(self) -> frozenset[Measure]:
        """What shuts the children in, beside the filter of system calls; empty while no zygote runs."""
        with self._lock:
            return frozenset() if self._zygote is None else self._zygote.measures

    def spawn(self) -> tuple[Zygote, int, socket.socket]:
        """Return a new child: whose it is, its process number and the socket to it.

        Raises:
            Unavailable: no zygote can be started, or none stays alive.
        """
        with self._lock:
            for _ in range(_ATTEMPTS):
                with contextlib.suppress(OSError):
                    if self._zygote is None:
                        begun, self._begun = self._begun or begin_zygote(self._decoder), None
                        self._zygote = Zygote(begun, self._charter())
                    return (self._zygote, *self._zygote.spawn())
                self._drop()
        raise Unavailable("the decode process dies again and again")

    def close(self) -> None:
        """End the zygote and all children."""
        with self._lock:
            self._drop()
            if self._begun is not None:
                self._begun.close()

    def _drop(self) -> None:
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
