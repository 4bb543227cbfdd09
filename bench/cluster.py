"""What `tsunagu cluster ingest` over one node costs a file, beside `tsunagu ingest` on the same machine, in turns.

Both are measured as an officer uses them, from the command's start to its end; the node is running already. The node
has the same processors and no more: what is measured is what the way over Ray costs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.ingest import FILES, PROGRAM, ingest_rate, write_pictures

ADDRESS = "127.0.0.1:6399"
STARTED_S = 90


@contextmanager
def one_node(home: Path) -> Iterator[None]:
    """Run a first node until the block ends; who is started within it has its token."""
    token = home / "cluster" / "token"
    log = home.with_suffix(".log")
    with log.open("wb") as said:
        command = [str(PROGRAM), "cluster", "node", "--address", ADDRESS]
        node = subprocess.Popen(command, env={**os.environ, "TSUNAGU_HOME": str(home)}, stdout=said, stderr=said)
        try:
            until = time.monotonic() + STARTED_S
            while b"runtime started" not in log.read_bytes():
                if node.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"the node does not start:\n{log.read_text(errors='replace')}")
                time.sleep(0.2)
            os.environ["RAY_AUTH_TOKEN_PATH"] = str(token)
            yield
        finally:
            node.terminate()
            node.wait()


def measure(count: int, rounds: int) -> dict[str, Any]:
    """Return the figures: medians over the rounds, in milliseconds of the wall a file."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagu-bench-", dir="/tmp"))
    folder.chmod(0o711)
    sides = {"local": ("ingest",), "cluster": ("cluster", "ingest", "--address", ADDRESS)}
    took_ms: dict[str, list[float]] = {name: [] for name in sides}
    try:
        pictures = folder / "pictures"
        pictures.mkdir()
        write_pictures(pictures, count)
        with one_node(folder / "node"):
            for number in range(rounds):
                for name, command in sides.items():
                    rate, _ = ingest_rate(folder / f"{name}-{number}", pictures, count, by=command)
                    took_ms[name].append(1000 / rate)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratios = [one / other for one, other in zip(took_ms["cluster"], took_ms["local"], strict=True)]
    return {
        "files": count,
        "local_ms_a_file": round(statistics.median(took_ms["local"]), 2),
        "cluster_ms_a_file": round(statistics.median(took_ms["cluster"]), 2),
        "ratio": round(statistics.median(ratios), 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.files, arguments.rounds)
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>18}  {value}")


if __name__ == "__main__":
    main()
