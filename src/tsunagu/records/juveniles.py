"""Who went the way of juveniles: rows of a store of their own. Call everything within `acting_for` an agency.

The database shows them in a transaction alone that says that it is for them, which a service does for who handles
juveniles. That a person's rows are set apart everybody's transaction sees: nothing else is to show them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from tsunagu.domain.errors import Conflict
from tsunagu.domain.seized import SeizedList
from tsunagu.records.keys.envelope import open_under, seal_under
from tsunagu.records.models import (
    EnquiryRequestSourceRow,
    GateStepRow,
    JuvenileRow,
    ListedPersonRow,
    ReferralSourceRow,
)
from tsunagu.records.seized import held

CHANGED = "what is kept of this person was changed"


@dataclass(frozen=True, slots=True)
class JuvenileEntry:
    """One entry of a juvenile's file: sealed under a key of its own, which is sealed in its turn.

    Attributes:
        number: within his file, from 1; the first is what was recorded before.
        keep_until: the last day of the whole file.
    """

    entry_id: UUID
    person_id: UUID
    number: int
    sealed_key: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    keep_until: date

    def opened(self, key: bytes) -> dict[str, Any]:
        """Return what it says.

        Raises:
            Conflict: it was changed.
        """
        plain = open_under(key, self.sealed, _context(self.entry_id))
        if plain is None:
            raise Conflict(CHANGED)
        said: dict[str, Any] = json.loads(plain)
        return said


def see_juveniles() -> None:
    """Let this transaction see the agency's juveniles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tsunagu.juvenile', 'on', true)")


def rows_apart(list_id: UUID) -> list[int]:
    """Return the numbers of the rows of a list that name juveniles, whom nothing shows beside their own store."""
    return sorted({number for rows in persons_apart(list_id).values() for number in rows})


def persons_apart(list_id: UUID) -> dict[UUID, list[int]]:
    """Return the rows of each juvenile whom a list names, or has named, by his id."""
    return dict(ListedPersonRow.objects.filter(list_id=list_id, apart=True).values_list("id", "rows"))


def is_apart(person_id: UUID) -> bool:
    """Return whether a person has gone the way of juveniles by now."""
    return ListedPersonRow.objects.filter(id=person_id, apart=True).exists()


def packages_apart() -> frozenset[UUID]:
    """Return the referrals that the agency made of somebody before he went the way of juveniles."""
    return frozenset(ReferralSourceRow.objects.filter(person__apart=True).values_list("referral_id", flat=True))


def requests_apart() -> frozenset[UUID]:
    """Return the enquiry requests that the agency made about somebody before he went the way of juveniles."""
    return frozenset(EnquiryRequestSourceRow.objects.filter(person__apart=True).values_list("request_id", flat=True))


def set_apart(person_id: UUID) -> None:
    """Let nothing but the juvenile's own store show a person, or what was recorded of him."""
    ListedPersonRow.objects.filter(id=person_id).update(apart=True)
    GateStepRow.objects.filter(person_id=person_id).delete()


def add_entry(
    one: SeizedList,
    person_id: UUID,
    said: Mapping[str, Any],
    *,
    entry_id: UUID,
    number: int,
    key: bytes,
    sealed_key: bytes,
    keep_until: date,
    decided_by: UUID,
    now: datetime,
) -> None:
    """Keep an entry of a juvenile's file, under a key of its own.

    Raises:
        NotFound: the list is gone.
        Conflict: the list is being erased, or somebody else has added an entry meanwhile.
    """
    held(one.list_id)
    plain = json.dumps(said, ensure_ascii=False).encode()
    try:
        with transaction.atomic():
            JuvenileRow.objects.create(
                id=entry_id,
                agency_id=one.agency_id,
                list_id=one.list_id,
                person_id=person_id,
                number=number,
                key=sealed_key,
                sealed=seal_under(key, plain, _context(entry_id)),
                keep_until=keep_until,
                decided_by_id=decided_by,
                decided_at=now,
            )
    except IntegrityError as error:
        raise Conflict("something else was recorded of this person meanwhile: look at him again") from error


def entries_of(list_id: UUID, *, person_id: UUID | None = None) -> list[JuvenileEntry]:
    """Return the entries of the juveniles of a list, or of one, in order; none where they are not to be seen."""
    rows = JuvenileRow.objects.filter(list_id=list_id)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    return [
        JuvenileEntry(row.id, row.person_id, row.number, bytes(row.key), bytes(row.sealed), row.keep_until)
        for row in rows.order_by("person_id", "number")
    ]


def expired(*, today: date) -> dict[UUID, list[UUID]]:
    """Return the entries of juveniles whose last day is over, by person."""
    found: dict[UUID, list[UUID]] = {}
    for entry_id, person_id in JuvenileRow.objects.filter(keep_until__lt=today).values_list("id", "person_id"):
        found.setdefault(person_id, []).append(entry_id)
    return found


def erase(entries: Iterable[UUID]) -> None:
    """Erase entries with their keys; that the person is set apart stays."""
    JuvenileRow.objects.filter(id__in=list(entries)).delete()


def _context(entry_id: UUID) -> bytes:
    return f"juvenile {entry_id}".encode()
