"""How long a large index takes to be built, published and mapped, what memory that takes, and how fast it then is.

One process builds and publishes; another, which has never held the rows, maps the file and asks on one core. Half of
the queries are rows with up to 31 bits changed, half are of no row.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from bench.hashes import DATA, hashes, queries_of
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.multi import MultiIndex
from tsunagu.index.snapshot import open_snapshot, publish

KIND = FingerprintKind.PDQ
RADIUS_BITS = 31
THREADS = 2
_MIB = 1 << 20


def build(path: Path, rows: int, queries: int, data: str, told: Connection) -> None:
    """Build and publish, tell what that took, and what is to be asked."""
    random = np.random.default_rng(31)
    some = hashes("uniform", 10_000, random)
    MultiIndex.of_table(KIND, some, np.arange(len(some)), version="compiled", threads=THREADS)
    table = hashes(data, rows, random)
    asked = queries_of(table, data, queries, RADIUS_BITS, random)
    ids = np.arange(rows)
    before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    index = MultiIndex.of_table(KIND, table, ids, version="measured", threads=THREADS)
    build_s = time.perf_counter() - began
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    publish(index, path)
    figures = {
        "build_s": round(build_s, 1),
        "publish_s": round(time.perf_counter() - began, 1),
        "bytes_per_hash": round(index.size_bytes / rows, 1),
        "parts": len(index.plan.widths),
        "extra_mib": round(peak_mib - before_mib - index.size_bytes / _MIB),
    }
    told.send((figures, asked))


def measure(rows: int, queries: int, data: str) -> dict[str, Any]:
    """Return the figures."""
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-", dir=".") as folder:
        path = Path(folder, "snapshot")
        here, there = multiprocessing.Pipe()
        builder = multiprocessing.get_context("spawn").Process(target=build, args=(path, rows, queries, data, there))
        builder.start()
        there.close()
        figures, asked = here.recv()
        builder.join()
        began = time.perf_counter()
        index = open_snapshot(path, threads=THREADS)
        map_s = time.perf_counter() - began
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        index.search_table(asked, RADIUS_BITS)
        took_ms = []
        for at in range(len(asked)):
            began = time.perf_counter()
            index.search_table(asked[at : at + 1], RADIUS_BITS)
            took_ms.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        index.search_table(asked, RADIUS_BITS)
        batch_s = time.perf_counter() - began
    p50_ms, p99_ms = np.percentile(took_ms, (50, 99))
    answering = {
        "map_s": round(map_s, 2),
        "qps_single": round(1000 / float(np.mean(took_ms))),
        "qps_batch": round(len(asked) / batch_s),
        "p50_ms": round(float(p50_ms), 3),
        "p99_ms": round(float(p99_ms), 3),
    }
    return {"rows": rows, "data": data, "radius_bits": RADIUS_BITS, **figures, **answering}


def main() -> int:
    """Print the figures."""
    arguments = argparse.ArgumentParser(prog="python -m bench.snapshot", description=__doc__)
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--queries", type=int, default=2_000)
    arguments.add_argument("--data", choices=DATA, default="uniform")
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    asked = arguments.parse_args()
    figures = measure(asked.rows, asked.queries, asked.data)
    print(json.dumps(figures) if asked.json else "\n".join(f"{name:<16}{value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
