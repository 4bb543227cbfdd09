"""A case deleted before its time: one of its people proposes, another confirms, and everything of it is erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.erasure import DELETION_GROUNDS, Consequences, Erasing, ErasureGround
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.grant import PROPOSAL_LASTS, Proposal, ProposalKind
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, erasing, proposals
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed
from tsunagu.services.erasures.erasing import carry_out_or_leave
from tsunagu.services.parts import Keys, Ledger, Queue
from tsunagu.services.references import case_reference

NO_DELETION = "no deletion of this case waits for a second person"


@dataclass(frozen=True, slots=True)
class DeletionView:
    """What would go with a case, and whether somebody has proposed that it does.

    Attributes:
        proposal: None while nobody has.
        proposed_by: his login; empty while nobody has.
        may_confirm: whether it waits, and not for the one who proposed it.
    """

    would: Consequences
    proposal: Proposal | None
    proposed_by: str
    may_confirm: bool


def view_deletion(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> DeletionView:
    """Return what would go with one of the actor's cases, and the proposal to delete it.

    Raises:
        Forbidden: the actor deletes no cases.
        NotFound: no such case, or not the actor's.
    """
    case = _case(actor, reference, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        would = erasing.consequences(case, None, with_held=actor.may(Permission.HELD_NOTICE_RELEASE))
        waiting = _waiting(case, now)
        login = agencies.logins().get(waiting.proposed_by, "") if waiting else ""
    ledger.record(deed(Act.CASE_READ, actor=actor, case=case, now=now, exhibits=would.exhibits))
    return DeletionView(would, waiting, login, waiting is not None and waiting.proposed_by != actor.officer_id)


def propose_deletion(
    *, actor: Actor, reference: str, ground: ErasureGround, now: datetime, keys: Keys, ledger: Ledger
) -> UUID:
    """Propose to delete a case; a second one of its people has two weeks to confirm it. Return the proposal's id.

    Raises:
        Forbidden: the actor deletes no cases.
        NotFound: no such case, or not the actor's.
        InputError: no case is deleted on this ground.
        Conflict: it is proposed already.
    """
    if ground not in DELETION_GROUNDS:
        raise InputError("no officer erases on this ground")
    case = _case(actor, reference, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        if _waiting(case, now) is not None:
            raise Conflict("this is proposed already, and waits for a second person")
        terms: dict[str, str | int] = {"case": str(case.case_id), "ground": ground.value}
        proposal = Proposal(
            uuid4(), ProposalKind.CASE_DELETION, None, terms, actor.officer_id, now, now + PROPOSAL_LASTS
        )
        proposals.add_proposal(proposal, agency_id=actor.agency_id)
        told = {"proposal": str(proposal.proposal_id), "ground": ground.value}
        ledger.write(deed(Act.DELETION_PROPOSED, actor=actor, case=case, now=now, **told))
    return proposal.proposal_id


def withdraw_deletion(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Withdraw the proposal to delete a case: one's own or a colleague's.

    Raises:
        Forbidden: the actor deletes no cases.
        NotFound: no such case, or not the actor's.
        Conflict: nothing waits.
    """
    case = _case(actor, reference, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        proposal = _waited_for(case, now)
        proposals.settle_proposal(proposal.proposal_id, confirmed_by=None, now=now)
        told = {"proposal": str(proposal.proposal_id)}
        ledger.write(deed(Act.DELETION_WITHDRAWN, actor=actor, case=case, now=now, **told))


def confirm_deletion(*, actor: Actor, reference: str, queue: Queue, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Confirm that a case is deleted, as a colleague has proposed: everything of it is erased at once.

    It is gone when this returns, unless it is large: then it is decided, and the queue sees to it.

    Raises:
        Forbidden: the actor deletes no cases.
        NotFound: no such case, or not the actor's; or who proposed it has left.
        InputError: the actor proposed it himself.
        Conflict: nothing waits, or an intake into the case is under way.
    """
    case = _case(actor, reference, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        proposal = _waited_for(case, now)
        if proposal.proposed_by == actor.officer_id:
            raise InputError("nobody confirms what he proposed himself: a colleague does")
        agencies.officer_card(proposal.proposed_by)
        proposals.settle_proposal(proposal.proposal_id, confirmed_by=actor.officer_id, now=now)
        ground = ErasureGround(str(proposal.terms["ground"]))
        one = Erasing(uuid4(), actor.agency_id, case.case_id, None, ground, now, actor.officer_id)
        erasing.begin(one, case_mac=case_reference(keys, case.reference), exhibit_mac=None)
        told = {"proposal": str(proposal.proposal_id), "erasure": str(one.erasure_id), "ground": ground.value}
        ledger.write(deed(Act.CASE_DELETED, actor=actor, case=case, now=now, **told))
    carry_out_or_leave(one, now=now, keys=keys, ledger=ledger, queue=queue)


def _case(actor: Actor, reference: str, *, now: datetime, keys: Keys, ledger: Ledger) -> CaseSummary:
    return case_for(
        actor=actor, reference=reference, permission=Permission.CASE_DELETE, now=now, keys=keys, ledger=ledger
    )


def _waiting(case: CaseSummary, now: datetime) -> Proposal | None:
    return proposals.open_proposal_of({"case": str(case.case_id)}, ProposalKind.CASE_DELETION, now=now)


def _waited_for(case: CaseSummary, now: datetime) -> Proposal:
    proposal = _waiting(case, now)
    if proposal is None:
        raise Conflict(NO_DELETION)
    return proposal
