"""Keys that an exhibit gives out, by which a scan made elsewhere shows where it belongs."""

from __future__ import annotations

from datetime import datetime, timedelta

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.intake import ScanKey
from tsunagu.domain.permission import Permission
from tsunagu.records import cases as case_rows
from tsunagu.records import exhibit_keys as rows
from tsunagu.records.keys.exhibit_keys import make_key, public_part
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, check_reference, deed
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
        exhibit_id, is_new = case_rows.exhibit_of(case, exhibit_reference, registered_by=actor.officer_id, now=now)
        key = make_key(exhibit_id, expires_at=now + LIFETIME)
        rows.add_key(public_part(key), agency_id=actor.agency_id, made_by=actor.officer_id, now=now)
        acts = (Act.EXHIBIT_REGISTERED, Act.EXHIBIT_KEYED) if is_new else (Act.EXHIBIT_KEYED,)
        named = {Act.EXHIBIT_KEYED: {"key": str(key.key_id)}}
        ledger.write(
            *(deed(act, actor=actor, case=case, now=now, exhibit=str(exhibit_id), **named.get(act, {})) for act in acts)
        )
    return key
