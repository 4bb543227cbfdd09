"""How many look-ups a second are answered over HTTP, beside python-threatexchange's index as HMA serves it.

Ours: `tsunagu serve` with a published index; each request has a key and a purpose, and is answered once its entry in
the ledger is committed. The peer: Flask under gunicorn, which asks for no key and writes nothing. Each is one server
process on the first core; the same clients ask both from the last core, over connections that they keep, as soon as
each has its answer. Our database, of which the peer here has none, runs beside it on whichever core has time. Half of
what is asked for is a row with up to 31 bits changed, half is of no row. What both answer is compared. HMA has no
batches: there each look-up is a request.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.hashes import DATA, Table, hashes, queries_of

RADIUS_BITS = 31
QUERIES = 4096
BATCH = 64
CONNECTIONS = 64
PROGRAM = Path(sys.executable).with_name("tsunagu")
_PEERS_PYTHON = Path(".venv-bench/bin/python")
_STARTS_WITHIN_S = 300


def measure(rows: int, data: str, lasts_s: float) -> dict[str, Any]:
    """Ask both servers, one after the other, and return the figures."""
    random = np.random.default_rng(31)
    table = hashes(data, rows, random)
    asked = queries_of(table, data, QUERIES, RADIUS_BITS, random)
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        np.save(folder / "rows.npy", table)
        theirs = _theirs(folder, asked, lasts_s)
        ours = _ours(folder, asked, lasts_s)
    same = _compared(theirs["answers"], ours["single"]["answers"])
    single, batch, peer = _rate(ours["single"]), _rate(ours["batch"]) * BATCH, _rate(theirs)
    return {
        "rows": rows,
        "data": data,
        "compared": same,
        "clients_busy": max(one["busy"] for one in (theirs, *ours.values())),
        "single": {
            "ours_rps": round(single, 1),
            "hma_rps": round(peer, 1),
            "ratio": round(single / peer, 2),
            "p99_ms": _p99_ms(ours["single"]),
            "hma_p99_ms": _p99_ms(theirs),
        },
        "batch64": {
            "ours_lookups_per_s": round(batch, 1),
            "hma_lookups_per_s": round(peer, 1),
            "ratio": round(batch / peer, 2),
            "p99_ms": _p99_ms(ours["batch"]),
        },
    }


def _ours(folder: Path, asked: Table, lasts_s: float) -> dict[str, dict[str, Any]]:
    home = folder / "home"
    home.mkdir(mode=0o711)
    made = subprocess.run(
        [sys.executable, "-m", "bench.match_store", home, folder / "rows.npy"], check=True, stdout=subprocess.PIPE
    )
    key = json.loads(made.stdout.splitlines()[-1])["key"]
    port = _free_port()
    environ = {**os.environ, "TSUNAGU_HOME": str(home)}
    hexes = [one.tobytes().hex() for one in asked]
    serving: list[str | Path] = [PROGRAM, "serve", "--no-worker", "--port", str(port)]
    with _database(environ), _served(serving, environ, port, "/healthz"):
        one_by_one = [_post(key, [one]) for one in hexes]
        in_batches = [_post(key, hexes[begin : begin + BATCH]) for begin in range(0, len(hexes), BATCH)]
        _ask(folder, port, one_by_one, lasts_s / 5)  # warm, as the peer is by its check of the answers
        return {
            "single": _ask(folder, port, one_by_one, lasts_s),
            "batch": _ask(folder, port, in_batches, lasts_s),
        }


def _theirs(folder: Path, asked: Table, lasts_s: float) -> dict[str, Any]:
    port = _free_port()
    environ = {**os.environ, "BENCH_ROWS": str(folder / "rows.npy"), "PYTHONPATH": str(Path.cwd())}
    gunicorn: list[str | Path] = [
        _PEERS_PYTHON,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "8",
    ]
    requests = [
        f"GET /m/lookup?signal={one.tobytes().hex()}&signal_type=pdq HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for one in asked
    ]
    with _served([*gunicorn, "--timeout", str(_STARTS_WITHIN_S), "bench.match_peer:app"], environ, port, "/status"):
        _ask(folder, port, requests, lasts_s / 5)
        return _ask(folder, port, requests, lasts_s)


def _post(key: str, hexes: Sequence[str]) -> str:
    body = json.dumps({"purpose": "investigation", "queries": [{"pdq": one} for one in hexes]})
    return (
        f"POST /api/v1/look-up HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


@contextmanager
def _database(environ: Mapping[str, str]) -> Iterator[None]:
    """Run the database by itself, as `deploy/systemd` does, until the block ends: on whichever core is idle."""
    told = subprocess.DEVNULL
    with subprocess.Popen([PROGRAM, "db", "run"], env=dict(environ), stdout=told, stderr=told) as database:
        try:
            yield
        finally:
            database.terminate()


@contextmanager
def _served(command: Sequence[str | Path], environ: Mapping[str, str], port: int, path: str) -> Iterator[None]:
    """Run a server on the first core until the block ends."""
    core = min(os.sched_getaffinity(0))
    told = subprocess.DEVNULL
    pinned = ["taskset", "--cpu-list", str(core), *command]
    with subprocess.Popen(pinned, env=environ, stdout=told, stderr=told) as server:
        try:
            ends = time.monotonic() + _STARTS_WITHIN_S
            while not _opens(port, path):
                if time.monotonic() > ends or server.poll() is not None:
                    raise SystemExit(f"{command[0]} did not start")
                time.sleep(0.2)
            yield
        finally:
            server.terminate()


def _opens(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_STARTS_WITHIN_S) as tried:
            tried.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return b" 200 " in tried.recv(64)
    except OSError:
        return False


def _ask(folder: Path, port: int, requests: Sequence[str], lasts_s: float) -> dict[str, Any]:
    """Let the clients ask from the last core, and return what they were answered, and how long that took."""
    file = folder / "asked.json"
    core = max(os.sched_getaffinity(0))
    asked = {"port": port, "requests": requests, "connections": CONNECTIONS, "lasts_s": lasts_s, "core": core}
    file.write_text(json.dumps(asked))
    subprocess.run([sys.executable, "-m", "bench.match_clients", file], check=True)
    return dict(json.loads(file.with_suffix(".answers").read_text()))


def _compared(theirs: Mapping[str, str], ours: Mapping[str, str]) -> int:
    """Return how many answers both gave; ends the program when one of them differs."""
    both = theirs.keys() & ours.keys()
    for number in both:
        peer = sorted(int(one["distance"]) for one in json.loads(theirs[number]).get("BENCH", ()))
        [own] = json.loads(ours[number])["answers"]
        if peer != sorted(one["distance_bits"] for one in own["known"]):
            raise SystemExit(f"the answers to query {number} differ")
    return len(both)


def _rate(run: Mapping[str, Any]) -> float:
    return len(run["took_s"]) / float(run["wall_s"])


def _p99_ms(run: Mapping[str, Any]) -> float:
    return round(float(statistics.quantiles(run["took_s"], n=100)[98]) * 1000, 2)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    """Print one table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--data", choices=DATA, default="skewed")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each is asked")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.rows, given.data, given.seconds)
    if given.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(f"{name:14}", figures)


if __name__ == "__main__":
    main()
