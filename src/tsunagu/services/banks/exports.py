"""A bank written out as a list that others read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.known import KnownItem, LossReport
from tsunagu.exchange.icse import write_icse
from tsunagu.exchange.vics_writing import VicsTarget, VicsVersion, write_vics
from tsunagu.records import banks, given_items
from tsunagu.records.session import acting_for
from tsunagu.services.access import changing_banks
from tsunagu.services.banks.known_items import known_item
from tsunagu.services.banks.ownership import bank_deed
from tsunagu.services.parts import Keys, Ledger

Writer = Callable[[Iterable[KnownItem], BinaryIO], LossReport]


class ListFormat(StrEnum):
    """The formats that a bank is written in."""

    VICS_1_3 = "vics-1.3"
    VICS_2_0 = "vics-2.0"
    ICSE = "icse"


def export_bank(
    *, actor: Actor, name: str, format_: ListFormat, out: BinaryIO, now: datetime, keys: Keys, ledger: Ledger
) -> LossReport:
    """Write the items of an own bank into `out`, as it is at one moment, and return what did not travel.

    Whoever has the list has all that the bank knows by digest: it takes who may change the bank. No format says of an
    item that it is in doubt, so what is in quarantine, disputed or put off is left out and counted, as are rows of a
    list that has not come to its end.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
    """
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        items = given_items.count_to_give(bank.bank_id, now=now)
        ledger.write(bank_deed(Act.BANK_EXPORTED, actor, bank, now, format=format_.value, items=items))
    # Only now: a pipe takes what is written at once, and nothing may leave before its entry is committed.
    with acting_for(actor.agency_id):
        given = given_items.items_to_give(bank.bank_id, now=now)
        report = _writer(format_)((known_item(item, row) for row, item in enumerate(given, 1)), out)
        report.lost.update(given_items.items_kept_back(bank.bank_id, now=now))
    return report


def _writer(format_: ListFormat) -> Writer:
    match format_:
        case ListFormat.ICSE:
            return write_icse
        case ListFormat.VICS_1_3:
            return lambda items, out: write_vics(items, out, target=VicsTarget(VicsVersion.V1_3))
        case ListFormat.VICS_2_0:
            return lambda items, out: write_vics(items, out, target=VicsTarget(VicsVersion.V2_0, "CUSTOM"))
