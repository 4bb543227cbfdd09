"""The ledger read: by an officer for himself, by an auditor for his agency; verified and signed by an operator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed, LedgerReport, SignedRoot
from tsunagu.domain.permission import Permission
from tsunagu.domain.search import LedgerSearch
from tsunagu.records.ledger.book import (
    all_entries,
    hashes_after,
    last_number,
)
from tsunagu.records.ledger.pages import entries_sought
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.signing import Signer
from tsunagu.records.ledger.verify import verify
from tsunagu.records.session import acting_for
from tsunagu.records.web_sessions import drop_expired
from tsunagu.services.access import denials_recorded
from tsunagu.services.ledger.timeline import ENTRY_CHARACTERS, entry_named
from tsunagu.services.page import Page
from tsunagu.services.parts import Keys, Ledger

ROOT_EVERY = 1000
"""Entries after which a root is signed without anybody asking."""
ALL_ENTRIES = LedgerSearch()


def read_ledger(
    *,
    actor: Actor,
    search: LedgerSearch = ALL_ENTRIES,
    before: str = "",
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Page[dict[str, Any]]:
    """Return the newest entries of the actor's agency, newest first, each as its body with its hash.

    Not with its number: the gaps in one agency's numbers would tell what the others do.

    Args:
        search: which entries are looked for.
        before: the entry after which to go on, as it is named; empty for the newest.
        most: how many at most.

    Raises:
        Forbidden: the actor reads no ledger.
        InputError: no entry is named so.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.LEDGER_READ, asked="ledger", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = Page.of(entries_sought(search, before=entry_named(before), most=most + 1), most)
    details: dict[str, str | int] = {"entries": len(found)}
    sought = {"acts": search.deed, "from": search.since, "until": search.until}
    details |= {name: str(value) for name, value in sought.items() if value}
    # Of a case that no entry names nothing was read; and its id may be another agency's.
    case_id = search.case_id if found else None
    ledger.record(Deed(Act.LEDGER_READ, now, actor.agency_id, actor.officer_id, actor.purpose, case_id, details))
    told = ({"entry": entry.hash.hex()[:ENTRY_CHARACTERS], **json.loads(entry.body)} for entry in found)
    return Page(told, has_more=found.has_more)


def verify_ledger(
    *, store: RootStore, public_keys: Mapping[str, bytes], witnessed: tuple[SignedRoot, ...]
) -> LedgerReport:
    """Recompute the whole ledger and compare it with what is held outside the database. An operator's act."""
    return verify(all_entries(), store, public_keys, witnessed=witnessed)


def sign_root(*, store: RootStore, signer: Signer, now: datetime) -> SignedRoot | None:
    """Sign all entries up to the newest, and return the root; None for an empty ledger. An operator's act."""
    return store.extend(hashes_after, now=now, signer=signer)


def end_expired_sessions(*, now: datetime) -> None:
    """Remove the browsers' sessions that have expired: they open nothing any more."""
    drop_expired(now=now)


def is_root_due(*, store: RootStore) -> bool:
    """Return whether `ROOT_EVERY` entries or more were written since the last root."""
    last = store.last()
    return last_number() - (last.size if last else 0) >= ROOT_EVERY
