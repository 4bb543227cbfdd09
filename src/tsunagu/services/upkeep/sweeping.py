"""Vaults swept: what their agencies hold nowhere any more leaves them, and so does what no row of theirs lists.

A content is marked, then removed, then forgotten, each in a transaction of its own: a sweep that dies leaves marks, the
next one goes on, and a marked content that comes in again is kept anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.records import agencies
from tsunagu.records.ledger.book import newest_machine_entry
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for, locked
from tsunagu.records.vault import rows
from tsunagu.records.vault.contents import AgencyVault
from tsunagu.records.vault.store import VaultStore
from tsunagu.services.clock import believe_clock, time_of
from tsunagu.services.isolated import Isolated
from tsunagu.services.media.vault import opened_vault
from tsunagu.services.parts import Keys, Ledger

SWEPT_AT_ONCE: Final = 100
UNLISTED_LAST: Final = timedelta(days=1)
"""How long an object may lie that no row lists: an ingest is under way, and notes it at its chunk's end."""
AFTER_RESTORE: Final = timedelta(days=7)
"""How long after a restore nothing is removed for being unlisted: a better backup may be found that lists it."""


def sweep_vaults(*, store: VaultStore, keys: Keys, now: datetime, ledger: Ledger) -> int:
    """Remove from the vaults what their agencies hold nowhere any more, and return how many contents that were.

    A vault that fails does not stop the others. One into which a chunk is coming is left to the next sweep.

    Raises:
        Unavailable: a vault cannot be written; what is not removed stays marked, and is removed by the next sweep.
    """
    count, each = 0, Isolated()
    for agency_id, vault in _vaults(each, store=store, keys=keys, now=now):
        with each.step():
            swept = SWEPT_AT_ONCE
            while swept == SWEPT_AT_ONCE:
                swept = _sweep_some(agency_id, vault, now=now, ledger=ledger)
                count += swept
    each.finish()
    return count


def _sweep_some(agency_id: UUID, vault: AgencyVault, *, now: datetime, ledger: Ledger) -> int:
    """Sweep at most `SWEPT_AT_ONCE` contents, and return how many; none while something comes in."""
    with locked(rows.LOCK_VAULT, str(agency_id), waits=False) as is_ours:
        if not is_ours:
            return 0
        with acting_for(agency_id):
            doomed = rows.doom_unheld(most=SWEPT_AT_ONCE)
        for sha256 in doomed:
            vault.remove(sha256)
        if doomed:
            with acting_for(agency_id):
                rows.forget(doomed)
                told: dict[str, str | int] = {"contents": len(doomed), "merkle_root": merkle_root(doomed).hex()}
                ledger.write(Deed(Act.VAULT_SWEPT, now, agency_id, details=told))
        return len(doomed)


def remove_unlisted(*, store: VaultStore, keys: Keys, now: datetime, ledger: Ledger) -> int:
    """Remove the objects of the vaults that no row lists, and return how many; none within a week of a restore.

    They come back with an older copy of a vault, and are what a killed ingest leaves. A vault that fails does not stop
    the others.

    Raises:
        Conflict: the clock has leapt, see `services.clock`; nothing is removed.
        Unavailable: a vault cannot be read or written.
    """
    believe_clock(now=now, ledger=ledger)
    restored = time_of(newest_machine_entry(Act.BACKUP_RESTORED))
    if restored is not None and now - restored < AFTER_RESTORE:
        return 0
    count, each = 0, Isolated()
    for agency_id, vault in _vaults(each, store=store, keys=keys, now=now):
        with each.step():
            gone = _remove_unlisted(agency_id, vault, store=store, before=now - UNLISTED_LAST)
            if gone:
                ledger.record(Deed(Act.VAULT_SWEPT, now, agency_id, details={"objects": gone}))
            count += gone
    each.finish()
    return count


def _remove_unlisted(agency_id: UUID, vault: AgencyVault, *, store: VaultStore, before: datetime) -> int:
    listed = _Listed(agency_id, vault)
    listed.learn()
    old = (one.name for one in vault.listed() if one.made_at < before and one.name not in listed)
    count = 0
    while names := list(islice(old, SWEPT_AT_ONCE)):
        with locked(rows.LOCK_VAULT, str(agency_id), waits=False) as is_ours:
            if not is_ours:
                return count  # something comes in: tomorrow again
            listed.learn()
            for name in names:
                if name not in listed:
                    store.remove(name)
                    count += 1
    return count


class _Listed:
    """The names of all objects that rows of an agency list: some 150 bytes of memory each."""

    def __init__(self, agency_id: UUID, vault: AgencyVault) -> None:
        self._agency_id = agency_id
        self._vault = vault
        self._last = 0
        self._names: set[str] = set()

    def learn(self) -> None:
        """Learn of the rows that have come since."""
        with acting_for(self._agency_id):
            for number, sha256 in rows.listed_after(self._last):
                self._last = number
                self._names.update(self._vault.names_of(sha256))

    def __contains__(self, name: str) -> bool:
        return name.partition(".")[0] in self._names


def _vaults(each: Isolated, *, store: VaultStore, keys: Keys, now: datetime) -> Iterator[tuple[UUID, AgencyVault]]:
    """Yield the agencies that have a vault, with it."""
    for agency_id in agencies.member_ids():
        vault = None
        with each.step():
            with acting_for(agency_id):
                has_vault = rows.sealed_key() is not None
            if has_vault:
                vault = opened_vault(agency_id, store=store, keys=keys, now=now)
        if vault is not None:
            yield agency_id, vault
