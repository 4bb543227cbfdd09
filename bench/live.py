"""How long queries take while the index changes: additions and withdrawals come in, and new snapshots are built.

One process searches on one core, and follows a log of `--changes` lines a second: half of them add, the others withdraw
what was added before. Another process builds a snapshot anew whenever enough has changed, and publishes it; the first
maps it and goes on from there, as a server does. A query is due every few milliseconds; one that is late since the one
before took too long counts that wait as its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.hashes import Table, hashes, queries_of
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.live import Changes, LiveIndex
from tsunagu.index.multi import MultiIndex
from tsunagu.index.snapshot import open_snapshot, publish

KIND = FingerprintKind.PDQ
RADIUS_BITS = 31
QUERIES_A_S = 200
BATCHES_A_S = 10
DUE_AFTER = 100_000
"""So many changes are worth a new snapshot."""


class Log:
    """The log: each line adds a fingerprint, or withdraws the one that was added `kept` additions before."""

    def __init__(self, table: Table, kept: int) -> None:
        """Begin behind the rows of a snapshot."""
        self.rows, self.kept = len(table), kept
        self.table = hashes("uniform", 1 << 16, np.random.default_rng(5))

    def lines(self, begin: int, end: int) -> Changes:
        """Return the lines from position `begin` + 1 up to `end`: additions at odd ones, withdrawals at even ones."""
        positions = np.arange(begin + 1, end + 1)
        is_withdrawal = (positions % 2 == 0) & (positions > 2 * self.kept)
        number = positions // 2
        entry_ids = self.rows + np.where(is_withdrawal, number - self.kept, number + (positions % 2 == 0) * (1 << 40))
        table = np.where(is_withdrawal[:, None], np.uint8(0), self.table[number % len(self.table)])
        return Changes(positions, entry_ids, is_withdrawal, table)


def build(path: str, folder: str, kept: int, due: Connection) -> None:
    """In a process of its own: build and publish a snapshot of the log up to each position that is asked for."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    table = np.load(path)
    log = Log(table, kept)
    while (position := due.recv()) is not None:
        lines = log.lines(0, position)
        added = lines.where(~lines.is_withdrawal)
        there = ~np.isin(added.entry_ids, lines.entry_ids[lines.is_withdrawal])
        rows = np.concatenate([table, added.table[there]])
        ids = np.concatenate([np.arange(len(table)), added.entry_ids[there]])
        publish(MultiIndex.of_table(KIND, rows, ids, version=str(position)), Path(folder, str(position)))
        due.send(position)


def follow(
    index: LiveIndex, log: Log, *, changes_a_s: int, folder: str, due: Connection, ended: threading.Event
) -> int:
    """Apply the log as it is written, and take each snapshot that is published; return how many were taken."""
    begun, position, waits, taken = time.monotonic(), 0, False, 0
    while not ended.wait(1 / BATCHES_A_S):
        written = int((time.monotonic() - begun) * changes_a_s)
        index.apply(log.lines(position, written))
        position = written
        if not waits and index.pending > DUE_AFTER:
            due.send(position)
            waits = True
        if waits and due.poll():
            published = due.recv()
            index.rebase(open_snapshot(Path(folder, str(published))), published)
            Path(folder, str(published)).unlink()
            waits, taken = False, taken + 1
    due.send(None)
    return taken


def ask(index: LiveIndex, queries: Table, seconds: float) -> NDArray[np.float64]:
    """Return how long each query took, in milliseconds, from where it was due."""
    begun, took = time.perf_counter(), list[float]()
    for number in range(int(seconds * QUERIES_A_S)):
        due = begun + number / QUERIES_A_S
        time.sleep(max(0.0, due - time.perf_counter()))
        start = max(due, time.perf_counter()) if not took or took[-1] < 1000 / QUERIES_A_S else due
        at = number % len(queries)
        index.search_table(queries[at : at + 1], RADIUS_BITS)
        took.append((time.perf_counter() - start) * 1000)
    return np.array(took)


def measure(rows: int, changes_a_s: int, seconds: float) -> dict[str, Any]:
    """Ask an index at rest, then one that changes, and return the figures."""
    random = np.random.default_rng(31)
    table = hashes("skewed", rows, random)
    queries = queries_of(table, "skewed", 2000, RADIUS_BITS, random)
    kept = DUE_AFTER // 4
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as folder:
        path = str(Path(folder, "rows.npy"))
        np.save(path, table)
        publish(MultiIndex.of_table(KIND, table, np.arange(rows), version="0", threads=2), Path(folder, "0"))
        log, table_of_few = Log(table, kept), table[:5000].copy()
        del table
        index = LiveIndex(open_snapshot(Path(folder, "0")), 0)
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=build, args=(path, folder, kept, theirs))
        process.start()
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        _compile(table_of_few, queries)
        ask(index, queries, 2)
        idle = ask(index, queries, min(30, seconds))
        ended, taken = threading.Event(), list[int]()
        parts: dict[str, Any] = {"changes_a_s": changes_a_s, "folder": folder, "due": ours, "ended": ended}
        thread = threading.Thread(target=lambda: taken.append(follow(index, log, **parts)))
        first = _resident_mib()
        thread.start()
        busy = ask(index, queries, seconds)
        ended.set()
        thread.join()
        process.join()
        pending = index.pending
    return {
        "rows": rows, "changes_per_s": changes_a_s, "seconds": seconds, "changes": index.position,
        "idle": _percentiles(idle), "busy": _percentiles(busy),
        "p99_ratio": round(float(np.percentile(busy, 99) / np.percentile(idle, 99)), 2),
        "snapshots": taken[0], "pending": pending, "rss_mib_first": first, "rss_mib_last": _resident_mib(),
        "rss_mib_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }  # fmt: skip


def _compile(table: Table, queries: Table) -> None:
    """Have every kernel compiled, as a server that starts does."""
    log = Log(table, 10)
    index = LiveIndex(MultiIndex.of_table(KIND, table, np.arange(len(table)), version="compiled"), 0)
    index.apply(log.lines(0, 100_000))
    index.apply(log.lines(100_000, 100_100))
    index.search_table(queries, RADIUS_BITS)


def _percentiles(took_ms: NDArray[np.float64]) -> dict[str, float]:
    return {f"p{one}_ms": round(float(np.percentile(took_ms, one)), 3) for one in (50, 99, 99.9)}


def _resident_mib() -> int:
    """Memory of this process's own, without the mapped snapshot, which all processes share."""
    rows = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(rows["RssAnon"].split()[0]) >> 10


def main() -> int:
    """Print the figures."""
    arguments = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument(
        "--changes", type=int, default=2_000, help="lines of the log a second, half of them additions"
    )
    arguments.add_argument("--seconds", type=float, default=300)
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    asked = arguments.parse_args()
    figures = measure(asked.rows, asked.changes, asked.seconds)
    print(json.dumps(figures) if asked.json else "\n".join(f"{name:<16}{value}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
