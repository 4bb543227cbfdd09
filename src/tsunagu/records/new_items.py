"""Items that are to come into a bank, and how many of them travel to the database at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from json import dumps
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.bank import Quarantine
from tsunagu.records.binary_arrays import BinaryArray, bytes_array, bytes_table, json_array, uuid_array, uuid_table

_KNOWN_BY: Final = ("md5", "sha1", "sha256", "pdq")
_LENGTHS: Final = [bytes([length]) for length in range(33)]
_KEY_BYTES: Final = 16
_LEADING_BYTES: Final = 4
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


def pack_tables(tables: Sequence[Mapping[str, NDArray[np.uint8]]]) -> Packed:
    """Return items of which no more is told than what they are known by, each once, in the order of their keys.

    Args:
        tables: at least one, all with the same names: md5, sha1, sha256, pdq; shape (n, bytes of the digest), uint8.
    """
    known_by = {name: np.concatenate([table[name] for table in tables]) for name in _KNOWN_BY if name in tables[0]}
    keys, order = _keys(known_by)
    columns = (bytes_table(known_by[name][order]) if name in known_by else bytes_array(()) for name in _KNOWN_BY)
    rows = len(next(iter(known_by.values())))
    return Packed(rows, (uuid_table(keys[order]), *columns, json_array(()), json_array(())))


def _keys(known_by: Mapping[str, NDArray[np.uint8]]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the key of each row, and the rows in the order of their keys, the first of each key."""
    rows = len(next(iter(known_by.values())))
    told = [
        np.pad(known_by[name], ((0, 0), (1, 0)), constant_values=known_by[name].shape[1])
        if name in known_by
        else np.zeros((rows, 1), np.uint8)
        for name in _KNOWN_BY
    ]
    text = np.hstack(told)
    data, width = text.tobytes(), text.shape[1]
    rest = _KEY_BYTES - _LEADING_BYTES
    digests = b"".join([sha256(data[at : at + width]).digest()[:rest] for at in range(0, len(data), width)])
    leading = next(iter(known_by.values()))[:, :_LEADING_BYTES]
    keys = np.hstack((leading, np.frombuffer(digests, np.uint8).reshape(rows, rest)))
    high, low = keys.view(">u8").astype(np.uint64).T
    order = np.lexsort((low, high))
    is_first = np.ones(rows, bool)
    is_first[1:] = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
    return keys, order[is_first]


def key_of(item: NewItem) -> bytes:
    """Return by what a bank tells that it has an item: 16 bytes.

    They begin with those that it is known by first; the others are of a digest over all that it is known by.
    """
    known_by = [one or b"" for one in (item.md5, item.sha1, item.sha256, item.pdq)]
    told = b"".join([_LENGTHS[len(one)] + one for one in known_by])
    leading = next((one for one in known_by if one), b"")[:_LEADING_BYTES]
    return leading + sha256(told).digest()[: _KEY_BYTES - len(leading)]
