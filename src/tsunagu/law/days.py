"""On which calendar day something was done, where it was done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from tsunagu.domain.errors import InputError

_OFFSETS = {"JP": timezone(timedelta(hours=9))}
"""Jurisdictions with one time for all places and the whole year; Japan has had it since 1952."""


def calendar_day(moment: datetime, jurisdiction: str) -> date:
    """Return the calendar day that a moment falls on in a jurisdiction.

    Raises:
        InputError: the moment carries no time zone; or the jurisdiction has more than one time, or is not known here:
            whoever knows the place states the day.
    """
    if moment.tzinfo is None:
        raise InputError("a time without a zone")
    if jurisdiction not in _OFFSETS:
        raise InputError("this jurisdiction has more than one time, or is not known here: state the calendar day")
    return moment.astimezone(_OFFSETS[jurisdiction]).date()


def today_in(jurisdiction: str, now: datetime) -> date:
    """Return the calendar day of this moment in a jurisdiction; in UTC where it has more than one time."""
    return calendar_day(now, jurisdiction) if jurisdiction in _OFFSETS else now.astimezone(UTC).date()
