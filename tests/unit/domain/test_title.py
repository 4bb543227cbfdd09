"""Titles: whose assessment counts for which day, and what of others is proposed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.title import (
    Likeness,
    PlacedTitle,
    Title,
    TitleAssessment,
    TitleValue,
    TitleWords,
    is_jan,
    precedents,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2016, 5, 1)


def full(text: str) -> str:
    """Return a text in letters of full width, as Japanese keyboards type it."""
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def said(
    number: int, value: TitleValue, from_on: date = date(2015, 7, 15), to_on: date | None = None
) -> TitleAssessment:
    at = BEGIN + timedelta(days=number)
    return TitleAssessment(number, "JP", value, from_on, to_on, "seen", "", uuid4(), at)


def title(words: TitleWords, *assessments: TitleAssessment) -> Title:
    return Title(uuid4(), 1, words, assessments)


def test_the_latest_assessment_that_covers_a_day_counts_and_no_other_law_or_day() -> None:
    one = title(
        TitleWords("A"),
        said(1, TitleValue.LAWFUL),
        said(2, TitleValue.ILLEGAL, to_on=DAY),
        said(3, TitleValue.LAWFUL, from_on=date(2020, 1, 1)),
    )
    for day, number in ((DAY, 2), (DAY + timedelta(days=1), 1), (date(2020, 1, 1), 3)):
        found = one.assessed_on("JP", day)
        assert found is not None
        assert found.number == number
    assert one.assessed_on("JP", date(2015, 7, 14)) is None
    assert one.assessed_on("KR", DAY) is None


def test_of_others_the_same_number_the_same_title_and_the_same_series_are_proposed_in_this_order() -> None:
    illegal = said(1, TitleValue.ILLEGAL)
    likes = {
        "series": TitleWords("B 2", maker=full("maker"), series="b"),
        "edition": TitleWords("B\u30001", maker="Maker", edition="second"),
        "jan": TitleWords("another", jan="4006381333931"),
        "other maker": TitleWords("B 1", maker="somebody"),
    }
    others = [PlacedTitle(case, 1, title(words, illegal)) for case, words in likes.items()]
    one = TitleWords("B 1", jan="4006381333931", maker="Maker", series="B")
    found = precedents(one, others)
    assert [(each.case, each.likeness) for each in found] == [
        ("jan", Likeness.SAME_JAN), ("edition", Likeness.OTHER_EDITION), ("series", Likeness.SAME_SERIES),
    ]  # fmt: skip


def test_what_was_taken_back_is_proposed_no_more_and_nothing_that_is_proposed_decides() -> None:
    taken_back = title(TitleWords("C"), said(1, TitleValue.ILLEGAL), said(2, TitleValue.NOT_ASSESSED))
    assert precedents(TitleWords("C"), [PlacedTitle("x", 1, taken_back)]) == ()
    assert title(TitleWords("C")).assessed_on("JP", DAY) is None


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("4006381333931", True),  # the worked example of the German edition of GS1's specifications
        ("9780306406157", True),  # ISBN users' manual
        ("0306406152", True),
        ("097522980X", True),
        ("96385074", True),
        ("4006381333932", False),
        ("097522980x", False),
        ("0306406153", False),
        (full("4006381333931"), False),
        ("", False),
    ],
)
def test_a_number_has_its_check_digit(text: str, is_one: bool) -> None:
    assert is_jan(text) is is_one
    if text and not is_one:
        with pytest.raises(InputError, match="JAN"):
            TitleWords("D", jan=text)


@pytest.mark.parametrize("words", [{"title": " "}, {"title": "x" * 201}, {"title": "a", "maker": "b\n"}])
def test_a_title_has_a_name_and_is_said_in_short_printable_words(words: dict[str, str]) -> None:
    with pytest.raises(InputError):
        TitleWords(**words)


def test_a_row_names_a_title_by_its_code_or_else_by_the_title_alone() -> None:
    assert TitleWords("E", code="T1").is_named_by("T1", "another")
    assert not TitleWords("E", code="T1").is_named_by("T2", "E")
    assert not TitleWords("E", code="T1").is_named_by("", "E")
    assert TitleWords(full("E") + " 1").is_named_by("", "e1")
