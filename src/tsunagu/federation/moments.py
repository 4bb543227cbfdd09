"""Times as members write them: an offset, and a year in which people live."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_YEARS: Final = range(2000, 2200)


def moment_in(text: str) -> datetime:
    """Return the time that a text says, in UTC.

    Raises:
        ValueError: it says none, or no offset, or one so far off that some database or calendar could not hold it.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise ValueError("no time with an offset")
    return moment.astimezone(UTC)
