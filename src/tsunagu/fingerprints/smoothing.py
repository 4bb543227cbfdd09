"""What the means of blocks tell of the pixels in them: weights on pixels become weights on block means.

To take each pixel for its block's mean is the plain way, and twice as far off the truth: shades run on within a
block. Of all curves with the given means the smoothest (least integral of the squared slope) is a spline of
parabolas, one a block, that join without a kink and end level. It is linear in the means, so that it can be folded
into the weights once and costs nothing a picture.

Source: I. J. Schoenberg, "Splines and histograms", in Spline Functions and Approximation Theory, 1973 (there as the
derivative of a natural cubic spline through the running sums).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def on_blocks(pixels: NDArray[np.int64], weights: NDArray[np.float64], length: int, scale: int) -> NDArray[np.float64]:
    """Return the weights of the blocks' means that have the effect of `weights` on the pixels of the smoothest curve.

    Args:
        pixels: shape (n, m), which pixel each weight belongs to, 0 to length - 1.
        weights: shape (n, m).
        length: pixels of the axis, at least 1.
        scale: pixels of a block, at least 1; the last block has what is left.

    Returns:
        Shape (n, ceil(length / scale)); each row has the sum of the weights' row.
    """
    rows = np.arange(len(weights))[:, None]
    blocks = -(-length // scale)
    sizes = np.full(blocks, float(scale))
    sizes[-1] = length - (blocks - 1) * scale
    mean = np.zeros((len(weights), blocks))
    block = pixels // scale
    if scale == 1:
        np.add.at(mean, (rows, block), weights)
        return mean
    size = sizes[block]
    begin = (pixels - block * scale) / size
    end = begin + 1 / size
    # In a block, at 0 <= t <= 1, with values l and r at its edges and mean m, the parabola is
    # l (1 - t)(1 - 3t) + r t (3t - 2) + 6 m t (1 - t). A pixel is the mean over its own part of it.
    edge = np.zeros((blocks + 1, len(weights)))
    np.add.at(mean, (rows, block), weights * size * (_rise(end) - _rise(begin)))
    np.add.at(edge, (block, rows), weights * size * (_left(end) - _left(begin)))
    np.add.at(edge, (block + 1, rows), weights * size * (_left(1 - begin) - _left(1 - end)))
    # Equal slopes where two parabolas meet: a symmetric system that gives the values at the edges from the means,
    # and solved against the edges' weights gives their share of the means' weights.
    _solve(1 / sizes, edge)
    mean += 3 * ((edge[:-1] + edge[1:]) / sizes[:, None]).T
    return mean


def _rise(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the integral of 6 t (1 - t) from 0."""
    return t * t * (3 - 2 * t)


def _left(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the integral of (1 - t)(1 - 3t) from 0; the right edge's is the same from the other side."""
    return t * (1 - t) * (1 - t)


@njit(cache=True, nogil=True)
def _solve(stiffness: NDArray[np.float64], right: NDArray[np.float64]) -> None:  # pragma: no cover - compiled
    """Solve the tridiagonal system of the edges in place, for each column of `right`, shape (blocks + 1, n)."""
    blocks = len(stiffness)
    pivots = np.empty(blocks + 1)
    pivots[0] = 2 * stiffness[0]
    for row in range(1, blocks + 1):
        factor = stiffness[row - 1] / pivots[row - 1]
        further = stiffness[row] if row < blocks else 0.0
        pivots[row] = 2 * (stiffness[row - 1] + further) - factor * stiffness[row - 1]
        for column in range(right.shape[1]):
            right[row, column] -= factor * right[row - 1, column]
    for column in range(right.shape[1]):
        right[blocks, column] /= pivots[blocks]
    for row in range(blocks - 1, -1, -1):
        for column in range(right.shape[1]):
            right[row, column] = (right[row, column] - stiffness[row] * right[row + 1, column]) / pivots[row]
