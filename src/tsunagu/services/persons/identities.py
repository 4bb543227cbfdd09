"""Who a person of a case is: kept sealed, read one at a time for a stated reason, answered once, and told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.domain.person import PersonName
from tsunagu.domain.real_identity import ANSWERED_WITHIN, CONFIRMED_WITHIN, Opening, RealIdentity
from tsunagu.domain.writing import is_printable
from tsunagu.records import identities, persons
from tsunagu.records.cases import case_of
from tsunagu.records.identities import NO_OPENING
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded, purpose_of
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.persons.access import case_opened, words_by

IDENTITY: Final = "identity"
"""The key of the keyring under which identities alone are sealed."""
LEAST_REASON, MOST_REASON = 8, 500


@dataclass(frozen=True, slots=True)
class OpeningsView:
    """Who has asked to read identities of a case, newest first."""

    case: CaseSummary
    openings: tuple[Opening, ...]


def keep_identity(
    *,
    actor: Actor,
    reference: str,
    name: PersonName,
    identity: RealIdentity,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Keep who a person of a case is, in place of what was kept before. Whoever writes it down need not read it again.

    Raises:
        Forbidden: the actor records no persons.
        NotFound: no such case or person, or not the actor's.
        Unavailable: the keyring has no key for identities yet.
    """
    with case_opened(actor, Permission.PERSON_RECORD, reference, now=now, keys=keys, ledger=ledger) as case:
        person = persons.person_called(case, name, words_by(keys))
        sealed = keys.seal(IDENTITY, _written(identity), _context(person.person_id))
        identities.keep(person.person_id, sealed, now=now)
        ledger.write(deed(Act.IDENTITY_KEPT, actor=actor, case=case, now=now, person=str(person.person_id)))


def ask_identity(
    *,
    actor: Actor,
    reference: str,
    name: PersonName,
    reason: str,
    is_emergency: bool,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Write down that the actor wants to read who a person of his case is, and why; return the opening's id.

    In an emergency it takes no grant, and a second officer of the case has to confirm before anything is read.

    Raises:
        Forbidden: the actor was not granted it; in an emergency, he reads no persons.
        NotFound: no such case or person, or not the actor's.
        InputError: the reason is too short, too long, or no printable text.
        Conflict: nothing is kept of who the person is.
    """
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON or not is_printable(reason):
        raise InputError(f"an opening needs a reason of {LEAST_REASON} to {MOST_REASON} printable characters")
    permission = Permission.PERSON_READ if is_emergency else Permission.IDENTITY_OPEN
    with case_opened(actor, permission, reference, now=now, keys=keys, ledger=ledger) as case:
        words = words_by(keys)
        person = persons.person_called(case, name, words)
        if not person.has_identity:
            raise Conflict("nothing is kept of who this person is")
        opening_id = identities.add_opening(
            case,
            person,
            reason.strip(),
            words,
            actor=actor,
            purpose=purpose_of(actor, case),
            is_emergency=is_emergency,
            now=now,
        )
        ledger.write(
            deed(
                Act.IDENTITY_ASKED,
                actor=actor,
                case=case,
                now=now,
                opening=str(opening_id),
                person=str(person.person_id),
                emergency=int(is_emergency),
            )
        )
    return opening_id


def confirm_opening(
    *, actor: Actor, reference: str, opening_id: UUID, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Confirm, as the second officer of the case, that a colleague has to read an identity in an emergency.

    Raises:
        Forbidden: the actor reads no persons, or has asked for it himself.
        NotFound: no such case or opening, or not the actor's; or it is over.
    """
    with case_opened(actor, Permission.PERSON_READ, reference, now=now, keys=keys, ledger=ledger) as case:
        row = identities.opening_of(case, opening_id)
        if not row.emergency or row.confirmed_at or not row.asked_at <= now < row.asked_at + CONFIRMED_WITHIN:
            raise NotFound(NO_OPENING)
        if row.officer_id == actor.officer_id:
            raise Forbidden("a second person confirms: not who has asked")
        identities.confirm(opening_id, officer_id=actor.officer_id, now=now)
        ledger.write(deed(Act.IDENTITY_CONFIRMED, actor=actor, case=case, now=now, opening=str(opening_id)))


def read_identity(
    *, actor: Actor, reference: str, opening_id: UUID, now: datetime, keys: Keys, ledger: Ledger
) -> RealIdentity:
    """Return who the person of an opening is, to who has asked, once. Colleagues find it in "my ledger".

    Raises:
        Forbidden: the actor may not read identities any more.
        NotFound: no such case or opening, or not the actor's; it was answered, is too old, or nobody has confirmed it.
        Conflict: what is kept was changed.
    """
    permission = Permission.PERSON_READ
    with denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger):
        with acting_for(actor.agency_id):
            row = identities.opening_of(case_of(actor, reference), opening_id)
            began = row.confirmed_at if row.emergency else row.asked_at
        lasts = CONFIRMED_WITHIN if row.emergency else ANSWERED_WITHIN
        if row.officer_id != actor.officer_id or began is None or not began <= now < began + lasts:
            raise NotFound(NO_OPENING)
    permission = Permission.PERSON_READ if row.emergency else Permission.IDENTITY_OPEN
    with case_opened(actor, permission, reference, now=now, keys=keys, ledger=ledger) as case:
        sealed = identities.take(opening_id, now=now)
        identity = _read(keys.open_sealed(IDENTITY, sealed, _context(row.person_id)))
        about: dict[str, str | int] = {"opening": str(opening_id), "person": str(row.person_id)}
        ledger.write(deed(Act.IDENTITY_READ, actor=actor, case=case, now=now, **about, emergency=int(row.emergency)))
    return identity


def list_openings(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> OpeningsView:
    """Return who has asked to read identities of one of the actor's cases, why, and what became of it.

    Raises:
        Forbidden: the actor reads no persons.
        NotFound: no such case, or not the actor's.
    """
    with case_opened(actor, Permission.PERSON_READ, reference, now=now, keys=keys, ledger=ledger) as case:
        view = OpeningsView(case, identities.openings_of(case, words_by(keys)))
        ledger.write(deed(Act.PERSON_READ, actor=actor, case=case, now=now, openings=len(view.openings)))
    return view


def review_opening(
    *, actor: Actor, reference: str, opening_id: UUID, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Write down that the actor, who had no hand in it, has looked at an emergency.

    Raises:
        Forbidden: the actor is no co-ordinator, or had a hand in it.
        NotFound: no such case or opening, or not the actor's; or it was no emergency, or was looked at before.
        Conflict: it is not over: it may be confirmed, or read, yet.
    """
    with case_opened(actor, Permission.IDENTITY_REVIEW, reference, now=now, keys=keys, ledger=ledger) as case:
        row = identities.opening_of(case, opening_id)
        if not row.emergency or row.reviewed_at:
            raise NotFound(NO_OPENING)
        if row.taken_at is None and now < (row.confirmed_at or row.asked_at) + CONFIRMED_WITHIN:
            raise Conflict("the emergency is not over: look at it once the identity was read, or cannot be any more")
        if actor.officer_id in {row.officer_id, row.confirmed_by_id}:
            raise Forbidden("somebody who had no hand in it looks at it")
        identities.review(opening_id, officer_id=actor.officer_id, now=now)
        ledger.write(deed(Act.IDENTITY_REVIEWED, actor=actor, case=case, now=now, opening=str(opening_id)))


def _context(person_id: UUID) -> bytes:
    return f"identity of person {person_id}".encode()


def _written(identity: RealIdentity) -> bytes:
    told = asdict(identity) | {"born_on": identity.born_on.isoformat() if identity.born_on else None}
    return json.dumps(told, ensure_ascii=False).encode()


def _read(plaintext: bytes) -> RealIdentity:
    told = json.loads(plaintext)
    born_on = date.fromisoformat(told.pop("born_on")) if told["born_on"] else told.pop("born_on")
    return RealIdentity(**told, born_on=born_on)
