"""From hits of single frames to stretches: which seconds of one recording lie in another.

Method: hits are chained along the diagonals of the (time in a, time in b) plane, as seeds are chained in
sequence alignment (H. Li, "Minimap2", Bioinformatics 34 (2018), section 2.1.1), each weighted by what it
proves. The figures behind the constants stand in `docs/decisions/0004-stretches.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.hit import Stretch

FRAME_RADIUS_BITS = 100
"""Up to here a frame may speak for a stretch: unrelated photographs lie at 128 +/- 8 bits, 6 in 10,000 nearer."""
CANDIDATE_RADIUS_BITS = 76
"""Radius for asking an index of frames which videos to run `shared_video` with: 1 in 100,000 strange frames."""
TRUSTED_BITS = FingerprintKind.PDQ.radius_bits
"""Up to here a frame counts in full; from here to `FRAME_RADIUS_BITS` ever less."""
NEEDED_MOMENTS = 0.9
"""A stretch needs this much: one still scene seen at the kind's own radius, or several moments seen worse."""
MIN_FRAMES = 3
"""A single shared frame, or two, is no stretch."""
STILL_MOMENTS = 2.0
"""Below this a stretch is as good as still: where in the scene it lies cannot be told."""
MAX_STRETCHES = 32
"""At most so many stretches are told of one pair of videos, the strongest."""
GAP_STEPS = 5.0
"""A run goes on over so many missing frames."""
DRIFT = 0.1
"""One of the videos may run faster than the other by this share (25/23.976 is 0.043)."""
BEND_COST = 0.5
"""Moments that a change of one second in the offset costs, lest a run slide through a still scene."""
MAX_TIME_S = 1e6
"""Times beyond eleven days are refused: the memory that chaining takes grows with them."""
SLACK_S = 1e-6

Times = NDArray[np.float64]
Distances = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class FrameHit:
    """One frame of a that looks like one frame of b.

    Attributes:
        a_at_s, b_at_s: seconds from the start of each video.
        distance_bits: Hamming distance; hits beyond `FRAME_RADIUS_BITS` are not used.
    """

    a_at_s: float
    b_at_s: float
    distance_bits: int


def stretches(hits: Iterable[FrameHit], *, step_s: float = 1.0) -> tuple[Stretch, ...]:
    """Return the stretches that the hits between two videos prove, in the order of the first video.

    With the hits of an index at `CANDIDATE_RADIUS_BITS` alone this finds less, and shorter, than `shared_video` does
    with all frames at hand.

    Args:
        hits: the hits of one pair of videos, in any order. Give all within `FRAME_RADIUS_BITS`, not only
            the nearest of each frame: a frame that looks like many others counts for less.
        step_s: the usual time between two frames of the more sparsely sampled video.

    Returns:
        From the first to the last frame of each run; exchanging the videos exchanges the sides and nothing else.

    Raises:
        InputError: `step_s` is not positive, or a time lies outside 0 to `MAX_TIME_S`.
    """
    rows = [(hit.a_at_s, hit.b_at_s, hit.distance_bits) for hit in hits]
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return stretches_of(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(np.int32), step_s=step_s)


def stretches_of(a_at_s: Times, b_at_s: Times, distance_bits: Distances, *, step_s: float = 1.0) -> tuple[Stretch, ...]:
    """Return what `stretches` does, from three arrays of one length.

    Raises:
        InputError: `step_s` is not positive, or a time lies outside 0 to `MAX_TIME_S`.
    """
    if not step_s > 0:
        raise InputError("the step is not positive")
    if not all(((at >= 0) & (at <= MAX_TIME_S)).all() for at in (a_at_s, b_at_s)):
        raise InputError("a time is negative or beyond eleven days")
    near = distance_bits <= FRAME_RADIUS_BITS
    a, b, bits = a_at_s[near], b_at_s[near], distance_bits[near]
    if len(a) < MIN_FRAMES:
        return ()
    forward, backward = np.lexsort((bits, b, a)), np.lexsort((bits, a, b))
    # Chaining goes along one video: the same pair must be taken the same way round whoever asks.
    if _is_later((a[forward], b[forward], bits[forward]), (b[backward], a[backward], bits[backward])):
        found = _chains(b[backward], a[backward], bits[backward], step_s)
        found = [one.reversed() for one in found]
    else:
        found = _chains(a[forward], b[forward], bits[forward], step_s)
    return tuple(sorted(found, key=lambda one: (one.a_from_s, one.b_from_s, one.a_to_s, one.b_to_s)))


def _is_later(one: tuple[NDArray[Any], ...], other: tuple[NDArray[Any], ...]) -> bool:
    """Return whether the first table comes after the second, column by column and row by row."""
    for mine, theirs in zip(one, other, strict=True):
        differ = np.flatnonzero(mine != theirs)
        if len(differ):
            return bool(mine[differ[0]] > theirs[differ[0]])
    return False


def _chains(a: Times, b: Times, bits: Distances, step_s: float) -> list[Stretch]:
    """Return the stretches of hits in the order of a, then b."""
    tolerance_s = max(1.0, step_s)
    gap_s = GAP_STEPS * tolerance_s
    # Frames of a still scene all hit one another: together they are one moment, however long it lasts.
    share = 1.0 / np.minimum(_alike(a, b, gap_s), _alike(b, a, gap_s))
    trust = np.clip((FRAME_RADIUS_BITS + 1 - bits) / (FRAME_RADIUS_BITS + 1 - TRUSTED_BITS), 0.0, 1.0)
    weight = share * trust
    score, before = _link(a, b, weight, tolerance_s, gap_s)
    owner = _own(score, before, np.lexsort((np.arange(len(a)), bits, -np.round(score, 6))), NEEDED_MOMENTS)
    a_frame, b_frame = (np.unique(at, return_inverse=True)[1] for at in (a, b))
    return _choose(_Hits(a, b, bits, share, weight, a_frame, b_frame), owner)


def _alike(at: Times, other: Times, gap_s: float) -> NDArray[np.intp]:
    """Return for each hit how many frames of the other video look like its frame, without a gap between them."""
    order = np.lexsort((other, at))
    is_new = (np.diff(at[order]) > 0) | (np.diff(other[order]) > gap_s)
    group = np.concatenate(([0], np.cumsum(is_new)))
    alike = np.empty(len(at), dtype=np.intp)
    alike[order] = np.bincount(group)[group]
    return alike


@dataclass(frozen=True, slots=True)
class _Hits:
    """Hits in the order of a, with what each weighs and the frames it joins."""

    a: Times
    b: Times
    bits: Distances
    share: Times
    weight: Times
    a_frame: NDArray[np.intp]
    b_frame: NDArray[np.intp]


def _choose(hits: _Hits, owner: NDArray[np.int64]) -> list[Stretch]:
    """Return the strongest chains that tell something new."""
    members = np.flatnonzero(owner >= 0)
    members = members[np.argsort(owner[members], kind="stable")]
    runs = [run for run in np.split(members, np.flatnonzero(np.diff(owner[members])) + 1) if len(run) >= MIN_FRAMES]
    ranked = sorted(
        (-round(float(hits.weight[run].sum()), 6), -len(run), float(hits.bits[run].mean()), place)
        for place, run in enumerate(runs)
    )
    a_told = np.zeros(int(hits.a_frame.max()) + 1, dtype=np.bool_)
    b_told = np.zeros(int(hits.b_frame.max()) + 1, dtype=np.bool_)
    found: list[Stretch] = []
    for weight, _, _, place in ranked:
        run = runs[place]
        if -weight < NEEDED_MOMENTS or len(found) == MAX_STRETCHES:
            break
        a_frames, b_frames = hits.a_frame[run], hits.b_frame[run]
        news = (not _mostly(a_told[a_frames]), not _mostly(b_told[b_frames]))
        is_still = float(hits.share[run].sum()) < STILL_MOMENTS
        if not (all(news) if is_still else any(news)):
            continue
        a_told[a_frames[0] : a_frames[-1] + 1] = True
        b_told[b_frames[0] : b_frames[-1] + 1] = True
        ends = (float(hits.a[run[0]]), float(hits.a[run[-1]]), float(hits.b[run[0]]), float(hits.b[run[-1]]))
        found.append(Stretch(*ends, int(np.median(hits.bits[run]))))
    return found


def _mostly(told: NDArray[np.bool_]) -> bool:
    """Return whether half of the frames or more have been told of already."""
    return bool(2 * np.count_nonzero(told) >= len(told))


def _link_rows(
    a: Times, b: Times, weight: Times, tolerance_s: float, gap_s: float
) -> tuple[Times, NDArray[np.int64]]:  # pragma: no cover - compiled
    """Return for each hit the weight of the best chain that ends there, and the hit before it (-1 for none)."""
    count = len(a)
    offset = b - a
    least = offset.min()
    newest = np.full(int((offset.max() - least) / tolerance_s) + 3, -1, dtype=np.int64)
    score = weight.copy()
    before = np.full(count, -1, dtype=np.int64)
    first = np.arange(count)
    start = 0
    while start < count:
        end = start
        while end < count and a[end] == a[start]:
            place = int((offset[end] - least) / tolerance_s) + 1
            for cell in range(place - 1, place + 2):
                last = newest[cell]
                if last < 0 or a[end] - a[last] > gap_s + SLACK_S or b[end] <= b[last] or b[end] - b[last] > gap_s:
                    continue
                bent = abs(offset[end] - offset[last])
                drifted = abs(offset[end] - offset[first[last]]) - DRIFT * (a[end] - a[first[last]])
                if bent > tolerance_s + SLACK_S or drifted > tolerance_s + SLACK_S:
                    continue
                linked = score[last] + weight[end] - BEND_COST * bent
                if linked > score[end]:
                    score[end] = linked
                    before[end] = last
                    first[end] = first[last]
            end += 1
        for row in range(start, end):
            cell = int((offset[row] - least) / tolerance_s) + 1
            last = newest[cell]
            if last < 0 or score[row] >= score[last] or a[row] - a[last] > gap_s:
                newest[cell] = row
        start = end
    return score, before


def _own_rows(
    score: Times, before: NDArray[np.int64], order: NDArray[np.intp], needed: float
) -> NDArray[np.int64]:  # pragma: no cover - compiled
    """Return for each hit the number of the chain it went to, best chain first, or -1."""
    owner = np.full(len(score), -1, dtype=np.int64)
    for chain, end in enumerate(order):
        if score[end] < needed:
            break
        row = end
        while row >= 0 and owner[row] < 0:
            owner[row] = chain
            row = before[row]
    return owner


_link = njit(nogil=True, cache=True)(_link_rows)
_own = njit(nogil=True, cache=True)(_own_rows)
