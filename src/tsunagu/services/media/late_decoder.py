"""A decoder for those who may not need one: its children are started by the first file."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack
from threading import Lock
from typing import TYPE_CHECKING, Self

from tsunagu.domain.media import MediaType
from tsunagu.services.parts import Decoder

if TYPE_CHECKING:
    from tsunagu.media.messages import Message, RgbPicture


class LateDecoder:
    """It satisfies `parts.Decoder`. Use it as a context manager; safe for many threads."""

    def __init__(self, make: Callable[[], AbstractContextManager[Decoder]]) -> None:
        """Plan it.

        Args:
            make: starts the limited children, and ends them again.
        """
        self._make = make
        self._lock = Lock()
        self._stack = ExitStack()
        self._decoder: Decoder | None = None

    def __enter__(self) -> Self:
        """Begin with nothing started."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the children, where there are any."""
        self._stack.close()

    def decode(self, fd: int, media_type: MediaType) -> Generator[Message, None, None]:
        """See `parts.Decoder`."""
        return self._started().decode(fd, media_type)

    def fingerprint(self, fd: int, media_type: MediaType) -> Generator[Message, None, None]:
        """See `parts.Decoder`."""
        return self._started().fingerprint(fd, media_type)

    def decode_rgb(self, fd: int, media_type: MediaType, *, max_side: int) -> RgbPicture:
        """See `parts.Decoder`."""
        return self._started().decode_rgb(fd, media_type, max_side=max_side)

    def _started(self) -> Decoder:
        with self._lock:
            if self._decoder is None:
                self._decoder = self._stack.enter_context(self._make())
            return self._decoder
