"""Chunks of files as tasks of a cluster: each runs at least once, on any node, and keeps nothing."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from tsunagu.config.children import decode_children
from tsunagu.domain.errors import Unavailable
from tsunagu.domain.media import Refusal
from tsunagu.media.walk import Found
from tsunagu.services.intake.chunks import Answer, Chunk, examine_chunk
from tsunagu.services.media.examination import MOST_DEPTH
from tsunagu.services.parts import Decoder

PROCESSORS: Final = 2
"""That a task takes, where every node has as many: each has a process of its own, which takes seconds to begin."""
THREADS: Final = 4
"""Files that a task examines at once: two more than processors, as on one machine."""
ATTEMPTS: Final = 4
"""How often a chunk is begun again after the death of its node or process, before the ingest says that it cannot."""
CHUNKS_A_PROCESSOR: Final = 8
"""Under way, waiting their turn or to be kept: as many as are examined while the ingest compares a batch."""


class RayHosts:
    """The nodes of a cluster. It satisfies `services.intake.chunks.Hosts`."""

    def __init__(self, ray: Any) -> None:
        """Take the cluster that this process is attached to."""
        self._ray = ray
        nodes = [node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]]
        processors = min([PROCESSORS, *(int(one) for one in nodes if one >= 1)])
        self._task = ray.remote(num_cpus=processors, max_retries=ATTEMPTS, retry_exceptions=False)(examine_as_told)

    @property
    def most_chunks(self) -> int:
        """See `services.intake.chunks.Hosts`; nodes come and go meanwhile."""
        return CHUNKS_A_PROCESSOR * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def begin(self, chunk: Chunk) -> Answer:
        """See `services.intake.chunks.Hosts`."""
        told = [(one.path, one.size_bytes, one.mtime_ns, one.refused and one.refused.value) for one in chunk]
        return _RayAnswer(self._ray, self._task.remote(told, version("tsunagu")))


class _RayAnswer:
    def __init__(self, ray: Any, reference: Any) -> None:
        self._ray, self._reference = ray, reference

    def result(self) -> bytes:
        try:
            answer = self._ray.get(self._reference)
        except self._ray.exceptions.RayError as error:
            raise Unavailable("the cluster could not examine a chunk; what was kept stays, so run it again") from error
        if not isinstance(answer, bytes):
            raise Unavailable("a host of the cluster gave a damaged answer; what was kept before stays")
        return answer

    def cancel(self) -> None:
        self._ray.cancel(self._reference)


def examine_as_told(told: Sequence[tuple[bytes, int, int, str | None]], release: str) -> bytes:
    """Examine a chunk in a process of a node; see `services.intake.chunks.examine_chunk`.

    Raises:
        Unavailable: this node runs another release, or its children cannot be shut in.
    """
    if release != version("tsunagu"):
        raise Unavailable("this node runs another release of the program")
    chunk = [Found(path, size, mtime, Refusal(why) if why else None) for path, size, mtime, why in told]
    return examine_chunk(chunk, decoder=_decoder(), workers=THREADS, release=release)


@cache
def _decoder() -> Decoder:
    """The limited children of this process, which outlast its tasks and end with it."""
    # As in the program itself: a thread that has heard from its child is not to wait long for the interpreter.
    sys.setswitchinterval(0.001)
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(decode_children(THREADS * (MOST_DEPTH + 1)))
