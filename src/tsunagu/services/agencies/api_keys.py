"""API keys: made, listed and ended by the officer for whom they act; what a program may do by one."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.api_key import ApiKey
from tsunagu.domain.errors import InputError, NotFound, NotSignedIn
from tsunagu.domain.ledger import Deed
from tsunagu.domain.look_up import OFFICER_A_DAY
from tsunagu.domain.party import AgencyCard, OfficerCard
from tsunagu.domain.permission import NEVER_LENT, Permission
from tsunagu.records import agencies, api_keys, banks
from tsunagu.records.api_keys import KeptKey
from tsunagu.records.session import Statement, acting_for
from tsunagu.services.access import REFERENCE, check_reference
from tsunagu.services.agencies.identity import TOKEN
from tsunagu.services.parts import Keys, Ledger

PREFIX = "tsunagu-key"
"""Tells a key from a sign-in's token, and lets those who look for lost secrets find it."""
MOST_DAYS = 90
MOST_LOOK_UPS = 100_000_000
NO_KEY = "there is no such key, or it does not open anything any more"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """For whom a key acts."""

    key: ApiKey
    officer: OfficerCard
    agency: AgencyCard


def make_key(
    *,
    actor: Actor,
    name: str,
    scopes: frozenset[Permission],
    days: int,
    look_ups: int = OFFICER_A_DAY,
    only_banks: Sequence[str] = (),
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> tuple[str, ApiKey]:
    """Make a key that acts for the actor, and return it, once, with what is kept of it.

    Args:
        name: by which he tells it from his others.
        scopes: some of what he may do himself, none of `NEVER_LENT`.
        days: after how many it expires, 1 to `MOST_DAYS`.
        look_ups: how many things it may look up in one day, 0 to `MOST_LOOK_UPS`.
        only_banks: names of the agency's banks, the only ones that it looks anything up in; none for all that the
            actor may ask.

    Raises:
        InputError: no name, no scope, a scope that the actor does not have or that is never lent, or a number outside
            its range.
        NotFound: no bank of the agency has one of these names.
    """
    check_reference(name)
    if scopes & NEVER_LENT:
        raise InputError("this is lent to no key: it takes a person, not a program")
    if not scopes or not all(map(actor.may, scopes)):
        raise InputError("a key is lent at least one permission, and none that you do not have")
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"a key lasts 1 to {MOST_DAYS} days")
    if not 0 <= look_ups <= MOST_LOOK_UPS:
        raise InputError(f"a key looks up 0 to {MOST_LOOK_UPS:,} things a day")
    with acting_for(actor.agency_id):
        lent = frozenset(banks.bank_of(one).bank_id for one in only_banks) or None
    key = ApiKey(uuid4(), name, scopes, now, now + timedelta(days=days), look_ups, lent)
    token = f"{PREFIX}.{actor.agency_id}.{key.key_id}.{secrets.token_urlsafe(32)}"
    with acting_for(actor.agency_id):
        api_keys.add_key(
            key, agency_id=actor.agency_id, officer_id=actor.officer_id, token_mac=keys.mac(TOKEN, token.encode())
        )
        details: dict[str, str | int] = {"key": str(key.key_id), "scopes": ",".join(sorted(scopes)), "days": days}
        details |= {"look_ups": look_ups, "banks": len(only_banks)} if Permission.MEDIA_LOOK_UP in scopes else {}
        ledger.write(Deed(Act.API_KEY_MADE, now, actor.agency_id, actor.officer_id, details=details))
    return token, key


def list_keys(*, actor: Actor, now: datetime) -> tuple[ApiKey, ...]:
    """Return the actor's own keys that have neither expired nor been ended, newest first."""
    with acting_for(actor.agency_id):
        return api_keys.open_keys(actor.officer_id, now=now)


def end_key(*, actor: Actor, key_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """End one of the actor's own keys: the next request by it is refused.

    Raises:
        NotFound: no such key, or somebody else's, or one that does not open anything any more.
    """
    with acting_for(actor.agency_id):
        is_ended = api_keys.end_key(key_id, officer_id=actor.officer_id, now=now)
        details = {"key": str(key_id)} if is_ended else {"asked": keys.mac(REFERENCE, str(key_id).encode()).hex()}
        act = Act.API_KEY_ENDED if is_ended else Act.ACCESS_DENIED
        ledger.write(Deed(act, now, actor.agency_id, actor.officer_id, details=details))
    if not is_ended:
        raise NotFound(NO_KEY)


def actor_by_key(*, token: str, now: datetime, keys: Keys, ledger: Ledger) -> Actor:
    """Return the officer for whom a key acts, with the key.

    Raises:
        NotSignedIn: no such key, or ended, or expired, or its officer is locked out or has left: all told alike.
    """
    actor = actors_by_keys(tokens=[token], now=now, keys=keys, ledger=ledger).get(token)
    if actor is None:
        raise NotSignedIn(NO_KEY)
    return actor


def actors_by_keys(*, tokens: Iterable[str], now: datetime, keys: Keys, ledger: Ledger) -> dict[str, Actor]:
    """Return for each key that opens anything the officer for whom it acts, by the key itself.

    While its officer is locked out a key opens nothing. That a true key was used which does not open anything is
    written down under its officer; a key that was never made leaves nothing.
    """
    of_agencies: dict[UUID, dict[str, UUID]] = {}
    for token in tokens:
        with suppress(ValueError):
            agency_id, key_id = _ids_of(token)
            of_agencies.setdefault(agency_id, {})[token] = key_id
    found: dict[str, Actor] = {}
    for agency_id, key_ids in of_agencies.items():
        kept = _true_keys(key_ids, agency_id, keys, now)
        for token, one in kept.items():
            if one.officer is not None and one.ended_at is None and now < one.key.expires_at:
                found[token] = Actor.of(one.officer, purpose=None, now=now, key=one.key)
        refused = [one for token, one in kept.items() if token not in found]
        if refused:
            with acting_for(agency_id):
                ledger.write(*(_refused(one, agency_id, now) for one in refused))
    return found


def _true_keys(key_ids: Mapping[str, UUID], agency_id: UUID, keys: Keys, now: datetime) -> dict[str, KeptKey]:
    """Return what is kept of each token that is the one which was given out, whether it opens anything or not."""
    kept = api_keys.kept_keys(set(key_ids.values()), agency_id=agency_id, now=now)
    found = {}
    for token, key_id in key_ids.items():
        mac, one = keys.mac(TOKEN, token.encode()), kept.get(key_id)
        if one is not None and hmac.compare_digest(one.token_mac, mac):
            found[token] = one
    return found


def _refused(kept: KeptKey, agency_id: UUID, now: datetime) -> Deed:
    details = {"door": "api", "key": str(kept.key.key_id)}
    return Deed(Act.ACCESS_DENIED, now, agency_id, kept.officer_id, details=details)


def holder_of(*, actor: Actor) -> KeyHolder:
    """Return for whom the key of an actor acts.

    Raises:
        NotSignedIn: he acts by no key.
        NotFound: he has left meanwhile.
    """
    if actor.key is None:
        raise NotSignedIn(NO_KEY)
    with acting_for(actor.agency_id):
        return KeyHolder(actor.key, agencies.officer_card(actor.officer_id), agencies.agency_cards()[actor.agency_id])


class LedgerByKey:
    """The ledger for whom a program acts: each of his entries names the key."""

    def __init__(self, ledger: Ledger, actor: Actor) -> None:
        """Write into `ledger`, for an actor with a key."""
        self._ledger = ledger
        self._actor = actor

    def write(self, *deeds: Deed, using: str = "default", together: Sequence[Statement] = ()) -> None:
        """Add entries within the caller's transaction, or as one of their own with other statements."""
        self._ledger.write(*self._by_key(deeds), using=using, together=together)

    def record(self, *deeds: Deed) -> None:
        """Add entries in a transaction of their own, and return once it is committed."""
        self._ledger.record(*self._by_key(deeds))

    def _by_key(self, deeds: tuple[Deed, ...]) -> Iterator[Deed]:
        key = self._actor.key
        for deed in deeds:
            if key is None or deed.officer_id != self._actor.officer_id:
                yield deed
            else:
                yield replace(deed, details={**deed.details, "key": str(key.key_id)})


def _ids_of(token: str) -> tuple[UUID, UUID]:
    """Return whose key it says it is, and which.

    Raises:
        ValueError: it says neither.
    """
    agency_id, key_id, _ = token.removeprefix(f"{PREFIX}.").split(".")
    return UUID(agency_id), UUID(key_id)
