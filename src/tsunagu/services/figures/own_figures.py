"""An agency's own figures: frozen as a vintage, listed, and read; nobody who reads them is told of any case."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from tsunagu.counting.acts import Known
from tsunagu.counting.vintage_files import vintage_bytes, vintage_from
from tsunagu.counting.vintages import FrozenVintage, frozen
from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.figure import FigureStatus
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, stat_vintages
from tsunagu.records.session import acting_for
from tsunagu.records.stat_vintages import KeptVintage
from tsunagu.services.access import denials_recorded
from tsunagu.services.figures.counted_acts import day_of, known_now
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS

FIRST_YEAR: Final = 1999
"""The act of 1999 is the first that anything here counts under."""
_SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class VintageSummary:
    """That a vintage was frozen.

    Attributes:
        unread: packages that could not be read as it was frozen, and count without a conduct; told then alone, and in
            the ledger.
    """

    year: int
    known_on: date
    status: FigureStatus
    frozen_at: datetime
    unread: int = 0


@dataclass(frozen=True, slots=True)
class ReadVintage:
    """A vintage, and whose it is, called as when it was frozen: it prints the same for ever."""

    vintage: FrozenVintage
    agency: AgencyCard


def freeze_figures(
    *, actor: Actor, year: int, status: FigureStatus, now: datetime, keys: Keys, ledger: Ledger
) -> VintageSummary:
    """Count the acts and outcomes that the agency knows of, and keep the tables of a year as they are known today.

    Args:
        year: a calendar year of which at least the first half is over.
        status: final figures are those of a year that is over.

    Raises:
        Forbidden: the actor freezes no figures.
        InputError: nothing of the year is over, or not enough of it.
        Conflict: they were frozen today already, or an earlier vintage is final and this is not.
    """
    permission = Permission.STATISTIC_FREEZE
    if not FIRST_YEAR <= year <= now.year:
        raise InputError("figures are of a year from 1999 up to this one")
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(year), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        stat_vintages.lock(actor.agency_id)
        last = stat_vintages.newest()
        before = None if last is None else _opened(last, keys)
        salt = os.urandom(_SALT_BYTES) if before is None else before.salt
        now_known = known_now(actor.agency_id, salt, keys)
        known = (Known() if before is None else before.known).joined(now_known.known)
        earlier = [replace(_opened(one, keys), known=Known()) for one in stat_vintages.every()]
        known_on = day_of(now)
        if any(one.year == year and one.known_on >= known_on for one in earlier):
            raise Conflict("the figures of this year were frozen today already")
        made = frozen(known, year=year, known_on=known_on, status=status, salt=salt, earlier=earlier)
        card = agencies.cards_of([actor.agency_id])[actor.agency_id]
        made = replace(made, agency=card.name, local_name=card.local_name)
        vintage_id = uuid4()
        sealed = keys.seal(SEALS, zlib.compress(vintage_bytes(made)), _context(vintage_id))
        kept = KeptVintage(vintage_id, year, known_on, status, now, sealed)
        stat_vintages.add(kept, agency_id=actor.agency_id, frozen_by=actor.officer_id)
        ledger.write(_deed(Act.STATISTIC_FROZEN, actor, kept, now, unread=now_known.unread))
    return replace(_summary(kept), unread=now_known.unread)


def list_vintages(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[VintageSummary, ...]:
    """Return which vintages the agency has, the newest first.

    Raises:
        Forbidden: the actor reads no figures.
    """
    permission = Permission.STATISTIC_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="vintages", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = tuple(VintageSummary(*one) for one in stat_vintages.listed())
        about = {"vintages": len(found)}
        ledger.write(Deed(Act.STATISTIC_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about))
    return found


def read_vintage(
    *, actor: Actor, year: int, known_on: date | None, now: datetime, keys: Keys, ledger: Ledger
) -> ReadVintage:
    """Return the figures of a year as they were frozen on a day, or on the last day that they were.

    Raises:
        Forbidden: the actor reads no figures.
        NotFound: the agency has frozen none such.
    """
    permission, asked = Permission.STATISTIC_READ, f"{year} {known_on or ''}"
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        kept = stat_vintages.vintage_of(year, known_on)
        made, card = _opened(kept, keys), agencies.cards_of([actor.agency_id])[actor.agency_id]
        read = ReadVintage(made, replace(card, name=made.agency, local_name=made.local_name))
        ledger.write(_deed(Act.STATISTIC_READ, actor, kept, now))
    return read


def _opened(kept: KeptVintage, keys: Keys) -> FrozenVintage:
    return vintage_from(zlib.decompress(keys.open_sealed(SEALS, kept.sealed, _context(kept.vintage_id))))


def _context(vintage_id: UUID) -> bytes:
    return f"statistics {vintage_id}".encode()


def _summary(kept: KeptVintage) -> VintageSummary:
    return VintageSummary(kept.year, kept.known_on, kept.status, kept.frozen_at)


def _deed(act: Act, actor: Actor, kept: KeptVintage, now: datetime, **more: int) -> Deed:
    about: dict[str, str | int] = {
        "year": kept.year,
        "known_on": kept.known_on.isoformat(),
        "status": kept.status.value,
        **more,
    }
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=about)
