"""API keys, as rows. Call everything within `acting_for`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.api_key import ApiKey
from tsunagu.domain.permission import Permission
from tsunagu.records.models import ApiKeyRow


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key as it is kept, whether it still opens anything or not.

    Attributes:
        token_mac: the keyed digest of the key itself.
        ended_at: when it was ended before its time; None when it was not.
    """

    key: ApiKey
    officer_id: UUID
    token_mac: bytes = field(repr=False)
    ended_at: datetime | None


def add_key(key: ApiKey, *, agency_id: UUID, officer_id: UUID, token_mac: bytes) -> None:
    """Keep a key by the keyed digest of its token."""
    ApiKeyRow.objects.create(
        id=key.key_id,
        agency_id=agency_id,
        officer_id=officer_id,
        name=key.name,
        scopes=sorted(key.scopes),
        token_mac=token_mac,
        made_at=key.made_at,
        expires_at=key.expires_at,
        daily_look_ups=key.daily_look_ups,
        banks=None if key.banks is None else sorted(key.banks),
    )


def kept_keys(key_ids: Iterable[UUID]) -> dict[UUID, KeptKey]:
    """Return those of these keys that the agency has that is acted for, also those that were ended, by their ids."""
    rows = ApiKeyRow.objects.filter(id__in=key_ids)
    return {row.id: KeptKey(_key(row), row.officer_id, bytes(row.token_mac), row.ended_at) for row in rows}


def open_keys(officer_id: UUID, *, now: datetime) -> tuple[ApiKey, ...]:
    """Return the keys of an officer that have neither expired nor been ended, newest first."""
    rows = ApiKeyRow.objects.filter(officer_id=officer_id, ended_at=None, expires_at__gt=now)
    return tuple(_key(row) for row in rows.order_by("-made_at", "id"))


def end_key(key_id: UUID, *, officer_id: UUID, now: datetime) -> bool:
    """End an officer's own key, and return whether there was such a key that was still open."""
    rows = ApiKeyRow.objects.filter(id=key_id, officer_id=officer_id, ended_at=None, expires_at__gt=now)
    return bool(rows.update(ended_at=now))


def end_keys(officer_id: UUID, *, now: datetime) -> None:
    """End every key of an officer that is still open."""
    ApiKeyRow.objects.filter(officer_id=officer_id, ended_at=None).update(ended_at=now)


def _key(row: ApiKeyRow) -> ApiKey:
    scopes = frozenset(one for one in Permission if one in row.scopes)  # not what an earlier release knew
    banks = None if row.banks is None else frozenset(row.banks)
    return ApiKey(row.id, row.name, scopes, row.made_at, row.expires_at, row.daily_look_ups, banks)
