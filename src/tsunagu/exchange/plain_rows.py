"""Rows that say nothing but digests in hexadecimal, read thousands at a time by the example of the row before them.

Most of what police and industry exchange are such lists, and nearly all of their rows are written alike: the same
digests at the same places, with the same delimiters and quotes between them. What does not look like the example to the
last byte is left to whoever reads row by row.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from tsunagu.domain.known import EMPTY_FILE, KnownItem, LossReport
from tsunagu.exchange.digest_forms import pdq_fingerprint
from tsunagu.exchange.lines import Lines
from tsunagu.exchange.reading import PlainRows, Read, Row

_LEAST_ROWS: Final = 8
_MOST_ROWS: Final = 8192
_MOST_WIDTH: Final = 512
_MOST_PATTERNS: Final = 64
"""So many ways of writing are learned from one list: to learn one costs as much as a hundred rows."""
_BETWEEN: Final = re.compile(rb"[\s,;\"]*")
"""What may stand between digests: nothing by which a list could say something."""
_TOLD_FROM: Final = KnownItem._fields.index("pdq") + 1
_NOTHING_TOLD: Final = KnownItem(0)[_TOLD_FROM:]


def one_by_one(rows: Iterable[Read]) -> Iterator[Row]:
    """Yield rows as a reader yields them, each by itself."""
    for one in rows:
        if isinstance(one, PlainRows):
            for at in range(len(one)):
                told = {name: table[at].tobytes() for name, table in one.digests.items()}
                pdq = told.pop("pdq", None)
                yield KnownItem(one.first + at, pdq=None if pdq is None else pdq_fingerprint(pdq), **told)
        else:
            yield one


def many_at_once(rows: Iterator[Row], lines: Lines, report: LossReport) -> Iterator[Read]:
    """Yield the rows of a list, those many at once that are plain and written like the row before them.

    Args:
        rows: reads row by row, out of `lines`.
        lines: the list, seekable.
        report: in which that counts what is left behind: a row that leaves something is no example.
    """
    learned: list[_Pattern] = []
    lost = report.lost.total()
    for row in rows:
        yield row
        lost_before, lost = lost, report.lost.total()
        # A row over several lines, or behind which lines were looked at already, is no example.
        if isinstance(row, KnownItem) and row[_TOLD_FROM:] == _NOTHING_TOLD and row.row == lines.number:
            pattern = next((one for one in learned if one.fits(lines.last)), None)
            if pattern is None and lost == lost_before and len(learned) < _MOST_PATTERNS:
                pattern = _Pattern.of(lines.last, row)
                learned += () if pattern is None else (pattern,)
            if pattern is not None:
                yield from _like(pattern, lines)


def _like(pattern: _Pattern, lines: Lines) -> Iterator[PlainRows]:
    """Yield the rows that follow and are written so, up to the first that is not."""
    at_once = _LEAST_ROWS
    while rows := pattern.rows(lines.ahead(at_once * pattern.width), lines.number + 1):
        lines.take(len(rows), pattern.width)
        yield rows
        if len(rows) < at_once:
            return
        at_once = min(2 * at_once, _MOST_ROWS)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a line is written that holds digests and nothing else.

    Attributes:
        width: its bytes, with the end of line.
        lines: matches as many such lines as there are.
        places: where each digest lies in it, by the field of `KnownItem`.
    """

    width: int
    lines: re.Pattern[bytes]
    places: dict[str, slice]

    @classmethod
    def of(cls, line: bytes, example: KnownItem) -> _Pattern | None:
        """Return how a line is written; None where it is not hexadecimal, too long, or holds something else."""
        if len(line) > _MOST_WIDTH or not line.endswith(b"\n"):
            return None
        digests = {"md5": example.md5, "sha1": example.sha1, "sha256": example.sha256}
        digests["pdq"] = None if example.pdq is None else example.pdq.data
        places = {}
        for name, digest in digests.items():
            if digest is not None:
                at = line.lower().find(digest.hex().encode())
                if at < 0:
                    return None
                places[name] = slice(at, at + 2 * len(digest))
        pattern, end = b"", 0
        for place in sorted(places.values(), key=lambda place: place.start):
            if place.start < end or not _BETWEEN.fullmatch(line, end, place.start):
                return None
            pattern += re.escape(line[end : place.start]) + b"[0-9A-Fa-f]{%d}" % (place.stop - place.start)
            end = place.stop
        if not _BETWEEN.fullmatch(line, end):
            return None
        return cls(len(line), re.compile(b"(?:%s)*+" % (pattern + re.escape(line[end:]))), places)

    def fits(self, line: bytes) -> bool:
        """Return whether a line is written so."""
        return len(line) == self.width and self.lines.fullmatch(line) is not None

    def rows(self, data: bytes, first: int) -> PlainRows | None:
        """Return the rows at the beginning of some bytes that fit, up to the first empty file; None for none.

        Args:
            first: the number of the first of them.
        """
        fitting = self.lines.match(data)
        count = 0 if fitting is None else fitting.end() // self.width
        if not count:
            return None
        import numpy as np  # noqa: PLC0415 - every command loads the formats, and few read a list

        lines = np.frombuffer(data, np.uint8, count * self.width).reshape(count, self.width)
        digests = {
            name: np.frombuffer(unhexlify(lines[:, place].tobytes()), np.uint8).reshape(count, -1)
            for name, place in self.places.items()
        }
        for name, empty in asdict(EMPTY_FILE).items():
            if name in digests:
                is_empty = (digests[name] == np.frombuffer(empty, np.uint8)).all(axis=1)
                count = min(count, int(is_empty.argmax())) if is_empty.any() else count
        return PlainRows(first, digests)[:count]
