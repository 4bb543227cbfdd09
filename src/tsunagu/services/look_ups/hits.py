"""What is near what is asked for, or the same, and answers him who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tsunagu.domain.actor import Actor
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.look_up import DigestKind, Query
from tsunagu.records import look_ups
from tsunagu.records.look_ups import Answering, Asker

if TYPE_CHECKING:
    from tsunagu.services.banks.known_index import Searchable


@dataclass(frozen=True, slots=True)
class LookUp:
    """What one asker asks at once.

    Attributes:
        actor: with the purpose for which he asks.
        queries: 1 to `asking.MOST_QUERIES`, none of them empty.
        of_own_all: whether banks of his own agency answer with all their items, also those that are switched off.
    """

    actor: Actor
    queries: Sequence[Query]
    of_own_all: bool = False


def near(asked: Sequence[LookUp], known: Searchable) -> tuple[list[list[dict[int, int]]], str]:
    """Return for each asker and query the items that are near, with the least distance over its turns."""
    found: list[list[dict[int, int]]] = [[{} for _ in one.queries] for one in asked]
    places = [
        (near, turn)
        for one, per_query in zip(asked, found, strict=True)
        for query, near in zip(one.queries, per_query, strict=True)
        for turn in query.pdq
    ]
    if not asked:
        return found, ""
    import numpy as np  # noqa: PLC0415 - only who looks up waits for it

    table = np.frombuffer(b"".join(turn for _, turn in places), np.uint8).reshape(-1, FingerprintKind.PDQ.bits // 8)
    (rows, item_ids, distances), version = known.search(table)
    for row, item_id, distance in zip(rows.tolist(), item_ids.tolist(), distances.tolist(), strict=True):
        near = places[row][0]
        near[item_id] = min(distance, near.get(item_id, distance))
    return found, version


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that answers what is asked for."""

    item: Answering
    distance_bits: int
    is_exact: bool


def hits_of(
    asked: Sequence[LookUp], near: Sequence[Sequence[Mapping[int, int]]], *, now: datetime
) -> list[list[list[Hit]]]:
    """Return for each asker and query what answers it, each item once: the same content first, then the nearest.

    Whom the same banks answer, for them the record is asked once.
    """
    alike: dict[Asker, list[int]] = {}
    for place, one in enumerate(asked):
        key = one.actor.key
        asker = Asker(one.actor.agency_id, None if key is None else key.banks, of_own_all=one.of_own_all)
        alike.setdefault(asker, []).append(place)
    found: list[list[list[Hit]]] = [[] for _ in asked]
    for asker, places in alike.items():
        items = {item_id for place in places for per_query in near[place] for item_id in per_query}
        digests = {digest for place in places for query in asked[place].queries for digest in query.digests}
        answering = look_ups.near(asker, items, now=now)
        same = look_ups.same(asker, digests, now=now)
        for place in places:
            pairs = zip(asked[place].queries, near[place], strict=True)
            found[place] = [_hits_of(query, distances, answering, same) for query, distances in pairs]
    return found


def _hits_of(
    query: Query,
    distances: Mapping[int, int],
    answering: Mapping[int, Answering],
    same: Mapping[tuple[DigestKind, bytes], Sequence[Answering]],
) -> list[Hit]:
    if not distances and not query.digests:
        return []
    hits = {
        item_id: Hit(answering[item_id], distance, is_exact=False)
        for item_id, distance in distances.items()
        if item_id in answering and distance <= answering[item_id].radius_bits
    }
    hits |= {one.item_id: Hit(one, 0, is_exact=True) for digest in query.digests for one in same.get(digest, ())}
    return sorted(hits.values(), key=lambda hit: (not hit.is_exact, hit.distance_bits, hit.item.item_id))
