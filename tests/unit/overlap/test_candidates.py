"""Candidates for series: what judged hits tie together, and nothing else."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.judgement import Sameness
from tsunagu.domain.series_steps import Member
from tsunagu.overlap.candidates import MatchedItem, candidates

CASE, OTHER = UUID(int=1), UUID(int=2)
OVERLAPS = tuple(UUID(int=10 + number) for number in range(3))


def match(item: int, other: int, overlap: int = 0, case: UUID = CASE) -> MatchedItem:
    return MatchedItem(Member(case, item), other, OVERLAPS[overlap], Sameness.SESSION)


def test_items_that_match_the_same_item_elsewhere_may_be_one_series_though_in_different_cases() -> None:
    [found] = candidates([match(1, 7, overlap=0), match(2, 7, overlap=1, case=OTHER)])
    assert found.members == {Member(CASE, 1), Member(OTHER, 2)}
    assert (dict(found.grounds), found.overlaps) == ({Sameness.SESSION: 2}, 2)


def test_items_that_match_in_the_same_overlap_may_be_one_series() -> None:
    [found] = candidates([match(1, 7), match(2, 8)])
    assert found.members == {Member(CASE, 1), Member(CASE, 2)}


def test_one_item_is_no_series_and_what_nothing_ties_is_not_put_together() -> None:
    assert candidates([match(1, 7, overlap=0), match(2, 8, overlap=1)]) == ()


MATCHES = st.lists(st.builds(match, st.integers(0, 9), st.integers(20, 29), st.integers(0, 2)), max_size=12)


@settings(deadline=None, max_examples=60)
@given(MATCHES)
def test_each_item_is_in_one_candidate_at_most_and_the_order_of_hits_changes_nothing(found: list[MatchedItem]) -> None:
    told = candidates(found)
    members = [member for one in told for member in one.members]
    assert len(members) == len(set(members))
    assert candidates(found[::-1]) == told
    assert [len(one.members) for one in told] == sorted((len(one.members) for one in told), reverse=True)
