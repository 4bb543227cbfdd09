"""Arrays in the server's binary form: tens of thousands of values travel in one, and none is written out as text."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NULL = b"\xff\xff\xff\xff"


class BinaryArray(bytes):
    """An array in the server's binary form."""


class _Uuids(BinaryArray):
    """One of uuid."""


class _Bytes(BinaryArray):
    """One of bytea."""


class _Jsons(BinaryArray):
    """One of jsonb."""


def _dumper(type_name: str) -> type[Dumper]:
    class AsItIs(Dumper):
        format = Format.BINARY
        oid = types[type_name].array_oid

        def dump(self, obj: BinaryArray) -> bytes:
            return obj

    return AsItIs


_DUMPERS = {_Uuids: _dumper("uuid"), _Bytes: _dumper("bytea"), _Jsons: _dumper("jsonb")}


def register(cursor: psycopg.Cursor[Any]) -> None:
    """Let a cursor send such arrays as `%b`."""
    for array, dumper in _DUMPERS.items():
        cursor.adapters.register_dumper(array, dumper)


def uuid_array(values: Iterable[bytes]) -> BinaryArray:
    """Return an array of UUIDs, each as its 16 bytes."""
    return _Uuids(_array("uuid", values))


def bytes_array(values: Iterable[bytes | None]) -> BinaryArray:
    """Return an array of bytes."""
    return _Bytes(_array("bytea", values))


def uuid_table(values: NDArray[np.uint8]) -> BinaryArray:
    """Return an array of UUIDs; shape (n, 16)."""
    return _Uuids(_table("uuid", values))


def bytes_table(values: NDArray[np.uint8]) -> BinaryArray:
    """Return an array of bytes, all of one length; shape (n, length)."""
    return _Bytes(_table("bytea", values))


def json_array(texts: Iterable[str | None]) -> BinaryArray:
    """Return an array of JSON documents, each as its text."""
    # Before each stands the version of its binary form.
    return _Jsons(_array("jsonb", (None if one is None else b"\x01" + one.encode() for one in texts)))


def _array(type_name: str, values: Iterable[bytes | None]) -> bytes:
    """Return an array of one dimension in the server's binary form: its elements' type, length and bytes."""
    elements = [_NULL if one is None else len(one).to_bytes(4, "big") + one for one in values]
    return b"".join((_head(type_name, len(elements)), *elements))


def _table(type_name: str, values: NDArray[np.uint8]) -> bytes:
    import numpy as np  # noqa: PLC0415 - every command loads the tables, and few bring in many items

    count, length = values.shape
    elements = np.empty((count, 4 + length), np.uint8)
    elements[:, :4] = np.frombuffer(length.to_bytes(4, "big"), np.uint8)
    elements[:, 4:] = values
    return _head(type_name, count) + elements.tobytes()


def _head(type_name: str, count: int) -> bytes:
    return struct.pack(">iiIii", 1, 1, types[type_name].oid, count, 1)
