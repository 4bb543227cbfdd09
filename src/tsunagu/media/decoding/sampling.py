"""Which frames of a video are taken, and what time and number they have."""

from __future__ import annotations

import heapq
import math
from typing import Final, NamedTuple

from av.video.frame import VideoFrame

from tsunagu.domain.media import Refusal
from tsunagu.media.messages import Refused

MAX_FRAME_RATE: Final = 240
"""Frames a second that a video may have on average over the longest duration allowed; one with more never ends."""


class Shown(NamedTuple):
    """One decoded frame in its place: seconds from the first frame, and its number from 0."""

    at_s: float
    number: int
    frame: VideoFrame


class Timeline:
    """Gives each decoded frame its time and number, whatever the time stamps of the file say.

    The first frame is at 0. Time never runs back: where stamps do, as where recordings were joined, it goes on
    from the frame before. The number counts the packets shown earlier, so that frames the decoder was told to
    skip count too; without time stamps it counts decoded frames.
    """

    def __init__(self, *, frame_s: float, max_duration_s: float) -> None:
        """Begin before the first frame; `frame_s` is how long a frame lasts where its stamp does not say."""
        self._frame_s = frame_s
        self._max_duration_s = max_duration_s
        self._start_s: float | None = None
        self._last_s = -frame_s
        self._waiting: list[int] = []
        self._number = 0
        self._placed = 0

    def announce(self, pts: int) -> None:
        """Note the time stamp of a packet given to the decoder."""
        heapq.heappush(self._waiting, pts)

    def seconds_of(self, stamp_s: float) -> float | None:
        """Return where a time stamp lies, in seconds from the first frame; None before that is known."""
        return None if self._start_s is None else stamp_s - self._start_s

    def place(self, frame: VideoFrame) -> Shown:
        """Return the place of the next decoded frame.

        Raises:
            Refused: TOO_LONG, when it lies beyond the longest duration or there is no end of frames.
        """
        stamp_s = None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
        if stamp_s is None:
            at_s = self._last_s + self._frame_s
        else:
            if self._start_s is None:
                self._start_s = stamp_s
            at_s = stamp_s - self._start_s
            if at_s < self._last_s:
                self._start_s = stamp_s - self._last_s - self._frame_s
                at_s = self._last_s + self._frame_s
        if at_s > self._max_duration_s or self._placed > self._max_duration_s * MAX_FRAME_RATE:
            raise Refused(Refusal.TOO_LONG)
        self._last_s = at_s
        self._placed += 1
        return Shown(max(0.0, at_s), self._count(frame.pts), frame)

    @property
    def end_s(self) -> float:
        """Where the last frame ends, in seconds; 0 before the first."""
        return self._last_s + self._frame_s

    def _count(self, pts: int | None) -> int:
        """Return how many packets come before the one stamped `pts`."""
        if pts is None or not self._waiting:
            self._number = max(self._number, self._placed - 1)
            return self._number
        while self._waiting and self._waiting[0] < pts:
            heapq.heappop(self._waiting)
            self._number += 1
        return self._number


class Ticks:
    """Picks of a stream of frames the one nearest to each tick, each frame at most once."""

    def __init__(self, frames_per_s: float) -> None:
        """Begin with the tick at 0."""
        self._frames_per_s = frames_per_s
        self._next = 0
        self._before: Shown | None = None
        self._is_taken = False

    def is_near(self, at_s: float, within_s: float) -> bool:
        """Whether a tick lies within `within_s` of `at_s`."""
        nearest = round(at_s * self._frames_per_s) / self._frames_per_s
        return abs(nearest - at_s) <= within_s

    def take(self, shown: Shown) -> list[Shown]:
        """Return those of the frame before and this one that are now known to be nearest to a tick."""
        before, was_taken = self._before, self._is_taken
        self._before, self._is_taken = shown, False
        last = math.floor(shown.at_s * self._frames_per_s + 1e-6)
        first, self._next = self._next, max(self._next, last + 1)
        if last < first:
            return []
        middle = -math.inf if before is None else (before.at_s + shown.at_s) / 2
        taken = []
        if before is not None and not was_taken and first / self._frames_per_s <= middle:
            taken.append(before)
        if last / self._frames_per_s > middle:
            taken.append(shown)
            self._is_taken = True
        return taken
