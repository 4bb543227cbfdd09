"""Is this known anywhere? Asked by officers and programs, answered by banks, written down before it is answered."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Exhausted, Forbidden, InputError, TsunaguError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.look_up import Answer, DigestKind, Known, Query
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import look_ups
from tsunagu.records.agencies import agency_cards
from tsunagu.records.look_ups import Asker, Budget, Spending
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
        of_own_all: whether banks of his own agency answer with all their items, also those that are switched off.
    """

    actor: Actor
    queries: Sequence[Query]
    of_own_all: bool = False


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
        for place, spent in _spent(asked, results, now=now):
            results[place] = spent
        open_ = [place for place, refused in enumerate(results) if refused is None]
        distances, version = _near([asked[place] for place in open_], known)
        answers = _answers([asked[place] for place in open_], distances, now=now)
        for place, own in zip(open_, answers, strict=True):
            results[place] = LookedUp(_as_seen_by(asked[place].actor, own), version)
        found = [(asked[place], own) for place, own in zip(open_, answers, strict=True)]
        _tell(found, now=now)
        denied = [one for one, refused in zip(asked, results, strict=True) if isinstance(refused, Forbidden)]
        ledger.write(
            *(_denial(one, now) for one in denied),
            *(_deed(one, own, version, now) for one, own in found),
            using=LINKER,
        )
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


def _spent(
    asked: Sequence[LookUp], refused: Sequence[LookedUp | TsunaguError | None], *, now: datetime
) -> Iterator[tuple[int, Exhausted]]:
    """Count what is asked and not refused; yield whose is too much for today, by his place."""
    counted = [(place, one) for place, one in enumerate(asked) if refused[place] is None]
    if not counted:
        return
    spendings = [Spending(_budget(one.actor), len(one.queries)) for _, one in counted]
    for (place, one), today in zip(counted, look_ups.spend(spendings, now=now), strict=True):
        if today > (OFFICER_A_DAY if one.actor.key is None else one.actor.key.daily_look_ups):
            yield place, Exhausted("the budget of look-ups is used up for today")


def _budget(actor: Actor) -> Budget:
    return Budget(actor.agency_id, actor.officer_id, None if actor.key is None else actor.key.key_id)


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


def _answers(
    asked: Sequence[LookUp], near: Sequence[Sequence[Mapping[int, int]]], *, now: datetime
) -> list[tuple[Answer, ...]]:
    """Return for each asker the answer to each of his queries, with all distances; who asks alike is asked for once."""
    alike: dict[Asker, list[int]] = {}
    for place, one in enumerate(asked):
        key = one.actor.key
        asker = Asker(one.actor.agency_id, None if key is None else key.banks, of_own_all=one.of_own_all)
        alike.setdefault(asker, []).append(place)
    answers: dict[int, tuple[Answer, ...]] = {}
    for asker, places in alike.items():
        items = {item_id for place in places for per_query in near[place] for item_id in per_query}
        digests = {digest for place in places for query in asked[place].queries for digest in query.digests}
        answering = look_ups.near(asker, items, now=now)
        exact = look_ups.same(asker, digests, now=now)
        for place in places:
            pairs = zip(asked[place].queries, near[place], strict=True)
            answers[place] = tuple(_answer(query, distances, answering, exact) for query, distances in pairs)
    return [answers[place] for place in range(len(asked))]


def _answer(
    query: Query,
    distances: Mapping[int, int],
    answering: Mapping[int, tuple[Known, int]],
    exact: Mapping[tuple[DigestKind, bytes], Sequence[Known]],
) -> Answer:
    found = {one.item_id: one for digest in query.digests for one in exact.get(digest, ())}
    for item_id, distance in distances.items():
        known, radius_bits = answering.get(item_id, (None, 0))
        if known is not None and distance <= radius_bits:
            found.setdefault(item_id, replace(known, distance_bits=distance))
    return Answer(tuple(sorted(found.values(), key=_nearest_first)))


def _nearest_first(known: Known) -> tuple[bool, int, int]:
    return not known.is_exact, known.distance_bits or 0, known.item_id


def _tell(answered: Sequence[tuple[LookUp, Sequence[Answer]]], *, now: datetime) -> None:
    """Let owners learn of their hits, and keep some of what was asked, for new items to be held against."""
    hits = []
    unknown = []
    for asked, answers in answered:
        agency_id = asked.actor.agency_id
        hits += [(known, agency_id) for answer in answers for known in answer.known]
        unknown += [(agency_id, query.pdq[_UPRIGHT]) for query, answer in zip(asked.queries, answers, strict=True)
                    if query.pdq and not answer.known and random.random() < REMEMBERED]  # noqa: S311 - a sample, no secret  # fmt: skip
    look_ups.tell_owners(hits, now=now)
    look_ups.remember(unknown)


def _denial(asked: LookUp, now: datetime) -> Deed:
    actor = asked.actor
    details: dict[str, str | int] = {"permission": Permission.MEDIA_LOOK_UP.value}
    if actor.key is not None:
        details["key"] = str(actor.key.key_id)
    return Deed(Act.ACCESS_DENIED, now, actor.agency_id, actor.officer_id, actor.purpose, details=details)


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
