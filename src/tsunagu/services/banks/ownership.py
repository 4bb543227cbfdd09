"""Banks: opened, filled, switched, judged, listed. A benign bank silences collisions that all would be told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import MOST_RADIUS_BITS, BankItem, BankRules, BankSemantics, BankSummary
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined
from tsunagu.domain.writing import is_printable
from tsunagu.records import bank_items, banks
from tsunagu.records.agencies import agency_cards
from tsunagu.records.banks import ImportRow
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.notices import silenced_count
from tsunagu.records.session import acting_for
from tsunagu.services.access import changing_banks, check_reference, reading_banks
from tsunagu.services.opaque import item_name
from tsunagu.services.parts import Keys, Ledger, Queue

SHOWN = 100
"""Quarantined items, imports and hits that a bank's page tells of at once, the newest."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What was added to a bank.

    Attributes:
        items: files that were given and can be known again.
        added: those that the bank did not have yet.
        held: those of them that are in quarantine.
        silenced: hits that the actor sees, those of overlaps that both sides have shared, and that it has silenced.
    """

    items: int
    added: int
    held: int
    silenced: int


@dataclass(frozen=True, slots=True)
class OwnerHit:
    """Somebody asked for what an item of an own bank is near to.

    Attributes:
        item: by what it is called.
        agency: the name of whoever asked.
    """

    item: str
    agency: str
    asked_at: datetime
    distance_bits: int


@dataclass(frozen=True, slots=True)
class BankView:
    """One bank with what its officers decide on.

    Attributes:
        held: items in quarantine, by what each is called, oldest first, `SHOWN` at most.
        imports: the newest imports.
        hits: who asked for what is in it, newest first.
    """

    bank: BankSummary
    held: tuple[tuple[str, BankItem], ...]
    imports: tuple[ImportRow, ...]
    hits: tuple[OwnerHit, ...]


def open_bank(
    *,
    actor: Actor,
    name: str,
    semantics: BankSemantics,
    legal_ground: str | None,
    rules: BankRules = BankRules(),  # noqa: B008 - frozen
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> BankSummary:
    """Open an empty bank of the actor's agency.

    Args:
        legal_ground: why the agency may keep it; None where a program opens it, for an officer to state.

    Raises:
        Forbidden: the actor may not change banks.
        InputError: the name or the legal ground is empty or unprintable, a rule is outside its range, or the bank is to
            answer other agencies without a legal ground.
        Conflict: the agency has a bank of this name already.
    """
    check_reference(name)
    if legal_ground is not None:
        _check_ground(legal_ground)
    _check(rules, legal_ground)
    bank = BankSummary(uuid4(), name, semantics, legal_ground, rules)
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        banks.add_bank(bank, agency_id=actor.agency_id, opened_by=actor.officer_id, now=now)
        ledger.write(bank_deed(Act.BANK_OPENED, actor, bank, now, semantics=semantics.value))
    return bank


def change_bank(
    *,
    actor: Actor,
    name: str,
    changed: Callable[[BankRules], BankRules],
    legal_ground: str | None = None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> BankSummary:
    """Let a bank answer by other rules: look-ups that begin after this returns go by them.

    Args:
        legal_ground: why the agency may keep it; None leaves what was stated.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
        InputError: a rule is outside its range, the legal ground is empty or unprintable, or the bank is to answer
            other agencies without one.
    """
    if legal_ground is not None:
        _check_ground(legal_ground)
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        rules, stated = changed(bank.rules), legal_ground is not None and legal_ground != bank.legal_ground
        _check(rules, bank.legal_ground if legal_ground is None else legal_ground)
        banks.set_rules(bank.bank_id, rules)
        if legal_ground is not None:
            banks.set_ground(bank.bank_id, legal_ground)
        details: dict[str, str | int] = {
            "radius": rules.radius_bits,
            "on": int(rules.is_on),
            "open": int(rules.is_open),
            "share": rules.share_percent,
            "expires": "" if rules.expires_on is None else rules.expires_on.isoformat(),
        }
        if stated:
            details["ground"] = 1
        ledger.write(bank_deed(Act.BANK_CHANGED, actor, bank, now, **details))
    return replace(bank, rules=rules, legal_ground=legal_ground or bank.legal_ground)


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
    """Add what examined files are known by to a bank, and return what that did.

    Files that could not be read, and pictures too plain to be searched, add what they have. What too much of the
    agency's corpus lies near to goes into quarantine. When the bank is a benign one, the hits that it explains are
    silenced: before this returns, where the queue works at once.

    Args:
        examined: taken one by one, after the permission was checked.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
    """
    with changing_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
    items = [item for one in examined if (item := _item(one)) is not None]
    with acting_for(actor.agency_id):
        before = silenced_count(actor)
        if bank.semantics is not BankSemantics.BENIGN:
            # The kernels take half a second to load: only who adds waits for them.
            from tsunagu.services.banks.blast_radius import quarantined  # noqa: PLC0415

            items = quarantined(items, bank.rules.radius_bits, now=now)
        added = bank_items.add_items(bank.bank_id, pack(items), agency_id=actor.agency_id, now=now)
        apply_if_benign(bank, agency_id=actor.agency_id, queue=queue)
        ledger.write(bank_deed(Act.BANK_EXTENDED, actor, bank, now, items=len(items), added=added))
    with acting_for(actor.agency_id):
        silenced = max(0, silenced_count(actor) - before)
    return Extension(len(items), added, sum(one.quarantine is not None for one in items), silenced)


def list_banks(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[BankSummary, ...]:
    """Return the banks of the actor's agency, by name.

    Raises:
        Forbidden: the actor reads no banks.
    """
    with reading_banks(actor, "banks", now=now, keys=keys, ledger=ledger):
        found = banks.banks()
    ledger.record(
        Deed(Act.BANK_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details={"banks": len(found)})
    )
    return found


def view_bank(*, actor: Actor, name: str, now: datetime, keys: Keys, ledger: Ledger) -> BankView:
    """Return one bank with what its officers decide on.

    Raises:
        Forbidden: the actor reads no banks.
        NotFound: no such bank, or not the actor's agency's.
    """
    with reading_banks(actor, name, now=now, keys=keys, ledger=ledger):
        bank = banks.bank_of(name)
        held = bank_items.held_items(bank.bank_id, most=SHOWN)
        imports = banks.imports_of(bank.bank_id, most=SHOWN)
        hits = banks.hits_on(bank.bank_id, most=SHOWN)
        names = {agency_id: card.name for agency_id, card in agency_cards().items()}
        ledger.write(bank_deed(Act.BANK_READ, actor, bank, now))
    return BankView(
        bank,
        tuple((item_name(keys, one.item_id), one) for one in held),
        tuple(imports),
        tuple(
            OwnerHit(item_name(keys, one.item_id), names[one.asked_by], one.asked_at, one.distance_bits) for one in hits
        ),
    )


def apply_if_benign(bank: BankSummary, *, agency_id: UUID, queue: Queue) -> None:
    """Let the hits that a benign bank explains be silenced. Call it within the transaction in which it has grown."""
    if bank.semantics is BankSemantics.BENIGN:
        banks.mark_unapplied(bank.bank_id)
        queue.defer("silence-benign", {"agency": str(agency_id)})


def bank_deed(act: Act, by: Actor, bank: BankSummary, now: datetime, **details: str | int) -> Deed:
    """Return the deed of an actor with a bank, for the ledger."""
    details["bank"] = str(bank.bank_id)
    return Deed(act, now, by.agency_id, by.officer_id, by.purpose, details=details)


def _check_ground(legal_ground: str) -> None:
    if not legal_ground.strip() or not is_printable(legal_ground):
        raise InputError("a bank needs a legal ground, in printable characters")


def _check(rules: BankRules, legal_ground: str | None) -> None:
    if rules.is_open and legal_ground is None:
        raise InputError("state the legal ground of this bank before it answers other agencies")
    if not 0 <= rules.radius_bits <= MOST_RADIUS_BITS:
        raise InputError(f"a bank's radius is 0 to {MOST_RADIUS_BITS} bits")
    if not 0 <= rules.share_percent <= 100:
        raise InputError("a share is 0 to 100 percent")


def _item(examined: Examined) -> NewItem | None:
    """Return what a file is known by; None for an empty file, and for one that was not even read to its end."""
    if not examined.digests or not examined.size_bytes:
        return None
    digests = examined.digests
    pdq = examined.pdq.data if examined.pdq and examined.pdq.is_searchable else None
    return NewItem(digests.md5, digests.sha1, digests.sha256, pdq)
