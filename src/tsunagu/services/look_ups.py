"""Is this known anywhere? Asked by officers and programs, answered by banks, written down before it is answered."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Exhausted, Forbidden, InputError, TsunaguError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.look_up import Answer, Known, Query
from tsunagu.domain.permission import Permission
from tsunagu.records import look_ups
from tsunagu.records.agencies import agency_cards
from tsunagu.records.look_ups import Answering, Asker
from tsunagu.records.session import LINKER, looking_up
from tsunagu.services.access import REFERENCE
from tsunagu.services.known_index import KIND, KnownIndex
from tsunagu.services.opaque import index_name, item_name
from tsunagu.services.parts import Keys, Ledger

MOST_QUERIES = 1024
"""Things that may be asked for at once."""
OFFICER_A_DAY = 2_000
"""Things that an officer may ask for by hand in one day; a key has a budget of its own."""
REMEMBERED = 1 / 16
"""How much of what is asked for and not known is kept as recent traffic."""
_UPRIGHT = 0


@dataclass(frozen=True, slots=True)
class LookUp:
    """What one asker asks at once.

    Attributes:
        actor: with the purpose for which he asks.
        queries: 1 to `MOST_QUERIES`, none of them empty.
    """

    actor: Actor
    queries: Sequence[Query]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What banks know of what was asked for: everything was searched.

    Attributes:
        answers: one for each query, in their order.
        index_version: the name of the state of the index that was searched.
    """

    answers: tuple[Answer, ...]
    index_version: str


def look_up(
    *, actor: Actor, queries: Sequence[Query], known: KnownIndex, now: datetime, keys: Keys, ledger: Ledger
) -> LookedUp:
    """Return what the banks that answer this actor know, once it is written down.

    Raises:
        Forbidden: the actor may look nothing up.
        InputError: he states no purpose, or asks for nothing or for too much at once.
        Exhausted: his budget, or his key's, is used up for today.
        Unavailable: not everything can be searched, or the ledger takes no entry: then nothing is told.
    """
    (answered,) = look_up_together([LookUp(actor, queries)], known=known, now=now, keys=keys, ledger=ledger)
    if isinstance(answered, TsunaguError):
        raise answered
    return answered


def look_up_together(
    asked: Sequence[LookUp], *, known: KnownIndex, now: datetime, keys: Keys, ledger: Ledger
) -> list[LookedUp | TsunaguError]:
    """Answer several askers by one search and one transaction: for each his answer, or why he gets none.

    Raises:
        Unavailable: not everything can be searched, or the ledger takes no entry: then nobody is told anything.
        django.db.Error: the database has gone away.
    """
    results: list[LookedUp | TsunaguError] = []
    with looking_up():
        refusals = [_refusal(one) or _exhausted(one, now=now) for one in asked]
        distances, version = _near([one for one, why in zip(asked, refusals, strict=True) if why is None], known)
        deeds, name = [], index_name(keys, version)
        for one, why in zip(asked, refusals, strict=True):
            if why is not None:
                results.append(why)
                deeds += _denied(one, why, now, keys)
                continue
            hits = _hits(one, distances.pop(0), now=now)
            _tell(one, hits, now=now)
            results.append(LookedUp(_answers(one.actor, hits, keys), name))
            deeds.append(_deed(one, hits, name, now))
        ledger.write(*deeds, using=LINKER)
    return results


def forget_older_queries() -> None:
    """Forget what each agency asked for before its last queries: new items are held against those alone."""
    with looking_up():
        look_ups.forget_older()


def _refusal(asked: LookUp) -> TsunaguError | None:
    """Return why it is not asked at all."""
    try:
        asked.actor.require(Permission.MEDIA_LOOK_UP)
    except Forbidden as error:
        return error
    if asked.actor.purpose is None:
        return InputError("say for which purpose you ask")
    if not 0 < len(asked.queries) <= MOST_QUERIES:
        return InputError(f"1 to {MOST_QUERIES:,} things are asked for at once")
    if any(query.is_empty for query in asked.queries):
        return InputError("one of them has neither a digest nor a fingerprint that can be searched")
    return None


def _exhausted(asked: LookUp, *, now: datetime) -> TsunaguError | None:
    """Count what is asked; return that it is too much for today, if so."""
    actor, key = asked.actor, asked.actor.key
    most, key_id = (OFFICER_A_DAY, None) if key is None else (key.daily_look_ups, key.key_id)
    today = look_ups.spend(actor.agency_id, actor.officer_id, key_id, len(asked.queries), now=now)
    return Exhausted("the budget of look-ups is used up for today") if today > most else None


def _near(asked: Sequence[LookUp], known: KnownIndex) -> tuple[list[list[dict[int, int]]], str]:
    """Return for each asker and query the items that are near, with the least distance over its turns."""
    found: list[list[dict[int, int]]] = [[{} for _ in one.queries] for one in asked]
    places = [
        (near, turn)
        for one, per_query in zip(asked, found, strict=True)
        for query, near in zip(one.queries, per_query, strict=True)
        for turn in query.pdq
    ]
    table = np.frombuffer(b"".join(turn for _, turn in places), np.uint8).reshape(-1, KIND.bits // 8)
    (rows, item_ids, distances), version = known.search(table)
    for row, item_id, distance in zip(rows.tolist(), item_ids.tolist(), distances.tolist(), strict=True):
        near = places[row][0]
        near[item_id] = min(distance, near.get(item_id, distance))
    return found, version


@dataclass(frozen=True, slots=True)
class _Hit:
    item: Answering
    distance_bits: int
    is_exact: bool


def _hits(asked: LookUp, near: Sequence[Mapping[int, int]], *, now: datetime) -> list[list[_Hit]]:
    """Return for each query what answers it, each item once: the same content first, then the nearest."""
    actor = asked.actor
    asker = Asker(actor.agency_id, None if actor.key is None else actor.key.banks)
    answering = look_ups.near(asker, {item_id for per_query in near for item_id in per_query}, now=now)
    same = look_ups.same(asker, {digest for query in asked.queries for digest in query.digests}, now=now)
    found = []
    for query, distances in zip(asked.queries, near, strict=True):
        hits = {
            item_id: _Hit(answering[item_id], distance, is_exact=False)
            for item_id, distance in distances.items()
            if item_id in answering and distance <= answering[item_id].radius_bits
        }
        hits |= {one.item_id: _Hit(one, 0, is_exact=True) for digest in query.digests for one in same.get(digest, ())}
        found.append(sorted(hits.values(), key=lambda hit: (not hit.is_exact, hit.distance_bits, hit.item.item_id)))
    return found


def _tell(asked: LookUp, hits: Sequence[Sequence[_Hit]], *, now: datetime) -> None:
    """Let owners learn of their hits, and keep some of what nobody knows, for new items to be held against."""
    agency_id = asked.actor.agency_id
    told = [(hit.item, hit.distance_bits) for per_query in hits for hit in per_query]
    look_ups.tell_owners(told, asked_by=agency_id, now=now)
    unknown = [query.pdq[_UPRIGHT] for query, found in zip(asked.queries, hits, strict=True) if query.pdq and not found]
    sample = [one for one in unknown if random.random() < REMEMBERED]  # noqa: S311 - a sample, no secret
    look_ups.remember(agency_id, sample)


def _answers(actor: Actor, hits: Sequence[Sequence[_Hit]], keys: Keys) -> tuple[Answer, ...]:
    """Return what the actor is told: no number that counts, and no distance that he may not see."""
    owners = agency_cards() if any(hits) else {}
    sees_distance = actor.may(Permission.BANK_DISTANCE)
    return tuple(
        Answer(
            tuple(
                Known(
                    hit.item.bank,
                    owners[hit.item.agency_id],
                    hit.item.semantics,
                    item_name(keys, hit.item.item_id),
                    hit.distance_bits if sees_distance else None,
                    is_exact=hit.is_exact,
                    is_disputed=hit.item.is_disputed,
                )
                for hit in per_query
            )
        )
        for per_query in hits
    )


def _deed(asked: LookUp, hits: Sequence[Sequence[_Hit]], name: str, now: datetime) -> Deed:
    details: dict[str, str | int] = {"queries": len(hits), "known": sum(map(bool, hits)), "index": name}
    return _of(Act.MEDIA_LOOKED_UP, asked.actor, details, now)


def _denied(asked: LookUp, why: TsunaguError, now: datetime, keys: Keys) -> list[Deed]:
    if not isinstance(why, Forbidden):
        return []
    told = {"permission": Permission.MEDIA_LOOK_UP.value, "asked": keys.mac(REFERENCE, b"a look-up").hex()}
    return [_of(Act.ACCESS_DENIED, asked.actor, dict(told), now)]


def _of(act: Act, actor: Actor, details: dict[str, str | int], now: datetime) -> Deed:
    if actor.key is not None:
        details["key"] = str(actor.key.key_id)
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=details)
