"""Pools whose decoder does what each item tells it, and the items."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from tsunagu.domain.media import MediaType, Refusal
from tsunagu.media.messages import DecodeOptions, Message, Refused
from tsunagu.media.sandbox.limits import Limits
from tsunagu.media.sandbox.pool import DecodePool


class Hostile:
    """Starts pools of the hostile decoder and has it do things."""

    here = Path(__file__).parent
    modest = Limits(memory_bytes=1 << 28, cpu_s=4, wait_s=20.0, silence_s=10.0)

    def decoder(self) -> ModuleType:
        """Return the decoder that the children run, for use in this process."""
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(self.here))
            return importlib.import_module("hostile_decoder")

    @contextmanager
    def pool(self, children: int = 1, limits: Limits = modest) -> Iterator[DecodePool]:
        """Start a pool."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "path", [str(self.here), *sys.path])
            with DecodePool(children, limits, DecodeOptions(), decoder="hostile_decoder") as pool:
                yield pool

    @contextmanager
    def item(self, deed: str) -> Iterator[int]:
        """Give a descriptor of a file that tells the decoder to do `deed`."""
        with tempfile.TemporaryFile() as file:
            file.write(deed.encode())
            file.flush()
            yield file.fileno()

    def answers(
        self, pool: DecodePool, deed: str, media_type: MediaType = MediaType.JPEG
    ) -> tuple[list[Message], Refusal | None]:
        """Return the messages of an item, and why it was refused."""
        messages: list[Message] = []
        with self.item(deed) as fd:
            try:
                for message in pool.decode(fd, media_type):
                    messages.append(message)  # noqa: PERF402 - those before a refusal stand
            except Refused as refused:
                return messages, refused.refusal
        return messages, None

    def told(self, pool: DecodePool, deed: str) -> dict[str, str]:
        """Return the tags of an item that is not refused."""
        messages, refusal = self.answers(pool, deed)
        assert refusal is None
        return messages[0].tags

    def is_running(self, pid: int) -> bool:
        """Return whether a process is there and not merely unreaped."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state != "Z"


@pytest.fixture(scope="session")
def hostile() -> Hostile:
    return Hostile()


@pytest.fixture(scope="module")
def pool(hostile: Hostile) -> Iterator[DecodePool]:
    with hostile.pool() as started:
        yield started
