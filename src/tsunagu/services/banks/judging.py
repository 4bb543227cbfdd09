"""What the owner decides on single items of a bank: confirmed or disputed, released from quarantine, withdrawn."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankItem, BankSummary, Opinion
from tsunagu.domain.errors import InputError
from tsunagu.records import bank_items, banks
from tsunagu.services.access import changing_banks
from tsunagu.services.banks.ownership import bank_deed
from tsunagu.services.opaque import item_number
from tsunagu.services.parts import Keys, Ledger


def judge_item(
    *, actor: Actor, name: str, item: str, opinion: Opinion | None, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Say of an item of an own bank that it is what the bank means, or doubt it, or take back what was said.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank or item, or not the actor's agency's.
    """
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        item_id = _item_in(bank, item, keys).item_id
        bank_items.set_opinion(item_id, opinion)
        told = "" if opinion is None else opinion.value
        ledger.write(bank_deed(Act.BANK_JUDGED, actor, bank, now, item=item, opinion=told))


def release_item(*, actor: Actor, name: str, item: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let an item in quarantine answer.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank or item, or not the actor's agency's.
        InputError: the item is in no quarantine.
    """
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        held = _item_in(bank, item, keys)
        if held.quarantine is None:
            raise InputError("this item is in no quarantine")
        bank_items.set_quarantine({held.item_id: None})
        ledger.write(bank_deed(Act.BANK_JUDGED, actor, bank, now, item=item, released=1))


def withdraw_item(*, actor: Actor, name: str, item: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Withdraw an item of an own bank for good: nothing by which it could be known again is kept.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank or item, or not the actor's agency's.
    """
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        item_id = _item_in(bank, item, keys).item_id
        bank_items.withdraw([item_id])
        ledger.write(bank_deed(Act.BANK_JUDGED, actor, bank, now, item=item, withdrawn=1))


def _item_in(bank: BankSummary, item: str, keys: Keys) -> BankItem:
    """Return an item of a bank by what it is called.

    Raises:
        NotFound: there is none, or withdrawn, or another bank's.
    """
    return bank_items.item_of(bank.bank_id, item_number(keys, item))
