"""Comma- and tab-separated files of a shop: rows in = rows out + refused, each with its place and its own bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import RowRefusal
from tsunagu.exchange.lines import MOST_LINE_BYTES, delimited_rows
from tsunagu.exchange.seized.encodings import Encoding, RowDecoder, decoded, likeliest

_DELIMITERS: Final = (b"\t", b",", b";")
"""Bytes that are no second byte of a character in any of the encodings; `|` is one in cp932."""
_SAMPLE_ROWS: Final = 500
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class SeizedRow(NamedTuple):
    """One row as it was found.

    Attributes:
        line: number of its first line in the file, from 1; the header is one.
        offset: where its first byte lies in the file.
        raw: its own bytes, with the end of line.
        cells: what it says, one cell a column.
        lossy: places of cells in which a character was lost before or cannot be read.
    """

    line: int
    offset: int
    raw: bytes
    cells: tuple[str, ...]
    lossy: tuple[int, ...]


class UnreadRow(NamedTuple):
    """A row that was not taken, with its place, its bytes and why: nothing is dropped in silence."""

    line: int
    offset: int
    raw: bytes
    reason: RowRefusal


Found: TypeAlias = SeizedRow | UnreadRow


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: proposed by `layout_of`, confirmed or changed by a person.

    Attributes:
        delimiter: one byte.
        columns: titles of the columns, by the header.
        encodings: of each column.
        is_utf16: "utf-16-le", "utf-16-be", or "" where bytes are separated as they are.
    """

    delimiter: str
    columns: tuple[str, ...]
    encodings: tuple[Encoding, ...]
    is_utf16: str = ""


def layout_of(stream: BinaryIO, *, delimiter: str = "") -> Layout:
    """Return how a file seems to be laid out, by its first rows; the stream is at its first byte again afterwards.

    Args:
        stream: the file, seekable.
        delimiter: which separates its cells; told from the header when left out.

    Raises:
        InputError: the file is empty, or the delimiter is none of comma, semicolon and tab.
    """
    start = stream.read(2)
    stream.seek(0)
    wide = _UTF16.get(start, "")
    header = next(iter(_Lines(stream, wide)), None)
    stream.seek(0)
    if header is None:
        raise InputError("the file is empty")
    first = (header[1] or "").encode("latin-1")
    if delimiter.encode() not in {b"", *_DELIMITERS}:
        raise InputError("cells are separated by commas, semicolons or tabs")
    delimiter = delimiter or max(_DELIMITERS, key=first.count).decode()
    samples: list[list[bytes]] = []
    for _, cells, _ in islice(delimited_rows(iter(_Lines(stream, wide)), delimiter), _SAMPLE_ROWS):
        samples.append([cell.encode("latin-1") for cell in cells or ()])
    stream.seek(0)
    titles, body = samples[0], samples[1:]
    encodings = tuple(likeliest(row[at] for row in body if at < len(row)) for at in range(len(titles)))
    named = likeliest(titles)
    return Layout(delimiter, tuple(decoded(one, named)[0].strip() for one in titles), encodings, wide)


def rows_of(stream: BinaryIO, layout: Layout) -> Iterator[Found]:
    """Yield every row beneath the header, in the order of the file, as a row or as a refusal; empty lines are none.

    A row is refused that has another number of cells than the header, whose quotes do not fit, or whose line is longer
    than 4 MiB.

    Args:
        stream: the sealed copy, at its first byte.
        layout: how to read it.
    """
    lines, decoder = _Lines(stream, layout.is_utf16), RowDecoder(layout.encodings)
    rows = delimited_rows(iter(lines), layout.delimiter)
    next(rows, None)
    waiting = next(rows, None)
    while waiting is not None:
        number, cells, is_too_long = waiting
        waiting = next(rows, None)
        offset, raw = lines.taken(number, waiting[0] if waiting else None)
        if is_too_long:
            yield UnreadRow(number, offset, raw, RowRefusal.TOO_LONG)
        elif cells is None or len(cells) != len(layout.encodings):
            yield UnreadRow(number, offset, raw, RowRefusal.MALFORMED)
        else:
            texts, lossy = decoder.decoded(cells)
            yield SeizedRow(number, offset, raw, texts, lossy)


class _Lines:
    """Lines with their numbers, each byte as one character, so that columns of several encodings can be told apart."""

    def __init__(self, stream: BinaryIO, wide: str) -> None:
        self._stream, self._wide = stream, wide
        self._kept: deque[tuple[int, int, bytes]] = deque()

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        """Yield as `delimited_rows` takes them; None for a line that is too long."""
        offset = 0
        for number, (raw, line) in enumerate(self._pairs(), 1):
            self._kept.append((number, offset, raw))
            offset += len(raw)
            yield number, None if len(raw) > MOST_LINE_BYTES else line.rstrip(b"\r\n").decode("latin-1")

    def _pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield each line as it is in the file, and as it is taken apart: UTF-16 as UTF-8, without a mark."""
        if not self._wide:
            for at, raw in enumerate(self._stream):
                yield raw, raw.removeprefix(_UTF8_MARK) if at == 0 else raw
            return
        for line in self._stream.read().decode(self._wide, "replace").splitlines(keepends=True):
            yield line.encode(self._wide, "surrogatepass"), line.removeprefix("\ufeff").encode("utf-8", "replace")

    def taken(self, number: int, following: int | None) -> tuple[int, bytes]:
        """Return the offset and the bytes of a row from its first line to the next row's, and forget them."""
        while self._kept[0][0] < number:
            self._kept.popleft()
        offset, raws = self._kept[0][1], []
        while self._kept and (following is None or self._kept[0][0] < following):
            raws.append(self._kept.popleft()[2])
        return offset, b"".join(raws)
