"""Chunks of files that other hosts examine: what goes there, what comes back, and what is believed of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final, Protocol

from tsunagu.domain.errors import Unavailable
from tsunagu.domain.intake import IntakeHeader, IntakeRefused
from tsunagu.domain.media import Examined
from tsunagu.media.walk import Found, walk
from tsunagu.services.intake.file import IntakeReader, IntakeWriter
from tsunagu.services.media.examination import examine_all, examine_file
from tsunagu.services.parts import Decoder

CHUNK_FILES: Final = 64
CHUNK_BYTES: Final = 256 << 20
"""A chunk ends with the file that makes it this many, or this long: what is done again when a host dies."""
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)

Chunk = Sequence[Found]


class Answer(Protocol):
    """What a host will say of a chunk."""

    def result(self) -> bytes:
        """Wait for what `examine_chunk` returns; a chunk whose host has died is examined by another one.

        Raises:
            Unavailable: no host could.
        """

    def cancel(self) -> None:
        """Want it no more."""


class Hosts(Protocol):
    """Hosts that examine. They are given no credentials, keep nothing, and may be asked for the same chunk again."""

    @property
    def most_chunks(self) -> int:
        """How many chunks keep all of them at work, those that wait their turn included."""

    def begin(self, chunk: Chunk) -> Answer:
        """Have a chunk examined."""


@dataclass(slots=True)
class ClusterExaminer:
    """Examines on many hosts. It satisfies `parts.Examiner`.

    A file that a host does not see as this machine does (it lies on no disk that both have, or has just changed) is
    examined here: no record ever depends on where a file was examined.

    Attributes:
        hosts: they examine.
        decoder: decodes what is examined here.
        release: of this program; what another one examined is not taken.
        examined_here: how many files it was.
    """

    hosts: Hosts
    decoder: Decoder
    release: str
    examined_here: int = 0

    def examine_all(self, found: Iterable[Found]) -> Generator[tuple[Found, tuple[Examined, ...]], None, None]:
        """See `parts.Examiner`."""
        waiting: deque[tuple[Chunk, Answer]] = deque()
        try:
            for chunk in chunks_of(found):
                waiting.append((chunk, self.hosts.begin(chunk)))
                while len(waiting) > self.hosts.most_chunks:
                    yield from self._examined(*waiting.popleft())
            while waiting:
                yield from self._examined(*waiting.popleft())
        finally:
            for _, answer in waiting:
                answer.cancel()

    def _examined(self, chunk: Chunk, answer: Answer) -> Iterator[tuple[Found, tuple[Examined, ...]]]:
        known = read_answer(answer.result(), chunk, release=self.release)
        for one in chunk:
            items = known.get(one.path)
            if items is None:
                self.examined_here += 1
                items = examine_file(one, decoder=self.decoder)
            yield one, items


def chunks_of(found: Iterable[Found]) -> Iterator[Chunk]:
    """Yield the files in their order, some at a time."""
    chunk: list[Found] = []
    size_bytes = 0
    for one in found:
        chunk.append(one)
        size_bytes += one.size_bytes
        if len(chunk) >= CHUNK_FILES or size_bytes >= CHUNK_BYTES:
            yield chunk
            chunk, size_bytes = [], 0
    if chunk:
        yield chunk


def examine_chunk(chunk: Chunk, *, decoder: Decoder, workers: int, release: str) -> bytes:
    """Return what is learnt of a chunk as an unsigned intake file, without those that are not here as they are told of.

    Args:
        decoder: decodes.
        workers: how many files are examined at once.
        release: of this program.
    """
    answer = BytesIO()
    writer = IntakeWriter(answer, IntakeHeader(_NO_TIME, release))
    here = [one for one in chunk if list(walk([one.path])) == [one]]
    for one, items in examine_all(here, decoder=decoder, workers=workers):
        writer.add(one, items)
    writer.finish(None)
    return answer.getvalue()


def read_answer(answer: bytes, chunk: Chunk, *, release: str) -> dict[bytes, tuple[Examined, ...]]:
    """Return what `examine_chunk` learnt, by path, held to the bounds under which any intake file is taken.

    Raises:
        Unavailable: it is of another release, is damaged, or tells of files that were not asked for.
    """
    try:
        reader = IntakeReader(BytesIO(answer))
        items = reader.items()
    except IntakeRefused:
        raise Unavailable("a host of the cluster gave a damaged answer; what was kept before stays") from None
    if reader.header.scanner != release:
        raise Unavailable("a host of the cluster runs another release of this program: bring all to the same")
    known: dict[bytes, tuple[Examined, ...]] = {}
    for found, item in items:
        known[found.path] = (*known.get(found.path, ()), item)
    if not known.keys() <= {one.path for one in chunk}:
        raise Unavailable("a host of the cluster told of files that it was not asked for")
    return known
