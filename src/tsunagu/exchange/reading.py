"""What every reader of a list is asked and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Protocol, TypeAlias

from tsunagu.domain.known import KnownItem, LossReport, RefusedRow

Row: TypeAlias = KnownItem | RefusedRow
CategoryTables: TypeAlias = Mapping[tuple[str, str], Mapping[int, str]]


class Of256Bits(StrEnum):
    """What 256 bits without a name are: no list tells it by their length."""

    SHA256 = "sha256"
    PDQ = "pdq"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the importing officer states of a list, since its bytes do not.

    Attributes:
        of_256_bits: what 64 hexadecimal digits, or 44 of base64, are where nothing names them; None refuses such rows.
        categories: (context, version) to code to meaning. A code without an entry stays unmapped.
    """

    of_256_bits: Of256Bits | None = None
    categories: CategoryTables = field(default_factory=dict)


class Reader(Protocol):
    """Reads one format, a row at a time."""

    def __call__(self, stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Row]:
        """Yield every row of the list in its order, as an item or as a refusal, never silently neither.

        Args:
            stream: the list from its first byte; hostile.
            stated: what the list does not say of itself.
            report: what is left behind is counted in it while rows are taken.

        Raises:
            InputError: the list as a whole is none of this format, or ends before its end. Rows that were yielded
                before must then be taken back.
        """
        ...
