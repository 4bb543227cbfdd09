"""Snapshots: a published multi-index as one file, which all processes of a machine map into their memory.

    magic        8 bytes, `TSUNIDX` and the format's number
    length       4 bytes, little-endian: of the description
    checksum     16 bytes: XXH3 of the description
    description  JSON: kind, version, plan, costs; name, dtype, shape, length and checksum of each section
    sections     one after the other, each from a multiple of 64 bytes on, zeros before it

A file that is short, long or changed in any byte is refused. The checksums find damage; they are no proof against
somebody who may write into the folder.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from tsunagu.domain.errors import DamagedSnapshot
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.multi import MultiIndex
from tsunagu.index.plan import LARGEST_RADIUS, Plan
from tsunagu.index.probing import Arrays

MAGIC = b"TSUNIDX\x03"
_HEAD_BYTES = len(MAGIC) + 4 + 16
_DESCRIPTION = "description"
_ALIGNED = 64


def publish(index: MultiIndex, path: Path) -> None:
    """Write the index beside `path` and put it in its place in one step; who has the former one open keeps it.

    Raises:
        OSError: the folder takes no more; `path` is as it was.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            for part in _parts(index):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_snapshot(path: Path, *, threads: int = 1) -> MultiIndex:
    """Return the index of a snapshot, mapped and checked from the first byte to the last.

    Args:
        threads: how many sections are checked at once.

    Raises:
        DamagedSnapshot: the file is not whole; its `section` is named, `description` for what precedes the sections.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _HEAD_BYTES:
            raise DamagedSnapshot("the snapshot is too short", section=_DESCRIPTION)
        mapped = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    description, end = _description(mapped)
    places = []
    for section in description["sections"]:
        begin, end = end, _aligned(end) + section["size_bytes"]
        places.append((section, begin, end))
    with ThreadPoolExecutor(threads) as pool:
        arrays = dict(pool.map(lambda place: (place[0]["name"], _section(mapped, *place)), places))
    if end != len(mapped):
        raise DamagedSnapshot("the snapshot goes on behind its end", section=description["sections"][-1]["name"])
    return _index(description, arrays)


def _parts(index: MultiIndex) -> Iterator[bytes | memoryview]:
    """The bytes of a snapshot, in their order."""
    arrays = {**index.arrays._asdict(), "entry_ids": index.entry_ids}
    data = {name: memoryview(array.reshape(-1).view(np.uint8)) for name, array in arrays.items()}
    description = json.dumps(
        {
            "kind": index.kind.code,
            "version": index.version,
            "plan": asdict(index.plan),
            "costs_ns": index.costs.tolist(),
            "scan_ns": index.scan_ns,
            "sections": [
                {
                    "name": name,
                    "dtype": array.dtype.str,
                    "shape": array.shape,
                    "size_bytes": array.nbytes,
                    "xxh3": xxhash.xxh3_128_hexdigest(data[name]),
                }
                for name, array in arrays.items()
            ],
        }
    ).encode()
    yield MAGIC + len(description).to_bytes(4, "little") + xxhash.xxh3_128_digest(description)
    yield description
    end = _HEAD_BYTES + len(description)
    for name in arrays:
        yield bytes(_aligned(end) - end)
        yield data[name]
        end = _aligned(end) + len(data[name])


def _description(mapped: NDArray[np.uint8]) -> tuple[dict[str, Any], int]:
    """Return the description, and where it ends."""
    head = mapped[:_HEAD_BYTES].tobytes()
    end = _HEAD_BYTES + int.from_bytes(head[len(MAGIC) : len(MAGIC) + 4], "little")
    text = mapped[_HEAD_BYTES:end].tobytes()
    if not head.startswith(MAGIC) or end > len(mapped) or xxhash.xxh3_128_digest(text) != head[len(MAGIC) + 4 :]:
        raise DamagedSnapshot("the snapshot is damaged, or of another format", section=_DESCRIPTION)
    return json.loads(text), end


def _section(mapped: NDArray[np.uint8], section: dict[str, Any], begin: int, end: int) -> NDArray[Any]:
    """Return one array, read-only, of the bytes that end at `end`; zeros fill what is between `begin` and its place."""
    data = mapped[_aligned(begin) : end]
    filling = mapped[begin : _aligned(begin)]
    if len(data) != section["size_bytes"] or filling.any() or xxhash.xxh3_128_hexdigest(data.data) != section["xxh3"]:
        raise DamagedSnapshot("the snapshot is damaged or cut off", section=section["name"])
    array: NDArray[Any] = data.view(section["dtype"]).reshape(section["shape"])
    return array


def _index(description: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> MultiIndex:
    plan = {name: tuple(value) for name, value in description["plan"].items()}
    kinds = {kind.code: kind for kind in FingerprintKind}
    if description["kind"] not in kinds:
        raise DamagedSnapshot("the snapshot is of a kind that this release does not know", section=_DESCRIPTION)
    return MultiIndex(
        kinds[description["kind"]],
        Plan(**plan),
        Arrays(**{name: arrays[name] for name in Arrays._fields}),
        arrays["entry_ids"],
        costs=np.array(description["costs_ns"], np.float64).reshape(-1, LARGEST_RADIUS + 1),
        scan_ns=description["scan_ns"],
        version=description["version"],
    )


def _aligned(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED
