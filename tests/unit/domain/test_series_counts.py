"""Counts of series: each once as known, and once as identified where it stands so."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.series import SeriesStatus
from tsunagu.domain.series_counts import IDENTIFIED, CountedBy, Milestones, SeriesCount, counted

MOMENTS = st.datetimes(datetime(2024, 12, 30), datetime(2026, 1, 3), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SERIES = st.lists(st.builds(Milestones, MOMENTS, st.sampled_from(list(SeriesStatus)), MOMENTS))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00+00:00")


def test_a_series_counts_in_the_year_it_was_opened_and_in_the_one_its_child_was_identified() -> None:
    found = counted(
        [
            Milestones(at("2024-05-01"), SeriesStatus.IDENTIFIED_SAFEGUARDED, at("2026-02-03")),
            Milestones(at("2026-02-03"), SeriesStatus.IDENTIFIED_HISTORIC, at("2026-02-04")),
            Milestones(at("2026-02-03"), SeriesStatus.REOPENED, at("2026-02-04")),
        ],
        CountedBy.YEAR,
    )
    assert found.each == (SeriesCount(date(2026, 1, 1), 2, 2, 1), SeriesCount(date(2024, 1, 1), 1, 0, 0))
    assert (found.known, found.identified, found.safeguarded) == (3, 2, 1)


def test_a_day_is_one_of_utc() -> None:
    late = datetime.fromisoformat("2026-01-01T08:59:00+09:00")
    [one] = counted([Milestones(late, SeriesStatus.UNIDENTIFIED, late)], CountedBy.DAY).each
    assert one.first == date(2025, 12, 31)


@given(SERIES, st.sampled_from(list(CountedBy)))
def test_days_and_years_sum_up_to_the_series_themselves(series: list[Milestones], by: CountedBy) -> None:
    found = counted(series, by)
    assert found.known == sum(one.known for one in found.each) == len(series)
    identified = [one for one in series if one.status in IDENTIFIED]
    assert found.identified == sum(one.identified for one in found.each) == len(identified)
    safe = [one for one in series if one.status is SeriesStatus.IDENTIFIED_SAFEGUARDED]
    assert found.safeguarded == sum(one.safeguarded for one in found.each) == len(safe)
    days = [one.first for one in found.each]
    assert days == sorted(set(days), reverse=True)
    assert all(one.known + one.identified for one in found.each)
    if by is CountedBy.DAY:
        first = [one.opened_at.date() for one in series] + [one.since.date() for one in identified]
        assert set(days) == set(first)
