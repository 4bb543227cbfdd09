"""What a bank of one's own holds under a digest, a fingerprint or a name: in quarantine or disputed all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankItem, BankSummary
from tsunagu.domain.look_up import Query
from tsunagu.domain.permission import Permission
from tsunagu.records import bank_items, banks
from tsunagu.records.session import acting_for
from tsunagu.services.access import reading_banks
from tsunagu.services.banks.ownership import SHOWN, bank_deed
from tsunagu.services.opaque import item_name, item_number
from tsunagu.services.parts import Keys, Ledger

if TYPE_CHECKING:
    from tsunagu.services.banks.known_index import KnownIndex


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item that a bank holds under what was asked for.

    Attributes:
        name: by what the item is called.
        distance_bits: 0 for the same digest; None for an asker who may not see it.
        is_exact: whether a digest is the same.
    """

    name: str
    item: BankItem
    distance_bits: int | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class BankSearch:
    """What a search of one bank has found.

    Attributes:
        found: the nearest first, `SHOWN` at most.
        is_cut: whether there are more.
    """

    bank: BankSummary
    found: tuple[FoundItem, ...]
    is_cut: bool


def find_items(
    *, actor: Actor, name: str, query: Query, known: KnownIndex, now: datetime, keys: Keys, ledger: Ledger
) -> BankSearch:
    """Return what a bank holds under a digest, or near a fingerprint, whether or not it answers.

    Raises:
        Forbidden: the actor reads no banks.
        NotFound: no such bank, or not the actor's agency's.
    """
    with reading_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
    near = _near(query, known)
    with acting_for(actor.agency_id):
        same = bank_items.same_items(bank.bank_id, query.digests, most=SHOWN + 1)
        others = bank_items.items_among(bank.bank_id, near)
        ledger.write(bank_deed(Act.BANK_READ, actor, bank, now, items=len(same) + len(others)))
    may_see = actor.may(Permission.BANK_DISTANCE)
    nearest = sorted(others.values(), key=lambda item: (near[item.item_id], item.item_id))
    found = [FoundItem(item_name(keys, item.item_id), item, 0, is_exact=True) for item in same]
    found += [
        FoundItem(item_name(keys, item.item_id), item, near[item.item_id] if may_see else None, is_exact=False)
        for item in nearest
    ]
    return BankSearch(bank, tuple(found[:SHOWN]), len(found) > SHOWN)


def view_item(
    *, actor: Actor, name: str, item: str, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[BankSummary, BankItem]:
    """Return one item of a bank, with the bank.

    Raises:
        Forbidden: the actor reads no banks.
        NotFound: no such bank or item, or not the actor's agency's.
    """
    with reading_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        found = bank_items.item_of(bank.bank_id, item_number(keys, item))
        ledger.write(bank_deed(Act.BANK_READ, actor, bank, now, item=item))
    return bank, found


def _near(query: Query, known: KnownIndex) -> dict[int, int]:
    """Return the items of all banks that are near, with their least distance."""
    if not query.pdq:
        return {}
    import numpy as np  # noqa: PLC0415 - only who searches waits for it

    table = np.frombuffer(b"".join(query.pdq), np.uint8).reshape(len(query.pdq), -1)
    (_, item_ids, distances), _ = known.search(table)
    near: dict[int, int] = {}
    for item_id, distance in zip(item_ids.tolist(), distances.tolist(), strict=True):
        near[item_id] = min(distance, near.get(item_id, distance))
    return near
