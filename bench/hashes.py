"""Tables of PDQ fingerprints to search in: like those of real photographs, uniform, or harshly skewed.

Real fingerprints are not uniform: some bits go together, and much of a collection looks alike. Those of many crops
of real photographs are taken, and as many more as wanted are drawn so that each bit, and each pair of bits, is as often
set as among them (a Gaussian copula: the sign of a normal vector with the correlations that the bits show).
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.photographs import scenes
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.fingerprints import pdq
from tsunagu.media.picture import Picture

Table = NDArray[np.uint8]
DATA = ("skewed", "uniform", "harsh")
_CROPS, _SCENES = 20_000, 60
_SCENE_PX = (1600, 1200)
_ROWS_AT_ONCE = 1 << 17
_CENTRES = 20


def hashes(data: str, rows: int, random: np.random.Generator) -> Table:
    """Return fingerprints, shape (rows, 32), uint8.

    Args:
        data: "skewed" as real ones are; "uniform"; or "harsh": nine of ten lie within a few bits of one of 20.
    """
    if data == "uniform":
        return random.integers(0, 256, (rows, 32), np.uint8)
    real = _crops()
    if data == "skewed":
        return _more_like(real, rows, random)
    table = _more_like(real, rows, random)
    near = random.random(rows) < 0.9
    table[near] = real[random.integers(0, _CENTRES, near.sum())]
    return changed(table, 6, random)


def queries_of(table: Table, data: str, count: int, radius_bits: int, random: np.random.Generator) -> Table:
    """Return queries of which every second is a row with up to `radius_bits` bits changed, and the others are new."""
    queries = hashes(data, count, random)
    near = table[random.integers(0, len(table), len(queries[::2]))]
    queries[::2] = changed(near, radius_bits, random)
    return queries


def changed(table: Table, most: int, random: np.random.Generator) -> Table:
    """Return the fingerprints with 0 to `most` bits of each flipped."""
    bits = np.unpackbits(table, axis=1)
    flips = random.integers(0, most + 1, len(table))
    places = random.integers(0, 256, (len(table), most))
    rows = np.repeat(np.arange(len(table)), flips)
    columns = places[np.arange(most) < flips[:, None]]
    bits[rows, columns] ^= 1
    return np.packbits(bits, axis=1)


@cache
def _crops() -> Table:
    """Return the fingerprints of the crops, which are drawn once: their making takes most of a minute."""
    kept = Path(tempfile.gettempdir(), f"tsunagu-bench-{FingerprintKind.PDQ.code}-{_CROPS}-{os.getuid()}.npy")
    try:
        table: Table = np.load(kept, allow_pickle=False)
    except (OSError, ValueError):
        print("drawing data: a minute, and the next time none", file=sys.stderr)
        table = real_hashes(_CROPS, np.random.default_rng(7))
        beside = kept.with_name(f"{kept.stem}-{os.getpid()}.npy")
        np.save(beside, table)
        beside.replace(kept)
    return table


def real_hashes(count: int, random: np.random.Generator) -> Table:
    """Return the fingerprints of so many crops of real photographs."""
    found: list[bytes] = []
    pictures = [scene.mean(axis=2).astype(np.uint8) for scene in scenes(_SCENES, *_SCENE_PX)]
    while len(found) < count:
        picture = pictures[random.integers(len(pictures))]
        height, width = (int(random.integers(96, 512)) for _ in range(2))
        top, left = (int(random.integers(0, most)) for most in (picture.shape[0] - height, picture.shape[1] - width))
        crop = np.ascontiguousarray(picture[top : top + height, left : left + width])
        one = pdq.fingerprint(Picture(crop, width, height))
        if one.is_searchable:
            found.append(one.data)
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, 32)


def _more_like(real: Table, rows: int, random: np.random.Generator) -> Table:
    bits = np.unpackbits(real, axis=1).astype(np.float32)
    correlation = np.corrcoef((bits - bits.mean(axis=0)).T)
    # Bits that agree so often come from normal values that go together a little more.
    values, vectors = np.linalg.eigh(np.sin(np.pi / 2 * correlation))
    mixing = (vectors * np.sqrt(np.clip(values, 0, None))).astype(np.float32)
    mixing /= np.linalg.norm(mixing, axis=1, keepdims=True)
    levels = np.sort(random.standard_normal(200_000).astype(np.float32))
    least = levels[((1 - bits.mean(axis=0)) * (len(levels) - 1)).astype(int)]
    table = np.empty((rows, 32), np.uint8)
    for begin in range(0, rows, _ROWS_AT_ONCE):
        end = min(begin + _ROWS_AT_ONCE, rows)
        normal = random.standard_normal((end - begin, 256), np.float32)
        table[begin:end] = np.packbits(normal @ mixing.T > least, axis=1)
    return table
