"""Chromaprint: a 32-bit word every 0.12 s of sound, steady under recompression and loudness, not under tempo.

Our own implementation of algorithm 2 ("TEST2"), whose words are those that fpcalc prints and AcoustID holds.

Source: L. Lalinsky, "How does Chromaprint work?", 2011, and Chromaprint 1.5.1.
"""

from __future__ import annotations

from array import array
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import SoundFingerprint, SoundKind
from tsunagu.fingerprints.classifiers import BANDS, WINDOW, words_of

SAMPLE_RATE_HZ: Final = 11_025

_FRAME = 4096
_STEP = _FRAME // 3
_FRAMES_AT_ONCE = 64  # small products stay on the caller's thread: BLAS starts its own for large ones
_HAMMING = (0.54 - 0.46 * np.cos(2 * np.pi / (_FRAME - 1) * np.arange(_FRAME))) / 32_767
_LOWEST, _HIGHEST = (round(_FRAME * pitch_hz / SAMPLE_RATE_HZ) for pitch_hz in (28, 3520))
_TAPS = (0.25, 0.75, 1.0, 0.75, 0.25)
_SILENCE = 0.01


def _chroma_runs() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return where each run of neighbouring bins of one band begins, and (runs, BANDS) with a one at its band.

    A bin's band is that of its pitch, in twelfths of octaves above 27.5 Hz.
    """
    octaves = np.log2(np.arange(_LOWEST, _HIGHEST) * SAMPLE_RATE_HZ / _FRAME / 27.5)
    band = (BANDS * (octaves - np.floor(octaves))).astype(np.int64)
    starts = np.flatnonzero(np.diff(band, prepend=-1))
    return starts, np.eye(BANDS)[band[starts]]


_RUN_STARTS, _RUN_BANDS = _chroma_runs()


class Chromaprint:
    """Takes the sound of one recording piece by piece and gives its fingerprint.

    Beside the words themselves (8 a second) it keeps under two frames of sound and 20 rows of 12 numbers,
    however long the recording is.
    """

    def __init__(self) -> None:
        """Begin a recording."""
        self._sound = np.empty(0, np.int16)
        self._chroma = np.empty((0, BANDS))
        self._rows = np.empty((0, BANDS))
        self._words = array("I")

    def feed(self, samples: NDArray[np.int16]) -> None:
        """Take the next piece of sound.

        Args:
            samples: shape (n,), int16, mono, `SAMPLE_RATE_HZ` samples a second; n may be 0.

        Raises:
            InputError: another shape or dtype.
        """
        if samples.ndim != 1 or samples.dtype != np.int16:
            raise InputError("sound comes as one row of 16-bit samples")
        piece = _FRAMES_AT_ONCE * _STEP
        for start in range(0, len(samples), piece):
            self._take(samples[start : start + piece])

    def finish(self) -> SoundFingerprint:
        """Return the fingerprint of all sound fed so far; without a word below `SoundKind.CHROMAPRINT.span_s` seconds.

        What is left of a frame at the end counts for nothing, as with fpcalc.
        """
        return SoundFingerprint(SoundKind.CHROMAPRINT, tuple(self._words))

    def _take(self, samples: NDArray[np.int16]) -> None:
        """Work on one piece of bounded length."""
        sound = np.concatenate((self._sound, samples))
        frames = max(0, (len(sound) - _FRAME) // _STEP + 1)
        self._sound = sound[frames * _STEP :].copy()
        if not frames:
            return
        overlapping = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[: frames * _STEP : _STEP]
        waves = np.fft.rfft(overlapping * _HAMMING)[:, _LOWEST:_HIGHEST]
        energy = np.add.reduceat(waves.real**2 + waves.imag**2, _RUN_STARTS, axis=1) @ _RUN_BANDS

        chroma = np.concatenate((self._chroma, energy))
        self._chroma = chroma[-(len(_TAPS) - 1) :].copy()
        rows = np.concatenate((self._rows, _normalised(_smoothed(chroma))))
        self._rows = rows[-(WINDOW - 1) :].copy()
        self._words.extend(words_of(rows).tolist())


def _smoothed(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted sum of each five rows in turn, shape (max(0, n - 4), BANDS)."""
    length = max(0, len(chroma) - len(_TAPS) + 1)
    total = np.zeros((length, BANDS))
    for late, weight in enumerate(_TAPS):
        total += weight * chroma[late : late + length]
    return total


def _normalised(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows of length 1, or of zeros where the sound is as good as silent."""
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    audible = length >= _SILENCE
    return np.where(audible, rows / np.where(audible, length, 1.0), 0.0)
