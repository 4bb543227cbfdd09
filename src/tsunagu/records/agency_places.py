"""Where agencies stand, as rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tsunagu.domain.agency_tree import AgencyPlace, AgencyTree
from tsunagu.records.models import Agency, AgencyPlaceRow


def agency_places() -> tuple[AgencyPlace, ...]:
    """Return where all agencies stand, confirmed or not, by id. It is open to all members."""
    rows = AgencyPlaceRow.objects.order_by("child_id").values_list("child_id", "parent_id", "confirmed_at")
    return tuple(AgencyPlace(*row) for row in rows)


def agency_tree() -> AgencyTree:
    """Return the tree as it counts at this moment."""
    elsewhere = Q(is_correspondent=True) | Q(member_id__isnull=False)
    without = Agency.objects.filter(elsewhere).values_list("id", flat=True)
    return AgencyTree(agency_places(), without)


def place(child_id: UUID, parent_id: UUID, *, now: datetime) -> None:
    """Let an agency stand under another from now on, unconfirmed. Call it within `acting_for` the child."""
    fields = {"parent_id": parent_id, "placed_at": now, "confirmed_at": None, "confirmed_by": None}
    AgencyPlaceRow.objects.update_or_create(child_id=child_id, defaults=fields)


def waiting_under(parent_id: UUID) -> tuple[UUID, ...]:
    """Return the agencies that wait to be confirmed beneath one, by id."""
    rows = AgencyPlaceRow.objects.filter(parent_id=parent_id, confirmed_at=None).order_by("child_id")
    return tuple(rows.values_list("child_id", flat=True))


def confirm(child_id: UUID, *, parent_id: UUID, officer_id: UUID, now: datetime) -> bool:
    """Confirm a place that waits, and return whether it did. Call it within `acting_for` the parent."""
    rows = AgencyPlaceRow.objects.filter(child_id=child_id, parent_id=parent_id, confirmed_at=None)
    return rows.update(confirmed_at=now, confirmed_by_id=officer_id) == 1
