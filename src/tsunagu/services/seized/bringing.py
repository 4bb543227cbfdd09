"""A seized list before it is brought in: how its file would be read, and by which mappings others were."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListMapping
from tsunagu.exchange.seized.opening import Readers
from tsunagu.exchange.seized.preview import Preview, previewed
from tsunagu.records import seized
from tsunagu.records.cases import case_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import opening, refuse_closed, seal_of
from tsunagu.services.seized.funnel import row_stages
from tsunagu.services.seized.lists import ListsOfCase, ListView


def lists_to_read_like(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> ListsOfCase:
    """Return the case that a list is to be brought into, and all lists of the actor's cases, whose mappings may fit it.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: no such case, or not the actor's.
        Conflict: the case is closed.
    """
    permission = Permission.SEIZED_LIST_IMPORT
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        refuse_closed(case)
        found = seized.lists_of_officer(actor, lambda list_id, key: seal_of(list_id, key, keys))
        ledger.write(deed(Act.SEIZED_LIST_READ, actor=actor, case=case, now=now, lists=len(found)))
    return ListsOfCase(case, tuple(ListView(one, row_stages(one)) for one in found))


def mapping_of_list(
    *, actor: Actor, reference: str, number: int, now: datetime, keys: Keys, ledger: Ledger
) -> ListMapping:
    """Return by which mapping a list of the actor's was read, to be used for another one.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: no such case or list, or not the actor's.
    """
    permission = Permission.SEIZED_LIST_IMPORT
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        about: dict[str, str | int] = {"list": str(found.seized.list_id)}
        ledger.write(deed(Act.SEIZED_LIST_READ, actor=actor, case=found.case, now=now, **about))
    return found.seized.mapping


def preview_seized(
    *,
    actor: Actor,
    reference: str,
    stream: BinaryIO,
    mapping: ListMapping,
    readers: Readers,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Preview:
    """Return how a file begins that may be brought into a case; nothing of it is kept.

    Args:
        stream: the file from its first byte, seekable, with a descriptor.
        mapping: how it is to be read; where it names no column, they are proposed.
        readers: starts the limited child that reads workbooks and databases.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: no such case, or not the actor's.
        InputError: the file is empty, damaged, or not what the mapping says.
        Unavailable: the child cannot be started, or not be shut in.
        Conflict: the case is closed.
    """
    permission = Permission.SEIZED_LIST_IMPORT
    case = case_for(actor=actor, reference=reference, permission=permission, now=now, keys=keys, ledger=ledger)
    refuse_closed(case)
    found = previewed(stream, mapping, readers=readers)
    ledger.record(deed(Act.SEIZED_LIST_PREVIEWED, actor=actor, case=case, now=now, rows=found.rows))
    return found
