"""Who persons are, kept by the vault's role, and the openings by which it is read. Call within `acting_for` an agency.

No statement of this role reaches the rows themselves: the database hands one out for an opening, once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import connection

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import NotFound
from tsunagu.domain.person import CasePerson, PersonKind, PersonName
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.real_identity import Opening
from tsunagu.records.models import PersonOpeningRow, PersonRow
from tsunagu.records.persons import Words

NO_OPENING: Final = "there is no such opening, or it is over"


def keep(person_id: UUID, sealed: bytes, *, now: datetime) -> None:
    """Keep who a person is, in place of what was kept before.

    Raises:
        NotFound: the agency has no such person.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity.keep(%s, %s)", [person_id, sealed])
        if not cursor.fetchone()[0]:
            raise NotFound("no such person in this case")
    PersonRow.objects.filter(id=person_id).update(identity_at=now)


def add_opening(
    case: CaseSummary,
    person: CasePerson,
    reason: str,
    words: Words,
    *,
    actor: Actor,
    purpose: Purpose,
    is_emergency: bool,
    now: datetime,
) -> UUID:
    """Keep that an officer wants to read who a person is, and why; return the id by which it is read."""
    opening_id = uuid4()
    PersonOpeningRow.objects.create(
        id=opening_id,
        agency_id=case.agency_id,
        officer_id=actor.officer_id,
        case_id=case.case_id,
        person_id=person.person_id,
        purpose=purpose,
        sealed=words.seal(_place(opening_id), reason),
        emergency=is_emergency,
        asked_at=now,
    )
    return opening_id


def opening_of(case: CaseSummary, opening_id: UUID) -> PersonOpeningRow:
    """Return an opening of a case, and lock it.

    Raises:
        NotFound: there is none.
    """
    row = PersonOpeningRow.objects.select_for_update().filter(case_id=case.case_id, id=opening_id).first()
    if row is None:
        raise NotFound(NO_OPENING)
    return row


def confirm(opening_id: UUID, *, officer_id: UUID, now: datetime) -> None:
    """Keep that a second person has confirmed an emergency."""
    rows = PersonOpeningRow.objects.filter(id=opening_id, confirmed_at=None)
    rows.update(confirmed_by_id=officer_id, confirmed_at=now)


def review(opening_id: UUID, *, officer_id: UUID, now: datetime) -> None:
    """Keep that somebody without a hand in it has looked at an emergency."""
    PersonOpeningRow.objects.filter(id=opening_id, reviewed_at=None).update(reviewed_by_id=officer_id, reviewed_at=now)


def take(opening_id: UUID, *, now: datetime) -> bytes:
    """Return who the person of an opening is, sealed; it is answered once.

    Raises:
        NotFound: it was answered before, nobody has confirmed it, or nothing is kept.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity.opened(%s, %s)", [opening_id, now])
        sealed = cursor.fetchone()[0]
    if sealed is None:
        raise NotFound(NO_OPENING)
    return bytes(sealed)


def openings_of(case: CaseSummary, words: Words) -> tuple[Opening, ...]:
    """Return who has asked to read identities of a case, newest first."""
    rows = PersonOpeningRow.objects.filter(case_id=case.case_id)
    names = {
        person_id: PersonName(PersonKind(kind), number)
        for person_id, kind, number in PersonRow.objects.filter(case_id=case.case_id).values_list(
            "id", "kind", "number"
        )
    }
    return tuple(
        Opening(
            row.id,
            names.get(row.person_id),
            row.officer.login,
            words.opened(_place(row.id), bytes(row.sealed)) if row.sealed else "",
            row.emergency,
            row.asked_at,
            row.confirmed_by.login if row.confirmed_by else None,
            row.confirmed_at,
            row.taken_at,
            row.reviewed_by.login if row.reviewed_by else None,
        )
        for row in rows.select_related("officer", "confirmed_by", "reviewed_by").order_by("-asked_at", "id")
    )


def forget_reasons(person_id: UUID) -> None:
    """Forget what officers wrote why they read who a person is."""
    PersonOpeningRow.objects.filter(person_id=person_id).update(sealed=b"")


def _place(opening_id: UUID) -> str:
    return f"reason of opening {opening_id}"
