"""The demonstration's bank: one agency opens what it knows, another asks about a file that it has seized."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankRules, BankSemantics
from tsunagu.domain.look_up import Known, Query
from tsunagu.domain.media import Examined
from tsunagu.domain.purpose import Purpose
from tsunagu.media.walk import walk
from tsunagu.services.banks.ownership import extend_bank, open_bank
from tsunagu.services.house import House, Rooms
from tsunagu.services.media.examination import examine_all

BANK = "Demonstration: known photographs"
KNOWN = "laptop/pictures"
ASKED = "phone/dcim/0002.jpg"
"""A small, strongly compressed copy of one of them."""


def open_the_bank(*, house: House, rooms: Rooms, owner: Actor, media: Path, now: datetime) -> None:
    """Open a bank to all agencies, and add an exhibit's photographs to it."""
    parts: dict[str, Any] = {"now": now, "keys": rooms.keys, "ledger": rooms.ledger}
    open_bank(
        actor=owner,
        name=BANK,
        semantics=BankSemantics.ALERT,
        legal_ground="none: a demonstration on benign photographs",
        rules=BankRules(is_open=True),
        **parts,
    )
    extend_bank(actor=owner, name=BANK, examined=_examined(house, media / KNOWN), queue=rooms.queue, **parts)


def ask_the_banks(*, house: House, rooms: Rooms, asker: Actor, media: Path, now: datetime) -> tuple[Known, ...]:
    """Return what the banks know of a file."""
    from tsunagu.services.look_ups.asking import look_up  # noqa: PLC0415 - loads the kernels

    queries = [Query.of_file(one) for one in _examined(house, media / ASKED)]
    actor = replace(asker, purpose=Purpose.DEMONSTRATION)
    answered = look_up(actor=actor, queries=queries, known=rooms.known(), now=now, keys=rooms.keys, ledger=rooms.ledger)
    return answered.answers[0].known


def _examined(house: House, path: Path) -> Iterable[Examined]:
    with house.decoder() as decoder:
        found = examine_all(walk([os.fsencode(path)]), decoder=decoder, workers=house.workers)
        return [one for _, items in found for one in items]
