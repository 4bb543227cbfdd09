"""How fast `tsunagu ingest` is beside its own kernel alone, on the same cores, in the same run.

The whole way is measured as an officer uses it: a real database, the ledger, decode children, linking. The kernel alone
is JPEG bytes to PDQ (eight turns) in as many processes as there are cores, with nothing around it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pyotp.totp import TOTP

from bench.photographs import scenes

FILES = 5000
PASSWORD = "benchmark only"  # noqa: S105 - of a throw-away home
PROGRAM = Path(sys.executable).with_name("tsunagu")
SAMPLE_S = 2.0
STARTS = 2
"""Samples of memory while everything loads, which are left out."""
MEGAPIXELS = (0.6, 1.2, 2.0, 2.8, 3.9)
"""Sizes in turn: their median is 2, none is over 4."""


def write_pictures(folder: Path, count: int) -> None:
    """Write `count` distinct JPEG files: crops of real photographs, each of another place, size and quality."""
    sources = scenes(12, 3600, 2700)
    with ProcessPoolExecutor(os.cpu_count()) as processes:
        step = 100
        jobs = [
            processes.submit(
                _write_some, sources[start // step % len(sources)], folder, range(start, min(start + step, count))
            )
            for start in range(0, count, step)
        ]
        for job in jobs:
            job.result()


def _write_some(source: np.ndarray[Any, np.dtype[np.uint8]], folder: Path, numbers: range) -> None:
    for number in numbers:
        rng = np.random.default_rng(number)
        aspect = rng.choice([4 / 3, 3 / 2, 3 / 4, 1.0])
        area = MEGAPIXELS[number % len(MEGAPIXELS)] * 1e6
        width = min(int((area * aspect) ** 0.5), source.shape[1])
        height = min(int(area / width), source.shape[0])
        left = rng.integers(0, source.shape[1] - width + 1)
        top = rng.integers(0, source.shape[0] - height + 1)
        crop = Image.fromarray(source[top : top + height, left : left + width])
        crop.save(folder / f"{number:05}.jpg", quality=int(rng.integers(75, 93)))


def kernel_rate(folder: Path) -> float:
    """Return pictures a second of the kernel alone, on the same files, all cores."""
    paths = sorted(folder.iterdir())
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as processes:
        list(processes.map(_kernel, [paths[:20]] * cores))  # each process loads and compiles before the clock starts
        began = time.perf_counter()
        list(processes.map(_kernel, [paths[start::cores] for start in range(cores)]))
        return len(paths) / (time.perf_counter() - began)


def _kernel(paths: list[Path]) -> None:
    from tsunagu.domain.media import MediaType  # noqa: PLC0415 - the parent need not load the codecs
    from tsunagu.fingerprints.pdq import turned  # noqa: PLC0415
    from tsunagu.media.decoding import decode  # noqa: PLC0415
    from tsunagu.media.messages import DecodeOptions  # noqa: PLC0415
    from tsunagu.media.picture import Picture  # noqa: PLC0415

    for path in paths:
        for message in decode(BytesIO(path.read_bytes()), MediaType.JPEG, DecodeOptions()):
            if isinstance(message, Picture):
                turned(message)


def opened_home(home: Path) -> dict[str, str]:
    """Return the environment of a new home whose one agency's officer is signed in."""
    environ = {**os.environ, "TSUNAGU_HOME": str(home)}
    names = ("--agency", "Bench", "--country", "DK", "--contact", "nobody", "--officer", "one", "--second", "two")
    founded = run(environ, "init", *names, "--json", lines=f"{PASSWORD}\n" * 2)
    secret = json.loads(founded.splitlines()[0])["totp_secret"]
    run(environ, "sign-in", "one", lines=f"{PASSWORD}\n{TOTP(secret).now()}\n")
    return environ


def run(environ: dict[str, str], *arguments: str, lines: str = "") -> str:
    """Run a command in a home, and return what it prints."""
    command = [str(PROGRAM), *arguments]
    done = subprocess.run(command, input=lines, env=environ, check=True, capture_output=True, text=True)
    return done.stdout


def ingest_rate(home: Path, folder: Path, count: int, *, by: Sequence[str] = ("ingest",)) -> tuple[float, list[float]]:
    """Return files a second of the whole way, and the memory of all its processes in MiB, every other second.

    Args:
        home: is made.
        folder: holds the files.
        count: how many they are.
        by: the command that brings them in.
    """
    environ = opened_home(home)
    run(environ, "case", "open", "B-1")
    # Kernels are compiled once a home and then kept: that is no part of the rate of either side.
    some = map(str, sorted(folder.iterdir())[:20])
    run(environ, *by, "--case", "B-1", "--exhibit", "warm-up", *some, "--json")
    began = time.perf_counter()
    with subprocess.Popen(
        [PROGRAM, *by, "--case", "B-1", "--exhibit", "E", str(folder), "--json"],
        env=environ,
        stdout=subprocess.PIPE,
    ) as process:
        memory = list(_memory_of(process))
        report = json.loads(process.stdout.read()) if process.stdout else {}
    rate = count / (time.perf_counter() - began)
    if report.get("kept") != count or report.get("refused"):
        raise SystemExit(f"the ingest did not keep all {count} files: {report}")
    return rate, memory


def _memory_of(process: subprocess.Popen[bytes]) -> Iterator[float]:
    while process.poll() is None:
        yield sum(_own_kib(pid) for pid in _family(process.pid)) / 1024
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SAMPLE_S)  # and no sleep, which would be added to the time that is measured


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in listed.read_text(encoding="ascii").split():
                yield from _family(int(child))
    except OSError:
        return  # it has just ended


def _own_kib(pid: int) -> int:
    """Return the memory that a process shares with no other, in KiB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def measure(count: int, rounds: int) -> dict[str, Any]:
    """Return the figures: rates are medians over the rounds, memory is the last round's."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagu-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        pictures = folder / "pictures"
        pictures.mkdir()
        write_pictures(pictures, count)
        ours, memory = [], [0.0]
        # Before and after each ingest: a host that others share is not as fast from one minute to the next.
        alone = [kernel_rate(pictures)]
        for number in range(rounds):
            rate, memory = ingest_rate(folder / f"home-{number}", pictures, count)
            ours.append(rate)
            alone.append(kernel_rate(pictures))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    kernel = [statistics.mean(beside) for beside in pairwise(alone)]
    settled = memory[STARTS:] or memory
    tenth = max(1, len(settled) // 10)
    return {
        "files": count,
        "ours_per_s": round(statistics.median(ours), 1),
        "kernel_per_s": round(statistics.median(kernel), 1),
        "ratio": round(statistics.median(one / other for one, other in zip(ours, kernel, strict=True)), 3),
        "rss_mib_first": round(statistics.median(settled[:tenth]), 1),
        "rss_mib_last": round(statistics.median(settled[-tenth:]), 1),
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
            print(f"{name:>14}  {value}")


if __name__ == "__main__":
    main()
