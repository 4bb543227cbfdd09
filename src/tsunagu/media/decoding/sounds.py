"""Sound frames to chunks of mono samples at the one rate that fingerprints take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

from tsunagu.domain.media import Refusal
from tsunagu.media.messages import SOUND_RATE_HZ, Refused, SoundChunk

_CHUNK_SAMPLES: Final = 4 * SOUND_RATE_HZ


class Resampler:
    """Turns sound frames of any rate, layout and sample format into chunks of about four seconds.

    Channels are mixed as libswresample does. Made of a filter graph by hand and not of `av.AudioResampler`, whose graph
    starts threads.
    """

    def __init__(self, max_duration_s: float) -> None:
        """Begin before the first frame."""
        self._max_samples = int(max_duration_s * SOUND_RATE_HZ)
        self._samples = 0
        self._graph: Graph | None = None
        self._shape: tuple[str, str, int] | None = None
        self._waiting: list[NDArray[np.int16]] = []
        self._waiting_samples = 0

    @property
    def end_s(self) -> float:
        """Seconds of sound that came out so far."""
        return self._samples / SOUND_RATE_HZ

    def push(self, frame: AudioFrame) -> Iterator[SoundChunk]:
        """Yield the chunks that are full with this frame.

        Raises:
            Refused: TOO_LONG.
            av.error.FFmpegError: libav cannot convert it.
        """
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            self._drain()
            self._graph, self._shape = _graph(*shape), shape
        frame.pts = None
        if self._graph is not None:
            self._graph.push(frame)
            self._pull(self._graph)
        if self._waiting_samples >= _CHUNK_SAMPLES:
            yield self._chunk()

    def finish(self) -> Iterator[SoundChunk]:
        """Yield what is left at the end of the track."""
        self._drain()
        if self._waiting_samples:
            yield self._chunk()

    def _drain(self) -> None:
        """Take out what the filters still hold."""
        if self._graph is not None:
            self._graph.push(None)
            self._pull(self._graph)
            self._graph = None

    def _pull(self, graph: Graph) -> None:
        """Collect the frames that are ready.

        Raises:
            Refused: TOO_LONG.
        """
        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            samples = frame.to_ndarray().astype(np.int16, copy=False).reshape(-1)
            self._waiting.append(samples)
            self._waiting_samples += len(samples)
            self._samples += len(samples)
            if self._samples > self._max_samples:
                raise Refused(Refusal.TOO_LONG)

    def _chunk(self) -> SoundChunk:
        """Join what waits."""
        chunk = SoundChunk(np.concatenate(self._waiting))
        self._waiting, self._waiting_samples = [], 0
        return chunk


def _graph(sample_format: str, layout: str, rate_hz: int) -> Graph:
    """Return the filters from one kind of sound to mono 16-bit at `SOUND_RATE_HZ`, without threads."""
    graph = Graph()
    graph.threads = 1
    source = graph.add_abuffer(sample_rate=rate_hz, format=sample_format, layout=layout)
    target = graph.add("aformat", sample_rates=str(SOUND_RATE_HZ), sample_fmts="s16", channel_layouts="mono")
    graph.link_nodes(source, target, graph.add("abuffersink"))
    graph.configure()
    return graph
