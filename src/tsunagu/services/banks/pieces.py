"""A list by the piece: each comes into its bank in one transaction, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from tsunagu.domain.known import KnownItem, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.reading import PlainRows, Read
from tsunagu.records.item_tables import pack_tables
from tsunagu.records.new_items import NewItem, Packed, pack
from tsunagu.services.banks.known_items import new_item

PIECE_ROWS = 100_000
"""Rows of one transaction: what a crash can cost."""
PIECE_BYTES = 32 << 20
"""How much of a list that tells much of each row is in one transaction."""
FRAMES_NOT_SEARCHED = "frames-not-searched"
"""How frames of videos are counted: they are kept with their item, and no look-up finds it by them."""


class RowsRead:
    """The rows of a list, one after the other; frames of videos among them are counted as not searched.

    Attributes:
        last: the number of the last one; 0 before the first.
    """

    def __init__(self, rows: Iterator[Read], loss: LossReport) -> None:
        self._rows = rows
        self._loss = loss
        self.last = 0

    def __iter__(self) -> Iterator[Read]:
        for one in self._rows:
            self.last = one.first + len(one) - 1 if isinstance(one, PlainRows) else one.row
            if isinstance(one, KnownItem) and one.frames:
                self._loss.lost[FRAMES_NOT_SEARCHED] += len(one.frames)
            yield one

    def behind(self, count: int) -> Iterator[Read]:
        """Yield those behind the first `count`, which are read all the same: what does not travel is counted."""
        for one in self:
            if isinstance(one, PlainRows):
                if count < len(one):
                    yield one[count:]
                count = max(0, count - len(one))
            elif count:
                count -= 1
            else:
                yield one


@dataclass(frozen=True, slots=True)
class PackedPiece:
    """Rows of a list that follow each other, as they travel to the database.

    Attributes:
        rows: how many they are, refused ones included.
        refused: why rows of them are not taken, and how many each.
    """

    rows: int
    refused: Counter[str]
    packed: list[Packed]


class _Gathering:
    """Gathers a piece, row by row; no row is kept as it was read beside what is packed of it."""

    def __init__(self) -> None:
        self.rows = 0
        self._refused = Counter[str]()
        self._taken: list[NewItem | PlainRows] = []

    def take(self, read: Read) -> PlainRows | None:
        """Take what follows, and return those rows of it for which there is no room."""
        if isinstance(read, PlainRows):
            room = PIECE_ROWS - self.rows
            self._taken.append(read[:room])
            self.rows += min(room, len(read))
            return read[room:] or None
        self.rows += 1
        if isinstance(read, RefusedRow):
            self._refused[read.reason.value] += 1
        elif (item := new_item(read)).is_usable:
            self._taken.append(item)
        else:
            self._refused[RowRefusal.UNSUPPORTED.value] += 1
        return None

    def packed(self) -> PackedPiece:
        """Return the piece."""
        if any(isinstance(one, NewItem) and one.details for one in self._taken):
            # Of rows with the same digests the first counts, with what it says besides: their order must be kept.
            return PackedPiece(self.rows, self._refused, [pack(self._one_by_one(), by_key=True)])
        tables: dict[tuple[str, ...], list[PlainRows]] = {}
        for one in self._taken:
            if isinstance(one, PlainRows):
                tables.setdefault(tuple(one.digests), []).append(one)
        packed = [pack_tables([one.digests for one in some]) for some in tables.values()]
        items = [one for one in self._taken if isinstance(one, NewItem)]
        return PackedPiece(self.rows, self._refused, [*packed, pack(items, by_key=True)] if items else packed)

    def _one_by_one(self) -> Iterator[NewItem]:
        for one in self._taken:
            if isinstance(one, PlainRows):
                for at in range(len(one)):
                    yield NewItem(**{name: table[at].tobytes() for name, table in one.digests.items()})
            else:
                yield one


def pieces(rows: Iterator[Read], stream: BufferedReader) -> Iterator[PackedPiece]:
    """Yield a list by the piece: at most `PIECE_ROWS`, and what comes from some `PIECE_BYTES` of the list."""
    piece, began = _Gathering(), stream.tell()
    for one in rows:
        rest: Read | None = one
        while rest is not None:
            hundreds = piece.rows // 100
            rest = piece.take(rest)
            is_full = piece.rows == PIECE_ROWS
            if is_full or (piece.rows // 100 > hundreds and stream.tell() - began >= PIECE_BYTES):
                whole, piece = piece.packed(), _Gathering()
                yield whole
                began = stream.tell()
    if piece.rows:
        yield piece.packed()
