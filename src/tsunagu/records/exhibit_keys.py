"""Keys that exhibits gave out, as rows. Every function is called within `acting_for` an agency."""

from datetime import datetime
from uuid import UUID

from tsunagu.domain.intake import ExhibitKey
from tsunagu.records.models import ExhibitKeyRow


def add_key(key: ExhibitKey, *, agency_id: UUID, made_by: UUID, now: datetime) -> None:
    """Keep the public part of a key."""
    ExhibitKeyRow.objects.create(
        id=key.key_id,
        agency_id=agency_id,
        exhibit_id=key.exhibit_id,
        public_key=key.public_key,
        made_at=now,
        made_by_id=made_by,
        expires_at=key.expires_at,
    )


def key_of(exhibit_id: UUID, key_id: UUID) -> ExhibitKey | None:
    """Return a key by its id; None when that exhibit gave out no such key."""
    row = ExhibitKeyRow.objects.filter(exhibit_id=exhibit_id, id=key_id).first()
    return ExhibitKey(row.id, row.exhibit_id, row.expires_at, bytes(row.public_key)) if row else None
