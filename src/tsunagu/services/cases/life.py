"""A case's life after it was opened: closed, reopened, and rid of an exhibit that does not belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.erasure import WITHDRAWAL_GROUNDS, Consequences, Erasing, ErasureGround
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.records import cases as rows
from tsunagu.records import erasing
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed, denials_recorded
from tsunagu.services.erasures.erasing import carry_out_or_leave
from tsunagu.services.parts import Keys, Ledger, Queue
from tsunagu.services.persons.access import case_opened
from tsunagu.services.references import case_reference, check_reason, exhibit_reference, reason_reference


def close_case(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Close a case: nothing is brought into it any more. What it holds is still compared, until it is erased.

    Raises:
        Forbidden: the actor closes no cases.
        NotFound: no such case, or not the actor's.
        Conflict: it is closed already.
    """
    with case_opened(actor, Permission.CASE_CLOSE, reference, now=now, keys=keys, ledger=ledger) as case:
        if not rows.close(case, now=now):
            raise Conflict("the case is closed already")
        ledger.write(deed(Act.CASE_CLOSED, actor=actor, case=case, now=now))


def reopen_case(*, actor: Actor, reference: str, reason: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Open a closed case again, and keep why.

    Raises:
        Forbidden: the actor closes no cases.
        NotFound: no such case, or not the actor's.
        InputError: no reason, or one that is too long.
        Conflict: it is open.
    """
    check_reason(reason)
    with case_opened(actor, Permission.CASE_CLOSE, reference, now=now, keys=keys, ledger=ledger) as case:
        if not rows.reopen(case):
            raise Conflict("the case is open")
        rows.add_reason(case, officer_id=actor.officer_id, act=Act.CASE_REOPENED, reason=reason, now=now)
        told = reason_reference(keys, case, reason)
        ledger.write(deed(Act.CASE_REOPENED, actor=actor, case=case, now=now, reason=told))


def withdrawal_consequences(
    *, actor: Actor, reference: str, exhibit: str, now: datetime, keys: Keys, ledger: Ledger
) -> Consequences:
    """Return what would go with an exhibit of one of the actor's cases.

    Raises:
        Forbidden: the actor withdraws no exhibits.
        NotFound: no such case, or not the actor's; or no such exhibit of it.
    """
    with _exhibit_opened(actor, reference, exhibit, now=now, keys=keys, ledger=ledger) as (case, exhibit_id):
        found = erasing.consequences(case, exhibit_id, with_held=actor.may(Permission.HELD_NOTICE_RELEASE))
    ledger.record(deed(Act.CASE_READ, actor=actor, case=case, now=now, exhibit=str(exhibit_id)))
    return found


def withdraw_exhibit(
    *,
    actor: Actor,
    reference: str,
    exhibit: str,
    ground: ErasureGround,
    queue: Queue,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Take an exhibit out of a case for good: its places, contents held nowhere else, fingerprints, hits, intakes.

    The other side of a hit is told that an overlap has ended where nothing is left of it; not why, nor on which side.
    It is gone when this returns, unless it is large: then it is decided, and the queue sees to it.

    Raises:
        Forbidden: the actor withdraws no exhibits.
        InputError: a ground that is the machine's.
        NotFound: no such case, or not the actor's; or no such exhibit of it.
        Conflict: an intake into it is under way, or it is being withdrawn already.
    """
    if ground not in WITHDRAWAL_GROUNDS:
        raise InputError("no officer erases on this ground")
    with _exhibit_opened(actor, reference, exhibit, now=now, keys=keys, ledger=ledger) as (case, exhibit_id):
        one = Erasing(uuid4(), actor.agency_id, case.case_id, exhibit_id, ground, now, actor.officer_id)
        erasing.begin(
            one,
            case_mac=case_reference(keys, case.reference),
            exhibit_mac=exhibit_reference(keys, case.case_id, exhibit),
        )
        told = {"exhibit": str(exhibit_id), "erasure": str(one.erasure_id), "ground": ground.value}
        ledger.write(deed(Act.EXHIBIT_WITHDRAWN, actor=actor, case=case, now=now, **told))
    carry_out_or_leave(one, now=now, keys=keys, ledger=ledger, queue=queue)


@contextmanager
def _exhibit_opened(
    actor: Actor, reference: str, exhibit: str, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[tuple[CaseSummary, UUID]]:
    """Act for the agency in one transaction on a case of the actor's and an exhibit of it that he may withdraw."""
    permission = Permission.EXHIBIT_WITHDRAW
    case_for(actor=actor, reference=reference, permission=permission, now=now, keys=keys, ledger=ledger)
    with (
        denials_recorded(actor=actor, permission=permission, asked=exhibit, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = rows.case_of(actor, reference)  # anew: he may have been taken off it meanwhile
        exhibit_id = rows.exhibit_id_of(case, exhibit)
        if exhibit_id is None:
            raise NotFound("no such exhibit")
        yield case, exhibit_id
