"""Lists of others as their officer brings them in, and what is told of how that went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from io import BufferedReader

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import InputError
from tsunagu.domain.known import KnownItem, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.plain_rows import one_by_one
from tsunagu.exchange.reading import Stated
from tsunagu.exchange.registry import reader_for
from tsunagu.services.banks.known_items import new_item


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
    for one in one_by_one(reader_for(coming.format_name)(coming.stream, coming.stated, LossReport())):
        if isinstance(one, KnownItem) and new_item(one).is_usable:
            coming.stream.seek(0)
            return
        refused[one.reason.value if isinstance(one, RefusedRow) else RowRefusal.UNSUPPORTED.value] += 1
    told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(refused.items())) or "it has none"
    raise InputError(f"no row of the list can be taken ({told}), so that no bank is opened for it")
