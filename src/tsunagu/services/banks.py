"""Banks: opened, filled, listed. A benign bank silences collisions that everyone would otherwise be told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankSemantics, BankSummary
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined
from tsunagu.domain.permission import Permission
from tsunagu.records import banks
from tsunagu.records.notices import silenced_count
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_reference, denials_recorded
from tsunagu.services.parts import Keys, Ledger, Queue


@dataclass(frozen=True, slots=True)
class Extension:
    """What was added to a bank.

    Attributes:
        entries: digests and fingerprints that were given.
        silenced: hits that the actor sees, those of overlaps that both sides have shared, and that it has silenced.
    """

    entries: int
    silenced: int


def open_bank(
    *,
    actor: Actor,
    name: str,
    semantics: BankSemantics,
    legal_ground: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> BankSummary:
    """Open an empty bank of the actor's agency.

    Raises:
        Forbidden: the actor may not change banks.
        InputError: the name is empty or unprintable, or no legal ground is given.
        Conflict: the agency has a bank of this name already.
    """
    check_reference(name)
    if not legal_ground.strip() or not legal_ground.isprintable():
        raise InputError("a bank needs a legal ground, in printable characters")
    bank = BankSummary(uuid4(), name, semantics, legal_ground)
    with (
        denials_recorded(actor=actor, permission=Permission.BANK_CHANGE, asked=name, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        banks.add_bank(bank, agency_id=actor.agency_id, opened_by=actor.officer_id, now=now)
        ledger.write(_deed(Act.BANK_OPENED, actor, bank, now, semantics=semantics.value))
    return bank


def extend_bank(
    *,
    actor: Actor,
    name: str,
    examined: Iterable[Examined],
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    queue: Queue,
) -> Extension:
    """Add the digests and fingerprints of examined files to a bank, and return what that did.

    Files that could not be read, and pictures too plain to be searched, add what they have. When the bank is a
    benign one, the hits that it explains are silenced: before this returns, where the queue works at once.

    Args:
        examined: taken one by one, after the permission was checked.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
    """
    with (
        denials_recorded(actor=actor, permission=Permission.BANK_CHANGE, asked=name, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        bank = banks.bank_of(name)
    entries = [entry for one in examined for entry in _entries(one)]
    with acting_for(actor.agency_id):
        before = silenced_count(actor)
        banks.add_entries(bank, entries, agency_id=actor.agency_id, now=now)
        if bank.semantics is BankSemantics.BENIGN:
            queue.defer("silence-benign", {"agency": str(actor.agency_id)})
        ledger.write(_deed(Act.BANK_EXTENDED, actor, bank, now, entries=len(entries)))
    with acting_for(actor.agency_id):
        return Extension(len(entries), max(0, silenced_count(actor) - before))


def list_banks(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[BankSummary, ...]:
    """Return the banks of the actor's agency, by name.

    Raises:
        Forbidden: the actor reads no banks.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.BANK_READ, asked="banks", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = banks.banks()
    ledger.record(
        Deed(Act.BANK_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details={"banks": len(found)})
    )
    return found


def _entries(examined: Examined) -> Iterable[tuple[str, bytes]]:
    if examined.digests and examined.size_bytes:
        yield "sha256", examined.digests.sha256
    if examined.pdq and examined.pdq.is_searchable:
        yield FingerprintKind.PDQ.code, examined.pdq.data


def _deed(act: Act, actor: Actor, bank: BankSummary, now: datetime, **details: str | int) -> Deed:
    details["bank"] = str(bank.bank_id)
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=details)
