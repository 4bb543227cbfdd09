"""Contents that go from one agency's vault into another's: opened and sealed anew in memory, held to their SHA-256."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from uuid import UUID

from tsunagu.domain.errors import Conflict, Unavailable
from tsunagu.domain.permission import Permission
from tsunagu.records import grants
from tsunagu.records.session import acting_for, locked
from tsunagu.records.vault import rows
from tsunagu.records.vault.contents import AgencyVault
from tsunagu.records.vault.rows import Vaulted
from tsunagu.records.vault.store import VaultStore
from tsunagu.services.media.vault import opened_vault
from tsunagu.services.parts import Keys


@contextmanager
def carried_over(
    owner_id: UUID, receiver_id: UUID, contents: Collection[bytes], *, store: VaultStore, keys: Keys, now: datetime
) -> Iterator[tuple[Vaulted, ...]]:
    """Put contents of one agency's vault into another's, and give those that lie there; note them within the block.

    Both vaults are kept from being swept until it ends. Nothing goes where either is not switched on any more; what the
    owner's vault lacks by now, or can be read no more, is left out. Whoever dies in between leaves what no row lists:
    it is not put there a second time by who comes next, and leaves by the sweep when nobody does.

    Raises:
        Unavailable: the store cannot be written.
    """
    if not contents or not _are_on((owner_id, receiver_id), now):
        yield ()
        return
    with _unswept(owner_id), _unswept(receiver_id):
        with acting_for(owner_id):
            there = rows.among(contents)
        source = opened_vault(owner_id, store=store, keys=keys, now=now)
        target = opened_vault(receiver_id, store=store, keys=keys, now=now)
        yield tuple(_carried(one, source, target) for one in there.values() if _is_carried(one, source, target))


def _is_carried(one: Vaulted, source: AgencyVault, target: AgencyVault) -> bool:
    try:
        return target.keep(one.sha256, source.read(one.sha256))
    except Conflict:  # it was changed where it lay: what goes over is what came in, or nothing
        return False


def _carried(one: Vaulted, source: AgencyVault, target: AgencyVault) -> Vaulted:
    has_small = False
    if one.has_small:
        with suppress(Conflict, Unavailable):  # it is shown by the content itself then
            target.keep_small(one.sha256, source.read_small(one.sha256))
            has_small = True
    return Vaulted(one.sha256, has_small)


def _are_on(agency_ids: Collection[UUID], now: datetime) -> bool:
    for agency_id in agency_ids:
        with acting_for(agency_id):
            if not grants.is_on(Permission.MEDIA_VAULT, now=now):
                return False
    return True


@contextmanager
def _unswept(agency_id: UUID) -> Iterator[None]:
    with locked(rows.LOCK_VAULT, str(agency_id), shared=True):
        yield
