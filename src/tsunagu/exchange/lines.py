"""Lines and delimited cells of text lists, bounded whatever the stream holds."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from os import SEEK_CUR
from typing import BinaryIO, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import LossReport

MOST_LINE_BYTES: Final = 4 << 20
REPLACEMENT: Final = "\ufffd"
UNREADABLE_TEXT: Final = "unreadable-text"
"""How characters are counted that could not be read: a line, or a value, once."""
_MOST_JOINED_LINES: Final = 16
_MOST_JOINED_CHARACTERS: Final = 1 << 16
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class Lines:
    """The lines of a list, from the first to the last; iterators over one list go on where the one before stopped.

    Attributes:
        number: of the last line that was taken, from 1; 0 before the first.
        last: the bytes of the last line that was taken one by one, with the end of line; the beginning of one that is
            too long.
    """

    def __init__(self, stream: BinaryIO, report: LossReport) -> None:
        """Take a list from its first byte.

        Args:
            stream: seekable, where `ahead` is called.
            report: what cannot be read is counted in it.
        """
        self._stream = stream
        self._report = report
        self.number = 0
        self.last = b""

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        """Yield the number of each line, and its text without the end of line; None is longer than 4 MiB.

        What is no UTF-8, and NUL, becomes U+FFFD and is counted. A byte order mark is passed over.

        Raises:
            InputError: the stream is UTF-16.
        """
        while data := self._stream.readline(MOST_LINE_BYTES + 1):
            self.number += 1
            if self.number == 1:
                if data.startswith(_UTF16_MARKS):
                    raise InputError("the list is UTF-16: save it as UTF-8")
                data = data.removeprefix(_UTF8_MARK)
            self.last = data
            if len(data) > MOST_LINE_BYTES:
                while data and not data.endswith(b"\n"):
                    data = self._stream.readline(MOST_LINE_BYTES)
                yield self.number, None
            else:
                yield self.number, self._text(data).rstrip("\r\n")

    def _text(self, data: bytes) -> str:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("utf-8", "replace")
            self._report.lost[UNREADABLE_TEXT] += 1
        if "\0" in text:
            text = text.replace("\0", REPLACEMENT)
            self._report.lost[UNREADABLE_TEXT] += 1
        return text

    def ahead(self, most: int) -> bytes:
        """Return the bytes that follow the last line, without taking them; fewer than `most` where the list ends."""
        data = self._stream.read(most)
        self._stream.seek(-len(data), SEEK_CUR)
        return data

    def take(self, count: int, width: int) -> None:
        """Take lines that lie ahead, each of so many bytes."""
        self._stream.seek(count * width, SEEK_CUR)
        self.number += count


def delimited_rows(
    lines: Iterator[tuple[int, str | None]], delimiter: str
) -> Iterator[tuple[int, list[str] | None, bool]]:
    """Yield the number of each row's first line, its cells, and whether it was too long; empty lines are passed over.

    A quoted cell may hold ends of lines, over at most 16 lines and 65,536 characters. A row that cannot be read has
    no cells, and the next line is taken for itself: one stray quote costs one row.
    """
    ahead: deque[tuple[int, str | None]] = deque()
    while True:
        number, line = ahead.popleft() if ahead else next(lines, (0, None))
        if not number:
            return
        if line is None:
            yield number, None, True
        elif line and not line.isspace():
            cells = split_cells(line, delimiter)
            if cells is None and line.count('"') % 2:
                cells = _joined(line, delimiter, lines, ahead)
            yield number, cells, False


def split_cells(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of one row, or None when its quotes do not fit."""
    if '"' not in line:
        return line.split(delimiter)
    if line[0] == line[-1] == '"':
        cells = line[1:-1].split(f'"{delimiter}"')
        if line.count('"') == 2 * len(cells):
            return cells
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _joined(
    line: str, delimiter: str, lines: Iterator[tuple[int, str | None]], ahead: deque[tuple[int, str | None]]
) -> list[str] | None:
    """Return the cells of a row whose quoted cell goes on in the next lines; those not needed are left in `ahead`."""
    taken = 0
    while taken < _MOST_JOINED_LINES:
        if taken == len(ahead):
            ahead.append(next(lines, (0, None)))
        following = ahead[taken][1]
        if following is None or len(line) + len(following) > _MOST_JOINED_CHARACTERS:
            return None
        line += "\n" + following
        taken += 1
        cells = None if following.count('"') % 2 == 0 else split_cells(line, delimiter)
        if cells is not None:
            for _ in range(taken):
                ahead.popleft()
            return cells
    return None
