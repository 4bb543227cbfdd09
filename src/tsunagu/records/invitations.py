"""Invitations, as rows. Call everything within `acting_for`."""

from datetime import datetime
from uuid import UUID

from tsunagu.records.models import Invitation


def add_invitation(
    invitation_id: UUID,
    *,
    agency_id: UUID,
    officer_id: UUID,
    token_mac: bytes,
    made_by: UUID,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep an invitation by the keyed digest of its token."""
    Invitation.objects.create(
        id=invitation_id,
        agency_id=agency_id,
        officer_id=officer_id,
        token_mac=token_mac,
        made_by_id=made_by,
        made_at=now,
        expires_at=expires_at,
    )


def open_invitation(invitation_id: UUID, *, now: datetime) -> tuple[UUID, bytes] | None:
    """Return the officer of an invitation that may still be used, and its token's keyed digest; lock it."""
    rows = Invitation.objects.select_for_update().filter(id=invitation_id, used_at=None, expires_at__gt=now)
    row = rows.first()
    return None if row is None else (row.officer_id, bytes(row.token_mac))


def use_invitation(invitation_id: UUID, *, now: datetime) -> None:
    """Note that an invitation was used."""
    Invitation.objects.filter(id=invitation_id).update(used_at=now)


def withdraw_invitations(officer_id: UUID, *, now: datetime) -> None:
    """Let no invitation of an officer be used any more."""
    Invitation.objects.filter(officer_id=officer_id, used_at=None).update(used_at=now)
