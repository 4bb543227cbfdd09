"""Banks as programs curate them: called otherwise and closed for good; single contents added, put off and withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankItem, BankSemantics
from tsunagu.domain.errors import InputError
from tsunagu.domain.known import is_empty_file
from tsunagu.records import bank_items, banks
from tsunagu.records.new_items import NewItem, pack
from tsunagu.services.access import changing_banks, check_reference, reading_banks
from tsunagu.services.banks.ownership import apply_if_benign, bank_deed
from tsunagu.services.opaque import item_name
from tsunagu.services.parts import Keys, Ledger, Queue


@dataclass(frozen=True, slots=True)
class Content:
    """One item of an own bank, as a program curates it.

    Attributes:
        disabled_until: until when it is put off; None where it is not.
    """

    item: BankItem
    disabled_until: datetime | None


def rename_bank(*, actor: Actor, name: str, new_name: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Call a bank otherwise.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
        InputError: a bank cannot be called this.
        Conflict: the agency has a bank of this name already.
    """
    check_reference(new_name)
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        banks.rename(bank.bank_id, new_name)
        ledger.write(bank_deed(Act.BANK_CHANGED, actor, bank, now, renamed=1))


def close_bank(*, actor: Actor, name: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Withdraw all that a bank holds for good, switch it off, and give its name free.

    That it was there, and who asked for what was in it, stays.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
    """
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        bank_items.withdraw_all(bank.bank_id)
        banks.set_rules(bank.bank_id, replace(bank.rules, is_on=False))
        banks.rename(bank.bank_id, f"{name[:150]} closed {uuid4()}")
        ledger.write(bank_deed(Act.BANK_CHANGED, actor, bank, now, closed=1))


def add_content(
    *,
    actor: Actor,
    name: str,
    known_by: NewItem,
    details: Mapping[str, object],
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    queue: Queue,
) -> BankItem:
    """Add one item to a bank, and return it: the one that is there, where the bank had it.

    What too much of the agency's corpus lies near to goes into quarantine, as everywhere.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
        InputError: there is nothing by which it could be known again, it is the empty file, or what is said of it holds
            a character that is none.
    """
    if not known_by.is_usable:
        raise InputError("there is nothing by which this could be known again")
    if is_empty_file(known_by.md5, known_by.sha1, known_by.sha256):
        raise InputError("this is the content of no bytes: every empty file would be known")
    told = _kept(details)
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        item = known_by._replace(details=told)
        if bank.semantics is not BankSemantics.BENIGN:
            from tsunagu.services.banks.blast_radius import quarantined  # noqa: PLC0415 - loads the kernels

            [item] = quarantined([item], bank.rules.radius_bits, now=now)
        added = bank_items.add_items(bank.bank_id, pack([item]), agency_id=actor.agency_id, now=now)
        apply_if_benign(bank, agency_id=actor.agency_id, queue=queue)
        found = bank_items.item_with(bank.bank_id, item)
        ledger.write(bank_deed(Act.BANK_EXTENDED, actor, bank, now, items=1, added=added))
    return found


def content_of(*, actor: Actor, name: str, item_id: int, now: datetime, keys: Keys, ledger: Ledger) -> Content:
    """Return one item of an own bank.

    Raises:
        Forbidden: the actor reads no banks.
        NotFound: no such bank or item, or not the actor's agency's.
    """
    with reading_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        item = bank_items.item_of(bank.bank_id, item_id)
        ledger.write(bank_deed(Act.BANK_READ, actor, bank, now, item=item_name(keys, item_id)))
        return Content(item, bank_items.disabled_until(item_id))


def change_content(
    *,
    actor: Actor,
    name: str,
    item_id: int,
    disabled_until: datetime | None,
    details: Mapping[str, object],
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Put an item of an own bank off until then, or let it answer again, and keep what else is said of it.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank or item, or not the actor's agency's.
    """
    _kept(details)
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        item = bank_items.item_of(bank.bank_id, item_id)
        bank_items.disable(item_id, until=disabled_until)
        if details:
            bank_items.set_details(item_id, {**(item.details or {}), **details})
        told = item_name(keys, item_id)
        ledger.write(bank_deed(Act.BANK_JUDGED, actor, bank, now, item=told, disabled=int(disabled_until is not None)))


def _kept(details: Mapping[str, object]) -> str | None:
    """Return what is said of an item as it is kept; None for nothing.

    Raises:
        InputError: it holds NUL or a lone surrogate, which are no characters.
    """
    if any("\0" in text or any("\ud800" <= one <= "\udfff" for one in text) for text in _texts(details)):
        raise InputError("what is said of it holds a character that is none")
    return json.dumps(details) if details else None


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
