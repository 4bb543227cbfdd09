"""Officers bound to a person at the provider of sign-ins. Needs `acting_for` around it, as `proving` does."""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import Credentials
from tsunagu.records import subjects
from tsunagu.services.agencies.proving import SECOND_FACTOR
from tsunagu.services.parts import Keys, Ledger

NOBODY = b"nobody"


def bind_subject(
    *, officer_id: UUID, agency_id: UUID, issuer: str, subject: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Keep that an officer, who has just proven both, is this person at the provider; no other was ever asked."""
    sealed = keys.seal(SECOND_FACTOR, _written(issuer, subject), officer_id.bytes)
    subjects.add(officer_id, agency_id=agency_id, sealed=sealed, now=now)
    ledger.write(Deed(Act.SUBJECT_BOUND, now, agency_id, officer_id))


def unbind_subject(*, officer_id: UUID, agency_id: UUID, now: datetime, ledger: Ledger) -> None:
    """Forget who an officer is at the provider; nothing happens when he is nobody there."""
    if subjects.drop(officer_id):
        ledger.write(Deed(Act.SUBJECT_UNBOUND, now, agency_id, officer_id))


def proves_subject(held: Credentials | None, *, issuer: str | None, subject: str, now: datetime, keys: Keys) -> bool:
    """Return whether an officer is this person at the provider, as the first of two steps.

    Args:
        held: what is held of the login that was named, locked; None when nobody has it.
        issuer: of the provider; None when it has proven nobody.
        subject: who it says this is.
        now: when.
        keys: the keyring.
    """
    officer_id = held.officer.officer_id if held else uuid4()
    sealed = subjects.sealed_subject(officer_id)
    bound = NOBODY if sealed is None else keys.open_sealed(SECOND_FACTOR, sealed, officer_id.bytes)
    is_bound = issuer is not None and hmac.compare_digest(bound, _written(issuer, subject))
    is_free = held is not None and held.is_active and not (held.locked_until is not None and held.locked_until > now)
    return is_bound and is_free


def _written(issuer: str, subject: str) -> bytes:
    return json.dumps([issuer, subject]).encode()
