"""The last day on which a case is kept."""

from __future__ import annotations

from datetime import date

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.retention import add_months, checked_months, checked_until, review_from

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 25), 60, date(2031, 11, 25)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 8, 31), -6, date(2026, 2, 28)),
    ],
    ids=str,
)
def test_a_month_on_is_the_same_day_or_the_last_one_of_a_shorter_month(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


def test_a_review_begins_six_months_before_the_last_day() -> None:
    assert review_from(date(2031, 11, 25)) == date(2031, 5, 25)


def test_the_shortest_of_default_limit_and_wish_rules() -> None:
    latest = date(2031, 11, 25)
    limit, wish = date(2030, 1, 1), date(2029, 1, 1)
    assert checked_until(None, limit=None, keep_months=60, today=TODAY) == latest
    assert checked_until(None, limit=limit, keep_months=60, today=TODAY) == limit
    assert checked_until(wish, limit=limit, keep_months=60, today=TODAY) == wish
    for too_late, with_limit in ((date(2031, 11, 26), None), (date(2030, 1, 2), limit)):
        with pytest.raises(InputError, match="no longer"):
            checked_until(too_late, limit=with_limit, keep_months=60, today=TODAY)
    for over, with_limit in ((date(2026, 11, 24), None), (None, date(2026, 11, 24))):
        with pytest.raises(InputError, match="over"):
            checked_until(over, limit=with_limit, keep_months=60, today=TODAY)


@pytest.mark.parametrize("months", [0, -1, 99 * 12 + 1])
def test_an_agency_keeps_cases_for_a_month_to_ninety_nine_years(months: int) -> None:
    with pytest.raises(InputError):
        checked_months(months)
    assert checked_months(1) == 1
    assert checked_months(99 * 12) == 99 * 12
