"""Grants, as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from tsunagu.domain.grant import Grant, Proposal
from tsunagu.domain.permission import Permission
from tsunagu.records.models import GrantRow
from tsunagu.records.planned import rows_of

_GRANTED = """
SELECT g.permission FROM permission_grant g JOIN officer o ON o.id = g.officer_id
WHERE g.officer_id = $1::uuid AND o.is_active AND g.ended_at IS NULL AND g.expires_at > $2::timestamptz
AND EXISTS (SELECT 1 FROM permission_grant a WHERE a.officer_id IS NULL AND a.permission = g.permission
            AND a.ended_at IS NULL AND a.expires_at > $2::timestamptz)
"""


def add_grant(proposal: Proposal, *, agency_id: UUID, now: datetime, expires_at: datetime) -> UUID:
    """Grant what a proposal says that was confirmed at `now`, and return the grant's id."""
    row = GrantRow.objects.create(
        id=uuid4(),
        agency_id=agency_id,
        permission=str(proposal.terms["permission"]),
        officer_id=proposal.officer_id,
        proposal_id=proposal.proposal_id,
        granted_at=now,
        expires_at=expires_at,
    )
    return row.id


def live_grants(*, now: datetime) -> tuple[Grant, ...]:
    """Return the grants that count, or will once their agency has the same: by permission, the agency's own first."""
    rows = _live(now).select_related("proposal").order_by("permission", "officer__login", "granted_at")
    found = [
        Grant(
            row.id,
            Permission(row.permission),
            row.officer_id,
            row.proposal.proposed_by_id,
            row.proposal.confirmed_by_id,
            row.granted_at,
            row.expires_at,
        )
        for row in rows
        if row.proposal.confirmed_by_id  # the database keeps no other
    ]
    return tuple(sorted(found, key=lambda one: (one.permission, one.officer_id is not None)))


def granted(officer_id: UUID, *, now: datetime) -> Collection[Permission]:
    """Return what an active officer has been granted, where his agency has it too."""
    return {Permission(permission) for (permission,) in rows_of(_GRANTED, officer_id, now)}


def is_on(permission: Permission, *, now: datetime) -> bool:
    """Return whether the agency as a whole has a permission."""
    return _live(now).filter(officer=None, permission=permission).exists()


def end_grant(grant_id: UUID, *, ended_by: UUID, now: datetime) -> bool:
    """Withdraw a grant that counts, and return whether there was one."""
    return GrantRow.objects.filter(_counts(now), id=grant_id).update(ended_at=now, ended_by_id=ended_by) > 0


def _live(now: datetime) -> QuerySet[GrantRow]:
    return GrantRow.objects.filter(_counts(now)).filter(Q(officer=None) | Q(officer__is_active=True))


def _counts(now: datetime) -> Q:
    return Q(ended_at=None, expires_at__gt=now)
