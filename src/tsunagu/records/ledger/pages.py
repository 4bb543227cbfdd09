"""The ledger read page by page, within `acting_for` an agency: of a case, of an officer, of what others read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.db import connections

from tsunagu.domain.ledger import LedgerEntry
from tsunagu.domain.search import LedgerSearch

APP = "default"
_NUMBER = """
SELECT max(number) FROM (
    SELECT number, body, hash FROM ledger.entry WHERE {where}
    UNION ALL SELECT number, body, hash FROM ledger.lists_naming(%(lists)s::uuid[], %(but)s::uuid, NULL, NULL)
) AS found WHERE substr(hash, 1, 8) = %(before)s AND {narrowing}
"""
# UNION, not UNION ALL: a list may be read for a case that it names, and is one entry.
_ENTRIES = """
(SELECT number, body, hash FROM ledger.entry
 WHERE {where} AND {narrowing} AND (%(below)s::bigint IS NULL OR number < %(below)s::bigint)
 ORDER BY number DESC LIMIT %(most)s)
UNION
(SELECT number, body, hash
 FROM ledger.lists_naming(%(lists)s::uuid[], %(but)s::uuid, %(below)s::bigint, %(lists_most)s::bigint)
 WHERE {narrowing})
ORDER BY number DESC LIMIT %(most)s
"""


def entries_of_case(case_id: UUID, *, before: bytes | None, most: int) -> list[LedgerEntry]:
    """Return the newest entries of a case, newest first.

    Args:
        before: the first 8 bytes of the hash of the entry after which to go on; None for the newest.
        most: how many at most.
    """
    return _page("case_id = %(case)s", {"case": case_id}, before, most, in_lists=[case_id])


def all_entries_of_case(case_id: UUID) -> Iterator[LedgerEntry]:
    """Yield every entry of a case, oldest first; those of lists that were read and named it are left out."""
    with connections[APP].chunked_cursor() as cursor:
        cursor.execute("SELECT number, body, hash FROM ledger.entry WHERE case_id = %s ORDER BY number", [case_id])
        while rows := cursor.fetchmany(2000):
            for number, body, hashed in rows:
                yield LedgerEntry(number, body, bytes(hashed))


def entries_of_officer(officer_id: UUID, *, before: bytes | None, most: int) -> list[LedgerEntry]:
    """Return the newest entries of what an officer did, newest first; for the rest see `entries_of_case`."""
    return _page("officer_id = %(officer)s", {"officer": officer_id}, before, most)


def reads_by_others(
    case_ids: Sequence[UUID], *, officer_id: UUID, before: bytes | None, most: int
) -> list[LedgerEntry]:
    """Return the newest entries of what others than an officer read in cases; for the rest see `entries_of_case`."""
    where = (
        "case_id = ANY(%(cases)s) AND officer_id IS DISTINCT FROM %(officer)s AND officer_id IS NOT NULL "
        "AND body::jsonb ->> 'act' LIKE '%%:read'"
    )
    parameters = {"cases": list(case_ids), "officer": officer_id}
    return _page(where, parameters, before, most, in_lists=case_ids, by_others_than=officer_id)


def entries_sought(search: LedgerSearch, *, before: bytes | None, most: int) -> list[LedgerEntry]:
    """Return the newest entries of the agency that are looked for, newest first; for the rest see `entries_of_case`."""
    asked: dict[str, Any] = {"acts": list(map(str, search.acts)), "case": search.case_id}
    asked["since"] = search.since and datetime.combine(search.since, time.min, UTC)
    asked["until"] = search.until and datetime.combine(search.until, time.max, UTC)
    conditions = {
        "acts": "body::jsonb ->> 'act' = ANY(%(acts)s)",
        "since": "(body::jsonb ->> 'at')::timestamptz >= %(since)s",
        "until": "(body::jsonb ->> 'at')::timestamptz <= %(until)s",
    }
    narrowing = " AND ".join(sql for name, sql in conditions.items() if asked[name])
    if search.case_id is None:
        return _page(narrowing or "true", asked, before, most)
    return _page("case_id = %(case)s", asked, before, most, in_lists=[search.case_id], narrowing=narrowing)


def _page(
    where: str,
    parameters: dict[str, Any],
    before: bytes | None,
    most: int,
    *,
    in_lists: Sequence[UUID] = (),
    by_others_than: UUID | None = None,
    narrowing: str = "",
) -> list[LedgerEntry]:
    """Return the newest entries that are such, and those of lists that were read and named one of these cases.

    Args:
        narrowing: what holds of them all; the indexes know nothing of it, so each that is such else is looked at.
    """
    asked = {**parameters, "before": before, "most": most, "lists": list(in_lists), "but": by_others_than}
    asked["lists_most"] = None if narrowing else most
    sql = {"where": where, "narrowing": narrowing or "true"}
    with connections[APP].cursor() as cursor:
        number = None
        if before is not None:
            cursor.execute(_NUMBER.format(**sql), asked)
            [(number,)] = cursor.fetchall()
            if number is None:
                return []
        cursor.execute(_ENTRIES.format(**sql), asked | {"below": number})
        return [LedgerEntry(number, body, bytes(hashed)) for number, body, hashed in cursor]
