"""How much each stored sample of an axis counts in each of PDQ's 64 samples.

PDQ blurs a picture with two passes of a box filter along each axis and keeps 64 samples of each axis. Both are
linear and each axis stands alone, so an axis of any length is a 64-row matrix, nearly all of it zero. Brought onto
blocks of `scale` pixels (see `smoothing`), the same matrix works on a plane that was scaled down while it was decoded.

Source: Meta, ThreatExchange, pdq/cpp/downscaling/downscaling.cpp (Jarosz filter, `decimateFloat`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tsunagu.fingerprints.smoothing import on_blocks

SAMPLES = 64

_NEGLIGIBLE = 1e-4  # of a row's greatest weight: beyond its own blocks a row only echoes


class Bands(NamedTuple):
    """The non-zero run of each of the 64 rows of an axis' matrix. All arrays are read-only.

    Attributes:
        first: shape (64,), int64, the stored sample at which each run begins.
        span: shape (64,), int64, how many stored samples it takes in, at least 1.
        weights: shape (64, longest run), float32, zero after `span`; each row sums to 1.
    """

    first: NDArray[np.int64]
    span: NDArray[np.int64]
    weights: NDArray[np.float32]


@lru_cache(maxsize=256)
def bands(length: int, scale: int, *, mirrored: bool) -> Bands:
    """Return the bands of one axis. The last 256 are kept, each 64 times length / (64 * scale) numbers and a few.

    Args:
        length: pixels of the full-size axis, at least 1.
        scale: pixels a stored sample stands for, at least 1; the last sample stands for what is left.
        mirrored: whether the upright picture runs against the stored order on this axis.
    """
    first, weights = _pixel_bands(length)
    # Where a run is shorter than the longest, what follows it has no weight and must only stay on the axis.
    pixels = np.minimum(first[:, None] + np.arange(weights.shape[1]), length - 1)
    if mirrored:
        pixels = length - 1 - pixels
    dense = on_blocks(pixels, weights, length, scale)
    counts = np.abs(dense) > _NEGLIGIBLE * dense.max(axis=1, keepdims=True)
    first_block = counts.argmax(axis=1)
    span = dense.shape[1] - counts[:, ::-1].argmax(axis=1) - first_block
    columns = first_block[:, None] + np.arange(span.max())
    inside = columns < (first_block + span)[:, None]
    run = np.where(inside, np.take_along_axis(dense, np.minimum(columns, dense.shape[1] - 1), axis=1), 0.0)
    run /= run.sum(axis=1, keepdims=True)
    made = Bands(first_block, span, run.astype(np.float32))
    for array in made:
        array.flags.writeable = False
    return made


def _pixel_bands(length: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the first pixel and the weights (64, longest run) of the unscaled, unmirrored axis."""
    window = -(-length // (2 * SAMPLES))
    ahead = (window + 2) // 2 - 1
    behind = window - 1 - ahead
    centres = np.arange(length)
    lowest = np.maximum(centres - behind, 0)
    highest = np.minimum(centres + ahead, length - 1)
    share = 1.0 / (highest - lowest + 1)
    running = np.concatenate(([0.0], np.cumsum(share)))

    samples = ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(np.int64)
    first, last = lowest[lowest[samples]], highest[highest[samples]]
    pixels = first[:, None] + np.arange(int((last - first).max()) + 1)
    # The second pass averages over the sample's own window those first-pass windows that hold the pixel.
    from_centre = np.maximum(lowest[samples][:, None], pixels - ahead)
    to_centre = np.minimum(highest[samples][:, None], pixels + behind)
    inside = (pixels <= last[:, None]) & (from_centre <= to_centre)
    sums = running[np.where(inside, to_centre + 1, 0)] - running[np.where(inside, from_centre, 0)]
    return first, sums * share[samples][:, None]
