"""What lies in an agency's vault, and its key, as rows. Every function is called within `acting_for` the agency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from tsunagu.records.bulk import insert
from tsunagu.records.holdings import LOCK_AGENCY
from tsunagu.records.models import MediaItem, VaultedContent, VaultKey

LOCK_VAULT = 7400105
"""The advisory lock of an agency's vault: shared by who puts something in and notes it, alone for who removes."""
_ONCE = "ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class Vaulted:
    """A content that lies in the vault.

    Attributes:
        has_small: whether a small picture of it lies there too.
    """

    sha256: bytes
    has_small: bool


def sealed_key() -> bytes | None:
    """Return the sealed key of the agency's vault; None when it has none yet."""
    row = VaultKey.objects.first()
    return None if row is None else bytes(row.sealed)


def add_key(agency_id: UUID, sealed: bytes, *, now: datetime) -> bytes:
    """Keep the key of a vault unless there is one, and return the one that there is then."""
    insert(VaultKey, [{"agency_id": agency_id, "sealed": sealed, "made_at": now}], then=_ONCE)
    return sealed_key() or sealed


def note(agency_id: UUID, contents: Iterable[Vaulted], *, now: datetime) -> None:
    """Note that contents lie in the vault; those that were noted before stay as they were, unless they were doomed."""
    kept = list(contents)
    forget(one.sha256 for one in kept)
    rows = [{"agency_id": agency_id, "sha256": one.sha256, "has_small": one.has_small, "kept_at": now} for one in kept]
    insert(VaultedContent, rows, then=_ONCE)


def among(contents: Iterable[bytes]) -> dict[bytes, Vaulted]:
    """Return those of the contents that lie in the vault and stay there, by their SHA-256."""
    rows = VaultedContent.objects.filter(doomed=False, sha256__in=list(contents)).values_list("sha256", "has_small")
    return {bytes(sha256): Vaulted(bytes(sha256), has_small) for sha256, has_small in rows}


def doom_unheld(*, most: int) -> list[bytes]:
    """Mark contents that the agency holds nowhere any more as about to go, and return the SHA-256 of such that are.

    Those that an earlier sweep has marked and not forgotten are among them. While the mark is set nothing comes in.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_setting('tsunagu.agency')))", [LOCK_AGENCY])
    rows = VaultedContent.objects
    left = list(rows.filter(doomed=True).values_list("sha256", flat=True)[:most])
    held = MediaItem.objects.filter(sha256=OuterRef("sha256"))
    unheld = list(rows.filter(~Exists(held), doomed=False).values_list("id", "sha256")[: most - len(left)])
    rows.filter(id__in=[number for number, _ in unheld]).update(doomed=True)
    return [bytes(sha256) for sha256 in left] + [bytes(sha256) for _, sha256 in unheld]


def forget(contents: Iterable[bytes]) -> None:
    """Forget those of the contents that were doomed."""
    VaultedContent.objects.filter(doomed=True, sha256__in=list(contents)).delete()


def listed_after(number: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and SHA-256 of what is listed beyond a number, doomed or not, in order."""
    rows = VaultedContent.objects.filter(id__gt=number).order_by("id").values_list("id", "sha256")
    for found, sha256 in rows.iterator(chunk_size=5000):
        yield found, bytes(sha256)
