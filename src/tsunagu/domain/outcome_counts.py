"""Counts of children of whom alerts have brought an outcome, by day or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tsunagu.domain.outcome import OutcomeCode
from tsunagu.domain.series_counts import CountedBy, first_of


@dataclass(frozen=True, slots=True)
class ToldOfChildren:
    """The newest outcome of one alert that tells of children.

    Attributes:
        told_at: when.
        children: how many of them, by code.
    """

    told_at: datetime
    children: Mapping[OutcomeCode, int]


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """What a day or a year brought.

    Attributes:
        first: the day, or the first of the year, in UTC.
        alerts: alerts whose newest outcome was told then.
        children: of these alerts, by code.
    """

    first: date
    alerts: int
    children: Mapping[OutcomeCode, int]


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """Counts of the same alerts by day or year, and altogether.

    Attributes:
        each: those days or years that brought anything, newest first.
        alerts, children: their sums.
    """

    by: CountedBy
    each: tuple[OutcomeCount, ...]
    alerts: int
    children: Mapping[OutcomeCode, int]


def outcomes_counted(outcomes: Iterable[ToldOfChildren], by: CountedBy) -> OutcomeCounts:
    """Count each alert once, on the day of its newest outcome: what was told of it before says how it stood before."""
    alerts: Counter[date] = Counter()
    children: dict[date, Counter[OutcomeCode]] = {}
    for one in outcomes:
        first = first_of(one.told_at, by)
        alerts[first] += 1
        children.setdefault(first, Counter()).update(one.children)
    each = tuple(OutcomeCount(day, alerts[day], dict(children[day])) for day in sorted(alerts, reverse=True))
    return OutcomeCounts(by, each, alerts.total(), dict(sum(children.values(), Counter())))
