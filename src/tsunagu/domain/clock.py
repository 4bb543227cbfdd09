"""Times: aware, in UTC, and handed in from outside."""

from datetime import UTC, datetime

from tsunagu.domain.errors import InputError


def utc_text(moment: datetime) -> str:
    """Return `moment` as ISO 8601 in UTC with microseconds and a Z, the one form that the ledger hashes.

    Raises:
        InputError: the moment carries no time zone.
    """
    if moment.tzinfo is None:
        raise InputError("a time without a zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
