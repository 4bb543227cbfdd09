"""How fast fingerprints are found within a radius, beside the peers' indexes, on one core and in one run.

Ours: the flat index and the multi-index. Peers, in an environment of their own that `make bench` makes: faiss
IndexBinaryFlat, faiss IndexBinaryMultiHash and python-threatexchange's PDQIndex, each in a process of its own, the last
two where they fit into memory. Half of the queries are rows with up to 31 bits changed, half are of no row. Recall is
counted against faiss IndexBinaryFlat, which looks at every row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.hashes import DATA, Table, hashes, queries_of
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.flat import FlatIndex
from tsunagu.index.multi import MultiIndex

RADIUS_BITS = 31
PATIENCE_S = 20.0
"""A system that is slower than that answers only as many of the queries as it can."""
MOST_ROWS = {"faiss_flat": 50_000_000, "faiss_multihash": 20_000_000, "threatexchange": 2_000_000}

_PEERS_PYTHON = Path(".venv-bench/bin/python")
Pairs = NDArray[np.int64]


def measure(rows: int, queries: int, data: str) -> dict[str, Any]:
    """Run every system on one core and return the figures."""
    cores = os.sched_getaffinity(0)
    random = np.random.default_rng(31)
    table = hashes(data, rows, random)
    asked = queries_of(table, data, queries, RADIUS_BITS, random)
    os.sched_setaffinity(0, {max(cores)})
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
        paths = {"rows": str(Path(folder, "rows.npy")), "queries": str(Path(folder, "queries.npy"))}
        np.save(paths["rows"], table)
        np.save(paths["queries"], asked)
        answers = {name: _peer(name, paths) for name, most in MOST_ROWS.items() if rows <= most}
        ids = np.arange(rows)
        answers["multi"] = _ours(MultiIndex.of_table, table, ids, asked)
        answers["flat"] = _ours(FlatIndex, table, ids, asked)
        truth = answers["faiss_flat" if "faiss_flat" in answers else "flat"]["pairs"]
        systems = [_figures(name, one, truth) for name, one in answers.items()]
    ours = next(one for one in systems if one["name"] == "multi")
    ratios = {
        one["name"]: round(ours["qps_single"] / one["qps_single"], 2) for one in systems if one["name"] in MOST_ROWS
    }
    return {"rows": rows, "data": data, "radius_bits": RADIUS_BITS, "systems": systems, "ratios": ratios}


def _ours(build: Any, table: Table, ids: NDArray[np.int64], asked: Table) -> dict[str, Any]:
    kind = FingerprintKind.PDQ
    build(kind, table[:10_000], ids[:10_000], version="compiled").search_table(asked[:1], RADIUS_BITS)
    began = time.perf_counter()
    index = build(kind, table, ids, version="measured")
    build_s = time.perf_counter() - began
    index.search_table(asked[:1], RADIUS_BITS)
    took: list[float] = []
    pairs = []
    while len(took) < len(asked) and sum(took) < PATIENCE_S:
        query = asked[len(took) : len(took) + 1]
        began = time.perf_counter()
        _, entries, _ = index.search_table(query, RADIUS_BITS)
        took.append(time.perf_counter() - began)
        pairs.append(np.stack([np.full(len(entries), len(took) - 1), entries], axis=1))
    began = time.perf_counter()
    index.search_table(asked[: len(took)], RADIUS_BITS)
    batch_s = time.perf_counter() - began
    return {
        "build_s": build_s, "took_s": took, "qps_batch": len(took) / batch_s,
        "bytes_per_hash": index.size_bytes / len(table), "pairs": np.concatenate(pairs),
    }  # fmt: skip


def _peer(name: str, paths: dict[str, str]) -> dict[str, Any]:
    question = {"system": name, "radius": RADIUS_BITS, "patience_s": PATIENCE_S, **paths}
    done = subprocess.run(
        [_PEERS_PYTHON, Path(__file__).with_name("search_peers.py")],
        input=json.dumps(question), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    return {**answer, "pairs": np.load(answer["hits"])}


def _figures(name: str, answer: dict[str, Any], truth: Pairs) -> dict[str, Any]:
    took_ms = np.array(answer["took_s"]) * 1000
    answered = int(min(len(took_ms), truth[:, 0].max(initial=0) + 1))
    wanted, found = (np.unique(pairs[pairs[:, 0] < answered], axis=0) for pairs in (truth, answer["pairs"]))
    common = len(wanted) + len(found) - len(np.unique(np.concatenate([wanted, found]), axis=0))
    return {
        "name": name,
        "qps_single": round(1000 / float(took_ms.mean()), 1),
        "qps_batch": round(answer["qps_batch"], 1),
        "p50_ms": round(float(np.percentile(took_ms, 50)), 4),
        "p99_ms": round(float(np.percentile(took_ms, 99)), 4),
        "recall": round(common / max(1, len(wanted)), 4),
        "false": len(found) - common,
        "bytes_per_hash": round(answer["bytes_per_hash"], 1),
        "build_s": round(answer["build_s"], 2),
    }


def table(figures: dict[str, Any]) -> str:
    """Return the figures for eyes."""
    lines = [
        f"{figures['rows']:,} rows, {figures['data']}, radius {figures['radius_bits']}",
        "system             queries/s    in batch     p50 ms     p99 ms   recall   bytes a hash   build s",
    ]
    lines += [
        f"{one['name']:<18}{one['qps_single']:>10,.0f}{one['qps_batch']:>12,.0f}{one['p50_ms']:>11.3f}{one['p99_ms']:>11.3f}"
        f"{one['recall']:>9.3f}{one['bytes_per_hash']:>15.0f}{one['build_s']:>10.1f}"
        for one in figures["systems"]
    ]
    ratios = (f"{name} {ratio:,.1f}x" for name, ratio in figures["ratios"].items())
    return "\n".join([*lines, f"the multi-index is faster than {', '.join(ratios)}"])


def main() -> int:
    """Print the figures; return 7 when the peers are not installed."""
    arguments = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--queries", type=int, default=2_000)
    arguments.add_argument("--data", choices=DATA, default=DATA[0])
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    asked = arguments.parse_args()
    if not _PEERS_PYTHON.exists():
        print("the peers are not installed: run `make bench` once", file=sys.stderr)
        return 7
    figures = measure(asked.rows, asked.queries, asked.data)
    print(json.dumps(figures) if asked.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
