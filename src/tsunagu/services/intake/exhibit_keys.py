"""Keys that an exhibit gives out, by which a scan made elsewhere shows where it belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.intake import ScanKey
from tsunagu.domain.permission import Permission
from tsunagu.records import exhibit_keys as rows
from tsunagu.records.keys.exhibit_keys import make_key, public_part
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, check_reference, deed, exhibit_for
from tsunagu.services.parts import Keys, Ledger

LIFETIME = timedelta(days=30)
"""How long a key vouches: scans are brought in within weeks, and a key that is lost is worth nothing after them."""


def give_exhibit_key(
    *, actor: Actor, case_reference: str, exhibit_reference: str, now: datetime, keys: Keys, ledger: Ledger
) -> ScanKey:
    """Make a key for an exhibit, which is registered if it is new, and return its private part, kept nowhere here.

    Raises:
        Forbidden: the actor brings in no media.
        NotFound: no such case, or not the actor's.
    """
    check_reference(exhibit_reference)
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=now, keys=keys, ledger=ledger
    )
    with acting_for(actor.agency_id):
        exhibit_id = exhibit_for(actor=actor, case=case, reference=exhibit_reference, now=now, ledger=ledger)
        key = make_key(exhibit_id, expires_at=now + LIFETIME)
        rows.add_key(public_part(key), agency_id=actor.agency_id, made_by=actor.officer_id, now=now)
        told = {"exhibit": str(exhibit_id), "key": str(key.key_id)}
        ledger.write(deed(Act.EXHIBIT_KEYED, actor=actor, case=case, now=now, **told))
    return key
