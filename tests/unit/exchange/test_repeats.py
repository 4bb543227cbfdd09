"""Digests that come again are counted."""

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.exchange.repeats import Repeats

from .lists import numbered_md5


@given(st.lists(st.integers(0, 20)))
def test_the_count_is_what_a_set_would_tell(numbers):
    repeats = Repeats()
    for number in numbers:
        repeats.add(numbered_md5(number))
    assert repeats.count() == len(numbers) - len(set(numbers))


def test_more_digests_than_are_folded_at_once_are_counted_and_counting_goes_on():
    repeats = Repeats()
    for number in range(100_000):
        repeats.add(numbered_md5(number % 70_000))
    assert repeats.count() == 30_000
    repeats.add(numbered_md5(5))
    assert repeats.count() == 30_001
