"""An intake file: what a scan elsewhere learnt, as lines within gzip, with a digest over all of them and a signature.

The lines: a header; for each file a line that says where it lies, then its items in the order of `examine_all`; the
end, with both counts and the SHA-256 of all lines before it; the signature over that digest, or "unsigned".
`lines` says what each of them holds.

Whoever wrote a file may be hostile, so it is read twice: once from beginning to end, within bounds, before anything of
it counts; and once more to take it, block by block, each of which must be what it was the first time.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from typing import BinaryIO, Final, TypeVar

from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import IntakeHeader, IntakeRefusal, IntakeRefused
from tsunagu.domain.media import MEMBER_SEPARATOR, Examined
from tsunagu.media.walk import Found, NotAFile, open_regular
from tsunagu.services.intake.lines import (
    END_MAGIC,
    MAGIC,
    NotALine,
    decode_end,
    decode_file,
    decode_header,
    decode_item,
    decode_signature,
    encode_end,
    encode_file,
    encode_header,
    encode_item,
    encode_signature,
)

MOST_LINE_BYTES: Final = 12 << 20
"""What the longest line may have: an item of twelve hours of video and sound takes 8 MB."""
MOST_ITEMS: Final = 50_000_000
MOST_BYTES: Final = 64 << 30
"""What all lines may have together, unpacked: some 50 million pictures."""
MOST_RATIO: Final = 200
"""Unpacked bytes for each packed byte; digests and fingerprints shrink to half."""
FREE_BYTES: Final = 16 << 20
"""What any file may unpack to, however small it is."""
BLOCK_ITEMS: Final = 200
BLOCK_BYTES: Final = 16 << 20
"""A block ends when it has this many items, or lines of this length."""
_GZIP_MAGIC: Final = b"\x1f\x8b"

Block = list[tuple[Found, Examined]]
"""Items in order, each with the file in which it lies."""

Value = TypeVar("Value")


class IntakeWriter:
    """Writes one intake file. Unless `finish` was called, what is there is no intake file."""

    def __init__(self, out: BinaryIO, header: IntakeHeader) -> None:
        """Begin with the header; `out` stays open."""
        self._packed = gzip.GzipFile(filename="", mode="wb", fileobj=out, compresslevel=6, mtime=0)
        self._sha256 = sha256()
        self._files = self._items = 0
        self._write(encode_header(header))

    def add(self, found: Found, items: Sequence[Examined]) -> None:
        """Write what was learnt of one file: of the members of an archive first, of itself last."""
        self._write(encode_file((found, len(items))))
        for item in items:
            self._write(encode_item(item))
        self._files += 1
        self._items += len(items)

    def finish(self, sign: Callable[[bytes], bytes] | None) -> None:
        """Write the end and the signature that `sign` gives of the SHA-256 of all lines, or that there is none."""
        digest = self._sha256.digest()
        self._packed.write(encode_end((self._files, self._items, digest)))
        self._packed.write(encode_signature(sign(digest) if sign else None))
        self._packed.close()

    def _write(self, line: bytes) -> None:
        if len(line) > MOST_LINE_BYTES:
            raise InputError("an item is too long for an intake file")
        self._sha256.update(line)
        self._packed.write(line)


@dataclass(frozen=True, slots=True)
class Checked:
    """What an intake file is, once all of it was found to be well formed.

    Attributes:
        digest: SHA-256 of all lines before the end, 32 bytes; what was signed.
        signature: 64 bytes; None when the file is unsigned. Nobody has checked yet whose it is.
    """

    files: int
    items: int
    digest: bytes
    signature: bytes | None


class IntakeReader:
    """Reads one intake file, in bounded memory."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the header.

        Args:
            file: open for reading, seekable; stays open.

        Raises:
            IntakeRefused: DAMAGED, this is no header.
        """
        self._file = file
        self._blocks: list[bytes] = []
        self.header = _Reading(file).header

    def check(self) -> Checked:
        """Read the whole file and hold every line of it to its form and its bounds.

        Raises:
            IntakeRefused: DAMAGED, with the number of the first line that is not as a scan writes it.
        """
        reading = _Reading(self._file)
        self._blocks = [digest for _, digest in reading.blocks()]
        return reading.end()

    def items(self) -> Block:
        """Return all items of a file that is small enough to be held at once, and that nobody signed.

        Raises:
            IntakeRefused: DAMAGED, as for `check`.
        """
        reading = _Reading(self._file)
        items = [one for block, _ in reading.blocks() for one in block]
        reading.end()
        return items

    def blocks(self) -> Iterator[Block]:
        """Yield all items of a file that was checked, some at a time.

        Raises:
            IntakeRefused: DAMAGED, the file is not any more what it was; blocks before stand.
        """
        reading = _Reading(self._file)
        for read, checked in zip_longest(reading.blocks(), self._blocks):
            if read is None or read[1] != checked:
                raise reading.damaged()
            yield read[0]


class _Lines:
    """The lines of a file, packed or not, within bounds."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacked = _unpacked(file)
        self._bytes = 0
        self.number = 0

    def next(self) -> bytes:
        """Return the next line with its line feed; at the end of the file what is left, even nothing.

        Raises:
            IntakeRefused: DAMAGED, it cannot be unpacked, or a bound is passed; UNREADABLE, the system says so.
        """
        self.number += 1
        try:
            line = self._unpacked.readline(MOST_LINE_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise self.damaged() from None
        except OSError:
            raise IntakeRefused("the intake file cannot be read", IntakeRefusal.UNREADABLE) from None
        self._bytes += len(line)
        most = min(MOST_BYTES, FREE_BYTES + MOST_RATIO * self._file.tell())
        if len(line) > MOST_LINE_BYTES or self._bytes > most:
            raise self.damaged()
        return line

    def damaged(self) -> IntakeRefused:
        """Return the refusal that names this line."""
        return IntakeRefused(
            f"the intake file is damaged: line {self.number} is not as a scan writes it", IntakeRefusal.DAMAGED
        )


class _Reading:
    """One reading of a file, from its first line to its last."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = _Lines(file)
        self._sha256 = sha256()
        self._files = self._items = 0
        self.header = self._understand(decode_header, self._line())

    def blocks(self) -> Iterator[tuple[Block, bytes]]:
        """Yield the items, a block at a time, with the SHA-256 of all lines so far; then `end` may be called."""
        block: Block = []
        block_bytes = 0
        while not (line := self._lines.next()).startswith(END_MAGIC):
            found, items = self._understand(decode_file, self._counted(line))
            for left in reversed(range(items)):
                line = self._line()
                block.append((found, self._item(found, line, is_last=not left)))
                block_bytes += len(line)
                if len(block) >= BLOCK_ITEMS or block_bytes >= BLOCK_BYTES:
                    self._hold_together(block)
                    yield block, self._sha256.digest()
                    block, block_bytes = [], 0
            self._files += 1
        if block:
            self._hold_together(block)
            yield block, self._sha256.digest()
        self._end = line

    def end(self) -> Checked:
        """Read the last two lines, and return what the file is."""
        files, items, digest = self._understand(decode_end, self._end)
        if (files, items, digest) != (self._files, self._items, self._sha256.digest()):
            raise self.damaged()
        signature = self._understand(decode_signature, self._lines.next())
        if (signature is None) != (self.header.key_id is None):
            raise self.damaged()
        if self._lines.next():
            raise self.damaged()
        return Checked(files, items, digest, signature)

    def damaged(self) -> IntakeRefused:
        """Return the refusal that names this line."""
        return self._lines.damaged()

    def _line(self) -> bytes:
        return self._counted(self._lines.next())

    def _counted(self, line: bytes) -> bytes:
        self._sha256.update(line)
        return line

    def _item(self, found: Found, line: bytes, *, is_last: bool) -> Examined:
        item = self._understand(decode_item, line)
        if item.path != found.path if is_last else not item.path.startswith(found.path + MEMBER_SEPARATOR):
            raise self.damaged()
        self._items += 1
        if self._items > MOST_ITEMS:
            raise self.damaged()
        return item

    def _hold_together(self, block: Block) -> None:
        """Refuse what is kept together and contradicts itself: a path twice, or one SHA-256 with two other digests."""
        paths = {item.path for _, item in block}
        contents = {item.digests for _, item in block if item.digests}
        if len(paths) < len(block) or len({one.sha256 for one in contents}) < len(contents):
            raise self.damaged()

    def _understand(self, understand: Callable[[bytes], Value], line: bytes) -> Value:
        try:
            return understand(line)
        except NotALine:
            raise self.damaged() from None


def is_intake_file(path: bytes) -> bool:
    """Whether a regular file begins as an intake file does, whatever it is called; what cannot be read does not."""
    try:
        with open(open_regular(path), "rb") as file:  # noqa: PTH123 - a descriptor
            return _unpacked(file).read(len(MAGIC)) == MAGIC
    except (OSError, NotAFile, EOFError, zlib.error):
        return False


def _unpacked(file: BinaryIO) -> BinaryIO | gzip.GzipFile:
    """Return a file from its beginning, unpacked where it is packed."""
    file.seek(0)
    is_packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if is_packed else file
