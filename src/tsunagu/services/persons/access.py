"""The one way to the persons of a case: permission, then the case, and what opens officers' words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.permission import Permission
from tsunagu.records.cases import case_of
from tsunagu.records.persons import Words
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger

WORDS: Final = "vault"
"""The key of the keyring under which officers' words about persons are sealed."""


def words_by(keys: Keys) -> Words:
    """Return what seals and opens officers' words about persons."""
    return Words(
        lambda place, text: keys.seal(WORDS, text.encode(), place.encode()),
        lambda place, sealed: keys.open_sealed(WORDS, sealed, place.encode()).decode(),
    )


@contextmanager
def case_opened(
    actor: Actor, permission: Permission, reference: str, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[CaseSummary]:
    """Act for the agency in one transaction on a case of the actor's; every denial is written down.

    Raises:
        Forbidden: the actor lacks the permission.
        NotFound: no such case, or not the actor's.
    """
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield case_of(actor, reference)
