"""Files to what is learnt of them: type, digests, fingerprints. Reads no holdings and needs no identity."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, TimedFingerprint
from tsunagu.domain.media import MEMBER_SEPARATOR, Examined, MediaFacts, MediaKind, MediaType, Refusal
from tsunagu.fingerprints.chromaprint import Chromaprint
from tsunagu.media.digest import digest
from tsunagu.media.messages import Message, PictureFingerprints, Refused, SoundChunk
from tsunagu.media.probe import HEAD_BYTES, probe
from tsunagu.media.walk import Found, NotAFile, open_regular
from tsunagu.services.media.unpacking import Allowance, each_once, members
from tsunagu.services.parts import Decoder

MOST_DEPTH = 3
"""How many archives may lie in one another; each holds a decode child while its members are examined."""
WINDOW_FILES = 1024
WINDOW_BYTES = 4 << 30
"""How many files, and bytes of them, are under way or wait for an earlier one to be handed on: as many as are examined
while whoever keeps them compares a batch. One a worker is under way however large it is."""


@dataclass(slots=True)
class _Findings:
    """What the messages of one item add up to."""

    facts: MediaFacts = field(default_factory=MediaFacts)
    turns: tuple[Fingerprint, ...] = ()
    frames: list[TimedFingerprint] = field(default_factory=list)
    sound: Chromaprint | None = None

    def take(self, message: Message) -> None:
        """Add a message."""
        match message:
            case MediaFacts():
                self.facts = message
            case PictureFingerprints(turns):
                self.turns = turns
            case TimedFingerprint():
                self.frames.append(message)
            case SoundChunk():
                self.sound = self.sound or Chromaprint()
                self.sound.feed(message.samples)

    def of(
        self, path: bytes, size_bytes: int, media_type: MediaType, digests: Digests, refused: Refusal | None
    ) -> Examined:
        return Examined(
            path,
            size_bytes,
            media_type,
            digests,
            facts=self.facts,
            pdq=self.turns[0] if self.turns else None,
            pdq_turns=self.turns,
            frames=tuple(self.frames),
            sound=self.sound.finish() if self.sound else None,
            refused=refused,
        )


@dataclass(frozen=True, slots=True)
class LocalExaminer:
    """Examines on this machine, `workers` files at once."""

    decoder: Decoder
    workers: int

    def examine_all(self, found: Iterable[Found]) -> Generator[tuple[Found, tuple[Examined, ...]], None, None]:
        """See `examine_all`."""
        return examine_all(found, decoder=self.decoder, workers=self.workers)


def examine_all(
    found: Iterable[Found], *, decoder: Decoder, workers: int
) -> Generator[tuple[Found, tuple[Examined, ...]], None, None]:
    """Yield every file with what was learnt of it, in the order given; `workers` files are examined at once.

    An archive gives its members first and itself last, so that whoever keeps it has kept its members before.
    What cannot be read is refused by name and the rest goes on. Closing it waits for the files under way alone.
    """
    waiting: deque[tuple[Found, Future[tuple[Examined, ...]]]] = deque()
    waiting_bytes = 0
    with ThreadPoolExecutor(workers, thread_name_prefix="examine") as threads:
        try:
            for one in found:
                waiting.append((one, threads.submit(examine_file, one, decoder=decoder)))
                waiting_bytes += one.size_bytes
                while len(waiting) >= WINDOW_FILES or (waiting_bytes > WINDOW_BYTES and len(waiting) > workers):
                    file, future = waiting.popleft()
                    waiting_bytes -= file.size_bytes
                    yield file, future.result()
            while waiting:
                file, future = waiting.popleft()
                yield file, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def examine_file(found: Found, *, decoder: Decoder) -> tuple[Examined, ...]:
    """Return what is learnt of one file, and of its members when it is an archive: the members first."""
    if found.refused is not None:
        return (Examined(found.path, found.size_bytes, refused=found.refused),)
    try:
        fd = open_regular(found.lies_at or found.path)
    except NotAFile:
        return (Examined(found.path, found.size_bytes, refused=Refusal.NOT_A_FILE),)
    except OSError:
        return (Examined(found.path, found.size_bytes, refused=Refusal.UNREADABLE),)
    try:
        items = _examine(found.path, fd, decoder, Allowance(os.fstat(fd).st_size), depth=0)
        return tuple(each_once(found.path, items))
    finally:
        os.close(fd)


def examine_alone(fd: int, *, decoder: Decoder) -> Examined:
    """Return what is learnt of one open file by itself: of an archive its digests, and nothing of its members.

    Raises:
        OSError: the file cannot be read.
    """
    media_type = probe(os.pread(fd, HEAD_BYTES, 0))
    if media_type is not None and media_type.kind is not MediaKind.ARCHIVE:
        return _examine_media(b"", fd, media_type, decoder)
    digests, size = digest(fd)
    return Examined(b"", size, media_type, digests)


def _examine(path: bytes, fd: int, decoder: Decoder, allowance: Allowance, *, depth: int) -> Iterator[Examined]:
    try:
        media_type = probe(os.pread(fd, HEAD_BYTES, 0))
        if media_type is not None and media_type.kind is not MediaKind.ARCHIVE:
            yield _examine_media(path, fd, media_type, decoder)
            return
        digests, size = digest(fd)
    except OSError:
        yield Examined(path, 0, refused=Refusal.UNREADABLE)
        return
    item = Examined(path, size, media_type, digests)
    if media_type is None:
        yield replace(item, refused=Refusal.UNKNOWN_TYPE if size else Refusal.EMPTY)
    else:
        yield from _examine_archive(item, fd, media_type, decoder, allowance, depth=depth)


def _examine_media(path: bytes, fd: int, media_type: MediaType, decoder: Decoder) -> Examined:
    """Return what is learnt of one medium; its digests are made while the child decodes.

    Raises:
        OSError: the file cannot be read.
    """
    findings = _Findings()
    refused = None
    with closing(decoder.fingerprint(fd, media_type)) as messages:
        try:
            first = next(messages, None)
        except Refused as refusal:
            first, refused = None, refusal.refusal
        digests, size = digest(fd)
        try:
            for message in messages if first is None else chain((first,), messages):
                findings.take(message)
        except Refused as refusal:
            refused = refusal.refusal
    return findings.of(path, size, media_type, digests, refused)


def _examine_archive(
    item: Examined, fd: int, media_type: MediaType, decoder: Decoder, allowance: Allowance, *, depth: int
) -> Iterator[Examined]:
    if depth >= MOST_DEPTH:
        yield replace(item, refused=Refusal.TOO_DEEP)
        return
    refused = None
    try:
        for name, member in members(fd, media_type, decoder, allowance):
            path = item.path + MEMBER_SEPARATOR + name
            if isinstance(member, Refusal):
                yield Examined(path, 0, refused=member)
                continue
            try:
                yield from _examine(path, member, decoder, allowance, depth=depth + 1)
            finally:
                os.close(member)
    except Refused as refusal:
        refused = refusal.refusal
    yield replace(item, refused=refused)
