"""Counts of series: how many became known, identified and safeguarded, by day or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from tsunagu.domain.series import SeriesStatus

IDENTIFIED: Final = frozenset(
    {SeriesStatus.IDENTIFIED_SAFEGUARDED, SeriesStatus.IDENTIFIED_HISTORIC, SeriesStatus.IDENTIFIED_ELSEWHERE}
)


class CountedBy(StrEnum):
    """What a count of series is of."""

    DAY = "day"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Milestones:
    """What is counted of one series.

    Attributes:
        opened_at: when it became known.
        status: as it stands.
        since: when that status was set.
    """

    opened_at: datetime
    status: SeriesStatus
    since: datetime


@dataclass(frozen=True, slots=True)
class SeriesCount:
    """How many series a day or a year brought.

    Attributes:
        first: the day, or the first of the year, in UTC.
        known: series that were opened then.
        identified: series whose present status was set then, and says that the child is identified.
        safeguarded: how many of `identified` say that the child is safe.
    """

    first: date
    known: int
    identified: int
    safeguarded: int


@dataclass(frozen=True, slots=True)
class SeriesCounts:
    """Counts of the same series by day or year, and altogether.

    Attributes:
        each: those days or years that brought anything, newest first.
        known, identified, safeguarded: their sums; `safeguarded` is a part of `identified`, and that one of `known`.
    """

    by: CountedBy
    each: tuple[SeriesCount, ...]
    known: int
    identified: int
    safeguarded: int


def counted(series: Iterable[Milestones], by: CountedBy) -> SeriesCounts:
    """Count each series once as known, and once as identified where it stands so: one that was reopened does not."""
    known: Counter[date] = Counter()
    identified: Counter[date] = Counter()
    safeguarded: Counter[date] = Counter()
    for one in series:
        known[first_of(one.opened_at, by)] += 1
        if one.status in IDENTIFIED:
            identified[first_of(one.since, by)] += 1
            safeguarded[first_of(one.since, by)] += one.status is SeriesStatus.IDENTIFIED_SAFEGUARDED
    days = sorted(known.keys() | identified.keys(), reverse=True)
    each = tuple(SeriesCount(day, known[day], identified[day], safeguarded[day]) for day in days)
    return SeriesCounts(by, each, known.total(), identified.total(), safeguarded.total())


def first_of(at: datetime, by: CountedBy) -> date:
    """Return the day of a moment in UTC, or the first of its year."""
    day = at.astimezone(UTC).date()
    return day if by is CountedBy.DAY else day.replace(month=1, day=1)
