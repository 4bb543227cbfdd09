"""Officers of one's own agency: found by login, certified, let in again after a lock-out, named in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import Permission, permissions_of
from tsunagu.records import agencies
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_login, denials_recorded
from tsunagu.services.agencies.identity import CERTIFICATION_LASTS
from tsunagu.services.agencies.invitations import LEAST_CONFIRMING, end_officer
from tsunagu.services.parts import Keys, Ledger

EXPIRES_SOON = timedelta(weeks=4)
"""How long before a certification expires people are told of it."""


def end_officer_called(*, actor: Actor, login: str, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Let the officer of this login leave as `end_officer` does, and return how many open cases nobody works on then.

    Raises:
        Forbidden: the actor administers no officers.
        NotFound: no such active officer of the actor's agency.
        InputError: the actor himself, whom a colleague lets go.
        Conflict: the agency could not go on without him.
    """
    card = _active(actor, login, now=now, keys=keys, ledger=ledger)
    return end_officer(actor=actor, officer_id=card.officer_id, now=now, keys=keys, ledger=ledger)


def unlock_officer(*, actor: Actor, login: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let an officer sign in again who was locked out after too many failures, before the time is over.

    Raises:
        Forbidden: the actor administers no officers.
        NotFound: no such active officer of the actor's agency.
        InputError: the actor himself, whom a colleague unlocks.
    """
    card = _active(actor, login, now=now, keys=keys, ledger=ledger)
    if card.officer_id == actor.officer_id:
        raise InputError("nobody unlocks himself: a colleague does")
    with acting_for(actor.agency_id):
        agencies.note_attempt(card.officer_id, failures=0, locked_until=None, totp_step=None)
        details = {"unlocked": str(card.officer_id)}
        ledger.write(Deed(Act.OFFICER_UNLOCKED, now, actor.agency_id, actor.officer_id, details=details))


def certify_officer(*, actor: Actor, login: str, now: datetime, keys: Keys, ledger: Ledger) -> datetime:
    """Certify an officer of the actor's own agency for `CERTIFICATION_LASTS` from now, and return until when.

    Raises:
        Forbidden: the actor administers no officers.
        NotFound: no such active officer of the actor's agency.
        InputError: the actor himself, whom a colleague certifies.
    """
    card = _active(actor, login, now=now, keys=keys, ledger=ledger)
    if card.officer_id == actor.officer_id:
        raise InputError("nobody certifies himself: a colleague does")
    until = now + CERTIFICATION_LASTS
    with acting_for(actor.agency_id):
        agencies.certify(card.officer_id, until)
        details = {"certified": str(card.officer_id), "until": until.date().isoformat()}
        ledger.write(Deed(Act.OFFICER_CERTIFIED, now, actor.agency_id, actor.officer_id, details=details))
    return until


def count_certifications(*, now: datetime) -> tuple[int, int]:
    """Return, over all agencies, how many who work on cases are not certified, and how many more soon are not.

    An operator's look, which names nobody.
    """
    lapsed = ending = 0
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            counted = agencies.certifications(now=now, soon=now + EXPIRES_SOON)
        lapsed, ending = lapsed + counted[0], ending + counted[1]
    return lapsed, ending


def count_stranded_agencies() -> int:
    """Return how many agencies have fewer than two people who may confirm, and so can invite nobody any more.

    An operator's look, which names nobody.
    """
    stranded = 0
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            accepted = agencies.cards_of_accepted()
        confirming = [one for one in accepted if Permission.OFFICER_CONFIRM in permissions_of(one.roles)]
        stranded += len(confirming) < LEAST_CONFIRMING
    return stranded


def officer_logins(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> Mapping[UUID, str]:
    """Return the login of every officer whom the actor's agency has or had, by id, to read its ledger with.

    Raises:
        Forbidden: the actor does not read the ledger.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.LEDGER_READ, asked="officers", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        return agencies.logins()


def _active(actor: Actor, login: str, *, now: datetime, keys: Keys, ledger: Ledger) -> OfficerCard:
    check_login(login)
    with (
        denials_recorded(
            actor=actor, permission=Permission.OFFICER_ENROLL, asked=login, now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        return agencies.officer_called(login)
