"""The directory of agencies, those of other installations among them: which are here, and how others are entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import MOST_AGENCIES, HubRefusal, MessageRefused
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.records import agencies
from tsunagu.records.session import acting_for
from tsunagu.services.parts import Ledger

Cards = Mapping[UUID, AgencyCard]


def is_here(cards: Cards, agency_id: UUID) -> bool:
    """Return whether an agency is one of this installation's."""
    return cards[agency_id].member_id is None


def enter_named(card: AgencyCard, *, member_id: UUID, member: str, now: datetime, ledger: Ledger) -> None:
    """Enter an agency that a message of a member names, as long as the directory has not too many of that member.

    Raises:
        MessageRefused: TOO_MANY; or MALFORMED: both names are taken.
    """
    if agencies.count_through(member_id) >= MOST_AGENCIES:
        raise MessageRefused(HubRefusal.TOO_MANY)
    enter_agency(card, member_id=member_id, member=member, now=now, ledger=ledger)


def enter_agency(card: AgencyCard, *, member_id: UUID, member: str, now: datetime, ledger: Ledger) -> None:
    """Enter an agency of a member into the directory: under its name, or where that is taken with the member's beside.

    Raises:
        MessageRefused: MALFORMED: both names are taken.
    """
    for name in (card.name, f"{card.name} ({member})"):
        try:
            with acting_for(card.agency_id):
                agencies.add_agency(replace(card, name=name, member_id=member_id))
                ledger.write(Deed(Act.AGENCY_LISTED, now, card.agency_id, details={"member": str(member_id)}))
        except Conflict:
            continue
        return
    raise MessageRefused(HubRefusal.MALFORMED)
