"""Is this known anywhere? Asked by officers and programs, answered by banks, written down before it is answered."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Exhausted, Forbidden, InputError, TsunaguError, Unavailable
from tsunagu.domain.ledger import Deed
from tsunagu.domain.look_up import OFFICER_A_DAY, Answer, Known, Query
from tsunagu.domain.permission import Permission
from tsunagu.records import look_ups
from tsunagu.records.look_ups import Budget
from tsunagu.records.session import LINKER, Statement, looking_up
from tsunagu.services.access import REFERENCE
from tsunagu.services.look_ups.hits import Hit, LookUp, hits_of, near
from tsunagu.services.opaque import index_name, item_names
from tsunagu.services.parts import Keys, Ledger

if TYPE_CHECKING:
    from tsunagu.services.banks.known_index import Searchable

MOST_QUERIES = 1024
"""Things that may be asked for at once."""
REMEMBERED = 1 / 16
"""How much of what is asked for and not known is kept as recent traffic."""
_EXHAUSTED = "the budget of look-ups is used up for today, or has less left than is asked for"
_UPRIGHT = 0
_NOTHING = Answer(())


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
    *,
    actor: Actor,
    queries: Sequence[Query],
    of_own_all: bool = False,
    known: Searchable,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> LookedUp:
    """Return what the banks that answer this actor know, once it is written down; see `LookUp`.

    Raises:
        Forbidden: the actor may look nothing up.
        InputError: he states no purpose, or asks for nothing or for too much at once.
        Exhausted: his budget, or his key's, is used up for today.
        Unavailable: not everything can be searched, or the ledger takes no entry: then nothing is told.
    """
    (answered,) = look_up_together([LookUp(actor, queries, of_own_all)], known=known, now=now, keys=keys, ledger=ledger)
    if isinstance(answered, TsunaguError):
        raise answered
    return answered


def look_up_together(
    asked: Sequence[LookUp],
    *,
    known: Searchable,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    found: Callable[[], object] = lambda: None,
) -> list[LookedUp | TsunaguError]:
    """Answer several askers by one search and one transaction: for each his answer, or why he gets none.

    Args:
        found: is called when everything is found and only has to be written down, for which others are waited for.

    Raises:
        Unavailable: not everything can be searched, or the ledger takes no entry: then nobody is told anything.
        django.db.Error: the database has gone away.
    """
    refused = [_refusal(one) for one in asked]
    _refuse_exhausted(asked, refused, _seen(asked), now=now)
    places = [place for place, why in enumerate(refused) if why is None]
    distances, version = near([asked[place] for place in places], known)
    name = index_name(keys, version)
    hits = dict(zip(places, hits_of([asked[place] for place in places], distances, now=now), strict=True))
    names = item_names(keys, {hit.item.item_id for own in hits.values() for per_query in own for hit in per_query})
    answers = {place: _answers(asked[place].actor, own, names) for place, own in hits.items()}
    found()
    while not _written(asked, refused, hits, name, now=now, keys=keys, ledger=ledger):
        others = refused.count(None)
        _refuse_exhausted(asked, refused, {}, now=now)  # somebody has asked by the same keys meanwhile
        if refused.count(None) == others:
            raise Unavailable("what is asked for could not be counted, so nothing is answered")
    return [LookedUp(answers[place], name) if why is None else why for place, why in enumerate(refused)]


def _written(
    asked: Sequence[LookUp],
    refused: Sequence[TsunaguError | None],
    hits: Mapping[int, Sequence[Sequence[Hit]]],
    name: str,
    *,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> bool:
    """Write down what is answered and what was denied, all or nothing; return whether all had so much left."""
    answered = [(asked[place], own) for place, own in hits.items() if refused[place] is None]
    deeds = [_deed(one, own, name, now) for one, own in answered]
    deeds += [_denial(one, now, keys) for one, why in zip(asked, refused, strict=True) if isinstance(why, Forbidden)]
    counted = [look_ups.spent([_asking(one) for one, _ in answered], now=now)] if answered else []
    try:
        ledger.write(*deeds, using=LINKER, together=[*counted, *_told(answered, now=now)])
    except look_ups.TOO_MUCH:
        return False
    return True


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


def _refuse_exhausted(
    asked: Sequence[LookUp], refused: list[TsunaguError | None], seen: Mapping[Budget, int], *, now: datetime
) -> None:
    """Note among those who are refused whose question is too much for today: he is not searched for, nor counted."""
    counted = [(place, one) for place, one in enumerate(asked) if refused[place] is None]
    if not counted:
        return
    is_left = look_ups.is_left([_asking(one) for _, one in counted], seen=seen, now=now)
    for (place, _), left in zip(counted, is_left, strict=True):
        if not left:
            refused[place] = Exhausted(_EXHAUSTED)


def _asking(asked: LookUp) -> tuple[Budget, int, int]:
    return _budget(asked.actor), len(asked.queries), _a_day(asked.actor)


def _seen(asked: Sequence[LookUp]) -> dict[Budget, int]:
    """Return how much of the budgets of keys was used when the keys were looked at."""
    seen: dict[Budget, int] = {}
    for one in asked:
        key = one.actor.key
        if key is not None and key.looked_up_today is not None:
            seen[_budget(one.actor)] = key.looked_up_today
    return seen


def _a_day(actor: Actor) -> int:
    return OFFICER_A_DAY if actor.key is None else actor.key.daily_look_ups


def _budget(actor: Actor) -> Budget:
    return Budget(actor.agency_id, actor.officer_id, None if actor.key is None else actor.key.key_id)


def _told(answered: Sequence[tuple[LookUp, Sequence[Sequence[Hit]]]], *, now: datetime) -> list[Statement]:
    """Return what lets owners learn of their hits, and keeps some of what nobody knows, for new items' sake."""
    told = []
    unknown = []
    for one, own in answered:
        agency_id = one.actor.agency_id
        told += [(hit.item, hit.distance_bits, agency_id) for per_query in own for hit in per_query]
        pairs = zip(one.queries, own, strict=True)
        unknown += [(agency_id, query.pdq[_UPRIGHT]) for query, found in pairs if query.pdq and not found]
    kept = [one for one in unknown if random.random() < REMEMBERED]  # noqa: S311 - a sample, no secret
    return [*look_ups.owners_told(told, now=now), *look_ups.remembered(kept)]


def _answers(actor: Actor, hits: Sequence[Sequence[Hit]], names: Mapping[int, str]) -> tuple[Answer, ...]:
    """Return what the actor is told: no number that counts, and no distance that he may not see."""
    sees_distance = actor.may(Permission.BANK_DISTANCE)
    return tuple(
        Answer(
            tuple(
                Known(
                    hit.item.bank,
                    hit.item.owner,
                    hit.item.semantics,
                    names[hit.item.item_id],
                    hit.distance_bits if sees_distance else None,
                    is_exact=hit.is_exact,
                    is_disputed=hit.item.is_disputed,
                )
                for hit in per_query
            )
        )
        if per_query
        else _NOTHING
        for per_query in hits
    )


def _deed(asked: LookUp, hits: Sequence[Sequence[Hit]], name: str, now: datetime) -> Deed:
    details: dict[str, str | int] = {"queries": len(hits), "known": sum(map(bool, hits)), "index": name}
    return _of(Act.MEDIA_LOOKED_UP, asked.actor, details, now)


def _denial(asked: LookUp, now: datetime, keys: Keys) -> Deed:
    told = {"permission": Permission.MEDIA_LOOK_UP.value, "asked": keys.mac(REFERENCE, b"a look-up").hex()}
    return _of(Act.ACCESS_DENIED, asked.actor, dict(told), now)


def _of(act: Act, actor: Actor, details: dict[str, str | int], now: datetime) -> Deed:
    if actor.key is not None:
        details["key"] = str(actor.key.key_id)
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=details)
