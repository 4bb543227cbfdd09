"""Which person at the provider an officer is, as rows. Call everything within `acting_for`."""

from datetime import datetime
from uuid import UUID

from tsunagu.records.models import ProviderSubject


def add(officer_id: UUID, *, agency_id: UUID, sealed: bytes, now: datetime) -> None:
    """Keep who an officer is there, in place of who he was."""
    drop(officer_id)
    ProviderSubject.objects.create(officer_id=officer_id, agency_id=agency_id, sealed=sealed, bound_at=now)


def sealed_subject(officer_id: UUID) -> bytes | None:
    """Return who an officer is there, sealed; None when he is nobody."""
    row = ProviderSubject.objects.filter(officer_id=officer_id).first()
    return None if row is None else bytes(row.sealed)


def drop(officer_id: UUID) -> bool:
    """Forget who an officer is there, and return whether there was anything to forget."""
    return ProviderSubject.objects.filter(officer_id=officer_id).delete()[0] > 0
