"""Votes: what they come to, and that nothing is told before all are in."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.scheme import Element, Grade, Scheme, Vote, VoteState, verdict_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLACE = Element("place", {"en": "Where?"}, ("indoors", "outdoors"))


def scheme(needed: int = 2, voters: int = 3) -> Scheme:
    return Scheme("test", 1, (PLACE,), needed, voters)


def vote(grade: Grade, place: str = "indoors") -> Vote:
    return Vote(uuid4(), 1, grade, {"place": place}, NOW)


GRADES = st.lists(st.sampled_from(list(Grade)), max_size=3)


@settings(deadline=None, max_examples=60)
@given(GRADES, st.lists(st.sampled_from(PLACE.answers), min_size=3, max_size=3))
def test_enough_voters_agree_or_it_is_disputed_and_until_all_have_voted_it_is_open(
    grades: list[Grade], places: list[str]
) -> None:
    votes = [vote(grade, place) for grade, place in zip(grades, places, strict=False)]
    verdict = verdict_of(votes, scheme(), is_disputed=False)
    if len(votes) < 3:
        assert (verdict.state, verdict.grade, dict(verdict.answers)) == (VoteState.OPEN, None, {})
        return
    agreed = [grade for grade, count in Counter(grades).items() if count >= 2]
    assert verdict.grade == (agreed[0] if agreed else None)
    assert verdict.state is (VoteState.AGREED if agreed else VoteState.DISPUTED)  # of two answers one has two of three


def test_what_somebody_disputes_is_disputed_though_all_agree() -> None:
    votes = [vote(Grade.NOT_ILLEGAL)] * 3
    assert verdict_of(votes, scheme(), is_disputed=True).state is VoteState.DISPUTED
    assert verdict_of(votes, scheme(3), is_disputed=False).state is VoteState.AGREED


def test_of_three_who_must_all_agree_one_other_makes_a_dispute_of_his_question_alone() -> None:
    votes = [vote(Grade.BASELINE), vote(Grade.BASELINE), vote(Grade.BASELINE, "outdoors")]
    verdict = verdict_of(votes, scheme(3), is_disputed=False)
    assert (verdict.state, verdict.grade, dict(verdict.answers)) == (VoteState.DISPUTED, Grade.BASELINE, {})


@pytest.mark.parametrize(("needed", "voters"), [(0, 1), (1, 2), (1, 3), (4, 3), (6, 10)])
def test_no_majority_decides_nothing(needed: int, voters: int) -> None:
    with pytest.raises(InputError, match="more than half"):
        scheme(needed, voters)


@pytest.mark.parametrize(
    "elements", [(), (PLACE, PLACE), (Element("x", {"en": "?"}, ("one",)),), (Element("x", {"ja": "?"}, ("a", "b")),)]
)
def test_a_scheme_asks_something_that_can_be_answered(elements: tuple[Element, ...]) -> None:
    with pytest.raises(InputError):
        Scheme("test", 1, elements, 2, 3)


@pytest.mark.parametrize("answers", [{}, {"place": "nowhere"}, {"place": "indoors", "more": "x"}])
def test_each_question_is_answered_by_one_of_its_answers_and_no_other_is(answers: dict[str, str]) -> None:
    scheme().check({"place": "outdoors"})
    with pytest.raises(InputError):
        scheme().check(answers)
