"""The comparison of a seized list asked for in the browser, and done by a worker as the officer who asked for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Forbidden, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, seized_compared
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed
from tsunagu.services.parts import Keys, Ledger, Queue
from tsunagu.services.seized.access import opening, refuse_closed, refuse_not_whole
from tsunagu.services.seized.resolving import resolve_seized


def ask_to_resolve(
    *, actor: Actor, reference: str, number: int | None, queue: Queue, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Have the rows of a list compared by a worker.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: no such case or list, or not the actor's.
        Conflict: the list is not whole yet, or the case is closed.
    """
    permission = Permission.SEIZED_LIST_IMPORT
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        refuse_closed(found.case)
        refuse_not_whole(found.seized)
        list_id = found.seized.list_id
        seized_compared.note_asked(list_id, now)
        ids = {"agency": str(actor.agency_id), "list": str(list_id), "officer": str(actor.officer_id)}
        queue.defer("resolve-list", ids)
        about: dict[str, str | int] = {"list": str(list_id)}
        ledger.write(deed(Act.SEIZED_LIST_RESOLVE_ASKED, actor=actor, case=found.case, now=now, **about))


def is_being_compared(*, actor: Actor, reference: str, number: int, now: datetime, keys: Keys, ledger: Ledger) -> bool:
    """Return whether a comparison was asked for that is not done. Meant to be asked often: an answer is not recorded.

    Raises:
        Forbidden: the actor reads no seized lists, which is written down.
        NotFound: no such case or list, or not the actor's; likewise.
    """
    permission = Permission.SEIZED_LIST_READ
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        return found.seized.is_being_compared


def resolve_asked(
    *, agency_id: UUID, list_id: UUID, officer_id: UUID, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Compare the rows of a list as the officer who has asked for it.

    Nothing happens when he has left, may not any more, or when list or case have changed so that it cannot be done:
    then it is not waited for either.
    """
    try:
        with acting_for(agency_id):
            card = agencies.officer_card(officer_id)
            reference, number = seized_compared.named(list_id)
        actor = Actor.of(card, purpose=None, now=now)
        resolve_seized(actor=actor, reference=reference, number=number, now=now, keys=keys, ledger=ledger)
    except (Conflict, Forbidden, NotFound):
        with acting_for(agency_id):
            seized_compared.note_asked(list_id, None)
