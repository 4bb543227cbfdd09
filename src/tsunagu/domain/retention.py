"""How long a case is kept: until a date that is set when it is opened, and looked at again half a year before."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from tsunagu.domain.errors import InputError

DEFAULT_KEEP_MONTHS = 60
"""How long an agency keeps its cases that has said nothing else: as a nominal file at INTERPOL is kept."""
MOST_KEEP_MONTHS = 99 * 12
JUVENILE_KEEP_MONTHS = 24
"""How long it is kept at most that somebody went the way of juveniles: shorter than any agency's cases by default."""
REVIEW_MONTHS = 6
"""How long before the end people look again whether the case is to be kept."""
LEAST_NOTICE_DAYS = 30
"""How long people have at least to see that a case's last day was brought forward, before it is erased."""


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def review_from(keep_until: date) -> date:
    """Return the day from which on a case waits for its review."""
    return add_months(keep_until, -REVIEW_MONTHS)


def juvenile_until(case_until: date, *, today: date) -> date:
    """Return the last day on which a juvenile's file is kept: his own, or that of the case when that is earlier."""
    return min(case_until, add_months(today, JUVENILE_KEEP_MONTHS))


def checked_until(wanted: date | None, *, limit: date | None, keep_months: int, today: date) -> date:
    """Return the last day on which a case is kept: the one that is wanted, or else the latest that may be.

    Args:
        wanted: what the officer says; None for the latest.
        limit: what the originator of the data allows.
        keep_months: what the agency allows, counted from today.
        today: in UTC.

    Raises:
        InputError: the day is over, or later than the agency or the originator allows.
    """
    latest = min(add_months(today, keep_months), limit or date.max)
    until = latest if wanted is None else wanted
    if until < today:
        raise InputError("the last day on which a case is kept cannot be over already")
    if until > latest:
        raise InputError("a case is kept no longer than its agency and the originator of its data allow")
    return until


def check_notice(until: date, *, kept_until: date, today: date) -> None:
    """Do nothing when one officer alone may set this last day.

    Args:
        kept_until: the last day as it is.
        today: in UTC.

    Raises:
        InputError: it is brought forward to less than `LEAST_NOTICE_DAYS` from today: that would be a deletion.
    """
    if until < min(kept_until, today + timedelta(days=LEAST_NOTICE_DAYS)):
        raise InputError(f"one officer alone ends no case within {LEAST_NOTICE_DAYS} days: two of its people delete it")


def checked_months(months: int) -> int:
    """Return for how many months an agency keeps its cases.

    Raises:
        InputError: less than one, or more than `MOST_KEEP_MONTHS`.
    """
    if not 1 <= months <= MOST_KEEP_MONTHS:
        raise InputError(f"cases are kept for 1 to {MOST_KEEP_MONTHS} months")
    return months
