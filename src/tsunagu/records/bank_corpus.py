"""What is not meant: what an agency has declared benign, and what it asked for lately. New items are held against it.

Call everything within `acting_for` an agency.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from tsunagu.domain.bank import BankSemantics, Opinion
from tsunagu.domain.look_up import DigestKind
from tsunagu.records.look_ups import RECENT_QUERIES
from tsunagu.records.models import RecentQuery

BENIGN: Final = """
bank_item AS item JOIN bank ON bank.id = item.bank_id LEFT JOIN bank_import ON bank_import.id = item.import_id
WHERE bank.semantics = %(benign)s AND bank.is_on AND item.withdrawn IS NULL AND item.quarantine IS NULL
  AND (bank.expires_on IS NULL OR bank.expires_on >= %(today)s)
  AND (item.import_id IS NULL OR bank_import.done_at IS NOT NULL)
  AND item.opinion IS DISTINCT FROM %(disputed)s AND (item.disabled_until IS NULL OR item.disabled_until <= %(now)s)
"""
"""The items of benign banks that count: what is off, has expired or is disputed silences nothing."""
_AT_ONCE = 20_000


def benign_terms(now: datetime) -> dict[str, Any]:
    """Return what `BENIGN` is asked with."""
    return {
        "benign": BankSemantics.BENIGN.value,
        "disputed": Opinion.DISPUTED.value,
        "today": now.astimezone(UTC).date(),
        "now": now,
    }


def benign_fingerprints(*, now: datetime) -> Iterator[bytes]:
    """Yield the fingerprints that the agency has declared benign, one after the other, 32 bytes each."""
    after = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"SELECT item.id, item.pdq FROM {BENIGN} AND item.pdq IS NOT NULL AND item.id > %(after)s"  # noqa: S608
                f" ORDER BY item.id LIMIT {_AT_ONCE}",
                benign_terms(now) | {"after": after},
            )
            rows = cursor.fetchall()
            yield from (bytes(pdq) for _, pdq in rows)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1][0]


def benign_digests(
    digests: Collection[tuple[DigestKind, bytes]], *, now: datetime
) -> Counter[tuple[DigestKind, bytes]]:
    """Return how many items that the agency has declared benign have each of these digests."""
    found: Counter[tuple[DigestKind, bytes]] = Counter()
    with connection.cursor() as cursor:
        for kind in DigestKind:
            wanted = [digest for one, digest in digests if one is kind]
            if wanted:
                cursor.execute(
                    f"SELECT item.{kind.value}, count(*) FROM {BENIGN}"  # noqa: S608 - of a closed set
                    f" AND item.{kind.value} = ANY(%(wanted)s) GROUP BY 1",
                    benign_terms(now) | {"wanted": wanted},
                )
                found.update({(kind, bytes(digest)): count for digest, count in cursor.fetchall()})
    return found


def benign_in_import(import_id: UUID, *, now: datetime) -> Counter[int]:
    """Return which items of an import have a digest that the agency has declared benign, and of how many such items."""
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {BENIGN})", benign_terms(now))  # noqa: S608
        if not cursor.fetchone()[0]:
            return found
        for kind in DigestKind:
            column = kind.value
            cursor.execute(
                f"SELECT new.id, count(*) FROM bank_item AS new JOIN (SELECT item.{column} FROM {BENIGN}"  # noqa: S608
                f" AND item.{column} IS NOT NULL) AS known USING ({column})"
                " WHERE new.import_id = %(import)s AND new.withdrawn IS NULL GROUP BY 1",
                benign_terms(now) | {"import": import_id},
            )
            for item, count in cursor.fetchall():
                found[item] = max(found[item], count)
    return found


def recent_fingerprints() -> Iterator[bytes]:
    """Yield the fingerprints that the agency asked for lately and nobody knew, 32 bytes each, the newest first.

    One that was asked for often comes once: what circulates most is not for that what is not meant.
    """
    newest = RecentQuery.objects.order_by("-id").values_list("pdq", flat=True)[:RECENT_QUERIES]
    return iter(dict.fromkeys(map(bytes, newest)))
