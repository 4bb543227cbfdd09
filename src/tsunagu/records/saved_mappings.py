"""Mappings that an officer keeps under names of his own, as sealed rows. Call everything within `acting_for`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.records.models import SavedMappingRow


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """One mapping, whose name is sealed with it."""

    mapping_id: UUID
    sealed: bytes = field(repr=False)
    saved_at: datetime


def mappings_of(officer_id: UUID) -> tuple[KeptMapping, ...]:
    """Return the mappings that an officer keeps, the newest first."""
    rows = SavedMappingRow.objects.filter(officer_id=officer_id).order_by("-saved_at", "id")
    return tuple(KeptMapping(row.id, bytes(row.sealed), row.saved_at) for row in rows)


def add_mapping(kept: KeptMapping, *, agency_id: UUID, officer_id: UUID) -> None:
    """Keep a mapping."""
    SavedMappingRow.objects.create(
        id=kept.mapping_id, agency_id=agency_id, officer_id=officer_id, sealed=kept.sealed, saved_at=kept.saved_at
    )


def delete_mapping(mapping_id: UUID) -> None:
    """Keep a mapping no more."""
    SavedMappingRow.objects.filter(id=mapping_id).delete()
