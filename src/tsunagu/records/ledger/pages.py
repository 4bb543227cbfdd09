"""The ledger read page by page, within `acting_for` an agency: of a case, of an officer, of what others read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connections

from tsunagu.domain.ledger import LedgerEntry

APP = "default"


def entries_of_case(case_id: UUID, *, before: bytes | None, most: int) -> list[LedgerEntry]:
    """Return the newest entries of a case, newest first.

    Args:
        before: the first 8 bytes of the hash of the entry after which to go on; None for the newest.
        most: how many at most.
    """
    return _page("case_id = %(case)s", {"case": case_id}, before, most)


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
    return _page(where, {"cases": list(case_ids), "officer": officer_id}, before, most)


def _page(where: str, parameters: dict[str, Any], before: bytes | None, most: int) -> list[LedgerEntry]:
    known = f"SELECT number FROM ledger.entry WHERE {where} AND substr(hash, 1, 8) = %(before)s"  # noqa: S608 - ours
    and_before = "" if before is None else f"AND number < ({known})"
    query = (
        f"SELECT number, body, hash FROM ledger.entry WHERE {where} {and_before} "  # noqa: S608 - constants of ours
        "ORDER BY number DESC LIMIT %(most)s"
    )
    with connections[APP].cursor() as cursor:
        cursor.execute(query, {**parameters, "before": before, "most": most})
        return [LedgerEntry(number, body, bytes(hashed)) for number, body, hashed in cursor]
