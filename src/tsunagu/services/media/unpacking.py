"""Archives as folders: each member's content in memory, under bounds that hold over all archives in one file."""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace

from tsunagu.domain.media import MEMBER_SEPARATOR, Examined, MediaType, Refusal
from tsunagu.media.messages import MemberData, MemberRefused, MemberStart, Message, Refused
from tsunagu.services.parts import Decoder

MOST_MEMBERS = 50_000
"""Members that all archives in one file may have together."""
MOST_UNPACKED_BYTES = 16 << 30
"""Bytes that all archives in one file may unpack to, each archive in an archive counted as well."""
MOST_RATIO = 200
"""Unpacked bytes for each byte of the file."""
FREE_BYTES = 1 << 20
"""What any file may unpack to, however small it is."""


Member = tuple[bytes, int | Refusal]
"""A member's name, with a descriptor of its whole content or why it is refused."""


class Allowance:
    """What all archives in one file may still give. Each alone is bounded by its decoder; a nest of them is not."""

    def __init__(self, file_bytes: int) -> None:
        """Begin with all that a file of this length may unpack to."""
        by_ratio = max(FREE_BYTES, MOST_RATIO * file_bytes)
        self._over = Refusal.TOO_LARGE if by_ratio >= MOST_UNPACKED_BYTES else Refusal.SUSPICIOUS_RATIO
        self._bytes = min(by_ratio, MOST_UNPACKED_BYTES)
        self._members = MOST_MEMBERS

    def take(self, message: Message) -> None:
        """Count what an archive gave.

        Raises:
            Refused: TOO_MANY_MEMBERS, TOO_LARGE or SUSPICIOUS_RATIO; from then on with every message.
        """
        if isinstance(message, MemberData):
            self._bytes -= len(message.data)
        elif isinstance(message, MemberStart | MemberRefused):
            self._members -= 1
        if self._members < 0:
            raise Refused(Refusal.TOO_MANY_MEMBERS)
        if self._bytes < 0:
            raise Refused(self._over)


_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


class _Pending:
    """A member whose data still come."""

    def __init__(self, start: MemberStart) -> None:
        self.name = start.name
        self._size_bytes = start.size_bytes
        self._fd = os.memfd_create("member", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)

    @property
    def is_whole(self) -> bool:
        return os.fstat(self._fd).st_size == self._size_bytes

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._fd, rest) :]

    def hand_over(self) -> int:
        """Return the descriptor, for the caller to close; nobody who is lent it can change the content any more."""
        fd, self._fd = self._fd, -1
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
        return fd

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self.hand_over())


class _Unpacker:
    """Sorts the messages of one archive into members."""

    def __init__(self) -> None:
        self._pending: _Pending | None = None

    def take(self, message: Message) -> Iterator[Member]:
        """Take the next message, and yield the members that it ends or refuses."""
        if isinstance(message, MemberData):
            if self._pending is not None:
                self._pending.write(message.data)
        elif isinstance(message, MemberRefused):
            if message.has_begun:
                self.drop()
            yield from self.finish()
            yield message.name, message.refusal
        elif isinstance(message, MemberStart):
            yield from self.finish()
            self._pending = _Pending(message)

    def finish(self, broken_off: Refusal | None = None) -> Iterator[Member]:
        """Yield the member that is pending: refused when the archive broke off before it was whole."""
        if self._pending is None:
            return
        if broken_off is None or self._pending.is_whole:
            yield self._pending.name, self._pending.hand_over()
        else:
            yield self._pending.name, broken_off
        self.drop()

    def drop(self) -> None:
        """Forget what is pending."""
        if self._pending is not None:
            self._pending.close()
            self._pending = None


def members(fd: int, media_type: MediaType, decoder: Decoder, allowance: Allowance) -> Generator[Member, None, None]:
    """Yield each member, its content held in memory alone; who takes a descriptor closes it.

    Every member that began is yielded once, also when the archive breaks off in it.

    Raises:
        Refused: the archive is refused, after the members before.
    """
    unpacker = _Unpacker()
    try:
        for message in decoder.decode(fd, media_type):
            allowance.take(message)
            yield from unpacker.take(message)
        yield from unpacker.finish()
    except Refused as refused:
        yield from unpacker.finish(refused.refusal)
        raise
    finally:
        unpacker.drop()


def each_once(file: bytes, items: Iterable[Examined]) -> Iterator[Examined]:
    """Yield what was learnt of a file and its members, each under a path of its own.

    Archives may hold a name twice, and a folder beside `x.zip` may be called `x.zip!`: whatever path is taken
    already has `!2`, `!3` and so on put behind it, so that no member hides another.

    Args:
        file: the path of the file itself, which stays as it is.
    """
    is_real: Callable[[bytes], bool] = os.path.lexists if os.path.lexists(file + MEMBER_SEPARATOR[:1]) else _never
    taken: set[bytes] = set()
    numbers: Counter[bytes] = Counter()
    for item in items:
        path = item.path
        while path in taken or (path != file and is_real(path)):
            numbers[item.path] += 1
            path = b"%b!%d" % (item.path, numbers[item.path] + 1)
        taken.add(path)
        yield item if path == item.path else replace(item, path=path)


def _never(_: bytes) -> bool:
    return False
