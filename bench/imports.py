"""How fast `tsunagu bank import` brings a list in, as its officer runs it: read, packed, kept, indexed, answering.

The home has had a small list before, so that the kernels are compiled.

There is no peer: the figure is held against what a list of ten million rows may take. On a machine that others use as
well, the processor time of both sides tells more than the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.ingest import PROGRAM, opened_home, run

PIECE = 100_000
KINDS = {"pdq": ("pdq",), "md5": ("md5",), "both": ("md5", "pdq")}
LOOKED_EVERY_S = 0.2
WARMING_ROWS = 60_000
"""So many make a snapshot due."""
SIZES = {"md5": 16, "pdq": 32}


def write_list(path: Path, rows: int, columns: tuple[str, ...], *, seed: int = 1) -> None:
    """Write a delimited list of random values."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(columns) + "\n")
        for start in range(0, rows, PIECE):
            count = min(PIECE, rows - start)
            file.writelines(",".join(rng.randbytes(SIZES[one]).hex() for one in columns) + "\n" for _ in range(count))


class _Server(Thread):
    """Adds up the processor time of the server's processes while it runs, by looking at them."""

    def __init__(self, data: Path) -> None:
        super().__init__(daemon=True)
        self._data = data
        self._ended = Event()
        self._spent: dict[str, int] = {}

    def run(self) -> None:
        while not self._ended.wait(LOOKED_EVERY_S):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if (process / "cwd").readlink() == self._data:
                        fields = (process / "stat").read_text().rpartition(")")[2].split()
                        self._spent[process.name] = int(fields[11]) + int(fields[12])
                except OSError:
                    continue  # it has just ended, or is another's

    def spent_s(self) -> float:
        """Stop looking, and return the seconds of all of them."""
        self._ended.set()
        self.join()
        return sum(self._spent.values()) / os.sysconf("SC_CLK_TCK")


def _spent_s() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def measure(rows: int, kind: str) -> dict[str, Any]:
    """Return rows a second, memory and size of one import."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagu-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        paths = {"warming": folder / "warming.csv", "list": folder / "list.csv"}
        write_list(paths["warming"], WARMING_ROWS, KINDS["pdq"], seed=0)
        write_list(paths["list"], rows, KINDS[kind])
        environ = opened_home(folder / "home")
        stated = ("--format", "csv", "--semantics", "known", "--json")
        run(environ, "bank", "import", str(paths["warming"]), *stated)
        command = [str(PROGRAM), "bank", "import", str(paths["list"]), *stated]
        server = _Server(folder / "home" / "pg" / "data")
        server.start()
        began, before_s = time.perf_counter(), _spent_s()
        done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)
        took_s, program_s, database_s = time.perf_counter() - began, _spent_s() - before_s, server.spent_s()
        report = json.loads(done.stdout)
        if report["imported"] != rows:
            raise SystemExit(f"not every row was imported: {report}")
        return {
            "rows": rows,
            "columns": list(KINDS[kind]),
            "rows_per_s": round(rows / took_s),
            "took_s": round(took_s, 1),
            "program_us_a_row": round(program_s / rows * 1e6, 1),
            "database_us_a_row": round(database_s / rows * 1e6, 1),
            "rss_mib": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
            "home_mib": round(sum(one.stat().st_size for one in (folder / "home").rglob("*") if one.is_file()) / 2**20),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--kind", choices=sorted(KINDS), default="both")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    figures = measure(asked.rows, asked.kind)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:12} {value}")


if __name__ == "__main__":
    main()
