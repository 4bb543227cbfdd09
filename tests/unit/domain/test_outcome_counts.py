"""Counts of what became of children."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from tsunagu.domain.outcome import OutcomeCode
from tsunagu.domain.outcome_counts import OutcomeCount, ToldOfChildren, outcomes_counted
from tsunagu.domain.series_counts import CountedBy

SAFE, LOCATED = OutcomeCode.SAFEGUARDED, OutcomeCode.LOCATED
OUTCOMES = (
    ToldOfChildren(datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=9))), {SAFE: 2}),
    ToldOfChildren(datetime(2026, 3, 1, tzinfo=UTC), {SAFE: 1, LOCATED: 4}),
    ToldOfChildren(datetime(2026, 3, 1, 23, tzinfo=UTC), {SAFE: 5}),
)


def test_children_are_counted_on_the_day_of_utc_on_which_their_outcome_was_told_the_newest_first() -> None:
    found = outcomes_counted(OUTCOMES, CountedBy.DAY)
    assert found.each == (
        OutcomeCount(date(2026, 3, 1), 2, {SAFE: 6, LOCATED: 4}),
        OutcomeCount(date(2025, 12, 31), 1, {SAFE: 2}),
    )
    assert (found.alerts, found.children) == (3, {SAFE: 8, LOCATED: 4})


def test_years_sum_up_to_the_same() -> None:
    by_year = outcomes_counted(OUTCOMES, CountedBy.YEAR)
    assert [(one.first.year, one.alerts) for one in by_year.each] == [(2026, 2), (2025, 1)]
    assert by_year.children == outcomes_counted(OUTCOMES, CountedBy.DAY).children


def test_of_nothing_nothing_is_counted() -> None:
    found = outcomes_counted((), CountedBy.YEAR)
    assert (found.each, found.alerts, found.children) == ((), 0, {})
