"""What lies in an agency's vault, and its key, as rows. Every function is called within `acting_for` the agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from tsunagu.records.bulk import insert
from tsunagu.records.holdings import LOCK_AGENCY
from tsunagu.records.models import MediaItem, VaultedContent, VaultKey

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
    """Note that contents lie in the vault; those that were noted before stay as they were."""
    rows = [
        {"agency_id": agency_id, "sha256": one.sha256, "has_small": one.has_small, "kept_at": now} for one in contents
    ]
    insert(VaultedContent, rows, then=_ONCE)


def among(contents: Iterable[bytes]) -> dict[bytes, Vaulted]:
    """Return those of the contents that lie in the vault, by their SHA-256."""
    rows = VaultedContent.objects.filter(sha256__in=list(contents)).values_list("sha256", "has_small")
    return {bytes(sha256): Vaulted(bytes(sha256), has_small) for sha256, has_small in rows}


def forget_unheld(*, most: int) -> list[bytes]:
    """Forget contents that the agency holds nowhere any more, and return their SHA-256.

    Until the transaction ends nothing comes in, so that none of them is kept anew meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_setting('tsunagu.agency')))", [LOCK_AGENCY])
    held = MediaItem.objects.filter(sha256=OuterRef("sha256"))
    found = list(VaultedContent.objects.filter(~Exists(held)).values_list("id", "sha256")[:most])
    VaultedContent.objects.filter(id__in=[number for number, _ in found]).delete()
    return [bytes(sha256) for _, sha256 in found]
