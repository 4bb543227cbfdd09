"""One decoded video frame: to its scaled luma plane."""

from __future__ import annotations

from typing import Final, cast

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from tsunagu.domain.media import Refusal
from tsunagu.media.decoding.pictures import choose_reduction, reduced_plane
from tsunagu.media.messages import DecodeOptions, Refused
from tsunagu.media.picture import Picture

_FULL_RANGE: Final = 2
"""AVCOL_RANGE_JPEG of libav: luma from 0 to 255, not 16 to 235."""

_LUMA_FIRST: Final = frozenset(
    {"gray", "nv12", "nv16", "nv21", "nv24", "nv42", "yuva420p", "yuva422p", "yuva444p"}
    | {f"yuv{letter}{sampling}p" for letter in ("", "j") for sampling in (410, 411, 420, 422, 440, 444)}
)
"""Pixel formats whose first plane is luma, a byte a sample."""

_EXPANDED: Final = np.clip(np.rint((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)
_ORIENTATIONS: Final = {-90: 6, 270: 6, 180: 3, -180: 3, 90: 8, -270: 8}


def picture_of(frame: VideoFrame, options: DecodeOptions) -> Picture:
    """Return the luma plane of a frame, reduced by block means as `choose_reduction` says.

    Luma is the frame's own Y, of BT.601 or BT.709 as the file has it; limited range is stretched to full,
    which is what a decoder to RGB does. The orientation comes from the display matrix, quarter turns only.

    Raises:
        Refused: TOO_MANY_PIXELS, since a stream may change its size on the way.
    """
    width, height = frame.width, frame.height
    if not options.allows(width, height):
        raise Refused(Refusal.TOO_MANY_PIXELS)
    name = frame.format.name
    is_full = name.startswith("yuvj") or name == "gray" or frame.color_range == _FULL_RANGE
    if name not in _LUMA_FIRST or frame.planes[0].line_size < width:
        frame = frame.reformat(format="gray", dst_color_range=_FULL_RANGE, threads=1)
        is_full = True
    plane = frame.planes[0]
    rows = np.frombuffer(cast("memoryview[int]", plane), np.uint8)[: plane.line_size * height]
    luma = Image.frombuffer("L", (width, height), rows, "raw", "L", plane.line_size, 1)
    scale = choose_reduction(width, height)
    samples = reduced_plane(luma, scale)
    if not is_full:
        samples = _EXPANDED[samples]
    return Picture(samples, width, height, scale, _ORIENTATIONS.get(frame.rotation, 1))
