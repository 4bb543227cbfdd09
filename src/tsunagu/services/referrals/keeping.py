"""What becomes of a package at its receiver: taken into a case, and erased once nobody keeps it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralState
from tsunagu.records import referral_keeping, referrals
from tsunagu.records.cases import case_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed
from tsunagu.services.isolated import Isolated
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referrals.desk import opened_referral
from tsunagu.services.seized.access import refuse_closed

TAKEN_AS = frozenset({ReferralState.RECEIVED, ReferralState.ANSWERED})
"""How a referral stands that its receiver works on: it is taken into a case, and its outcome is told."""


def take_referral(
    *, actor: Actor, referral_id: UUID, reference: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Take a package that has arrived into a case: who works on that alone is told of it, as long as that is kept.

    Args:
        reference: of a case of the actor's.

    Raises:
        Forbidden: the actor answers no referrals.
        NotFound: no such referral or case, or not the actor's.
        Conflict: another agency received it, it has not arrived or is with its receiver no more, it is in a case
            already, or the case is closed.
    """
    with opened_referral(actor, Permission.REFERRAL_ANSWER, referral_id, now=now, keys=keys, ledger=ledger) as found:
        if actor.agency_id != found.kept.package.receiver_id:
            raise Conflict("only its receiver takes a referral into a case")
        if found.path.state not in TAKEN_AS:
            raise Conflict("a referral is taken into a case once it has been received, and while its receiver has it")
        case = case_of(actor, reference)
        refuse_closed(case)
        referral_keeping.take(referral_id, case, officer_id=actor.officer_id, now=now)
        ledger.write(deed(Act.REFERRAL_TAKEN, actor=actor, case=case, now=now, referral=str(referral_id)))


def erase_unkept_referrals(agency_id: UUID, *, today: date, now: datetime, ledger: Ledger) -> int:
    """Erase the packages to an agency that neither side keeps any more, and return how many. The machine's act.

    One that fails does not stop the others.

    Raises:
        Exception: what the first of those raised that could not be erased; all others have had their turn.
    """
    with acting_for(agency_id):
        found = referral_keeping.kept_by_nobody(agency_id, today=today)
    done, each = 0, Isolated()
    for referral_id in found:
        with each.step(), acting_for(agency_id):
            referrals.lock(referral_id)
            if referral_id in referral_keeping.kept_by_nobody(agency_id, today=today):
                referral_keeping.erase(referral_id)
                ledger.write(Deed(Act.REFERRAL_EXPIRED, now, agency_id, details={"referral": str(referral_id)}))
                done += 1
    each.finish()
    return done
