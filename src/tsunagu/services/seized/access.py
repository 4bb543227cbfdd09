"""The one way to a seized list: permission, then the case, then the list with its seal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import SeizedList
from tsunagu.records import seized
from tsunagu.records.cases import case_of
from tsunagu.records.seized_seals import ListSeal
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger

SEALS: Final = "vault"
LINKS: Final = "links"
FACTS: Final = "facts"


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A list of the actor's with its seal, for as long as a service works with it."""

    case: CaseSummary
    seized: SeizedList
    seal: ListSeal


def seal_of(list_id: UUID, sealed_key: bytes, keys: Keys) -> ListSeal:
    """Return the seal of a list.

    Raises:
        Unavailable: the keyring cannot open its key.
    """
    return ListSeal(list_id, keys.open_sealed(SEALS, sealed_key, key_context(list_id)))


def key_context(list_id: UUID) -> bytes:
    """Return what a list's key is bound to in the keyring."""
    return f"seized list {list_id}".encode()


@contextmanager
def opening(
    actor: Actor,
    permission: Permission,
    reference: str,
    number: int | None,
    *,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Iterator[OpenedList]:
    """Give a list of one of the actor's cases, in one transaction; every denial is written down.

    Args:
        number: of the list within the case; None for the only one.

    Raises:
        Forbidden: the actor may not.
        NotFound: no such case or list, or not the actor's.
        Conflict: the case has several lists, and no number was given.
    """
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        list_id, key = seized.row_of(case, number)
        seal = seal_of(list_id, key, keys)
        yield OpenedList(case, seized.list_of(list_id, seal), seal)


def refuse_not_whole(one: SeizedList) -> None:
    """Do nothing when all rows of a list are kept.

    Raises:
        Conflict: they are not.
    """
    if one.imported_at is None:
        raise Conflict("the list is not whole yet: import it again, which goes on where it was left")


def refuse_closed(case: CaseSummary) -> None:
    """Do nothing when a case is open.

    Raises:
        Conflict: it is closed.
    """
    if case.closed_at is not None:
        raise Conflict("the case is closed: reopen it before anything is brought into it")
