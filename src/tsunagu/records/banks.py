"""Banks, as rows. Call everything within `acting_for` an agency."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from tsunagu.domain.bank import BankSemantics, BankSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.records.models import Bank, BankEntry


def add_bank(bank: BankSummary, *, agency_id: UUID, opened_by: UUID, now: datetime) -> None:
    """Open an empty bank.

    Raises:
        Conflict: the agency has a bank of this name already.
    """
    try:
        with transaction.atomic():
            Bank.objects.create(
                id=bank.bank_id,
                agency_id=agency_id,
                name=bank.name,
                semantics=bank.semantics,
                legal_ground=bank.legal_ground,
                opened_at=now,
                opened_by_id=opened_by,
            )
    except IntegrityError as error:
        raise Conflict("this bank name cannot be used") from error


def bank_of(name: str) -> BankSummary:
    """Return one bank of the agency that is acted for.

    Raises:
        NotFound: no such bank, or not this agency's: the answer is the same for both.
    """
    row = Bank.objects.filter(name=name).annotate(entries=Count("bankentry")).first()
    if row is None:
        raise NotFound("no such bank")
    return BankSummary(row.id, row.name, BankSemantics(row.semantics), row.legal_ground, row.entries)


def banks() -> tuple[BankSummary, ...]:
    """Return the banks of the agency that is acted for, by name."""
    rows = Bank.objects.annotate(entries=Count("bankentry")).order_by("name")
    return tuple(
        BankSummary(row.id, row.name, BankSemantics(row.semantics), row.legal_ground, row.entries) for row in rows
    )


def add_entries(bank: BankSummary, entries: Iterable[tuple[str, bytes]], *, agency_id: UUID, now: datetime) -> None:
    """Add (kind, data) entries to a bank; those that are there already stay as they are.

    A benign bank is marked with that: `benign_unapplied` tells of it until the hits it explains are silenced.
    """
    if bank.semantics is BankSemantics.BENIGN:
        Bank.objects.filter(id=bank.bank_id).update(unapplied=True)
    BankEntry.objects.bulk_create(
        [
            BankEntry(agency_id=agency_id, bank_id=bank.bank_id, kind=kind, data=data, added_at=now)
            for kind, data in entries
        ],
        ignore_conflicts=True,
        batch_size=5000,
    )
