"""Vintages of statistics, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

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


def every(*, year: int | None = None) -> tuple[KeptVintage, ...]:
    """Return the agency's vintages, the newest first; of one year, or of all."""
    rows = StatVintageRow.objects.order_by("-known_on", "-year")
    return tuple(map(_kept, rows if year is None else rows.filter(year=year)))


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
