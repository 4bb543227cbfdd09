"""One suite for every fingerprint algorithm: what `Fingerprinter` promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.fingerprints import pdq
from tsunagu.fingerprints.protocol import Fingerprinter
from tsunagu.media.picture import Picture

EVERY: list[Fingerprinter] = [pdq]
every_algorithm = pytest.mark.parametrize("algorithm", EVERY, ids=lambda one: one.kind.code)


def drawn(height: int, width: int, seed: int) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
    return np.ascontiguousarray(blocks[np.arange(height) * 8 // height][:, np.arange(width) * 8 // width])


@every_algorithm
@settings(deadline=None, max_examples=40)
@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    scale=st.sampled_from([1, 2, 3, 4, 8]),
    orientation=st.integers(1, 8),
    seed=st.integers(0, 9),
)
def test_the_same_picture_gives_the_same_fingerprint_and_stays_untouched(
    algorithm: Fingerprinter, width: int, height: int, scale: int, orientation: int, seed: int
) -> None:
    luma = drawn(-(-height // scale), -(-width // scale), seed)
    kept = luma.copy()
    one = algorithm.fingerprint(Picture(luma, width, height, scale, orientation))
    assert one == algorithm.fingerprint(Picture(luma.copy(), width, height, scale, orientation))
    assert one.kind is algorithm.kind
    np.testing.assert_array_equal(luma, kept)


@every_algorithm
@pytest.mark.parametrize("value", [0, 1, 127, 255])
def test_a_plain_picture_has_a_quality_too_low_to_be_searched(algorithm: Fingerprinter, value: int) -> None:
    plain = algorithm.fingerprint(Picture(np.full((240, 320), value, np.uint8), 320, 240))
    assert not plain.is_searchable


@every_algorithm
def test_a_picture_full_of_features_is_searchable(algorithm: Fingerprinter) -> None:
    assert algorithm.fingerprint(Picture(drawn(240, 320, 1), 320, 240)).is_searchable


@every_algorithm
def test_brighter_or_scaled_it_stays_within_the_radius_and_another_picture_does_not(algorithm: Fingerprinter) -> None:
    luma = drawn(480, 640, 2)
    one = algorithm.fingerprint(Picture(luma, 640, 480))
    brighter = algorithm.fingerprint(Picture(np.minimum(luma // 2 + 90, 255).astype(np.uint8), 640, 480))
    smaller = algorithm.fingerprint(Picture(np.ascontiguousarray(luma[::2, ::2]), 320, 240))
    other = algorithm.fingerprint(Picture(drawn(480, 640, 3), 640, 480))
    assert max(one.distance(brighter), one.distance(smaller)) <= algorithm.kind.radius_bits < one.distance(other)


@every_algorithm
def test_a_plane_that_does_not_fit_the_picture_is_refused(algorithm: Fingerprinter) -> None:
    with pytest.raises(InputError):
        algorithm.fingerprint(Picture(drawn(100, 100, 0), 300, 300, scale=2))
