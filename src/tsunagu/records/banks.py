"""Banks, and the lists that were imported into them, as rows. Call everything within `acting_for` an agency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from tsunagu.domain.bank import BankRules, BankSemantics, BankSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.records.models import Bank, BankImport, BankItem, LookUpHit


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A list that is or was brought into a bank.

    Attributes:
        content: its SHA-256.
        stated: what the officer said of it.
        rows_in: rows that were taken or refused so far, which is also where it goes on after a crash.
        read_bytes: how much of the list was read for them.
        imported, repeated: rows that the bank did not have, and those that it had.
        refused: why rows were not taken, and how many each.
        lost_fields: what did not travel, and how many values each.
        done_at: when it came to its end; None while its rows answer nobody.
        failure: a code where it will never come to its end.
        failure_reason: what is wrong with the list, in words without content; None where the code says it all.
        failure_row: the last row that could be read.
    """

    import_id: UUID
    bank_id: UUID
    content: bytes
    format_name: str
    stated: Mapping[str, Any]
    size_bytes: int
    began_at: datetime
    rows_in: int
    imported: int
    repeated: int
    refused: Mapping[str, int]
    lost_fields: Mapping[str, int]
    done_at: datetime | None
    failure: str | None
    read_bytes: int = 0
    failure_reason: str | None = None
    failure_row: int | None = None


@dataclass(frozen=True, slots=True)
class HitRow:
    """Somebody asked for what an item of an own bank is near to."""

    item_id: int
    asked_by: UUID
    asked_at: datetime
    distance_bits: int


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
                **_columns(bank.rules),
            )
    except IntegrityError as error:
        raise Conflict("this bank name cannot be used") from error


def bank_of(name: str) -> BankSummary:
    """Return one bank of the agency that is acted for.

    Raises:
        NotFound: no such bank, or not this agency's: the answer is the same for both.
    """
    row = Bank.objects.filter(name=name).first()
    if row is None:
        raise NotFound("no such bank")
    return _summary(row, _held(row.id).get(row.id, 0))


def banks() -> tuple[BankSummary, ...]:
    """Return the banks of the agency that is acted for, by name."""
    held = _held()
    return tuple(_summary(row, held.get(row.id, 0)) for row in Bank.objects.order_by("name"))


def set_rules(bank_id: UUID, rules: BankRules) -> None:
    """Let a bank answer by these rules from the commit on."""
    Bank.objects.filter(id=bank_id).update(**_columns(rules))


def set_ground(bank_id: UUID, legal_ground: str) -> None:
    """Note why the agency may keep a bank."""
    Bank.objects.filter(id=bank_id).update(legal_ground=legal_ground)


def rename(bank_id: UUID, name: str) -> None:
    """Call a bank otherwise.

    Raises:
        Conflict: the agency has a bank of this name already.
    """
    try:
        with transaction.atomic():
            Bank.objects.filter(id=bank_id).update(name=name)
    except IntegrityError as error:
        raise Conflict("this bank name cannot be used") from error


def mark_unapplied(bank_id: UUID) -> None:
    """Mark a benign bank that has grown: `benign_unapplied` tells of it until the hits it explains are silenced."""
    Bank.objects.filter(id=bank_id).update(unapplied=True)


def begin_import(one: ImportRow, *, agency_id: UUID, officer_id: UUID) -> ImportRow:
    """Note that a list is being brought in, and return the row of it: the one that is there, where it was begun.

    It is another one where something else is stated of the same list.
    """
    found, _ = BankImport.objects.get_or_create(
        bank_id=one.bank_id,
        content=one.content,
        format=one.format_name,
        stated=dict(one.stated),
        failure=None,
        defaults={
            "id": one.import_id,
            "agency_id": agency_id,
            "size_bytes": one.size_bytes,
            "began_at": one.began_at,
            "began_by_id": officer_id,
        },
    )
    return _import(found)


def keep_progress(one: ImportRow, *, before: int) -> None:
    """Note how far a list has been brought in, within the transaction that brings in its rows.

    Args:
        before: the rows that were in before these.

    Raises:
        Conflict: another run has gone on with it meanwhile.
    """
    changed = BankImport.objects.filter(id=one.import_id, rows_in=before, done_at=None, failure=None).update(
        rows_in=one.rows_in,
        read_bytes=one.read_bytes,
        imported=one.imported,
        repeated=one.repeated,
        refused=dict(one.refused),
        lost_fields=dict(one.lost_fields),
        done_at=one.done_at,
    )
    if not changed:
        raise Conflict("this list is being imported by another run, or was ended")


def others_begun(one: ImportRow) -> list[UUID]:
    """Return the other imports into the same bank that have not come to an end: their rows answer nobody."""
    rows = BankImport.objects.filter(bank_id=one.bank_id, done_at=None, failure=None).exclude(id=one.import_id)
    return list(rows.values_list("id", flat=True))


def fail_import(import_id: UUID, failure: str, *, reason: str | None = None, row: int | None = None) -> None:
    """Note why an import will never come to its end."""
    rows = BankImport.objects.filter(id=import_id, done_at=None)
    rows.update(failure=failure, failure_reason=reason, failure_row=row)


def imports_of(bank_id: UUID, *, most: int) -> list[ImportRow]:
    """Return the newest imports into a bank, newest first."""
    return [_import(row) for row in BankImport.objects.filter(bank_id=bank_id).order_by("-began_at", "id")[:most]]


def hits_on(bank_id: UUID, *, most: int) -> list[HitRow]:
    """Return who asked for what is in a bank, newest first."""
    rows = LookUpHit.objects.filter(bank_id=bank_id).order_by("-id")[:most]
    return [HitRow(row.item_id, row.asked_by_id, row.asked_at, row.distance_bits) for row in rows]


def _held(*bank_ids: UUID) -> dict[UUID, int]:
    """Return how many items of these banks, or of all, are in quarantine: an index holds those alone."""
    rows = BankItem.objects.filter(quarantine__isnull=False, withdrawn=None)
    if bank_ids:
        rows = rows.filter(bank_id__in=bank_ids)
    return dict(rows.values_list("bank_id").annotate(Count("id")))


def _columns(rules: BankRules) -> dict[str, Any]:
    return {
        "radius_bits": rules.radius_bits,
        "is_on": rules.is_on,
        "is_open": rules.is_open,
        "share_percent": rules.share_percent,
        "expires_on": rules.expires_on,
    }


def _summary(row: Bank, held: int) -> BankSummary:
    rules = BankRules(row.radius_bits, row.is_on, row.is_open, row.share_percent, row.expires_on)
    return BankSummary(row.id, row.name, BankSemantics(row.semantics), row.legal_ground, rules, row.items, held)


def _import(row: BankImport) -> ImportRow:
    return ImportRow(
        row.id,
        row.bank_id,
        bytes(row.content),
        row.format,
        row.stated,
        row.size_bytes,
        row.began_at,
        row.rows_in,
        row.imported,
        row.repeated,
        row.refused,
        row.lost_fields,
        row.done_at,
        row.failure,
        row.read_bytes,
        row.failure_reason,
        row.failure_row,
    )
