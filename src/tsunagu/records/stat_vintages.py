"""Vintages of statistics, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from tsunagu.domain.errors import NotFound
from tsunagu.domain.figure import FigureStatus
from tsunagu.records.models import StatVintageRow

LOCK_VINTAGES: Final = 7400159
"""The advisory lock under which an agency freezes its figures."""


@dataclass(frozen=True, slots=True)
class KeptVintage:
    """A vintage as it is kept.

    Attributes:
        sealed: what it says.
    """

    vintage_id: UUID
    year: int
    known_on: date
    status: FigureStatus
    frozen_at: datetime
    sealed: bytes = field(repr=False)


def lock(agency_id: UUID) -> None:
    """Let nobody else freeze the agency's figures until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_VINTAGES, str(agency_id)])


def add(kept: KeptVintage, *, agency_id: UUID, frozen_by: UUID) -> None:
    """Keep a vintage: the only one of its year and day. Call it under `lock`."""
    StatVintageRow.objects.create(
        id=kept.vintage_id,
        agency_id=agency_id,
        year=kept.year,
        known_on=kept.known_on,
        status=kept.status,
        sealed=kept.sealed,
        frozen_by_id=frozen_by,
        frozen_at=kept.frozen_at,
    )


def every() -> Iterator[KeptVintage]:
    """Yield the agency's vintages, the oldest first, one at a time: each holds all acts up to its day."""
    return map(_kept, StatVintageRow.objects.order_by("frozen_at", "id").iterator(chunk_size=1))


def listed() -> tuple[tuple[int, date, FigureStatus, datetime], ...]:
    """Return year, day, status and moment of the agency's vintages, the newest first."""
    rows = StatVintageRow.objects.order_by("-known_on", "-year")
    found = rows.values_list("year", "known_on", "status", "frozen_at")
    return tuple((year, known_on, FigureStatus(status), at) for year, known_on, status, at in found)


def newest() -> KeptVintage | None:
    """Return the vintage that was frozen last, of whatever year; None where none was."""
    row = StatVintageRow.objects.order_by("-frozen_at", "-id").first()
    return None if row is None else _kept(row)


def vintage_of(year: int, known_on: date | None) -> KeptVintage:
    """Return the vintage of a year and a day; the newest of the year for None.

    Raises:
        NotFound: the agency has none.
    """
    rows = StatVintageRow.objects.filter(year=year).order_by("-known_on")
    row = (rows if known_on is None else rows.filter(known_on=known_on)).first()
    if row is None:
        raise NotFound("no such figures were frozen")
    return _kept(row)


def _kept(row: StatVintageRow) -> KeptVintage:
    return KeptVintage(row.id, row.year, row.known_on, FigureStatus(row.status), row.frozen_at, bytes(row.sealed))
