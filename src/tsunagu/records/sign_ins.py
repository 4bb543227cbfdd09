"""Open sign-ins, as rows."""

from datetime import datetime
from uuid import UUID

from tsunagu.records.models import ApiKeyRow, SignIn


def begin(
    sign_in_id: UUID, *, agency_id: UUID, officer_id: UUID, token_mac: bytes, now: datetime, expires_at: datetime
) -> None:
    """Keep an open sign-in by the keyed digest of its token."""
    SignIn.objects.create(
        id=sign_in_id,
        agency_id=agency_id,
        officer_id=officer_id,
        token_mac=token_mac,
        began_at=now,
        expires_at=expires_at,
    )


def officer_of(sign_in_id: UUID, *, now: datetime) -> tuple[UUID, bytes] | None:
    """Return the officer of a sign-in that is still open, and its token's keyed digest; None otherwise."""
    row = SignIn.objects.filter(id=sign_in_id, ended_at=None, expires_at__gt=now).first()
    return None if row is None else (row.officer_id, bytes(row.token_mac))


def expiry_of(sign_in_id: UUID) -> datetime:
    """Return until when a sign-in lasts that `officer_of` has found open."""
    return SignIn.objects.values_list("expires_at", flat=True).get(id=sign_in_id)


def end(sign_in_id: UUID, *, now: datetime) -> None:
    """Close a sign-in; nothing happens when it is closed already."""
    SignIn.objects.filter(id=sign_in_id, ended_at=None).update(ended_at=now)


def end_all(officer_id: UUID, *, now: datetime) -> None:
    """Close every open sign-in of an officer, and end every key by which a program acts for him."""
    ApiKeyRow.objects.filter(officer_id=officer_id, ended_at=None).update(ended_at=now)
    SignIn.objects.filter(officer_id=officer_id, ended_at=None).update(ended_at=now)
