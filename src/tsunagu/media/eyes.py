"""Decoded pixels to a small picture for eyes: made in memory, and nowhere else."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsunagu.media.picture import Picture

MOST_SIDE: Final = 384
"""Pixels of the longer side: enough to judge by, and no more than is needed."""
MOST_FRAMES: Final = 6
"""Frames of a video that stand for it."""
_COLUMNS: Final = 3
_QUALITY: Final = 80


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Return a JPEG without metadata.

    Args:
        pixels: shape (height, width, 3), uint8, sRGB, or (height, width) for grey.
    """
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def sheet(frames: Sequence[Picture]) -> NDArray[np.uint8]:
    """Return frames beside each other, in rows of three, each as large as a third of `MOST_SIDE` allows.

    Args:
        frames: at least one; all have the proportions of the first.

    Returns:
        shape (height, width), uint8, grey.
    """
    side = MOST_SIDE // min(_COLUMNS, len(frames))
    first = frames[0].luma
    shrink = side / max(first.shape)
    height, width = (max(1, round(one * shrink)) for one in first.shape)
    rows = math.ceil(len(frames) / _COLUMNS)
    whole = np.zeros((rows * height, min(_COLUMNS, len(frames)) * width), dtype=np.uint8)
    for number, frame in enumerate(frames):
        top, left = number // _COLUMNS * height, number % _COLUMNS * width
        small = Image.fromarray(frame.luma).resize((width, height), Image.Resampling.BOX)
        whole[top : top + height, left : left + width] = np.asarray(small)
    return whole
