"""What banks know of what is asked for, as the linker: each bank by its own rules, as they are at this moment.

Call everything within `looking_up`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections

from tsunagu.domain.bank import BankSemantics, Opinion
from tsunagu.domain.look_up import DigestKind
from tsunagu.records.session import LINKER

RECENT_QUERIES = 10_000
"""Fingerprints that are kept of what an agency asked for lately."""
_COLUMNS = "item.id, bank.id, bank.name, bank.agency_id, bank.semantics, item.opinion, bank.radius_bits"
_ANSWERING = """
FROM bank_item AS item JOIN bank ON bank.id = item.bank_id LEFT JOIN bank_import ON bank_import.id = item.import_id
WHERE item.withdrawn IS NULL AND item.quarantine IS NULL
  AND bank.is_on AND (bank.expires_on IS NULL OR bank.expires_on >= %(today)s)
  AND (bank.agency_id = %(asker)s OR bank.is_open) AND (%(banks)s::uuid[] IS NULL OR bank.id = ANY(%(banks)s))
  AND (item.import_id IS NULL OR bank_import.done_at IS NOT NULL)
  AND (bank.share_percent = 100 OR (hashint8(item.id) & 2147483647) %% 100 < bank.share_percent)
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """In whose name banks are asked.

    Attributes:
        banks: the only ones that are asked; None for all that answer this agency.
    """

    agency_id: UUID
    banks: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """An item that answers an asker.

    Attributes:
        agency_id: the bank's owner.
        radius_bits: the bank's.
    """

    item_id: int
    bank_id: UUID
    bank: str
    agency_id: UUID
    semantics: BankSemantics
    is_disputed: bool
    radius_bits: int


def near(asker: Asker, item_ids: Iterable[int], *, now: datetime) -> dict[int, Answering]:
    """Return which of these items answer, by their id: the caller knows how near they are."""
    wanted = list(item_ids)
    if not wanted:
        return {}
    rows = _asked(f"SELECT {_COLUMNS} {_ANSWERING} AND item.id = ANY(%(items)s)", asker, now, items=wanted)
    return {row[0]: _answering(row) for row in rows}


def same(
    asker: Asker, digests: Iterable[tuple[DigestKind, bytes]], *, now: datetime
) -> dict[tuple[DigestKind, bytes], list[Answering]]:
    """Return the items that have one of these digests and answer, by the digest."""
    wanted: dict[DigestKind, set[bytes]] = {}
    for kind, digest in digests:
        wanted.setdefault(kind, set()).add(digest)
    found: dict[tuple[DigestKind, bytes], list[Answering]] = {}
    for kind, some in wanted.items():
        column = kind.value  # of a closed set
        query = f"SELECT item.{column}, {_COLUMNS} {_ANSWERING} AND item.{column} = ANY(%(some)s)"
        for digest, *row in _asked(query, asker, now, some=list(some)):
            found.setdefault((kind, bytes(digest)), []).append(_answering(row))
    return found


def spend(agency_id: UUID, officer_id: UUID, key_id: UUID | None, queries: int, *, now: datetime) -> int:
    """Count what is asked, and return how much that officer, or that key of his, has asked today with it."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "INSERT INTO look_up_day (agency_id, officer_id, api_key, day, queries) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (officer_id, api_key, day) DO UPDATE SET queries = look_up_day.queries + excluded.queries"
            " RETURNING queries",
            [agency_id, officer_id, key_id, now.astimezone(UTC).date(), queries],
        )
        return int(cursor.fetchone()[0])


def tell_owners(hits: Sequence[tuple[Answering, int]], *, asked_by: UUID, now: datetime) -> None:
    """Let the owner of each bank know what of it was asked for, by which agency, and how near it was."""
    if not hits:
        return
    with connections[LINKER].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO look_up_hit (agency_id, bank_id, item_id, asked_by_id, asked_at, distance_bits)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [(one.agency_id, one.bank_id, one.item_id, asked_by, now, distance) for one, distance in hits],
        )


def remember(agency_id: UUID, fingerprints: Sequence[bytes]) -> None:
    """Keep what was asked for: new items that are near much of it are too wide to go live."""
    if not fingerprints:
        return
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "INSERT INTO recent_query (agency_id, pdq) SELECT %s, unnest(%s::bytea[])", [agency_id, list(fingerprints)]
        )


def forget_older() -> None:
    """Forget what each agency asked for before its last `RECENT_QUERIES`."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "DELETE FROM recent_query USING (SELECT id, row_number() OVER (PARTITION BY agency_id ORDER BY id DESC)"
            " AS age FROM recent_query) AS counted WHERE counted.id = recent_query.id AND age > %s",
            [RECENT_QUERIES],
        )


def _asked(query: str, asker: Asker, now: datetime, **more: Any) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "today": now.astimezone(UTC).date(),
        "asker": asker.agency_id,
        "banks": None if asker.banks is None else list(asker.banks),
        **more,
    }
    with connections[LINKER].cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _answering(row: Sequence[Any]) -> Answering:
    item, bank, name, owner, semantics, opinion, radius_bits = row
    return Answering(item, bank, name, owner, BankSemantics(semantics), opinion == Opinion.DISPUTED, radius_bits)
