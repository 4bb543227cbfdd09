"""The decoders behind what officers are shown: started with the first reveal, and few at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Self

from tsunagu.domain.errors import Unavailable
from tsunagu.services.parts import Decoder

AT_ONCE = 2
"""Reveals that are decoded at once: more would have every page wait for them."""
LONGEST_WAIT_S = 5.0
"""How long one waits for his turn: who waits holds a thread of the web server's few."""


class LazyViewer:
    """The viewer of one process. Where nobody is shown anything no child is ever started. Safe for many threads."""

    def __init__(self, decoder: Callable[[], AbstractContextManager[Decoder]]) -> None:
        """Plan it.

        Args:
            decoder: starts the limited children, and ends them again; enough of them for `AT_ONCE` nested archives.
        """
        self._make = decoder
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._decoder: Decoder | None = None

    def __enter__(self) -> Self:
        """Begin with nothing started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the children, where there are any."""
        self._stack.close()

    @contextmanager
    def at_work(self) -> Iterator[Decoder]:
        """Wait for one's turn, not for long, and decode as long as the block lasts.

        Entering raises:
            Unavailable: others do not end; or children cannot be started or not be shut in.
        """
        if not self._turns.acquire(timeout=LONGEST_WAIT_S):
            raise Unavailable("others are being shown something at this moment: ask again in a minute")
        try:
            with self._lock:
                if self._decoder is None:
                    self._decoder = self._stack.enter_context(self._make())
            yield self._decoder
        finally:
            self._turns.release()
