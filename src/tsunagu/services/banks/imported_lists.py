"""Lists of others as their officer brings them in, and what is told of how that went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import InputError
from tsunagu.domain.known import KnownItem, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.reading import Row, Stated
from tsunagu.exchange.registry import reader_for
from tsunagu.services.banks.known_items import new_item

PIECE_ROWS = 100_000
"""Rows of one transaction: what a crash can cost."""
PIECE_BYTES = 32 << 20
"""How much of a list that tells much of each row is in one transaction."""
FRAMES_NOT_SEARCHED = "frames-not-searched"
"""How frames of videos are counted: they are kept with their item, and no look-up finds it by them."""


@dataclass(frozen=True, slots=True)
class ListToImport:
    """A list as its officer brings it in.

    Attributes:
        stream: the list from its first byte, seekable.
        format_name: of `exchange.registry`.
        stated: what the list does not say of itself.
        bank: the name of the bank that it goes into; opened where there is none.
        semantics: what being in it means; a bank that is there must mean the same.
        legal_ground: why the agency may keep it, where the bank is opened; None where nobody has stated one.
    """

    stream: BufferedReader
    format_name: str
    stated: Stated
    bank: str
    semantics: BankSemantics
    legal_ground: str | None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, from its beginning.

    Attributes:
        rows_in: rows of the list.
        imported: those that the bank did not have.
        repeated: those that it had.
        refused: why rows were not taken, and how many each.
        lost_fields: what did not travel, and how many values each.
        held: of the imported, how many are in quarantine.
        was_done: whether this list had been imported before, so that nothing was done.
        is_unfounded: whether nobody has stated a legal ground of the bank.
    """

    bank: str
    rows_in: int
    imported: int
    repeated: int
    refused: dict[str, int]
    lost_fields: dict[str, int]
    held: int
    was_done: bool
    is_unfounded: bool


def must_have_items(coming: ListToImport) -> None:
    """Read a list up to its first item: a file that is no list leaves no bank behind.

    Raises:
        InputError: it is none of its format, or no row of it can be taken.
    """
    refused = Counter[str]()
    for one in reader_for(coming.format_name)(coming.stream, coming.stated, LossReport()):
        if isinstance(one, KnownItem) and new_item(one).is_usable:
            coming.stream.seek(0)
            return
        refused[one.reason.value if isinstance(one, RefusedRow) else RowRefusal.UNSUPPORTED.value] += 1
    told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(refused.items())) or "it has none"
    raise InputError(f"no row of the list can be taken ({told}), so that no bank is opened for it")


class RowsRead:
    """The rows of a list, one after the other; frames of videos among them are counted as not searched.

    Attributes:
        last: the number of the last one; 0 before the first.
    """

    def __init__(self, rows: Iterator[Row], loss: LossReport) -> None:
        self._rows = rows
        self._loss = loss
        self.last = 0

    def __iter__(self) -> Iterator[Row]:
        for one in self._rows:
            self.last = one.row
            if isinstance(one, KnownItem) and one.frames:
                self._loss.lost[FRAMES_NOT_SEARCHED] += len(one.frames)
            yield one


def pieces(rows: Iterator[Row], stream: BufferedReader) -> Iterator[list[Row]]:
    """Yield rows by the piece: at most `PIECE_ROWS`, and what comes from some `PIECE_BYTES` of the list."""
    piece: list[Row] = []
    began = stream.tell()
    for one in rows:
        piece.append(one)
        if len(piece) == PIECE_ROWS or (len(piece) % 100 == 0 and stream.tell() - began >= PIECE_BYTES):
            yield piece
            piece, began = [], stream.tell()
    if piece:
        yield piece
