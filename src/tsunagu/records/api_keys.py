"""API keys, as rows. Call everything within `acting_for` but `kept_keys`, which programs wait for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.api_key import ApiKey
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import Permission, Role
from tsunagu.records.models import ApiKeyRow
from tsunagu.records.session import asked_for

_PERMISSIONS = frozenset(Permission)
_OF_KEY = ("id", "name", "scopes", "made_at", "expires_at", "daily_look_ups", "banks")
_KEPT = """
SELECT api_key.id, api_key.name, scopes, made_at, expires_at, daily_look_ups, banks, coalesce(queries, 0),
    api_key.officer_id, token_mac, ended_at, is_active AND (locked_until IS NULL OR locked_until <= %s), login,
    officer.name, roles, certified_until
FROM api_key JOIN officer ON officer.id = api_key.officer_id
    LEFT JOIN look_up_day AS used ON (used.officer_id, used.api_key, day) = (api_key.officer_id, api_key.id, %s)
WHERE api_key.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key as it is kept, whether it still opens anything or not.

    Attributes:
        token_mac: the keyed digest of the key itself.
        ended_at: when it was ended before its time; None when it was not.
        officer: for whom it acts; None when he has left, or is locked out at this moment.
    """

    key: ApiKey
    officer_id: UUID
    token_mac: bytes = field(repr=False)
    ended_at: datetime | None
    officer: OfficerCard | None


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


def kept_keys(key_ids: Iterable[UUID], *, agency_id: UUID, now: datetime) -> dict[UUID, KeptKey]:
    """Return those of these keys that an agency has, also those that were ended, by their ids."""
    rows = asked_for(agency_id, _KEPT, [now, now.astimezone(UTC).date(), list(key_ids)])
    found = {}
    for *of_key, officer_id, token_mac, ended_at, may_act, login, name, roles, certified_until in rows:
        card = OfficerCard(officer_id, agency_id, login, name, frozenset(map(Role, roles)), certified_until)
        found[of_key[0]] = KeptKey(_key(of_key), officer_id, bytes(token_mac), ended_at, card if may_act else None)
    return found


def open_keys(officer_id: UUID, *, now: datetime) -> tuple[ApiKey, ...]:
    """Return the keys of an officer that have neither expired nor been ended, newest first."""
    rows = ApiKeyRow.objects.filter(officer_id=officer_id, ended_at=None, expires_at__gt=now)
    return tuple(map(_key, rows.order_by("-made_at", "id").values_list(*_OF_KEY)))


def end_key(key_id: UUID, *, officer_id: UUID, now: datetime) -> bool:
    """End an officer's own key, and return whether there was such a key that was still open."""
    rows = ApiKeyRow.objects.filter(id=key_id, officer_id=officer_id, ended_at=None, expires_at__gt=now)
    return bool(rows.update(ended_at=now))


def end_keys(officer_id: UUID, *, now: datetime) -> None:
    """End every key of an officer that is still open."""
    ApiKeyRow.objects.filter(officer_id=officer_id, ended_at=None).update(ended_at=now)


def _key(columns: Sequence[Any]) -> ApiKey:
    """Return a key of the values of `_OF_KEY`, and of what was looked up by it today where that is known."""
    key_id, name, scopes, made_at, expires_at, daily_look_ups, banks, *used = columns
    known = frozenset(Permission(one) for one in scopes if one in _PERMISSIONS)  # not what an earlier release knew
    only = None if banks is None else frozenset(banks)
    return ApiKey(key_id, name, known, made_at, expires_at, daily_look_ups, only, *used)
