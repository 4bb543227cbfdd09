"""The parent's end of one decode child: a conversation with somebody who may lie, stall or die."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from dataclasses import replace
from typing import Final

from tsunagu.domain.errors import Unavailable
from tsunagu.domain.media import Refusal
from tsunagu.media.messages import DecodeOptions, Message, Refused, RgbPicture
from tsunagu.media.sandbox.limits import Limits
from tsunagu.media.sandbox.malformed import Malformed
from tsunagu.media.sandbox.nursery import Nursery
from tsunagu.media.sandbox.request import HELLO, Request, send_request
from tsunagu.media.sandbox.tally import Tally
from tsunagu.media.sandbox.wire import receive
from tsunagu.media.sandbox.zygote import DOORS_OPEN

_BUFFER_BYTES: Final = 4096
_HELLO_S: Final = 30.0


class Stillborn(Exception):
    """A child died before its doors were closed, though nothing hindered it: another may live."""


class Worker:
    """One child. Not for two threads at once.

    Attributes:
        is_talking: whether it is in the middle of an item, or was when it was ended.
    """

    def __init__(self, nursery: Nursery, limits: Limits, options: DecodeOptions) -> None:
        """Get a child and wait until its doors are closed.

        Raises:
            Unavailable: there is none to be had, or it cannot be shut in.
            Stillborn: it died.
        """
        self._limits = limits
        self._options = self._bounds = options
        self._zygote, self.pid, self._socket = nursery.spawn()
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self._buffered = self._buffer[:0]
        self._items = 0
        self.is_talking = False
        self._item_left_s = self._message_left_s = _HELLO_S
        self._tally: Tally | None = None
        self._await_hello()

    @property
    def is_fit(self) -> bool:
        """Whether the child can be given another item: silent, alive and not worn out."""
        if self.is_talking or self._items >= self._limits.items_per_child or self._buffered:
            return False
        try:
            if self._processor_s > self._limits.reuse_s:
                return False
            self._socket.settimeout(0)
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def ask(self, request: Request, file_fd: int) -> None:
        """Give the child an item.

        Raises:
            Refused: it is dead.
        """
        self._items += 1
        self.is_talking = True
        self._item_left_s = self._limits.wait_s
        self._tally = Tally(request, self._options)
        side = request.rgb_side
        # Room is made for a picture before it comes: for no more than was asked for.
        self._bounds = replace(self._options, max_side=side, max_pixels=side * side) if side else self._options
        try:
            send_request(self._socket, request, file_fd)
        except OSError as error:
            raise Refused(self._end()) from error

    def answer(self) -> Message | RgbPicture | None:
        """Return the next message of the item; None at its end.

        Raises:
            Refused: the child refuses the item, takes too long, lies or dies.
        """
        self._message_left_s = self._limits.silence_s
        try:
            message = receive(self._fill, self._bounds)
            if message is not None and self._tally is not None:
                self._tally.admit(message)
        except Refused as refused:
            # A child whose memory ran out ends by itself; it may still be about to.
            self.is_talking = refused.refusal is Refusal.OUT_OF_MEMORY
            raise
        except TimeoutError as error:
            self._end()
            raise Refused(Refusal.OUT_OF_TIME) from error
        except (Malformed, OSError, MemoryError) as error:
            raise Refused(self._end()) from error
        self.is_talking = message is not None
        return message

    def dismiss(self) -> None:
        """Kill the child and forget it; doing so twice is harmless."""
        self._end()

    def _end(self) -> Refusal:
        """Kill the child, and return what its end means for the item."""
        if self._socket.fileno() < 0:
            return Refusal.DECODER_DIED
        try:
            # Read while it is unreaped: a child that holds SIGXCPU back is ended by SIGKILL, as by anybody else.
            has_used_up = self._processor_s >= self._limits.life_cpu_s
        except OSError:
            has_used_up = False
        status = self._bury()
        if has_used_up or (status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
            return Refusal.OUT_OF_TIME
        return Refusal.DECODER_DIED

    def _bury(self) -> int | None:
        """Kill the child, and return how it ended, or had ended before; None when nobody knows."""
        self.is_talking = True
        self._socket.close()
        return self._zygote.end(self.pid)

    def _await_hello(self) -> None:
        hello = bytearray(len(HELLO))
        with contextlib.suppress(OSError):
            self._fill(memoryview(hello))
        if hello == HELLO:
            return
        status = self._bury()
        if status is not None and os.WIFEXITED(status) and os.WEXITSTATUS(status) == DOORS_OPEN:
            raise Unavailable("a decode child cannot be shut in on this system; nothing is decoded")
        raise Stillborn

    @property
    def _processor_s(self) -> float:
        """Seconds that the child has used of the processor in its life."""
        # The clock of another process, as clock_getcpuclockid(3) makes it: ~pid << 3 | CPUCLOCK_SCHED.
        return time.clock_gettime((~self.pid << 3) | 2)

    def _fill(self, view: memoryview) -> None:
        """Fill `view` with what the child sends next; large views without a copy in between."""
        while view:
            if self._buffered:
                count = min(len(view), len(self._buffered))
                view[:count] = self._buffered[:count]
                self._buffered = self._buffered[count:]
            elif len(view) >= _BUFFER_BYTES:
                count = self._receive_some(view)
            else:
                self._buffered = self._buffer[: self._receive_some(self._buffer)]
                count = 0
            view = view[count:]

    def _receive_some(self, view: memoryview) -> int:
        """Receive at least one byte, charging the time waited to the message and to the item."""
        left_s = min(self._item_left_s, self._message_left_s)
        if left_s <= 0:
            raise TimeoutError
        self._socket.settimeout(left_s)
        began_s = time.monotonic()
        count = self._socket.recv_into(view)
        waited_s = time.monotonic() - began_s
        self._item_left_s -= waited_s
        self._message_left_s -= waited_s
        if count == 0:
            raise ConnectionResetError("the child is gone")
        return count
