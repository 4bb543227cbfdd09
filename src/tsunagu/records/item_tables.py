"""Items of which no more is told than what they are known by, packed by the column: many lists have nothing else."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.records.binary_arrays import bytes_array, bytes_table, json_array, uuid_table
from tsunagu.records.new_items import KEY_BYTES, LEADING_BYTES, Packed

_KNOWN_BY: Final = ("md5", "sha1", "sha256", "pdq")


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
    rest = KEY_BYTES - LEADING_BYTES
    digests = b"".join([sha256(data[at : at + width]).digest()[:rest] for at in range(0, len(data), width)])
    leading = next(iter(known_by.values()))[:, :LEADING_BYTES]
    keys = np.hstack((leading, np.frombuffer(digests, np.uint8).reshape(rows, rest)))
    high, low = keys.view(">u8").astype(np.uint64).T
    order = np.lexsort((low, high))
    is_first = np.ones(rows, bool)
    is_first[1:] = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
    return keys, order[is_first]
