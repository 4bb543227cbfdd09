"""Shared sound: which seconds of one recording lie in another, from their Chromaprint words.

Method: on every diagonal (time in b minus time in a) of the comparison of all words, the segments of greatest
gain are taken, a word's gain being how far its bit-error rate lies under what chance allows there (J. Bentley,
"Programming Pearls: Algorithm Design Techniques", CACM 27 (1984), for the scan; W. Ruzzo and M. Tompa, ISMB 1999,
for gains). The figures behind the constants stand in `docs/decisions/0004-stretches.md`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import SoundFingerprint, SoundKind
from tsunagu.domain.hit import Stretch

CHANCE_RATE: Final = 0.34
"""Bit-error rate at which a word proves nothing; unrelated sounds lie near 0.5, their best 80 words at 0.34."""
CHANCE_SHARE: Final = 0.75
"""The same as a share of how much the sound differs from itself a moment later: a steady hum matches any hum."""
NEEDED_GAIN: Final = 4.0
"""Sum of (chance rate - bit-error rate) over words: 40 words (7 s) need a rate of 0.24, 80 (12 s) of 0.29."""
MIN_WORDS: Final = 19
"""Words a stretch needs at least: with the span of the last one, 4.5 seconds."""
STEADY_RATE: Final = 0.12
"""Below this much movement a sound is a tone, a beep or silence, and no evidence; white noise lies at 0.17."""
EDGE_BITS: Final = 2
"""A stretch's outermost words lie at most this much farther apart than its median word."""
MAX_STRETCHES: Final = 32
"""At most so many stretches are told of one pair of recordings, the strongest."""
LAG_WORDS: Final = 18
"""Words this far apart (2.2 s) describe no common sound."""
SMOOTH_WORDS: Final = 40
COARSE_STEP: Final = 3

Words = NDArray[np.uint32]
Rates = NDArray[np.float32]


def shared_sound(a: SoundFingerprint, b: SoundFingerprint) -> tuple[Stretch, ...]:
    """Return which seconds of `a` lie in which of `b`, in the order of `a`.

    Silence and steady tones are no evidence. Both recordings must run at the same speed and pitch.

    Args:
        a: one recording.
        b: the other.

    Returns:
        Stretches of about five seconds and more; `shared_sound(b, a)` is the same with sides exchanged.

    Raises:
        InputError: the kinds differ.
    """
    if a.kind is not b.kind:
        raise InputError("the kinds differ")
    return shared_words(a.kind, np.array(a.words, dtype=np.uint32), np.array(b.words, dtype=np.uint32))


def shared_words(kind: SoundKind, a_words: Words, b_words: Words) -> tuple[Stretch, ...]:
    """Return what `shared_sound` does, from tables of words.

    Args:
        kind: the kind of both recordings.
        a_words: shape (n,), uint32, the words of one recording in the order of time.
        b_words: likewise, of the other.
    """
    if b_words.astype(">u4").tobytes() < a_words.astype(">u4").tobytes():
        return tuple(sorted((one.reversed() for one in shared_words(kind, b_words, a_words)), key=_order))
    if min(len(a_words), len(b_words)) < MIN_WORDS:
        return ()
    rows = _segments(a_words, b_words, _chance(a_words), _chance(b_words))
    found = []
    for start, end, offset in _choose(rows, len(a_words), len(b_words)):
        bits = np.bitwise_count(a_words[start:end] ^ b_words[start + offset : end + offset])
        middle = int(np.median(bits))
        # At its edges a word describes what was shared and what was not: those words would lengthen the stretch.
        inside = start + np.flatnonzero(bits <= middle + EDGE_BITS)
        from_s, to_s = float(inside[0]) * kind.step_s, float(inside[-1]) * kind.step_s + kind.span_s
        shift_s = offset * kind.step_s
        found.append(Stretch(from_s, to_s, from_s + shift_s, to_s + shift_s, middle))
    return tuple(sorted(found, key=_order))


def movement(words: Words) -> Rates:
    """Return how much the sound around each word differs from itself 2.2 s away, as a bit-error rate.

    Returns:
        Shape (n,), float32, 0 (silence, a steady tone) to 1; music and speech lie at 0.4 to 0.5. All 0 for a
        recording of 18 words or fewer, of which it cannot be told.
    """
    count = len(words)
    if count <= LAG_WORDS:
        return np.zeros(count, dtype=np.float32)
    apart = np.bitwise_count(words[LAG_WORDS:] ^ words[:-LAG_WORDS]).astype(np.float64) / 32
    total = np.concatenate(([0.0], np.cumsum(apart)))
    place = np.arange(count) - LAG_WORDS // 2
    low = np.clip(place - SMOOTH_WORDS // 2, 0, max(len(apart) - SMOOTH_WORDS, 0))
    high = np.minimum(low + SMOOTH_WORDS, len(apart))
    return ((total[high] - total[low]) / (high - low)).astype(np.float32)


def _chance(words: Words) -> Rates:
    """Return the bit-error rate below which each word speaks for a common origin."""
    moves = movement(words)
    allowed = np.minimum(np.float32(CHANCE_RATE), np.float32(CHANCE_SHARE) * moves)
    return np.where(moves < STEADY_RATE, np.float32(0), allowed)


def _order(one: Stretch) -> tuple[float, float]:
    """Return the key that puts stretches in the order of the first recording."""
    return one.a_from_s, one.b_from_s


def _choose(rows: NDArray[np.float64], a_count: int, b_count: int) -> list[tuple[int, int, int]]:
    """Return the segments (start, end, offset) that tell something new on either side, strongest first."""
    a_told, b_told = np.zeros(a_count, dtype=np.bool_), np.zeros(b_count, dtype=np.bool_)
    chosen: list[tuple[int, int, int]] = []
    for row in np.lexsort((rows[:, 0], rows[:, 2], -rows[:, 3])):
        start, end, offset = (int(value) for value in rows[row, :3])
        a_part, b_part = a_told[start:end], b_told[start + offset : end + offset]
        if 2 * min(np.count_nonzero(a_part), np.count_nonzero(b_part)) >= end - start:
            continue
        a_part[:], b_part[:] = True, True
        chosen.append((start, end, offset))
        if len(chosen) == MAX_STRETCHES:
            break
    return chosen


def _rate_words(one: np.uint32, other: np.uint32) -> float:  # pragma: no cover - compiled
    """Return the bit-error rate of two words."""
    left = np.uint32(one ^ other)
    left = np.uint32(left - ((left >> np.uint32(1)) & np.uint32(0x55555555)))
    left = np.uint32((left & np.uint32(0x33333333)) + ((left >> np.uint32(2)) & np.uint32(0x33333333)))
    left = np.uint32((left + (left >> np.uint32(4))) & np.uint32(0x0F0F0F0F))
    return float(np.uint32(left * np.uint32(0x01010101)) >> np.uint32(24)) / 32.0


_rate = njit(nogil=True, cache=True)(_rate_words)


def _promises_rows(
    a: Words, b: Words, a_chance: Rates, b_chance: Rates, offset: int
) -> bool:  # pragma: no cover - compiled
    """Return whether every third word of a diagonal gives reason to look at all of them."""
    run = 0.0
    for row in range(max(0, -offset), min(len(a), len(b) - offset), COARSE_STEP):
        other = row + offset
        run += COARSE_STEP * (min(a_chance[row], b_chance[other]) - _rate(a[row], b[other]))
        if run >= NEEDED_GAIN / 2:
            return True
        run = max(run, 0.0)
    return False


_promises: Any = njit(nogil=True, cache=True)(_promises_rows)


def _segment_rows(
    a: Words, b: Words, a_chance: Rates, b_chance: Rates
) -> NDArray[np.float64]:  # pragma: no cover - compiled
    """Return rows of start in a, end in a (exclusive), offset and gain: each diagonal's segments above the need."""
    rows = np.empty((64, 4), dtype=np.float64)
    count = 0
    for offset in range(MIN_WORDS - len(a), len(b) - MIN_WORDS + 1):
        if not _promises(a, b, a_chance, b_chance, offset):
            continue
        begin, stop = max(0, -offset), min(len(a), len(b) - offset)
        run, best, start, end = 0.0, 0.0, begin, begin
        for row in range(begin, stop + 1):
            if row < stop:
                run += min(a_chance[row], b_chance[row + offset]) - _rate(a[row], b[row + offset])
                if run > best:
                    best, end = run, row + 1
            if run <= 0.0 or row == stop or run < best - NEEDED_GAIN:
                if best >= NEEDED_GAIN and end - start >= MIN_WORDS:
                    if count == len(rows):
                        grown = np.empty((2 * count, 4), dtype=np.float64)
                        grown[:count] = rows
                        rows = grown
                    rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = start, end, offset, best
                    count += 1
                run, best, start, end = 0.0, 0.0, row + 1, row + 1
    return rows[:count]


_segments: Any = njit(nogil=True, cache=True)(_segment_rows)
