"""Bands of commonness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.media import MediaFacts
from tsunagu.domain.overlap import Commonness
from tsunagu.overlap.commonness import allow_for_size, commonness

RARE, SOME, COMMON = Commonness


@pytest.mark.parametrize(
    ("holding", "cases", "band"),
    [
        (0, 0, RARE), (2, 2, RARE), (2, 1000, RARE), (3, 1000, RARE), (3, 6, SOME), (3, 7, RARE),
        (4, 4, COMMON), (4, 8, COMMON), (4, 9, SOME), (19, 1000, SOME), (20, 100_000, COMMON),
    ],
)  # fmt: skip
def test_the_band_follows_the_number_of_cases(holding, cases, band):
    assert commonness(holding, cases) is band


@given(st.integers(0, 100), st.integers(0, 100))
def test_more_cases_never_make_a_content_rarer(holding, others):
    order = list(Commonness)
    bands = [order.index(commonness(held, 100 + others)) for held in (holding, min(holding + 1, 100))]
    assert bands == sorted(bands)


@pytest.mark.parametrize(("holding", "cases"), [(-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(holding, cases):
    with pytest.raises(InputError):
        commonness(holding, cases)


def test_a_picture_under_64_pixels_on_a_side_is_never_rare():
    assert allow_for_size(RARE, MediaFacts(width=63, height=400)) is SOME
    assert allow_for_size(RARE, MediaFacts(width=64, height=64)) is RARE
    assert allow_for_size(COMMON, MediaFacts(width=16, height=16)) is COMMON
    assert allow_for_size(RARE, MediaFacts()) is RARE
