"""The time-line: who did what and when, as the ledger tells it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tsunagu.domain.act import Act
from tsunagu.domain.purpose import Purpose


class Told(StrEnum):
    """What a time-line tells of a deed besides the act itself."""

    EXHIBIT = "exhibit"
    COLLEAGUE = "colleague"
    GROUND = "ground"
    UNTIL = "until"
    FILES = "files"
    PLACES = "places"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One deed.

    Attributes:
        entry: the first 16 hex digits of the ledger entry's hash, which name it without counting what others do.
        login: of who did it; None for the machine.
        cases: the references of the cases it was done in, sorted: one, or those of a list that was read. Without
            those that are gone or not one's own.
        told: further facts, as text.
    """

    entry: str
    at: datetime
    act: Act
    login: str | None
    purpose: Purpose | None
    cases: tuple[str, ...]
    told: tuple[tuple[Told, str], ...]
