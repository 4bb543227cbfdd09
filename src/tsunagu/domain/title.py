"""Titles of a seized list, and how people have assessed them: what was bought may be lawful.

A title is assessed by a person for a jurisdiction and for the days of acts whose law he held it against. Whatever was
decided of its like is proposed to him, and decides nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import InputError
from tsunagu.domain.writing import is_printable

MOST_WORDS: Final = 200
"""Characters of each thing that is said of a title."""


class TitleValue(StrEnum):
    """What a person says that a title is; `not-assessed` takes back what was said before."""

    LAWFUL = "lawful"
    ILLEGAL = "illegal"
    NOT_ASSESSED = "not-assessed"


class Likeness(StrEnum):
    """Why the assessment of another title is proposed."""

    SAME_JAN = "same-jan"
    OTHER_EDITION = "other-edition"
    SAME_SERIES = "same-series"


@dataclass(frozen=True, slots=True)
class TitleWords:
    """What is said of a title.

    Attributes:
        title: as the list writes it.
        code: by which the shop's rows name it; "" where they name it by the title alone.
        jan: its JAN or ISBN, digits alone (an ISBN of ten may end in X); "" where there is none.
        exhibit: the reference of a disc or a book of it that was seized.
    """

    title: str
    code: str = ""
    jan: str = ""
    maker: str = ""
    distributor: str = ""
    edition: str = ""
    exhibit: str = ""
    series: str = ""

    def __post_init__(self) -> None:
        """Refuse what names nothing, what is too long, and a number with a wrong digit."""
        if not self.title.strip():
            raise InputError("a title has a name")
        said = (self.title, self.code, self.maker, self.distributor, self.edition, self.exhibit, self.series)
        if any(len(one) > MOST_WORDS or not is_printable(one) for one in said):
            raise InputError(f"what is said of a title is at most {MOST_WORDS} printable characters each")
        if self.jan and not is_jan(self.jan):
            raise InputError("this is no JAN or ISBN: digits are missing, or its check digit is wrong")

    def speak_of(self, text: str) -> bool:
        """Return whether anything that is said of the title holds this text, however either was typed."""
        said = (self.title, self.code, self.jan, self.maker, self.distributor, self.edition, self.series)
        return any(folded(text) in folded(one) for one in said)

    def is_named_by(self, code: str, title: str) -> bool:
        """Return whether a row that says this names it: by the shop's code where it has one, else by the title."""
        return code.strip() == self.code if self.code else folded(title) == folded(self.title)


@dataclass(frozen=True, slots=True)
class TitleAssessment:
    """What one person says of a title, and for which law.

    Attributes:
        number: within the title, from 1; the latest one counts.
        from_on, to_on: the first and the last day of acts for whose law it was assessed; None for no end.
        precedent: what it follows, in words: whose decision, on what, when; "" where it follows none.
    """

    number: int
    jurisdiction: str
    value: TitleValue
    from_on: date
    to_on: date | None
    reasons: str
    precedent: str
    officer_id: UUID
    assessed_at: datetime

    def covers(self, jurisdiction: str, day: date) -> bool:
        """Return whether it was assessed for the law of a place on a day."""
        return self.jurisdiction == jurisdiction and self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Title:
    """A title of one seized list.

    Attributes:
        number: within the list, from 1.
        assessments: all of them, by number.
    """

    title_id: UUID
    number: int
    words: TitleWords
    assessments: tuple[TitleAssessment, ...] = ()

    def assessed_on(self, jurisdiction: str, day: date) -> TitleAssessment | None:
        """Return the latest assessment for the law of a place on a day; None where nobody has made one."""
        return next((one for one in reversed(self.assessments) if one.covers(jurisdiction, day)), None)


@dataclass(frozen=True, slots=True)
class Precedent:
    """How a title that is like another one was assessed: proposed, and nobody's decision of the other.

    Attributes:
        case, list, title: where it stands: the case's reference, and the numbers of list and title there.
    """

    case: str
    list: int
    title: int
    likeness: Likeness
    assessment: TitleAssessment


@dataclass(frozen=True, slots=True)
class PlacedTitle:
    """A title, and where it stands."""

    case: str
    list: int
    title: Title = field(repr=False)


def precedents(words: TitleWords, others: Iterable[PlacedTitle]) -> tuple[Precedent, ...]:
    """Return the latest assessments of titles that are like one, by likeness, then the newest first.

    Args:
        words: what is said of the one.
        others: where to look; the one itself is not among them.
    """
    found = []
    for placed in others:
        likeness = _likeness(words, placed.title.words)
        if likeness is None or not placed.title.assessments:
            continue
        latest = {one.jurisdiction: one for one in placed.title.assessments}
        at = (placed.case, placed.list, placed.title.number, likeness)
        found += [Precedent(*at, one) for one in latest.values() if one.value is not TitleValue.NOT_ASSESSED]
    order = list(Likeness)
    return tuple(sorted(found, key=lambda one: (order.index(one.likeness), -one.assessment.assessed_at.timestamp())))


def _likeness(one: TitleWords, other: TitleWords) -> Likeness | None:
    if one.jan and one.jan == other.jan:
        return Likeness.SAME_JAN
    if folded(one.maker) != folded(other.maker):
        return None
    if folded(one.title) == folded(other.title):
        return Likeness.OTHER_EDITION
    return Likeness.SAME_SERIES if one.series and folded(one.series) == folded(other.series) else None


def folded(text: str) -> str:
    """Return a text so that it compares however it was typed: NFKC, small letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_jan(text: str) -> bool:
    """Return whether this is a JAN of 13 or 8 digits, or an ISBN of 13 or 10, with its check digit.

    GS1 General Specifications, section 7.9 (modulo 10); ISO 2108:2017, annex A, and for ten digits ISO 2108:1992
    (modulo 11).
    """
    if not text.isascii():
        return False
    if len(text) == 10 and text[:9].isdigit() and (text[9].isdigit() or text[9] == "X"):
        digits = [10 if one == "X" else int(one) for one in text]
        return sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
    if len(text) not in {8, 13} or not text.isdigit():
        return False
    return sum(int(one) * (3 if at % 2 else 1) for at, one in enumerate(reversed(text))) % 10 == 0
