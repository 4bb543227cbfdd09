"""Officers accept an invitation, and leave."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import WORKING_ROLES, Permission, permissions_of
from tsunagu.records import agencies, api_keys, cases, invitations, proposals, sign_ins, subjects
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.agencies.identity import TOKEN, check_password
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.series.visits import end_visits_of

INVITATION_LASTS = timedelta(days=7)
LEAST_CONFIRMING = 2
"""People who may confirm, without whom an agency invites nobody: one proposes, another confirms."""
NO_INVITATION = "there is no such invitation, or it was used, or it has expired"


def list_officers(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[OfficerCard, ...]:
    """Return the active officers of the actor's own agency, by login.

    Raises:
        Forbidden: the actor administers no officers.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.OFFICER_ENROLL, asked="officers", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        return agencies.officer_cards()


def give_invitation(card: OfficerCard, *, given_by: Actor, now: datetime, keys: Keys, ledger: Ledger) -> str:
    """Enter an officer to whom two people have consented, and return the token to hand over, once.

    Call it within `acting_for` his agency, once a second person has confirmed.

    Raises:
        Conflict: the login is taken.
    """
    invitation_id = uuid4()
    token = f"{card.agency_id}.{invitation_id}.{secrets.token_urlsafe(32)}"
    agencies.add_officer(card, password=None)
    invitations.add_invitation(
        invitation_id,
        agency_id=card.agency_id,
        officer_id=card.officer_id,
        token_mac=keys.mac(TOKEN, token.encode()),
        made_by=given_by.officer_id,
        now=now,
        expires_at=now + INVITATION_LASTS,
    )
    details = {"invited": str(card.officer_id), "roles": ",".join(sorted(card.roles))}
    ledger.write(Deed(Act.OFFICER_INVITED, now, card.agency_id, given_by.officer_id, details=details))
    return token


def accept_invitation(*, token: str, password: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Set the invited officer's password. He signs in with it and is asked for a second factor at once.

    Raises:
        NotFound: there is no such invitation, or not any more.
        InputError: a weak password.
    """
    agency_id, invitation_id = _ids_of(token)
    check_password(password)
    with acting_for(agency_id):
        found = invitations.open_invitation(invitation_id, now=now)
        if found is None or not hmac.compare_digest(found[1], keys.mac(TOKEN, token.encode())):
            raise NotFound(NO_INVITATION)
        officer_id, _ = found
        agencies.set_password(officer_id, password)
        invitations.use_invitation(invitation_id, now=now)
        ledger.write(Deed(Act.OFFICER_ACCEPTED, now, agency_id, officer_id))


def end_officer(*, actor: Actor, officer_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Let an officer leave, and return how many open cases nobody works on then.

    His sessions, sign-ins, invitations, proposals and what he looks at as a guest end at once.

    Raises:
        Forbidden: the actor administers no officers.
        NotFound: no such officer of the actor's agency.
        InputError: the actor himself, whom a colleague lets go.
        Conflict: without him the agency could invite nobody any more, or nobody would be left who works on cases.
    """
    if officer_id == actor.officer_id:
        raise InputError("nobody ends his own service: a colleague does")
    with (
        denials_recorded(
            actor=actor, permission=Permission.OFFICER_ENROLL, asked=str(officer_id), now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        agencies.officer_card(officer_id)
        refuse_dead_end(officer_id)
        alone = cases.count_held_alone(officer_id)
        agencies.deactivate(officer_id)
        subjects.drop(officer_id)
        sign_ins.end_all(officer_id, now=now)
        api_keys.end_keys(officer_id, now=now)
        invitations.withdraw_invitations(officer_id, now=now)
        proposals.withdraw_all_of(officer_id, now=now)
        ended = end_visits_of(officer_id, actor.agency_id, now=now)
        details: dict[str, str | int] = {"left": str(officer_id), "cases_left_alone": alone}
        ledger.write(Deed(Act.OFFICER_LEFT, now, actor.agency_id, actor.officer_id, details=details), *ended)
    return alone


def refuse_dead_end(officer_id: UUID) -> None:
    """Refuse that an officer leaves without whom his agency could not go on; who has not accepted yet may always.

    Call it within `acting_for` his agency.

    Raises:
        Conflict: fewer than two would be left who confirm, or nobody who works on cases.
    """
    accepted = agencies.cards_of_accepted()
    leaver = next((one for one in accepted if one.officer_id == officer_id), None)
    if leaver is None:
        return
    left = [one.roles for one in accepted if one is not leaver]
    confirms = [Permission.OFFICER_CONFIRM in permissions_of(roles) for roles in (leaver.roles, *left)]
    if confirms[0] and sum(confirms[1:]) < LEAST_CONFIRMING:
        raise Conflict(
            "fewer than two people who confirm invitations would be left, and nobody could be invited any more: "
            "let a successor accept an invitation first"
        )
    if leaver.roles & WORKING_ROLES and not any(roles & WORKING_ROLES for roles in left):
        raise Conflict("nobody who works on cases would be left: let a successor accept an invitation first")


def _ids_of(token: str) -> tuple[UUID, UUID]:
    try:
        agency_id, invitation_id = (UUID(part) for part in token.split(".")[:2])
    except ValueError as error:
        raise NotFound(NO_INVITATION) from error
    return agency_id, invitation_id
