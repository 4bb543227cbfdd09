"""Permissions beyond the roles: one person proposes, another confirms, either of them withdraws."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.grant import MOST_DAYS, PROPOSAL_LASTS, Grant, Proposal, ProposalKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import BY_GRANT, ROLE_PERMISSIONS, Permission
from tsunagu.records import agencies, grants, proposals
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.agencies.proposals import NO_PROPOSAL
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class GrantBook:
    """What an agency has granted beyond the roles, and what waits for a second person.

    Attributes:
        logins: of all officers whom the agency has or had, by id.
    """

    proposals: tuple[Proposal, ...]
    grants: tuple[Grant, ...]
    logins: Mapping[UUID, str]


def list_grants(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> GrantBook:
    """Return what the actor's agency has granted, and what waits.

    Raises:
        Forbidden: the actor grants nothing.
    """
    with _granting(actor, "grants", now=now, keys=keys, ledger=ledger), acting_for(actor.agency_id):
        waiting = proposals.open_proposals(ProposalKind.GRANT, now=now)
        return GrantBook(waiting, grants.live_grants(now=now), agencies.logins())


def propose_grant(
    *,
    actor: Actor,
    permission: Permission,
    login: str | None,
    days: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Propose to grant a permission, for a second person to confirm within two weeks, and return the proposal's id.

    Args:
        login: the officer; None for the agency as a whole, without which no officer's grant counts.
        days: how long the grant lasts from when it is confirmed, 1 to `MOST_DAYS`.

    Raises:
        Forbidden: the actor grants nothing.
        NotFound: no such active officer of the actor's agency.
        InputError: the officer is the actor, or may not read media; or a role carries the permission; or the days are
            out of bounds.
    """
    if permission not in BY_GRANT:
        raise InputError("this permission comes with a role, and is not granted beside it")
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"a grant lasts 1 to {MOST_DAYS} days")
    with (
        _granting(actor, login or "the agency", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        officer = _officer_called(login) if login is not None else None
        _check_subject(officer, actor)
        proposal = Proposal(
            uuid4(),
            ProposalKind.GRANT,
            officer.officer_id if officer else None,
            {"permission": permission.value, "days": days},
            actor.officer_id,
            now,
            now + PROPOSAL_LASTS,
        )
        proposals.add_proposal(proposal, agency_id=actor.agency_id)
        ledger.write(_deed(Act.PERMISSION_PROPOSED, actor, now, proposal))
    return proposal.proposal_id


def confirm_grant(*, actor: Actor, proposal_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Confirm what a colleague has proposed: from now on it counts.

    Raises:
        Forbidden: the actor grants nothing.
        NotFound: no such proposal of the actor's agency, or not any more; or who proposed it, or whom it is about, has
            left.
        InputError: the actor proposed it himself, or it is about him.
    """
    with _granting(actor, str(proposal_id), now=now, keys=keys, ledger=ledger), acting_for(actor.agency_id):
        proposal = proposals.open_proposal(proposal_id, ProposalKind.GRANT, now=now)
        if proposal is None:
            raise NotFound(NO_PROPOSAL)
        if proposal.proposed_by == actor.officer_id:
            raise InputError("nobody confirms what he proposed himself: a colleague does")
        agencies.officer_card(proposal.proposed_by)
        _check_subject(agencies.officer_card(proposal.officer_id) if proposal.officer_id else None, actor)
        proposals.settle_proposal(proposal_id, confirmed_by=actor.officer_id, now=now)
        expires_at = now + timedelta(days=int(proposal.terms["days"]))
        grants.add_grant(proposal, agency_id=actor.agency_id, now=now, expires_at=expires_at)
        ledger.write(_deed(Act.PERMISSION_GRANTED, actor, now, proposal))


def withdraw_grant(*, actor: Actor, grant_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Withdraw a grant, or a proposal of one: at once, by one person alone.

    Args:
        grant_id: the grant's id, or the proposal's.

    Raises:
        Forbidden: the actor grants nothing.
        NotFound: no such grant or proposal of the actor's agency, or not any more.
    """
    with _granting(actor, str(grant_id), now=now, keys=keys, ledger=ledger), acting_for(actor.agency_id):
        has_ended = grants.end_grant(grant_id, ended_by=actor.officer_id, now=now)
        proposal = proposals.open_proposal(grant_id, ProposalKind.GRANT, now=now)
        if proposal is not None:
            proposals.settle_proposal(grant_id, confirmed_by=None, now=now)
        elif not has_ended:
            raise NotFound(NO_PROPOSAL)
        details = {"withdrawn": str(grant_id)}
        ledger.write(Deed(Act.PERMISSION_WITHDRAWN, now, actor.agency_id, actor.officer_id, details=details))


def _granting(actor: Actor, asked: str, *, now: datetime, keys: Keys, ledger: Ledger) -> AbstractContextManager[None]:
    return denials_recorded(
        actor=actor, permission=Permission.PERMISSION_GRANT, asked=asked, now=now, keys=keys, ledger=ledger
    )


def _officer_called(login: str) -> OfficerCard:
    found = next((one for one in agencies.officer_cards() if one.login == login), None)
    if found is None:
        raise NotFound("no such officer")
    return found


def _check_subject(officer: OfficerCard | None, actor: Actor) -> None:
    """Do nothing when the actor may have a hand in granting something to an officer; None is the agency."""
    if officer is None:
        return
    if officer.officer_id == actor.officer_id:
        raise InputError("nobody grants anything to himself: two colleagues do")
    if not any(Permission.MEDIA_READ in ROLE_PERMISSIONS[role] for role in officer.roles):
        raise InputError("only who may read media can be granted to see them")


def _deed(act: Act, actor: Actor, now: datetime, proposal: Proposal) -> Deed:
    to = str(proposal.officer_id) if proposal.officer_id else "agency"
    details = {"proposal": str(proposal.proposal_id), "to": to, **proposal.terms}
    return Deed(act, now, actor.agency_id, actor.officer_id, details=details)
