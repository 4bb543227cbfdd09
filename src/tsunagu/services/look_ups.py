"""Is this known anywhere? Asked by officers and programs, answered by banks, written down before it is answered."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Exhausted, InputError, TsunaguError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.look_up import Answer, Known, Query
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import look_ups
from tsunagu.records.agencies import agency_cards
from tsunagu.records.look_ups import Asker
from tsunagu.records.session import LINKER, acting_for, looking_up
from tsunagu.services.known_index import KIND, KnownIndex
from tsunagu.services.parts import Ledger

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
        index_version: the state of the index that was searched.
    """

    answers: tuple[Answer, ...]
    index_version: str


def look_up(asked: LookUp, *, known: KnownIndex, now: datetime, ledger: Ledger) -> LookedUp:
    """Return what the banks that answer this actor know, once it is written down.

    Raises:
        Forbidden: the actor may look nothing up.
        InputError: he states no purpose, or asks for nothing or for too much at once.
        Exhausted: his budget, or his key's, is used up for today.
        Unavailable: not everything can be searched, or the ledger takes no entry: then nothing is told.
    """
    (answered,) = look_up_together([asked], known=known, now=now, ledger=ledger)
    if isinstance(answered, TsunaguError):
        raise answered
    return answered


def look_up_together(
    asked: Sequence[LookUp], *, known: KnownIndex, now: datetime, ledger: Ledger
) -> list[LookedUp | TsunaguError]:
    """Answer several askers by one search and one transaction: for each his answer, or why he gets none.

    Raises:
        Unavailable: not everything can be searched, or the ledger takes no entry: then nobody is told anything.
        django.db.Error: the database has gone away.
    """
    results: list[LookedUp | TsunaguError | None] = [_refusal(one) for one in asked]
    with looking_up():
        for place, one in enumerate(asked):
            results[place] = results[place] or _exhausted(one, now=now)
        open_ = [place for place, refused in enumerate(results) if refused is None]
        distances, version = _near([asked[place] for place in open_], known)
        deeds = []
        for place, near in zip(open_, distances, strict=True):
            answers = _answers(asked[place], near, now=now)
            results[place] = LookedUp(_as_seen_by(asked[place].actor, answers), version)
            _tell(asked[place], answers, now=now)
            deeds.append(_deed(asked[place], answers, version, now))
        ledger.write(*deeds, using=LINKER)
    return [one for one in results if one is not None]


def contacts(*, actor: Actor) -> dict[UUID, AgencyCard]:
    """Return whom to call at each agency, by its id: the directory is open to all members."""
    with acting_for(actor.agency_id):
        return agency_cards()


def forget_older_queries() -> None:
    """Forget what each agency asked for before its last queries: new items are held against those alone."""
    with looking_up():
        look_ups.forget_older()


def _refusal(asked: LookUp) -> TsunaguError | None:
    """Return why it is not asked at all."""
    try:
        asked.actor.require(Permission.MEDIA_LOOK_UP)
    except TsunaguError as error:
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
    actor = asked.actor
    key = actor.key
    most = OFFICER_A_DAY if key is None else key.daily_look_ups
    key_id = None if key is None else key.key_id
    today = look_ups.spend(actor.agency_id, actor.officer_id, key_id, len(asked.queries), now=now)
    return Exhausted("the budget of look-ups is used up for today") if today > most else None


def _near(asked: Sequence[LookUp], known: KnownIndex) -> tuple[list[list[dict[int, int]]], str]:
    """Return for each asker and query the items that are near, with the least distance over its turns."""
    found: list[list[dict[int, int]]] = [[{} for _ in one.queries] for one in asked]
    turns = [(near, turn) for one, per_query in zip(asked, found, strict=True)
             for query, near in zip(one.queries, per_query, strict=True) for turn in query.pdq]  # fmt: skip
    table = np.frombuffer(b"".join(turn for _, turn in turns), np.uint8).reshape(-1, KIND.bits // 8)
    (rows, item_ids, distances), version = known.search(table)
    for row, item_id, distance in zip(rows.tolist(), item_ids.tolist(), distances.tolist(), strict=True):
        near = turns[row][0]
        near[item_id] = min(distance, near.get(item_id, distance))
    return found, version


def _answers(asked: LookUp, near: Sequence[Mapping[int, int]], *, now: datetime) -> tuple[Answer, ...]:
    """Return the answer to each query, with all distances."""
    actor = asked.actor
    asker = Asker(actor.agency_id, None if actor.key is None else actor.key.banks)
    answering = look_ups.near(asker, {item_id for per_query in near for item_id in per_query}, now=now)
    exact = look_ups.same(asker, {digest for query in asked.queries for digest in query.digests}, now=now)
    answers = []
    for query, distances in zip(asked.queries, near, strict=True):
        found = {one.item_id: one for digest in query.digests for one in exact.get(digest, ())}
        for item_id, distance in distances.items():
            known, radius_bits = answering.get(item_id, (None, 0))
            if known is not None and distance <= radius_bits:
                found.setdefault(item_id, replace(known, distance_bits=distance))
        answers.append(Answer(tuple(sorted(found.values(), key=_nearest_first))))
    return tuple(answers)


def _nearest_first(known: Known) -> tuple[bool, int, int]:
    return not known.is_exact, known.distance_bits or 0, known.item_id


def _tell(asked: LookUp, answers: Sequence[Answer], *, now: datetime) -> None:
    """Let owners learn of their hits, and keep some of what was asked, for new items to be held against."""
    agency_id = asked.actor.agency_id
    look_ups.tell_owners([known for answer in answers for known in answer.known], asked_by=agency_id, now=now)
    unknown = [query.pdq[_UPRIGHT] for query, answer in zip(asked.queries, answers, strict=True)
               if query.pdq and not answer.known]  # fmt: skip
    look_ups.remember(agency_id, [one for one in unknown if random.random() < REMEMBERED])  # noqa: S311 - a sample, no secret


def _deed(asked: LookUp, answers: Sequence[Answer], version: str, now: datetime) -> Deed:
    actor = asked.actor
    details: dict[str, str | int] = {
        "queries": len(asked.queries),
        "known": sum(bool(answer.known) for answer in answers),
        "index": version,
    }
    if actor.key is not None:
        details["key"] = str(actor.key.key_id)
    return Deed(Act.MEDIA_LOOKED_UP, now, actor.agency_id, actor.officer_id, actor.purpose, details=details)


def _as_seen_by(actor: Actor, answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Return the answers without distances, where the actor may not see them."""
    if actor.may(Permission.BANK_DISTANCE):
        return tuple(answers)
    return tuple(Answer(tuple(replace(known, distance_bits=None) for known in answer.known)) for answer in answers)
