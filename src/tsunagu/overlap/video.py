"""Shared video: which seconds of one video lie in another, from the fingerprints of their frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind, TimedFingerprint, Turn
from tsunagu.domain.hit import Stretch
from tsunagu.overlap.stretch import FRAME_RADIUS_BITS, Distances, Times, stretches_of

MAX_HITS = 2_000_000
"""Beyond this, two videos are as good as still: fewer frames of each are looked at, which bounds the memory."""
_WORDS: Final = FingerprintKind.PDQ.bits // 64
_SIDE: Final = 16

Table = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class FrameTable:
    """The frames of one video that may be searched, in the order of time.

    Attributes:
        at_s: shape (n,), float64, seconds from the start.
        words: shape (n, 4), uint64: the bytes of each PDQ fingerprint, eight to a word.
    """

    at_s: Times
    words: Table

    @classmethod
    def of(cls, at_s: Times, rows: NDArray[np.uint8]) -> FrameTable:
        """Return the table of frames given in any order.

        Args:
            at_s: shape (n,), float64.
            rows: shape (n, 32), uint8, one fingerprint a row, big-endian.
        """
        order = np.argsort(at_s, kind="stable")
        return cls(at_s[order], np.ascontiguousarray(rows[order]).view(np.uint64).reshape(-1, _WORDS))


def shared_video(a: Sequence[TimedFingerprint], b: Sequence[TimedFingerprint]) -> tuple[Stretch, ...]:
    """Return which seconds of `a` lie in which of `b`, in the order of `a`.

    Frames below their kind's quality floor are no evidence. The videos may be cut, start in the middle, hold
    the stretch several times, or run up to a tenth faster than one another. A still scene gives one stretch at
    most for each time it turns up in both, and only within the kind's own radius.

    Args:
        a: frames of kind PDQ in any order, at any times; the limits were measured at about one a second.
        b: likewise.

    Returns:
        Each from its first to its last shared frame, at least three of them; `shared_video(b, a)` is the same
        with sides exchanged.

    Raises:
        InputError: a frame's fingerprint is not PDQ, or its time lies beyond eleven days.
    """
    return shared_frames(_table(a), _table(b))


def shared_frames(a: FrameTable, b: FrameTable) -> tuple[Stretch, ...]:
    """Return what `shared_video` does, from tables of frames.

    Raises:
        InputError: a time lies beyond eleven days.
    """
    a_at, a_rows, b_at, b_rows = a.at_s, a.words, b.at_s, b.words
    if not len(a_at) or not len(b_at):
        return ()
    count = _count(a_rows, b_rows, FRAME_RADIUS_BITS)
    while count > MAX_HITS:  # more than once where it is the frames looked at that are alike
        every = math.ceil(math.sqrt(count / MAX_HITS))
        a_at, a_rows, b_at, b_rows = a_at[::every], a_rows[::every], b_at[::every], b_rows[::every]
        count = _count(a_rows, b_rows, FRAME_RADIUS_BITS)
    a_row, b_row, bits = _pairs(a_rows, b_rows, FRAME_RADIUS_BITS, count)
    return stretches_of(a_at[a_row], b_at[b_row], bits, step_s=max(_step(a_at), _step(b_at)))


def turned(frames: Sequence[TimedFingerprint], turn: Turn) -> tuple[TimedFingerprint, ...]:
    """Return about the fingerprints that the frames would have, were each picture turned: see `turned_table`."""
    width = FingerprintKind.PDQ.bits // 8
    rows = np.frombuffer(b"".join(one.fingerprint.data for one in frames), dtype=np.uint8).reshape(-1, width)
    data = [row.tobytes() for row in turned_table(rows, turn)]
    return tuple(
        replace(one, fingerprint=replace(one.fingerprint, data=turned_data))
        for one, turned_data in zip(frames, data, strict=True)
    )


_TRANSPOSED: Final = {Turn.ROTATED_90, Turn.ROTATED_270, Turn.TRANSPOSED, Turn.TRANSVERSED}
_ROWS_FLIPPED: Final = {Turn.ROTATED_90, Turn.ROTATED_180, Turn.MIRRORED_UPSIDE_DOWN, Turn.TRANSVERSED}
_COLUMNS_FLIPPED: Final = {Turn.ROTATED_270, Turn.ROTATED_180, Turn.MIRRORED_LEFT_RIGHT, Turn.TRANSVERSED}


def turned_table(rows: NDArray[np.uint8], turn: Turn) -> NDArray[np.uint8]:
    """Return about the PDQ fingerprints that pictures would have, were each turned.

    PDQ keeps the signs, against their median, of a 16 by 16 cosine transform, and turning a picture only
    transposes it and changes signs. The median is lost, so the outcome lies up to 18 bits (photographs,
    measured) from the true one: enough for `shared_video`, too far for single pictures.

    Args:
        rows: shape (n, 32), uint8, one fingerprint a row, big-endian.
        turn: how the pictures are turned.

    Returns:
        The same shape and dtype.

    Source: Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019, PDQ,
    dihedral transforms.
    """
    bits = np.unpackbits(rows, axis=1).reshape(-1, _SIDE, _SIDE)
    if turn in _TRANSPOSED:
        bits = bits.transpose(0, 2, 1)
    flips = np.zeros((_SIDE, _SIDE), dtype=np.uint8)
    # The highest bit is the highest frequency, 16: odd frequencies lie in odd places.
    flips[1::2] ^= turn in _ROWS_FLIPPED
    flips[:, 1::2] ^= turn in _COLUMNS_FLIPPED
    return np.packbits((bits ^ flips).reshape(-1, _SIDE * _SIDE), axis=1)


def _table(frames: Sequence[TimedFingerprint]) -> FrameTable:
    """Return the frames that may be searched."""
    if any(one.fingerprint.kind is not FingerprintKind.PDQ for one in frames):
        raise InputError("a frame's fingerprint is of another kind")
    used = sorted((one.at_s, one.fingerprint.data) for one in frames if one.fingerprint.is_searchable)
    rows = np.frombuffer(b"".join(data for _, data in used), dtype=np.uint8).reshape(-1, _WORDS * 8)
    return FrameTable.of(np.array([at for at, _ in used], dtype=np.float64), rows)


def _step(at: Times) -> float:
    """Return the usual time between two frames, in seconds; 1 where there is none."""
    steps = np.diff(at)
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else 1.0


def _distance_words(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:  # pragma: no cover - compiled
    """Return the Hamming distance of two rows, in bits."""
    total = np.uint64(0)
    for word in range(_WORDS):
        left = one[word] ^ other[word]
        left -= (left >> np.uint64(1)) & np.uint64(0x5555555555555555)
        left = (left & np.uint64(0x3333333333333333)) + ((left >> np.uint64(2)) & np.uint64(0x3333333333333333))
        left = (left + (left >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        total += (left * np.uint64(0x0101010101010101)) >> np.uint64(56)
    return int(total)


_distance = njit(nogil=True, cache=True)(_distance_words)


def _count_rows(a: Table, b: Table, radius_bits: int) -> int:  # pragma: no cover - compiled
    """Return how many pairs of a row of a and one of b lie within the radius."""
    found = 0
    for row in range(len(a)):
        for other in range(len(b)):
            found += _distance(a[row], b[other]) <= radius_bits
    return found


def _pair_rows(
    a: Table, b: Table, radius_bits: int, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Distances]:  # pragma: no cover - compiled
    """Return the `count` pairs of rows within the radius, and their distances."""
    a_row, b_row = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    bits = np.empty(count, dtype=np.int32)
    place = 0
    for row in range(len(a)):
        for other in range(len(b)):
            distance = _distance(a[row], b[other])
            if distance <= radius_bits:
                a_row[place], b_row[place], bits[place] = row, other, distance
                place += 1
    return a_row, b_row, bits


_count = njit(nogil=True, cache=True)(_count_rows)
_pairs = njit(nogil=True, cache=True)(_pair_rows)
