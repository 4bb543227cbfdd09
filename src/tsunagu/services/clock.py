"""The clock: what was written by another one, and whether it may be believed where something is erased by date.

A host that comes up in the wrong year would erase every case at once, and each of its steps would be lawful. So what is
erased by date needs a clock that has gone on from where it was: from the last time that it was believed, and beside
the database's own. The times of the ledger's other entries prove nothing: a clock that is wrong has written them.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from tsunagu.domain.act import Act
from tsunagu.domain.errors import Conflict
from tsunagu.domain.ledger import Deed, LedgerEntry
from tsunagu.records.ledger.book import machine_entries, newest_entry, newest_machine_entry
from tsunagu.records.session import database_time
from tsunagu.services.parts import Ledger

CLOCK_TOLERANCE: Final = timedelta(seconds=5)
"""How far the clocks of two hosts on one database may lie apart before it counts as a clock that was turned back."""
MOST_LEAP: Final = timedelta(days=7)
"""How far the clock may be ahead of the last time that it was believed, and of the database's, to erase by date."""
BELIEVED_EVERY: Final = timedelta(hours=20)
LEAPT = (
    "the clock is further ahead than it may be where something is erased by its date, so nothing is: set it right, or \
say that it is: `tsunagu erase-expired --clock-is-right`"
)


def clock_lag(*, now: datetime) -> timedelta:
    """Return by how much the clock is behind the newest entry of the ledger; nothing when it is not, or hardly."""
    at = time_of(newest_entry())
    lag = timedelta(0) if at is None else at - now
    return lag if lag > CLOCK_TOLERANCE else timedelta(0)


def clock_jumps() -> int:
    """Return how often `note_clock` has written that the clock was turned back."""
    return machine_entries(Act.CLOCK_TURNED_BACK)


def note_clock(*, now: datetime, ledger: Ledger) -> None:
    """Write into the ledger that the clock was turned back, if it was, before anything else is written by that clock.

    Entries keep the time at which they were written and the order in which they were: this one tells that between it
    and the one before it times cannot be compared.
    """
    lag = clock_lag(now=now)
    if lag:
        ledger.record(Deed(Act.CLOCK_TURNED_BACK, now, None, details={"behind_s": round(lag.total_seconds())}))


def clock_leap(*, now: datetime) -> timedelta:
    """Return by how much the clock is ahead of when it was last believed, or of the database's, if that is more.

    Where it never was, the newest entry of the ledger counts.
    """
    at = time_of(newest_machine_entry(Act.CLOCK_BELIEVED) or newest_entry())
    since = timedelta(0) if at is None else now - at
    return max(since, now - database_time(), timedelta(0))


def believe_clock(*, now: datetime, ledger: Ledger, is_right: bool = False) -> None:
    """Write into the ledger, about once a day, that by this clock something may be erased.

    Args:
        is_right: the operator says so, however far it has leapt.

    Raises:
        Conflict: it has leapt by more than `MOST_LEAP`: nothing may be erased by date.
    """
    if clock_leap(now=now) > MOST_LEAP and not is_right:
        raise Conflict(LEAPT)
    at = time_of(newest_machine_entry(Act.CLOCK_BELIEVED))
    if is_right or at is None or not timedelta(0) <= now - at <= BELIEVED_EVERY:
        told: dict[str, str | int] = {"by": "operator" if is_right else "machine"}
        ledger.record(Deed(Act.CLOCK_BELIEVED, now, None, details=told))


def time_of(entry: LedgerEntry | None) -> datetime | None:
    """Return when an entry was written; None where there is none, or for one without a time, which is not ours."""
    at = None if entry is None else json.loads(entry.body).get("at")
    return None if at is None else datetime.fromisoformat(at)
