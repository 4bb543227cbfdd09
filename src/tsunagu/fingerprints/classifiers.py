"""The sixteen questions of Chromaprint's algorithm 2, each asked of a 16 x 12 window of the chroma picture.

A question compares the sums over two areas of the window and sorts the answer into four classes by three bounds;
areas and bounds were learned by the author. The areas are written out as masks, so that a word is one product of a
window with a matrix.

Source: L. Lalinsky, Chromaprint 1.5.1, `fingerprinter_configuration` (numbers), `filter_utils` (shapes).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

WINDOW: Final = 16
BANDS: Final = 12

# Shape, first band, bands, rows, and the three bounds between the four classes.
_QUESTIONS: Final = (
    (0, 4, 3, 15, (1.98215, 2.35817, 2.63523)),
    (4, 4, 6, 15, (-1.03809, -0.651211, -0.282167)),
    (1, 0, 4, 16, (-0.298702, 0.119262, 0.558497)),
    (3, 8, 2, 12, (-0.105439, 0.0153946, 0.135898)),
    (3, 4, 4, 8, (-0.142891, 0.0258736, 0.200632)),
    (4, 0, 3, 5, (-0.826319, -0.590612, -0.368214)),
    (1, 2, 2, 9, (-0.557409, -0.233035, 0.0534525)),
    (2, 7, 3, 4, (-0.0646826, 0.00620476, 0.0784847)),
    (2, 6, 2, 16, (-0.192387, -0.029699, 0.215855)),
    (2, 1, 3, 2, (-0.0397818, -0.00568076, 0.0292026)),
    (5, 10, 1, 15, (-0.53823, -0.369934, -0.190235)),
    (3, 6, 2, 10, (-0.124877, 0.0296483, 0.139239)),
    (2, 1, 1, 14, (-0.101475, 0.0225617, 0.231971)),
    (3, 5, 6, 4, (-0.0799915, -0.00729616, 0.063262)),
    (1, 9, 2, 12, (-0.272556, 0.019424, 0.302559)),
    (3, 4, 2, 14, (-0.164292, -0.0321188, 0.0846339)),
)
_GRAY: Final = np.array([0, 1, 3, 2], np.uint32)
_SHIFTS: Final = np.arange(30, -1, -2, dtype=np.uint32)
_BOUNDS: Final = np.array([bounds for *_, bounds in _QUESTIONS])


def _signs(shape: int, bands: int, rows: int) -> NDArray[np.int8]:
    """Return (rows, bands): 1 where the first area lies, -1 where the second does."""
    across, along = np.arange(bands)[None, :], np.arange(rows)[:, None]
    upper, later = across >= bands // 2, along >= rows // 2
    middle_band = (across >= bands // 3) & (across < 2 * (bands // 3))
    middle_row = (along >= rows // 3) & (along < 2 * (rows // 3))
    first = (np.True_, upper, later, upper != later, middle_band, middle_row)[shape]
    return np.broadcast_to(np.where(first, 1, -1), (rows, bands)).astype(np.int8)


def _masks() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both areas of all questions, each as (window pixels, questions) of zeros and ones."""
    signs = np.zeros((len(_QUESTIONS), WINDOW, BANDS), np.int8)
    for mask, (shape, first, bands, rows, _) in zip(signs, _QUESTIONS, strict=True):
        mask[:rows, first : first + bands] = _signs(shape, bands, rows)
    flat = signs.reshape(len(_QUESTIONS), -1).T
    return (flat > 0).astype(np.float64), (flat < 0).astype(np.float64)


_FIRST, _SECOND = _masks()


def words_of(rows: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return one word for each run of `WINDOW` rows.

    Args:
        rows: shape (n, BANDS), the normalised chroma of n frames in the order of time.

    Returns:
        Shape (max(0, n - WINDOW + 1),), uint32; the first question's answer in the two highest bits, Gray-coded.
    """
    if len(rows) < WINDOW:
        return np.empty(0, np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(rows, WINDOW, axis=0).transpose(0, 2, 1)
    flat = windows.reshape(len(windows), WINDOW * BANDS)
    answers = np.log1p(flat @ _FIRST) - np.log1p(flat @ _SECOND)
    classes = (answers[:, :, None] >= _BOUNDS).sum(axis=2)
    words: NDArray[np.uint32] = np.bitwise_or.reduce(_GRAY[classes] << _SHIFTS, axis=1)
    return words
