"""One minute of video made from photographs: the camera pans over each in turn."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from bench.photographs import scenes

WIDTH, HEIGHT = 1280, 720
DURATION_S = 60
_RATE = 25
_SCENES = 6


def make_film(path: Path) -> None:
    """Write an MP4 of H.264, `DURATION_S` long, `WIDTH` by `HEIGHT`, without sound.

    Raises:
        FileNotFoundError: there is no photograph on this machine.
    """
    stills = [_Still(scene) for scene in scenes(_SCENES, 2 * WIDTH, 2 * HEIGHT)]
    if not stills:
        raise FileNotFoundError("no photographs to make a film of")
    frames = DURATION_S * _RATE
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "superfast", "crf": "23"}
        for number in range(frames):
            scene, part = divmod(number * len(stills), frames)
            container.mux(stream.encode(stills[scene].view(part / frames)))
        container.mux(stream.encode())


class _Still:
    """A photograph as the three planes of 4:2:0 video, so that views of it are cut and not converted."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
        whole = VideoFrame.from_ndarray(np.ascontiguousarray(pixels[:height, :width]), format="rgb24")
        flat = np.asarray(whole.reformat(format="yuv420p").to_ndarray(), dtype=np.uint8).reshape(-1)
        self._luma = flat[: height * width].reshape(height, width)
        self._chroma = flat[height * width :].reshape(2, height // 2, width // 2)

    def view(self, part: float) -> VideoFrame:
        """Return what the camera sees after `part`, 0 to 1, of its way from the top left to the bottom right."""
        top = int(part * (self._luma.shape[0] - HEIGHT)) // 2
        left = int(part * (self._luma.shape[1] - WIDTH)) // 2
        luma = self._luma[2 * top : 2 * top + HEIGHT, 2 * left : 2 * left + WIDTH]
        chroma = self._chroma[:, top : top + HEIGHT // 2, left : left + WIDTH // 2]
        packed: NDArray[np.uint8] = np.concatenate((luma.reshape(-1), chroma.reshape(-1)))
        return VideoFrame.from_ndarray(packed.reshape(HEIGHT * 3 // 2, WIDTH), format="yuv420p")
