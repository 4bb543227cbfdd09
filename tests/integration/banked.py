"""What a bank holds, as no page shows it: all of it, in the order in which it came."""

from __future__ import annotations

from uuid import UUID

from tsunagu.domain.bank import BankItem
from tsunagu.records import bank_items


def all_items(bank_id: UUID) -> list[BankItem]:
    """Return every item of a bank, oldest first. Call it within `acting_for` the bank's agency."""
    found = (item for _, item in bank_items.items_of(bank_id, after=None, most=100_000))
    return sorted(found, key=lambda one: one.item_id)
