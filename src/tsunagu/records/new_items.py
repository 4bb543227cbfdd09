"""Items that are to come into a bank, and how many of them travel to the database at once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from json import dumps
from typing import Any, Final, NamedTuple

from tsunagu.domain.bank import Quarantine
from tsunagu.records.binary_arrays import BinaryArray, bytes_array, json_array, uuid_array

_LENGTHS: Final = [bytes([length]) for length in range(33)]
KEY_BYTES: Final = 16
LEADING_BYTES: Final = 4
"""So much of a key is the beginning of what its item is known by first: neighbours in the tree of keys are so in
that one's tree, and items that come in the order of their keys are added to both page by page."""


class NewItem(NamedTuple):
    """What is to be known by a bank; at least one of the first four is there.

    Attributes:
        details: what else is said of it, as a JSON object's text; None for nothing.
        quarantine: why it is to answer nobody until an officer lets it; None when it may answer.
    """

    md5: bytes | None = None
    sha1: bytes | None = None
    sha256: bytes | None = None
    pdq: bytes | None = None
    details: str | None = None
    quarantine: Quarantine | None = None

    @property
    def is_usable(self) -> bool:
        """Whether there is anything by which a bank could know it again."""
        return any((self.md5, self.sha1, self.sha256, self.pdq))


@dataclass(frozen=True, slots=True)
class Packed:
    """Items as they travel to the database; packing them needs no connection, so that it can be done meanwhile.

    Attributes:
        rows: how many were packed; what was among them twice travels once.
    """

    rows: int
    columns: tuple[BinaryArray, ...]


def pack(items: Iterable[NewItem], *, by_key: bool = False) -> Packed:
    """Return items as they travel, each once.

    Args:
        by_key: in the order of their keys, and not as they come: many are then added sooner, for those that lie on one
            page of the tree of keys come after each other.
    """
    count, found = 0, dict[bytes, NewItem]()
    for item in items:
        count += 1
        found.setdefault(key_of(item), item)
    keys = sorted(found) if by_key else list(found)
    columns = zip(*map(found.__getitem__, keys), strict=True) if keys else ((),) * len(NewItem._fields)
    md5, sha1, sha256_, pdq, details, quarantines = map(_blank_if_null, columns)
    return Packed(
        count,
        (
            uuid_array(keys),
            *(bytes_array(column) for column in (md5, sha1, sha256_, pdq)),
            json_array(details),
            json_array(None if one is None else dumps(asdict(one)) for one in quarantines),
        ),
    )


def _blank_if_null(column: Sequence[Any]) -> Sequence[Any]:
    """Return a column, or an empty one where it tells nothing: `unnest` fills up the shorter ones with nulls."""
    return column if any(column) else ()


def key_of(item: NewItem) -> bytes:
    """Return by what a bank tells that it has an item: 16 bytes.

    They begin with those that it is known by first; the others are of a digest over all that it is known by.
    """
    known_by = [one or b"" for one in (item.md5, item.sha1, item.sha256, item.pdq)]
    told = b"".join([_LENGTHS[len(one)] + one for one in known_by])
    leading = next((one for one in known_by if one), b"")[:LEADING_BYTES]
    return leading + sha256(told).digest()[: KEY_BYTES - len(leading)]
