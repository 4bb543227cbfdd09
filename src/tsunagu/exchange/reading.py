"""What every reader of a list is asked and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from tsunagu.domain.known import KnownItem, LossReport, RefusedRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows one behind the other of which their list says nothing but digests, by the column.

    Attributes:
        first: the number of the first row.
        digests: by the field of `KnownItem`: md5, sha1, sha256, pdq; each of shape (n, bytes of the digest), uint8.
    """

    first: int
    digests: Mapping[str, NDArray[np.uint8]]

    def __len__(self) -> int:
        """Return how many rows they are."""
        return len(next(iter(self.digests.values())))

    def __getitem__(self, some: slice) -> PlainRows:
        """Return some of them that follow each other."""
        begin, end, _ = some.indices(len(self))
        return PlainRows(self.first + begin, {name: table[begin:end] for name, table in self.digests.items()})


Read: TypeAlias = Row | PlainRows


class Reader(Protocol):
    """Reads one format."""

    def __call__(self, stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Read]:
        """Yield every row of the list in its order, as an item or as a refusal, never silently neither.

        Rows of plain digests may come many at once.

        Args:
            stream: the list from its first byte, seekable; hostile.
            stated: what the list does not say of itself.
            report: what is left behind is counted in it while rows are taken.

        Raises:
            InputError: the list as a whole is none of this format, or ends before its end. Rows that were yielded
                before must then be taken back.
        """
        ...
