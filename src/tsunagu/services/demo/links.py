"""One-time links by which a demonstration's officers sign in without a password; nowhere but in its own home."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.errors import NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard, OfficerCard
from tsunagu.records import agencies, invitations
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.identity import TOKEN
from tsunagu.services.parts import Keys, Ledger

LINK_LASTS = timedelta(minutes=10)


def logins(marker: Path) -> tuple[str, ...]:
    """Return the logins of the demonstration's officers; none where the home carries no marker."""
    return tuple(json.loads(marker.read_text(encoding="utf-8"))) if marker.exists() else ()


@dataclass(frozen=True, slots=True)
class Link:
    """A new link, and whom it signs in."""

    token: str = field(repr=False)
    officer: OfficerCard
    agency: AgencyCard


def make_link(*, login: str, now: datetime, keys: Keys) -> Link:
    """Return a new link for one of the demonstration's officers.

    Raises:
        NotFound: there is no such officer.
    """
    agency_id = agencies.agency_of_login(login)
    if agency_id is None:
        raise NotFound("the demonstration has no such officer")
    link_id = uuid4()
    token = f"{agency_id}.{link_id}.{secrets.token_urlsafe(32)}"
    with acting_for(agency_id):
        agency = agencies.cards_of((agency_id,))[agency_id]
        held = agencies.credentials_of(login)
        if held is None:
            raise NotFound("the demonstration has no such officer")
        invitations.add_invitation(
            link_id,
            agency_id=agency_id,
            officer_id=held.officer.officer_id,
            token_mac=_mac(token, keys),
            made_by=held.officer.officer_id,
            now=now,
            expires_at=now + LINK_LASTS,
        )
    return Link(token, held.officer, agency)


def use_link(*, token: str, now: datetime, keys: Keys, ledger: Ledger) -> tuple[UUID, UUID]:
    """Use a link up, and return the agency and the officer that it signs in.

    Raises:
        NotFound: there is no such link, or it was used, or it has expired.
    """
    try:
        agency_id, link_id = (UUID(part) for part in token.split(".")[:2])
    except ValueError as error:
        raise NotFound("no such link") from error
    with acting_for(agency_id):
        found = invitations.open_invitation(link_id, now=now)
        if found is None or not hmac.compare_digest(found[1], _mac(token, keys)):
            raise NotFound("no such link")
        invitations.use_invitation(link_id, now=now)
        details = {"door": "demonstration"}
        ledger.write(Deed(Act.OFFICER_SIGNED_IN, now, agency_id, found[0], details=details))
    return agency_id, found[0]


def _mac(token: str, keys: Keys) -> bytes:
    """Return the keyed digest of a link: another than of an invitation, so that neither opens what the other does."""
    return keys.mac(TOKEN, b"demonstration " + token.encode())
