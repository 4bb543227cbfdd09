"""The peers' side of the search: runs under the Python of `.venv-bench`, answers one JSON line for each it is asked.

It stands alone, since that environment has neither this project nor what it needs.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

Search = Callable[[Any], tuple[Any, Any]]
"""Queries, shape (m, 32), to the rows of the queries and of the entries that were found for them."""


def flat(table: Any, radius: int) -> Search:
    """Every row is looked at."""
    index = faiss.IndexBinaryFlat(256)
    index.add(table)
    return _ranged(index, radius)


def multihash(table: Any, radius: int) -> Search:
    """16 hash tables of 16 bits, one bit flipped, as python-threatexchange sets it."""
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.nflip = 1
    index.add(table)
    return _ranged(index, radius)


def threatexchange(table: Any, radius: int) -> Search:
    """python-threatexchange's own index; its radius is 31."""
    if radius != 31:
        raise ValueError("the radius of python-threatexchange is 31")
    index = PDQIndex.build([(one.tobytes().hex(), row) for row, one in enumerate(table)])

    def search(queries: Any) -> tuple[Any, Any]:
        found = [(at, hit.metadata) for at, one in enumerate(queries) for hit in index.query(one.tobytes().hex())]
        pairs = np.array(found, np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    return search


def _ranged(index: Any, radius: int) -> Search:
    def search(queries: Any) -> tuple[Any, Any]:
        limits, _, rows = index.range_search(queries, radius + 1)  # it takes what is nearer than that
        return np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64))), rows

    return search


def measure(system: str, rows: str, queries: str, radius: int, patience_s: float) -> dict[str, Any]:
    """Build, then ask one by one and all at once, as far as the patience reaches; write what was found beside."""
    table, asked = np.load(rows), np.load(queries)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    search = {"faiss_flat": flat, "faiss_multihash": multihash, "threatexchange": threatexchange}[system](table, radius)
    build_s = time.perf_counter() - began
    bytes_a_hash = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / len(table)
    search(asked[:1])
    took: list[float] = []
    found = []
    while len(took) < len(asked) and sum(took) < patience_s:
        began = time.perf_counter()
        _, entries = search(asked[len(took) : len(took) + 1])
        took.append(time.perf_counter() - began)
        found.append(np.stack([np.full(len(entries), len(took) - 1), entries], axis=1))
    began = time.perf_counter()
    search(asked[: len(took)])
    batch_s = time.perf_counter() - began
    hits = str(Path(rows).with_name(f"{system}.npy"))
    np.save(hits, np.concatenate(found))
    return {
        "build_s": build_s, "took_s": took, "qps_batch": len(took) / batch_s,
        "bytes_per_hash": bytes_a_hash, "hits": hits,
    }  # fmt: skip


def main() -> None:
    """Answer until the questions end."""
    faiss.omp_set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(measure(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
