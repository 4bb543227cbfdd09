"""What was compared of a seized list, and when a worker was asked for it. Call all within `acting_for` an agency."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tsunagu.domain.errors import NotFound
from tsunagu.records.models import SeizedListRow
from tsunagu.records.seized import held


def named(list_id: UUID) -> tuple[str, int]:
    """Return the reference of a list's case, and its number there.

    Raises:
        NotFound: it is gone.
    """
    found = SeizedListRow.objects.filter(id=list_id).values_list("exhibit__case__reference", "number").first()
    if found is None:
        raise NotFound("no such list")
    return found[0], found[1]


def note_asked(list_id: UUID, at: datetime | None) -> None:
    """Note when a worker was asked to compare a list's rows; None where it is not waited for any more."""
    SeizedListRow.objects.filter(id=list_id).update(resolve_asked_at=at)


def keep_comparison(list_id: UUID, *, links: bytes, facts: bytes, now: datetime) -> None:
    """Keep what a comparison of a list's rows found, and what was derived from each row, both sealed.

    Raises:
        Conflict: it is being erased.
    """
    held(list_id)
    SeizedListRow.objects.filter(id=list_id).update(links=links, facts=facts, resolved_at=now)


def links_of(list_id: UUID) -> bytes | None:
    """Return what a comparison found, sealed; None where there was none yet."""
    return _sealed(list_id, "links")


def facts_of(list_id: UUID) -> bytes | None:
    """Return what was derived from each row, sealed; None where an earlier release has compared them, or nobody."""
    return _sealed(list_id, "facts")


def _sealed(list_id: UUID, field: str) -> bytes | None:
    found = SeizedListRow.objects.filter(id=list_id).values_list(field, flat=True).first()
    return None if found is None else bytes(found)
