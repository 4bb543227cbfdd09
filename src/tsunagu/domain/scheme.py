"""Neutral categories: a scheme of questions, votes of analysts, and what they agree on.

An analyst says what can be seen, never what it means in law: the class of a jurisdiction is derived elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from tsunagu.domain.errors import InputError

Answer = TypeVar("Answer", bound=str)
MOST_VOTERS = 9
MOST_ELEMENTS = 50


class Grade(StrEnum):
    """The three-way grade that the field exchanges: illegal in any country, in the analyst's own, or in none known."""

    BASELINE = "baseline"
    NATIONALLY_ILLEGAL = "nationally_illegal"
    NOT_ILLEGAL = "not_illegal"


class VoteState(StrEnum):
    """How the votes on an item stand. Before all are in, nobody is told more than that they are not."""

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Element:
    """One neutral question of a scheme, with the answers that it takes.

    Attributes:
        code: what it is called by, within its scheme.
        question: in words, by language code; English is there always.
        answers: codes.
    """

    code: str
    question: Mapping[str, str]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A set of questions at a fixed version, with how many analysts vote and how many of them must agree.

    Raises:
        InputError: at birth, where it could decide nothing: too few or too many voters, a majority that is none, no
            question or two of one code, or a question with less than two answers.
    """

    name: str
    version: int
    elements: tuple[Element, ...]
    needed: int
    voters: int

    def __post_init__(self) -> None:
        """Refuse what could decide nothing, or both."""
        if not 1 <= self.voters <= MOST_VOTERS or not self.voters < 2 * self.needed <= 2 * self.voters:
            raise InputError("a scheme takes 1 to 9 votes, of which more than half must agree")
        codes = [one.code for one in self.elements]
        if not 1 <= len(codes) <= MOST_ELEMENTS or len(codes) != len(set(codes)):
            raise InputError("a scheme has 1 to 50 questions, each with a code of its own")
        if any(len(set(one.answers)) < 2 or "en" not in one.question for one in self.elements):
            raise InputError("each question of a scheme has words in English, and two answers at least")

    def check(self, answers: Mapping[str, str]) -> None:
        """Do nothing when every question is answered, by one of its answers.

        Raises:
            InputError: one is not, or something else is.
        """
        if answers.keys() != {one.code for one in self.elements}:
            raise InputError("answer each question of the scheme, and no other")
        if any(answers[one.code] not in one.answers for one in self.elements):
            raise InputError("a question of the scheme has no such answer")


@dataclass(frozen=True, slots=True)
class Vote:
    """What one analyst has seen of one item.

    Attributes:
        round: in which of the rounds; each dispute that is taken up opens another.
    """

    officer_id: UUID
    round: int
    grade: Grade
    answers: Mapping[str, str]
    voted_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the votes of one round come to.

    Attributes:
        grade: on which enough agree; None where they do not, or are not all in.
        answers: those on which enough agree, by question.
    """

    state: VoteState
    grade: Grade | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


def verdict_of(votes: Sequence[Vote], scheme: Scheme, *, is_disputed: bool) -> Verdict:
    """Return what the votes of one round come to.

    Before every voter has voted it is open, whatever they said: a consensus that is told early would tell the last
    ones what the first have said, and one that is not would tell them that they differ.

    Args:
        votes: one of each voter.
        scheme: says how many there are, and how many must agree.
        is_disputed: whether somebody has disputed what they came to.
    """
    if len(votes) < scheme.voters:
        return Verdict(VoteState.OPEN)
    grade = _agreed([one.grade for one in votes], scheme.needed)
    answers = {each.code: _agreed([one.answers[each.code] for one in votes], scheme.needed) for each in scheme.elements}
    settled = {code: answer for code, answer in answers.items() if answer is not None}
    is_agreed = grade is not None and len(settled) == len(answers) and not is_disputed
    return Verdict(VoteState.AGREED if is_agreed else VoteState.DISPUTED, grade, settled)


def _agreed(said: Sequence[Answer], needed: int) -> Answer | None:
    [(most, count)] = Counter(said).most_common(1)
    return most if count >= needed else None
