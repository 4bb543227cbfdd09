"""Decoded pictures: what a decode child hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Picture:
    """The luma plane of one picture or frame, perhaps scaled down by a whole factor while it was decoded.

    Attributes:
        luma: shape (ceil(height / scale), ceil(width / scale)), uint8, C-contiguous, full range; the sample
            (i, j) is the mean of the block of rows `i*scale : (i+1)*scale` and the like columns, cut at the edge.
        width, height: pixels as stored, before any turning; each at least 1.
        scale: pixels a sample stands for, on each axis: 1, 2, 4 or 8 for JPEG, any whole number otherwise.
        orientation: the EXIF orientation, 1 to 8. The plane is *not* turned: whoever uses it turns it.
    """

    luma: NDArray[np.uint8]
    width: int
    height: int
    scale: int = 1
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class TimedPicture:
    """One frame of a video.

    Attributes:
        at_s: seconds from the start of the video, at least 0.
        frame: number of the frame in the order of showing, from 0, as far as the decoder counted.
    """

    at_s: float
    frame: int
    picture: Picture
