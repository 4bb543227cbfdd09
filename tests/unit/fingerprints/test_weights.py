import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.fingerprints.weights import SAMPLES, bands


def dense(length: int, scale: int, *, mirrored: bool) -> np.ndarray:
    made = bands(length, scale, mirrored=mirrored)
    matrix = np.zeros((SAMPLES, -(-length // scale)))
    for row in range(SAMPLES):
        first, span = made.first[row], made.span[row]
        matrix[row, first : first + span] = made.weights[row, :span]
    return matrix


def by_definition(length: int) -> np.ndarray:
    """Two sliding means over an identity matrix, then one sample in the middle of each 64th."""
    window = (length + 127) // 128
    ahead = (window + 2) // 2
    blurred = np.eye(length)
    for _ in range(2):
        means = [blurred[max(0, at - (window - ahead)) : at + ahead].mean(axis=0) for at in range(length)]
        blurred = np.stack(means)
    return blurred[[int((sample + 0.5) * length / SAMPLES) for sample in range(SAMPLES)]]


@settings(deadline=None, max_examples=60)
@given(length=st.integers(1, 700))
def test_the_bands_are_two_box_filters_and_64_samples(length: int) -> None:
    np.testing.assert_allclose(dense(length, 1, mirrored=False), by_definition(length), atol=1e-6)


def smoothest(length: int, scale: int) -> np.ndarray:
    """Shape (length, blocks): each pixel of the curve whose running sums are a natural cubic spline's."""
    edges = np.minimum(np.arange(-(-length // scale) + 1) * scale, length)
    if len(edges) == 2:
        return np.ones((length, 1))
    from scipy.interpolate import CubicSpline  # slow to load, for every process that collects the tests

    sums = np.vstack([np.zeros(len(edges) - 1), np.tril(np.tile(np.diff(edges), (len(edges) - 1, 1)))])
    return np.diff(CubicSpline(edges, sums, bc_type="natural")(np.arange(length + 1)), axis=0)


@settings(deadline=None, max_examples=80)
@given(length=st.integers(1, 700), scale=st.integers(1, 9), mirrored=st.booleans())
def test_a_scaled_axis_weighs_the_smoothest_curve_with_the_given_means(length: int, scale: int, mirrored: bool) -> None:
    pixels = by_definition(length)[:, ::-1] if mirrored else by_definition(length)
    found = dense(length, scale, mirrored=mirrored)
    np.testing.assert_allclose(found, pixels @ smoothest(length, scale), atol=1e-3)


def test_it_is_nearer_to_the_pixels_than_their_blocks_means_are() -> None:
    rng = np.random.default_rng(0)
    shades = np.cumsum(rng.normal(0, 1, (1728, 50)), axis=0)
    means = shades.reshape(216, 8, 50).mean(axis=1)
    truth = by_definition(1728) @ shades
    plain = by_definition(1728) @ means.repeat(8, axis=0)
    ours = dense(1728, 8, mirrored=False) @ means
    assert np.abs(ours - truth).mean() < 0.7 * np.abs(plain - truth).mean()


@pytest.mark.parametrize("length", [5, 64, 129, 4000, 65_500])
def test_each_sample_is_a_mean_and_its_run_is_short(length: int) -> None:
    made = bands(length, 1, mirrored=False)
    np.testing.assert_allclose(made.weights.sum(axis=1), 1, atol=1e-5)
    assert made.weights.shape[1] <= length / 32 + 3


@pytest.mark.parametrize(("length", "scale"), [(866, 4), (1740, 8), (4001, 8)])
def test_a_scaled_axis_has_short_runs_too(length: int, scale: int) -> None:
    made = bands(length, scale, mirrored=False)
    np.testing.assert_allclose(made.weights.sum(axis=1), 1, atol=1e-5)
    assert made.weights.shape[1] <= length / (32 * scale) + 14
    assert made.weights.dtype == np.float32


def test_kept_bands_cannot_be_changed_by_their_users() -> None:
    made = bands(1000, 4, mirrored=True)
    for array in made:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
