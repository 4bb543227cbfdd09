import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from numba.core.errors import TypingError

from tsunagu.index.popcount import popcount


@njit
def counted(word):
    return popcount(word)


@settings(deadline=None)
@given(word=st.integers(0, 2**64 - 1))
def test_it_counts_the_set_bits(word: int) -> None:
    assert counted(np.uint64(word)) == word.bit_count()


@pytest.mark.parametrize("other", [1.5, np.int64(3), np.uint32(3)])
def test_any_other_type_is_refused_at_compile_time(other: object) -> None:
    with pytest.raises(TypingError):
        counted(other)
