"""The pool of decode children: threads of the parent borrow one, hand it an open file and read its messages."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Generator, Iterator
from typing import Final, Self, cast

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.domain.media import MediaType, Refusal
from tsunagu.media.messages import DecodeOptions, Message, Refused, RgbPicture
from tsunagu.media.sandbox.account import decode_account
from tsunagu.media.sandbox.begun import Begun
from tsunagu.media.sandbox.limits import Limits, Measure
from tsunagu.media.sandbox.nursery import Nursery
from tsunagu.media.sandbox.request import Request
from tsunagu.media.sandbox.worker import Stillborn, Worker
from tsunagu.media.sandbox.zygote import Charter

_ATTEMPTS: Final = 5


class DecodePool:
    """Decodes hostile files in processes that can do nothing else. Safe for many threads.

    Use it as a context manager. An item is never decoded outside: where the system
    cannot shut a child in, the pool does not start.

    Attributes:
        confinement: the measures that hold, known once the pool is entered; seccomp is always among them.
    """

    def __init__(
        self, children: int, limits: Limits, options: DecodeOptions, *, decoder: str, begun: Begun | None = None
    ) -> None:
        """Plan a pool; nothing is started yet.

        Args:
            children: how many items are decoded at once, at least 1.
            limits: what one item may cost.
            options: how items are decoded.
            decoder: dotted name of the module that decodes, of the shape of `child.Decoder`.
            begun: a zygote of that decoder which has been started ahead; it is ended with the pool.

        Raises:
            InputError: there would be no child.
        """
        if children < 1:
            raise InputError("a pool needs a decode child")
        self.confinement: frozenset[Measure] = frozenset()
        self._limits = limits
        self._options = options
        self._nursery = Nursery(decoder, self._charter, begun)
        self._slots = threading.BoundedSemaphore(children)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._is_open = False

    def __enter__(self) -> Self:
        """Start the zygote and a first child.

        Raises:
            Unavailable: children cannot be started or not be shut in.
        """
        try:
            self._idle.append(self._new_worker())
        except BaseException:
            self._nursery.close()
            raise
        self.confinement = self._nursery.measures | {Measure.SECCOMP}
        self._is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        """End all children, also those in the middle of an item."""
        with self._lock:
            self._is_open = False
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.dismiss()
        self._nursery.close()

    def decode(self, fd: int, media_type: MediaType) -> Generator[Message, None, None]:
        """Decode one item, as `tsunagu.media.decoding.decode` does.

        A child is borrowed when the first message is asked for and given back at the end, also
        when the iterator is closed early. A thread that waits for another item meanwhile may
        wait for itself: exhaust or close the iterator first.

        Args:
            fd: the file, open for reading only and seekable, open until the end; its position is moved.
            media_type: what the content is to be read as.

        Raises:
            Refused: the item is refused; OUT_OF_TIME, OUT_OF_MEMORY and DECODER_DIED by the pool itself.
            Unavailable: the pool is closed, or no child can be had any more.
        """
        # The tally of the worker has seen to it that nothing else comes.
        return cast("Generator[Message, None, None]", self._converse(fd, Request(media_type)))

    def fingerprint(self, fd: int, media_type: MediaType) -> Generator[Message, None, None]:
        """Decode one item as `decode` does, and answer each picture and frame with its fingerprints.

        Raises:
            Refused: as for `decode`.
            Unavailable: as for `decode`.
        """
        return cast("Generator[Message, None, None]", self._converse(fd, Request(media_type, as_fingerprints=True)))

    def decode_rgb(self, fd: int, media_type: MediaType, *, max_side: int) -> RgbPicture:
        """Decode one picture for eyes, upright, no side longer than `max_side` pixels.

        Args:
            fd: the file, as for `decode`.
            media_type: what the content is to be read as; of kind picture.
            max_side: longest side of the answer in pixels, 1 to 65,536.

        Raises:
            Refused: as for `decode`.
            Unavailable: as for `decode`.
            InputError: `max_side` is out of bounds.
        """
        if not 1 <= max_side <= 1 << 16:
            raise InputError("the longest side is out of bounds", max_side=max_side)
        answers = cast("list[RgbPicture]", list(self._converse(fd, Request(media_type, rgb_side=max_side))))
        if len(answers) != 1 or max(answers[0].pixels.shape[:2]) > max_side:
            raise Refused(Refusal.DECODER_DIED)
        return answers[0]

    def _converse(self, fd: int, request: Request) -> Generator[Message | RgbPicture, None, None]:
        with self._borrowed() as worker:
            worker.ask(request, fd)
            while (message := worker.answer()) is not None:
                yield message

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[Worker]:
        with self._slots:
            worker = self._fit_worker()
            try:
                yield worker
            finally:
                self._give_back(worker)

    def _fit_worker(self) -> Worker:
        while True:
            with self._lock:
                if not self._is_open:
                    raise Unavailable("the pool of decode children is closed")
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return self._new_worker()
            if worker.is_fit:
                return worker
            worker.dismiss()

    def _new_worker(self) -> Worker:
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(Stillborn):
                return Worker(self._nursery, self._limits, self._options)
        raise Unavailable("decode children die as soon as they start")

    def _give_back(self, worker: Worker) -> None:
        # Whether it is fit is asked when it is borrowed next: until then it may say something unasked, or be killed.
        with self._lock:
            if self._is_open and not worker.is_talking:
                self._idle.append(worker)
                return
        worker.dismiss()

    def _charter(self) -> Charter:
        return Charter(
            options=self._options,
            memory_bytes=self._limits.memory_bytes,
            life_cpu_s=self._limits.life_cpu_s,
            account=decode_account() if os.geteuid() == 0 else None,
            parent_pid=os.getpid(),
        )
