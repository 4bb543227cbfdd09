"""PDQ: 256 bits that stay put under recompression, scaling and light changes, not under crops.

Source: Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019, and its reference
code in ThreatExchange (pdq/cpp). Bits, their order and the quality are the reference's; only the way to the 64 x 64
samples differs (see `weights`). The kernel is serial and compiled without re-ordering of sums, so that the bits do not
depend on how wide a machine's vectors are.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.fingerprints.weights import SAMPLES, Bands, bands
from tsunagu.media.picture import Picture

kind: Final = FingerprintKind.PDQ

SMALLEST_SIDE_PX: Final = 5
"""A picture with a shorter side has no features: the reference gives it 256 zero bits and quality 0, and so do we."""

LONGEST_SIDE_PX: Final = 1_000_000
"""Beyond it a picture is refused: its weights would not fit the memory, whatever its scale."""

_WAVES = 16
_GROUP = 8
_COSINES = np.sqrt(2 / SAMPLES) * np.cos(
    np.pi / (2 * SAMPLES) * np.arange(1, _WAVES + 1)[:, None] * (2 * np.arange(SAMPLES) + 1)
)
_ODD = np.where(np.arange(1, _WAVES + 1) % 2, -1.0, 1.0)
_MIRRORED_ROWS = frozenset({3, 4, 6, 7})
_MIRRORED_COLUMNS = frozenset({2, 3, 7, 8})
_TRANSPOSED = frozenset({5, 6, 7, 8})


def fingerprint(picture: Picture) -> Fingerprint:
    """Return the fingerprint of `picture` as it is looked at: its EXIF orientation is applied.

    Args:
        picture: any size; below `SMALLEST_SIDE_PX` on a side the answer is all zero with quality 0.

    Returns:
        256 bits, the reference's order. At scale 1 the reference's own bits (rounding leaves one or two to
        chance in rare pictures); from a scaled plane at most a few bits off.

    Raises:
        InputError: the luma plane does not fit the size and scale that the picture tells, there is no such
            orientation or scale, or a side is longer than `LONGEST_SIDE_PX`.
    """
    spectrum, quality = _spectrum(picture)
    return Fingerprint(kind, _bits(spectrum[None])[0], quality)


def turned(picture: Picture) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of `picture` laid in all eight ways, in the order of `Turn`; the first is the upright.

    They come from one spectrum, as the reference makes them, and lie some bits off the fingerprint of a really
    turned copy, because PDQ's samples are not symmetrical.

    Raises:
        InputError: as `fingerprint`.
    """
    upright, quality = _spectrum(picture)
    across = upright.T
    columns, rows = _ODD[None, :], _ODD[:, None]
    eight = np.stack(
        (
            upright,
            across * rows,
            upright * rows * columns,
            across * columns,
            upright * rows,
            upright * columns,
            across,
            across * rows * columns,
        )
    )
    return tuple(Fingerprint(kind, data, quality) for data in _bits(eight))


def load_kernels() -> None:
    """Load what is compiled, or compile it: otherwise the first fingerprint of a process does."""
    blank = np.zeros((SAMPLES, SAMPLES), np.uint8)
    for scale in (1, 2):  # pixels, and blocks of them
        turned(Picture(blank, scale * SAMPLES, scale * SAMPLES, scale))


def _bits(spectra: NDArray[np.float64]) -> list[bytes]:
    """Return 32 bytes for each spectrum of shape (n, 16, 16): a bit is set above the lower median, last one first."""
    values = spectra.reshape(len(spectra), -1)
    median = np.partition(values, values.shape[1] // 2 - 1, axis=1)[:, values.shape[1] // 2 - 1]
    return [row.tobytes() for row in np.packbits((values > median[:, None])[:, ::-1], axis=1)]


def _spectrum(picture: Picture) -> tuple[NDArray[np.float64], int]:
    """Return the upright picture's 16 x 16 spectrum and its quality, 0-100."""
    # What a picture tells of itself comes from a process that has read a hostile file.
    if not (1 <= picture.orientation <= 8 and picture.scale >= 1):
        raise InputError("no such orientation or scale", orientation=picture.orientation, scale=picture.scale)
    if not (1 <= picture.width <= LONGEST_SIDE_PX and 1 <= picture.height <= LONGEST_SIDE_PX):
        raise InputError("a side is out of bounds", width=picture.width, height=picture.height)
    shape = (-(-picture.height // picture.scale), -(-picture.width // picture.scale))
    if picture.luma.shape != shape or picture.luma.dtype != np.uint8 or not picture.luma.flags.c_contiguous:
        raise InputError("the luma plane does not fit the picture's size and scale")
    if min(picture.height, picture.width) < SMALLEST_SIDE_PX:
        return np.zeros((_WAVES, _WAVES)), 0
    rows = bands(picture.height, picture.scale, mirrored=picture.orientation in _MIRRORED_ROWS)
    columns = bands(picture.width, picture.scale, mirrored=picture.orientation in _MIRRORED_COLUMNS)
    # One compiled form serves planes of both sorts: from other processes they come read-only.
    luma = picture.luma.view()
    luma.flags.writeable = False
    return _spectrum_of(luma, rows, columns, _COSINES, is_transposed=picture.orientation in _TRANSPOSED)


@njit(nogil=True, cache=True)
def _spectrum_of(
    luma: NDArray[np.uint8], rows: Bands, columns: Bands, cosines: NDArray[np.float64], *, is_transposed: bool
) -> tuple[NDArray[np.float64], int]:  # pragma: no cover - compiled
    """Return spectrum and quality in one go: each call from Python lets go of its lock and waits for it again."""
    samples = _sample(luma, rows, columns)
    if is_transposed:
        samples = np.ascontiguousarray(samples.T)
    return _transform(samples, cosines), _quality(samples)


@njit(nogil=True, cache=True)
def _sample(luma: NDArray[np.uint8], rows: Bands, columns: Bands) -> NDArray[np.float32]:  # pragma: no cover - compiled
    """Return the 64 x 64 samples of `luma`: down the columns first, in whole lines, then along eight sums at a time."""
    samples = np.empty((SAMPLES, SAMPLES), np.float32)
    sums = np.empty((_GROUP, luma.shape[1]), np.float32)
    for group in range(0, SAMPLES, _GROUP):
        for member in range(_GROUP):
            row = group + member
            _blend(luma, rows.first[row], rows.weights[row, : rows.span[row]], sums[member])
        for column in range(SAMPLES):
            first, span = columns.first[column], columns.span[column]
            _gather(sums[:, first : first + span], columns.weights[column, :span], samples[group:, column])
    return samples


@njit(nogil=True, cache=True)
def _blend(
    luma: NDArray[np.uint8], first: int, weights: NDArray[np.float32], total: NDArray[np.float32]
) -> None:  # pragma: no cover - compiled
    """Write into `total` the weighted sum of the lines of `luma` from `first`; four a pass save memory traffic."""
    total[:] = 0
    whole = len(weights) // 4 * 4
    for step in range(0, whole, 4):
        line_a, line_b = luma[first + step], luma[first + step + 1]
        line_c, line_d = luma[first + step + 2], luma[first + step + 3]
        a, b, c, d = weights[step], weights[step + 1], weights[step + 2], weights[step + 3]
        for x in range(len(total)):
            total[x] += (a * np.float32(line_a[x]) + b * np.float32(line_b[x])) + (
                c * np.float32(line_c[x]) + d * np.float32(line_d[x])
            )
    for step in range(whole, len(weights)):
        line = luma[first + step]
        weight = weights[step]
        for x in range(len(total)):
            total[x] += weight * np.float32(line[x])


@njit(nogil=True, cache=True)
def _gather(
    lines: NDArray[np.float32], weights: NDArray[np.float32], out: NDArray[np.float32]
) -> None:  # pragma: no cover - compiled
    """Write the weighted sum of each of eight `lines` into `out`; eight sums side by side hide the adder's delay."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = np.float32(0)
    for x in range(len(weights)):
        weight = weights[x]
        s0 += weight * lines[0, x]
        s1 += weight * lines[1, x]
        s2 += weight * lines[2, x]
        s3 += weight * lines[3, x]
        s4 += weight * lines[4, x]
        s5 += weight * lines[5, x]
        s6 += weight * lines[6, x]
        s7 += weight * lines[7, x]
    out[0], out[1], out[2], out[3] = s0, s1, s2, s3
    out[4], out[5], out[6], out[7] = s4, s5, s6, s7


@njit(nogil=True, cache=True)
def _transform(
    samples: NDArray[np.float32], cosines: NDArray[np.float64]
) -> NDArray[np.float64]:  # pragma: no cover - compiled
    """Return the 16 x 16 lowest waves of the 64 x 64 samples, the constant left out."""
    half = np.zeros((_WAVES, SAMPLES))
    for wave in range(_WAVES):
        for row in range(SAMPLES):
            weight = cosines[wave, row]
            for column in range(SAMPLES):
                half[wave, column] += weight * samples[row, column]
    # Turned once, so that the inner loop runs along memory.
    turned_cosines = cosines.T.copy()
    spectrum = np.zeros((_WAVES, _WAVES))
    for wave in range(_WAVES):
        for column in range(SAMPLES):
            weight = half[wave, column]
            for across in range(_WAVES):
                spectrum[wave, across] += weight * turned_cosines[column, across]
    return spectrum


@njit(nogil=True, cache=True)
def _quality(samples: NDArray[np.float32]) -> int:  # pragma: no cover - compiled
    """Return 0-100: the steps between neighbouring samples, each in whole percent of white, summed, by 90."""
    steps = 0
    percent, white = np.float32(100), np.float32(255)
    for row in range(SAMPLES):
        for column in range(SAMPLES - 1):
            steps += abs(int((samples[row, column] - samples[row, column + 1]) * percent / white))
            steps += abs(int((samples[column, row] - samples[column + 1, row]) * percent / white))
    return min(steps // 90, 100)
