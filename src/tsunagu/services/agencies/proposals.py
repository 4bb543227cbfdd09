"""What takes two people of an agency: one proposes, a second one confirms, and neither is the officer it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.grant import PROPOSAL_LASTS, Proposal, ProposalKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import Permission, Role
from tsunagu.records import agencies, api_keys, invitations, proposals, second_factors, sign_ins, subjects
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_login, check_officer_name, denials_recorded
from tsunagu.services.agencies.identity import check_roles
from tsunagu.services.agencies.invitations import give_invitation
from tsunagu.services.parts import Keys, Ledger

OF_PEOPLE = (ProposalKind.INVITATION, ProposalKind.SECOND_FACTOR)
NO_PROPOSAL = "there is no such proposal, or it was decided, or it has expired"


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as the people of its agency see it.

    Attributes:
        login, name, roles: the officer's whom it is about, or those of somebody who is to become one.
        proposed_by: login of who proposes.
        may_confirm: whether whoever is looking is neither that officer nor the one it is about.
        may_take_back: whether whoever is looking has proposed it.
    """

    proposal: Proposal
    login: str
    name: str
    roles: frozenset[Role]
    proposed_by: str
    may_confirm: bool
    may_take_back: bool


def propose_officer(
    *, actor: Actor, login: str, name: str, roles: frozenset[Role], now: datetime, keys: Keys, ledger: Ledger
) -> UUID:
    """Propose that somebody be invited to become an officer of the actor's own agency.

    Raises:
        Forbidden: the actor may not enrol.
        InputError: roles that do not go together, or a login or name that is no printable text.
        Conflict: the login is taken, or proposed already.
    """
    check_roles(roles)
    check_login(login, is_new=True)
    check_officer_name(name)
    card = OfficerCard(uuid4(), actor.agency_id, login, name, roles)
    with denials_recorded(
        actor=actor, permission=Permission.OFFICER_ENROLL, asked=login, now=now, keys=keys, ledger=ledger
    ):
        if agencies.agency_of_login(login) is not None:
            raise Conflict("this login cannot be used")
        with acting_for(actor.agency_id):
            return _propose(ProposalKind.INVITATION, card, actor=actor, now=now, ledger=ledger)


def propose_reset(*, actor: Actor, login: str, now: datetime, keys: Keys, ledger: Ledger) -> UUID:
    """Propose that a colleague who has lost his second factor makes a new one.

    Raises:
        Forbidden: the actor administers no officers.
        NotFound: no such active officer of the actor's agency.
        InputError: the actor himself, for whom two colleagues do it.
        Conflict: it is proposed already.
    """
    check_login(login)
    with (
        denials_recorded(
            actor=actor, permission=Permission.OFFICER_ENROLL, asked=login, now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        card = agencies.officer_called(login)
        if card.officer_id == actor.officer_id:
            raise InputError("nobody resets his own second factor: two colleagues do")
        return _propose(ProposalKind.SECOND_FACTOR, card, actor=actor, now=now, ledger=ledger)


def list_proposals(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[ProposalView, ...]:
    """Return what waits for a second person of the actor's agency, oldest first.

    Raises:
        Forbidden: the actor confirms nothing.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.OFFICER_CONFIRM, asked="proposals", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        logins = agencies.logins()
        waiting = proposals.open_proposals(*OF_PEOPLE, now=now)
    return tuple(_view(one, actor, logins) for one in waiting)


def confirm_proposal(*, actor: Actor, proposal_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> str | None:
    """Bring about what a colleague has proposed, and return the token of an invitation, to hand over once; else None.

    Raises:
        Forbidden: the actor confirms nothing, has proposed this himself, or is the officer it is about.
        NotFound: no such proposal of the actor's agency, or not any more.
        Conflict: the login of an invitation has been taken meanwhile.
    """
    token = None
    with (
        denials_recorded(
            actor=actor,
            permission=Permission.OFFICER_CONFIRM,
            asked=str(proposal_id),
            now=now,
            keys=keys,
            ledger=ledger,
        ),
        acting_for(actor.agency_id),
    ):
        proposal = _waiting(proposal_id, now)
        if _is_concerned(actor, proposal):
            raise Forbidden("a second person confirms: neither who proposed it nor whom it is about")
        ledger.write(_decided(Act.PROPOSAL_CONFIRMED, proposal, actor, now))
        if proposal.kind is ProposalKind.INVITATION:
            token = give_invitation(
                _invited(proposal, actor),
                given_by=actor,
                now=now,
                keys=keys,
                ledger=ledger,
            )
        else:
            _reset(proposal, actor=actor, now=now, ledger=ledger)
        proposals.settle_proposal(proposal_id, confirmed_by=actor.officer_id, now=now)
    return token


def refuse_proposal(*, actor: Actor, proposal_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Refuse what a colleague has proposed, or take back what the actor himself has.

    Raises:
        Forbidden: the actor confirms nothing.
        NotFound: no such proposal of the actor's agency, or not any more.
    """
    with (
        denials_recorded(
            actor=actor,
            permission=Permission.OFFICER_CONFIRM,
            asked=str(proposal_id),
            now=now,
            keys=keys,
            ledger=ledger,
        ),
        acting_for(actor.agency_id),
    ):
        proposal = _waiting(proposal_id, now)
        proposals.settle_proposal(proposal_id, confirmed_by=None, now=now)
        ledger.write(_decided(Act.PROPOSAL_REFUSED, proposal, actor, now))


def _propose(kind: ProposalKind, card: OfficerCard, *, actor: Actor, now: datetime, ledger: Ledger) -> UUID:
    terms = {"login": card.login, "name": card.name, "roles": ",".join(sorted(card.roles))}
    if any(one.terms["login"] == card.login for one in proposals.open_proposals(kind, now=now)):
        raise Conflict("this is proposed already, and waits for a second person")
    officer_id = None if kind is ProposalKind.INVITATION else card.officer_id
    proposal = Proposal(uuid4(), kind, officer_id, terms, actor.officer_id, now, now + PROPOSAL_LASTS)
    proposals.add_proposal(proposal, agency_id=actor.agency_id)
    ledger.write(_decided(Act.PROPOSAL_MADE, proposal, actor, now))
    return proposal.proposal_id


def _waiting(proposal_id: UUID, now: datetime) -> Proposal:
    proposal = proposals.open_proposal(proposal_id, *OF_PEOPLE, now=now)
    if proposal is None:
        raise NotFound(NO_PROPOSAL)
    return proposal


def _invited(proposal: Proposal, actor: Actor) -> OfficerCard:
    terms = proposal.terms
    return OfficerCard(uuid4(), actor.agency_id, str(terms["login"]), str(terms["name"]), _roles(proposal))


def _roles(proposal: Proposal) -> frozenset[Role]:
    return frozenset(map(Role, str(proposal.terms["roles"]).split(",")))


def _view(proposal: Proposal, actor: Actor, logins: Mapping[UUID, str]) -> ProposalView:
    return ProposalView(
        proposal,
        str(proposal.terms["login"]),
        str(proposal.terms["name"]),
        _roles(proposal),
        logins[proposal.proposed_by],
        may_confirm=not _is_concerned(actor, proposal),
        may_take_back=actor.officer_id == proposal.proposed_by,
    )


def _is_concerned(actor: Actor, proposal: Proposal) -> bool:
    return actor.officer_id in {proposal.proposed_by, proposal.officer_id}


def _reset(proposal: Proposal, *, actor: Actor, now: datetime, ledger: Ledger) -> None:
    """Take an officer's second factors away, and every way in that rests on them."""
    if proposal.officer_id is None:
        raise NotFound(NO_PROPOSAL)
    card = agencies.officer_card(proposal.officer_id)
    second_factors.drop_all(card.officer_id)
    subjects.drop(card.officer_id)
    sign_ins.end_all(card.officer_id, now=now)
    api_keys.end_keys(card.officer_id, now=now)
    invitations.withdraw_invitations(card.officer_id, now=now)
    agencies.begin_anew(card.officer_id)
    details = {"reset": str(card.officer_id)}
    ledger.write(Deed(Act.FACTORS_RESET, now, actor.agency_id, actor.officer_id, details=details))


def _decided(act: Act, proposal: Proposal, actor: Actor, now: datetime) -> Deed:
    details: dict[str, str | int] = {
        "proposal": str(proposal.proposal_id),
        "kind": proposal.kind.value,
        "roles": str(proposal.terms["roles"]),
    }
    if proposal.officer_id is not None:
        details["about"] = str(proposal.officer_id)
    return Deed(act, now, actor.agency_id, actor.officer_id, details=details)
