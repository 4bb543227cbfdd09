"""The items of banks, as rows: brought in by the ten thousand, judged and withdrawn one by one.

Call everything within `acting_for` the bank's agency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.db.models import F

from tsunagu.domain.bank import BankItem, Opinion, Quarantine
from tsunagu.domain.errors import NotFound
from tsunagu.domain.look_up import DigestKind
from tsunagu.records.binary_arrays import register
from tsunagu.records.models import Bank
from tsunagu.records.models import BankItem as Row
from tsunagu.records.new_items import NewItem, Packed, key_of

# The lock of the log before the statement that adds, and not by its trigger: so it sees what all writers before have
# committed, and need not reckon with others. `ON CONFLICT` would, at a third of the whole time. A table that grows from
# nothing while the statement lasts must not be read as the few pages that it was when it began.
_ALONE: Final = "SELECT pg_advisory_xact_lock(7400102); SET LOCAL enable_seqscan = off"
_ADD_ALL: Final = """
INSERT INTO bank_item (agency_id, bank_id, import_id, added_at, key, md5, sha1, sha256, pdq, details, quarantine)
SELECT new.* FROM (
    SELECT %s::uuid, %s::uuid AS bank_id, %s::uuid, %s::timestamptz, unnest(%b) AS key, unnest(%b), unnest(%b),
        unnest(%b), unnest(%b), unnest(%b), unnest(%b)) AS new
"""
# `OFFSET 0` keeps the planner from joining all that is held to a few rows that come.
_ADD_UNHELD: Final = f"""{_ADD_ALL}
WHERE NOT EXISTS (SELECT FROM bank_item AS held WHERE held.bank_id = new.bank_id AND held.key = new.key OFFSET 0)
"""


def add_items(
    bank_id: UUID,
    packed: Packed,
    *,
    agency_id: UUID,
    now: datetime,
    import_id: UUID | None = None,
    likely_new: bool = False,
) -> int:
    """Add items to a bank, and return how many it did not have yet: the others stay as they are.

    What is there only as a row of a list that has not come to its end, and answers nobody, counts as new where it is
    added by itself, and is part of that list no more. The log of changes stays locked for every other writer until the
    transaction ends.

    Args:
        likely_new: whether the bank most likely has none of them; they are then added without looking for each before,
            and once more with looking where it has one.
    """
    connection.ensure_connection()
    # Row-level security lets nobody COPY, and the framework's cursor writes every value out as text.
    with psycopg.Cursor(connection.connection) as cursor:
        register(cursor)
        cursor.execute(_ALONE)
        values = [agency_id, bank_id, import_id, now, *packed.columns]
        if not (likely_new and _added_all(cursor, values)):
            cursor.execute(_ADD_UNHELD, values)
        added = cursor.rowcount
        cursor.execute("SET LOCAL enable_seqscan = DEFAULT")
        Bank.objects.filter(id=bank_id).update(items=F("items") + added)
        if import_id is None and added < packed.rows:
            keys, *_, quarantines = packed.columns
            cursor.execute(
                "UPDATE bank_item SET import_id = NULL, quarantine = new.quarantine"
                " FROM unnest(%b, %b) AS new (key, quarantine) WHERE bank_id = %s AND bank_item.key = new.key"
                " AND import_id IN (SELECT id FROM bank_import WHERE bank_id = %s AND done_at IS NULL)",
                [keys, quarantines, bank_id, bank_id],
            )
            added += cursor.rowcount
    return added


def _added_all(cursor: psycopg.Cursor[Any], values: Sequence[Any]) -> bool:
    """Add items, or none of them where the bank has one; return whether they were added."""
    try:
        with transaction.atomic():
            cursor.execute(_ADD_ALL, values)
    except psycopg.errors.UniqueViolation:
        return False
    return True


def of_import(import_id: UUID, item_ids: Iterable[int]) -> set[int]:
    """Return which of these items an import has brought in."""
    rows = Row.objects.filter(part_of=import_id, id__in=list(item_ids))
    return set(rows.values_list("id", flat=True))


def items_of(bank_id: UUID, *, after: UUID | None, most: int) -> list[tuple[UUID, BankItem]]:
    """Return items of a bank, each after the key by which a page goes on, in the order of the keys.

    Args:
        after: the key of the last item of the page before; None begins.
    """
    rows = Row.objects.filter(bank_id=bank_id, key__isnull=False)
    if after is not None:
        rows = rows.filter(key__gt=after)
    return [(row.key, bank_item(row)) for row in rows.order_by("key")[:most] if row.key is not None]


def held_items(bank_id: UUID, *, most: int) -> list[BankItem]:
    """Return the items of a bank that are in quarantine, oldest first."""
    rows = Row.objects.filter(bank_id=bank_id, quarantine__isnull=False, withdrawn=None)
    return [bank_item(row) for row in rows.order_by("id")[:most]]


def item_of(bank_id: UUID, item_id: int) -> BankItem:
    """Return one item of a bank.

    Raises:
        NotFound: no such item, or withdrawn, or another bank's.
    """
    row = Row.objects.filter(id=item_id, bank_id=bank_id, withdrawn=None).first()
    if row is None:
        raise NotFound("no such item in this bank")
    return bank_item(row)


def same_items(bank_id: UUID, digests: Iterable[tuple[DigestKind, bytes]], *, most: int) -> list[BankItem]:
    """Return items of a bank that have one of these digests, oldest first."""
    found: dict[int, BankItem] = {}
    for kind, digest in digests:
        rows = Row.objects.filter(**{kind.value: digest}, bank_id=bank_id, withdrawn=None)
        found |= {row.id: bank_item(row) for row in rows.order_by("id")[:most]}
    return [found[item_id] for item_id in sorted(found)][:most]


def items_among(bank_id: UUID, item_ids: Iterable[int]) -> dict[int, BankItem]:
    """Return which of these items a bank has, by their id."""
    rows = Row.objects.filter(bank_id=bank_id, withdrawn=None, id__in=list(item_ids))
    return {row.id: bank_item(row) for row in rows}


def set_quarantine(quarantines: Mapping[int, Quarantine | None]) -> None:
    """Set items apart, or let them answer again, by their id."""
    for item_id, quarantine in quarantines.items():
        Row.objects.filter(id=item_id).update(quarantine=None if quarantine is None else asdict(quarantine))


def item_with(bank_id: UUID, item: NewItem) -> BankItem:
    """Return the item of a bank that is known by the same.

    Raises:
        NotFound: the bank has none.
    """
    row = Row.objects.filter(bank_id=bank_id, key=UUID(bytes=key_of(item))).first()
    if row is None:
        raise NotFound("no such item in this bank")
    return bank_item(row)


def ids_of(bank_id: UUID, items: Sequence[NewItem]) -> list[int | None]:
    """Return the id of the item of a bank that is known by the same, for each of these; None where it has none.

    What is there only as a row of a list that has not come to its end is none, as for `add_items`.
    """
    keys = [UUID(bytes=key_of(item)) for item in items]
    rows = Row.objects.filter(bank_id=bank_id, key__in=keys).exclude(part_of__isnull=False, part_of__done_at=None)
    found = dict(rows.values_list("key", "id"))
    return [found.get(key) for key in keys]


def disabled_until(item_id: int) -> datetime | None:
    """Return until when an item is put off; None where it is not."""
    return Row.objects.values_list("disabled_until", flat=True).get(id=item_id)


def disable(item_id: int, *, until: datetime | None) -> None:
    """Put an item off until then; None lets it answer again."""
    Row.objects.filter(id=item_id).update(disabled_until=until)


def set_details(item_id: int, details: Mapping[str, object]) -> None:
    """Keep what else is said of an item."""
    Row.objects.filter(id=item_id).update(details=details)


def withdraw_all(bank_id: UUID) -> None:
    """Withdraw all items of a bank for good."""
    _withdraw("bank_id = %s", bank_id)


def set_opinion(item_id: int, opinion: Opinion | None) -> None:
    """Note what the owner says of an item; None takes back what he said."""
    Row.objects.filter(id=item_id).update(opinion=opinion)


def withdraw(item_ids: Iterable[int]) -> None:
    """Withdraw items of one agency for good: of each stays only that it was there."""
    _withdraw("id = ANY(%s)", list(item_ids))


def withdraw_import(import_id: UUID) -> None:
    """Withdraw all that an import brought in, for it did not come to its end."""
    _withdraw("import_id = %s", import_id)


def _withdraw(condition: str, value: list[int] | UUID) -> None:
    statement = f"""
        WITH gone AS (
            UPDATE bank_item SET key = NULL, md5 = NULL, sha1 = NULL, sha256 = NULL, pdq = NULL, details = NULL,
                quarantine = NULL, withdrawn = CASE WHEN pdq IS NULL THEN 0
                    ELSE nextval(pg_get_serial_sequence('bank_item', 'id')) END
            WHERE {condition} AND withdrawn IS NULL RETURNING bank_id)
        UPDATE bank SET items = bank.items - less.items
        FROM (SELECT bank_id, count(*) AS items FROM gone GROUP BY 1) AS less WHERE id = less.bank_id
    """  # noqa: S608 - the condition is a literal of our own
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])


def bank_item(row: Row) -> BankItem:
    """Return an item as its row tells of it."""
    held = row.quarantine
    md5, sha1, sha256_, pdq = (None if one is None else bytes(one) for one in (row.md5, row.sha1, row.sha256, row.pdq))
    return BankItem(
        row.id,
        md5,
        sha1,
        sha256_,
        pdq,
        row.details,
        row.added_at,
        None if held is None else Quarantine(held["benign"], held["recent"]),
        None if row.opinion is None else Opinion(row.opinion),
    )
