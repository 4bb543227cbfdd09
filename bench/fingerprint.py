"""How fast pictures and video become PDQ fingerprints, and how near to the reference, beside the peers' ways.

Peers: python-threatexchange (Pillow's full decode, then pdqhash) and vpdq, in an environment of their own that
`make bench` makes. Both sides run on one core, in turns, from the same JPEG bytes and the same video file. Rates are
taken over processor time, so that other programs on the machine disturb them little; each is the median of the
rounds. Distances are to the peer's fingerprint of the full decode.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from bench.film import DURATION_S, make_film
from bench.photographs import Photograph, photographs
from tsunagu.domain.fingerprint import Fingerprint
from tsunagu.domain.media import MediaType
from tsunagu.fingerprints import pdq
from tsunagu.media.decoding.dispatch import decode
from tsunagu.media.messages import DecodeOptions
from tsunagu.media.picture import Picture, TimedPicture

ROUNDS = 5
SIZES = {1: 24, 4: 16, 12: 8}
"""Megapixels, and how many photographs of each size at the most."""

_PEERS_PYTHON = Path(".venv-bench/bin/python")
_PASSES = 4
_OPTIONS = DecodeOptions(frames_per_s=1.0)


class Peers:
    """The peers' process, kept for the whole run so that its imports are not measured."""

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            [_PEERS_PYTHON, Path(__file__).with_name("peers.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._process.communicate()

    def ask(self, **question: Any) -> dict[str, Any]:
        """Return the answer to one question; see `bench.peers`."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the peers have no pipes")
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def fingerprint_jpeg(jpeg: bytes) -> Fingerprint:
    """Return the fingerprint of JPEG bytes, by the program's own decoder and kernel."""
    for message in decode(BytesIO(jpeg), MediaType.JPEG, _OPTIONS):
        if isinstance(message, Picture):
            return pdq.fingerprint(message)
    raise ValueError("no picture in the JPEG")


def measure_pictures(peers: Peers, folder: Path, megapixels: int, chosen: list[Photograph]) -> dict[str, float]:
    """Return rates and distances for photographs of one size."""
    paths = []
    for number, photograph in enumerate(chosen):
        paths.append(folder / f"{megapixels}-{number}.jpg")
        paths[-1].write_bytes(photograph.jpeg)
    ours = [fingerprint_jpeg(one.jpeg) for one in chosen]
    reference = peers.ask(pictures=list(map(str, paths)))["pdq"]
    our_rates, peer_rates = [], []
    for _ in range(ROUNDS):
        our_s = peer_s = 0.0
        # In turns, picture by picture: what else the machine does then weighs on both sides alike.
        for photograph, path in zip(chosen, paths, strict=True):
            began = time.process_time()
            for _ in range(_PASSES):
                fingerprint_jpeg(photograph.jpeg)
            our_s += (time.process_time() - began) / _PASSES
            peer_s += peers.ask(pictures=[str(path)])["elapsed_s"]
        our_rates.append(len(chosen) / our_s)
        peer_rates.append(len(chosen) / peer_s)
    distances = [
        one.distance(Fingerprint(pdq.kind, bytes.fromhex(other), 100))
        for one, other in zip(ours, reference, strict=True)
    ]
    return {
        **_compared("ours_per_s", our_rates, "peer_per_s", peer_rates),
        "distance_median": float(np.median(distances)),
        "distance_p95": float(np.percentile(distances, 95, method="inverted_cdf")),
        "distance_max": float(max(distances)),
    }


def measure_video(peers: Peers, folder: Path) -> dict[str, float]:
    """Return how many seconds of video a second of one core turns into fingerprints, one frame a second."""
    path = folder / "film.mp4"
    make_film(path)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        with path.open("rb") as file:
            for message in decode(file, MediaType.MP4, _OPTIONS):
                if isinstance(message, TimedPicture):
                    pdq.fingerprint(message.picture)
        ours.append(DURATION_S / (time.process_time() - began))
        theirs.append(DURATION_S / peers.ask(video=str(path))["elapsed_s"])
    return _compared("ours_x_realtime", ours, "vpdq_x_realtime", theirs)


def measure() -> dict[str, Any]:
    """Run everything on one core and return the figures."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sizes, names = {}, []
    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-") as made, Peers() as peers:
        for megapixels, most in SIZES.items():
            chosen = photographs(megapixels, most)
            names += [f"{megapixels} MP: {one.name}" for one in chosen]
            sizes[str(megapixels)] = measure_pictures(peers, Path(made), megapixels, chosen)
        return {"sizes_mp": sizes, "video": measure_video(peers, Path(made)), "photographs": names}


def _compared(our_name: str, ours: list[float], their_name: str, theirs: list[float]) -> dict[str, float]:
    our_median, their_median = statistics.median(ours), statistics.median(theirs)
    return {
        our_name: round(our_median, 2),
        their_name: round(their_median, 2),
        "ratio": round(our_median / their_median, 2),
    }


def table(figures: dict[str, Any]) -> str:
    """Return the figures for eyes."""
    lines = ["size     ours/s   peer/s   ratio   bits off: median   95 %   most"]
    lines += [
        f"{size:>2} MP {row['ours_per_s']:9.1f}{row['peer_per_s']:9.2f}{row['ratio']:7.1f}x"
        f"{row['distance_median']:18.1f}{row['distance_p95']:7.0f}{row['distance_max']:7.0f}"
        for size, row in figures["sizes_mp"].items()
    ]
    film = figures["video"]
    lines.append(
        f"video, 720p, 1 frame/s: ours {film['ours_x_realtime']:.1f}x real time, "
        f"vpdq {film['vpdq_x_realtime']:.1f}x, ratio {film['ratio']:.2f}x"
    )
    return "\n".join([*lines, "photographs:", *(f"  {name}" for name in figures["photographs"])])


def main() -> int:
    """Print the figures; return 7 when the peers are not installed."""
    arguments = argparse.ArgumentParser(prog="python -m bench.fingerprint", description=__doc__)
    arguments.add_argument("--json", action="store_true", help="print one JSON object")
    asked = arguments.parse_args()
    if not _PEERS_PYTHON.exists():
        print("the peers are not installed: run `make bench` once", file=sys.stderr)
        return 7
    figures = measure()
    print(json.dumps(figures) if asked.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
