"""Pairs of rows for people: side by side with their reasons, answered by two who do not see each other's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListField, RowPair
from tsunagu.records import listed_persons, seized
from tsunagu.records.listed_persons import PairAnswer
from tsunagu.resolution.linking.clusters import Pair, settled
from tsunagu.resolution.linking.kept import place_of
from tsunagu.resolution.linking.linking import Linked
from tsunagu.resolution.linking.zones import Zone
from tsunagu.services.access import REFERENCE, deed
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.seized import pairs
from tsunagu.services.seized.access import OpenedList, opening, refuse_closed
from tsunagu.services.seized.names import NamesWithheld

MOST_PAIRS: Final = 50
"""Pairs that are shown at once: a review goes pair by pair, and no list is carried away by it."""


@dataclass(frozen=True, slots=True)
class PairsView:
    """Pairs that wait for an officer or are disputed, those that weigh most first.

    Attributes:
        waiting: how many there are in all, of those that he is told of.
        has_more: whether others follow those that are shown.
    """

    pairs: tuple[RowPair, ...]
    waiting: int
    has_more: bool = False


def list_pairs(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    after: Pair | None = None,
    disputed: bool = False,
) -> PairsView:
    """Return pairs of rows that wait for this officer's answer, side by side; how many are withheld the ledger is told.

    Withheld are pairs of which a row bears his own name, or a colleague's: he learns nothing of that.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.
        most: how many, 1 to 50.
        after: the pair behind which to go on; one that is none of the list's begins at the first.
        disputed: instead those that he and others have answered, and not alike.

    Raises:
        InputError: it is another number.
        Forbidden: the actor answers nothing of seized lists.
        NotFound: no such case or list, or not the actor's.
        Conflict: nothing was compared yet.
    """
    if not 1 <= most <= MOST_PAIRS:
        raise InputError("between 1 and 50 pairs are shown at once")
    permission = Permission.SEIZED_LIST_REVIEW
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        linked = pairs.linked_of(found.seized, found.seal)
        answers = pairs.answers_by_pair(found.seized.list_id)
        open_ = _withheld(actor, found).open_pairs(linked)
        every = _asked(actor, linked, answers, _is_disputed if disputed else _is_open)
        waiting = [at for at in every if open_[at]]
        rest = waiting[_behind(linked, waiting, after) :]
        shown = _side_by_side(found, linked, rest[:most], answers, actor)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "pairs": len(shown)}
        about |= {"withheld": len(every) - len(waiting)}
        ledger.write(deed(Act.SEIZED_LIST_PAIRS_READ, actor=actor, case=found.case, now=now, **about))
    return PairsView(shown, len(waiting), len(rest) > most)


def view_pair(
    *, actor: Actor, reference: str, number: int | None, pair: Pair, now: datetime, keys: Keys, ledger: Ledger
) -> RowPair:
    """Return one pair of rows side by side, also one that the machine has linked or that people have answered.

    Raises:
        Forbidden, NotFound, Conflict: as for `list_pairs`; NotFound also where the list has no such rows, where they
            have nothing in common by which they were compared, or where they are withheld from him.
    """
    permission = Permission.SEIZED_LIST_REVIEW
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        linked = pairs.linked_of(found.seized, found.seal)
        place = _place(linked, pair, _withheld(actor, found))
        answers = pairs.answers_by_pair(found.seized.list_id)
        (shown,) = _side_by_side(found, linked, [place], answers, actor)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "pairs": 1}
        ledger.write(deed(Act.SEIZED_LIST_PAIRS_READ, actor=actor, case=found.case, now=now, **about))
    return shown


def answer_pair(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    pair: Pair,
    answer: Judgement,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Judgement:
    """Keep what an officer says of two rows, and return what two people say alike; NONE_YET until they do.

    Once two say the same, it outweighs the machine, both ways: persons are derived anew. NONE_YET takes an own answer
    back, and with it what followed from it.

    Args:
        pair: numbers of the rows, the smaller first.
        reason: why, in the officer's words.

    Raises:
        InputError: no reason, or one that is too long.
        Forbidden, NotFound, Conflict: as for `view_pair`; also where the case is closed.
    """
    check_reason(reason)
    permission = Permission.SEIZED_LIST_REVIEW
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        refuse_closed(found.case)
        one = found.seized
        linked = pairs.linked_of(one, found.seal)
        facts = pairs.facts_of(one, found.seal)
        _place(linked, pair, NamesWithheld.from_(actor, facts, found.seized.list_id))
        before = pairs.settled_pairs(one.list_id).get(pair, Judgement.NONE_YET)
        given = PairAnswer(*pair, actor.officer_id, answer)
        listed_persons.add_answer(one.list_id, one.agency_id, given, reason=reason, now=now)
        after = pairs.settled_pairs(one.list_id)[pair]
        changed = 0 if after is before else pairs.derive_persons(one, linked, facts, now=now)
        words = keys.mac(REFERENCE, f"pair {one.list_id} {pair} {reason}".encode()).hex()
        about: dict[str, str | int] = {"list": str(one.list_id), "answer": answer.value, "settled": after.value}
        about |= {"persons": changed, "reason": words}
        ledger.write(deed(Act.SEIZED_LIST_PAIR_ANSWERED, actor=actor, case=found.case, now=now, **about))
    return after


def _withheld(actor: Actor, found: OpenedList) -> NamesWithheld:
    return NamesWithheld.from_(actor, pairs.facts_of(found.seized, found.seal), found.seized.list_id)


def _place(linked: Linked, pair: Pair, withheld: NamesWithheld) -> int:
    """Return where the arrays have a pair that an officer may be shown.

    Raises:
        NotFound: they do not have it, or it is withheld from him: the answer is the same for both.
    """
    place = place_of(linked, *pair)
    if place is None or withheld.hides(pair):
        raise NotFound("no such pair")
    return place


def _asked(
    actor: Actor,
    linked: Linked,
    answers: Mapping[Pair, Sequence[PairAnswer]],
    is_meant: Callable[[Sequence[PairAnswer], Actor], bool],
) -> list[int]:
    """Return the places of pairs that people are asked about and that are meant, those that weigh most first."""
    asked = np.flatnonzero(linked.zones == Zone.REVIEW)
    heaviest = asked[np.argsort(-linked.bits[asked].sum(axis=1), kind="stable")]
    return [int(at) for at in heaviest if is_meant(answers.get(_pair(linked, int(at)), ()), actor)]


def _behind(linked: Linked, places: Sequence[int], after: Pair | None) -> int:
    """Return at which of some places, in order of weight, what comes behind a pair begins; it may be none of them."""
    at = None if after is None else place_of(linked, *after)
    if at is None:
        return 0
    weight = linked.bits.sum(axis=1)
    return sum((-weight[one], one) <= (-weight[at], at) for one in places)


def _is_open(said: Sequence[PairAnswer], actor: Actor) -> bool:
    """Return whether a pair waits for this officer: he has said nothing of it, and two others do not agree already."""
    last = _last(said)
    if last.get(actor.officer_id, Judgement.NONE_YET) is not Judgement.NONE_YET:
        return False
    return _agreed(last) is Judgement.NONE_YET


def _is_disputed(said: Sequence[PairAnswer], actor: Actor) -> bool:
    """Return whether this officer and another have answered, and no two alike."""
    last = _last(said)
    return len(_answers(last, actor)) > 1 and _agreed(last) is Judgement.NONE_YET


def _last(said: Sequence[PairAnswer]) -> dict[UUID, Judgement]:
    return {one.officer_id: one.answer for one in said}


def _agreed(last: Mapping[UUID, Judgement]) -> Judgement:
    return settled((str(who), each) for who, each in last.items())


def _answers(last: Mapping[UUID, Judgement], actor: Actor) -> tuple[Judgement, ...]:
    """Return what each has said, his own first, where the actor has answered and another has; nothing before."""
    own = last.get(actor.officer_id, Judgement.NONE_YET)
    others = [one for who, one in last.items() if who != actor.officer_id and one is not Judgement.NONE_YET]
    return (own, *sorted(others)) if others and own is not Judgement.NONE_YET else ()


def _pair(linked: Linked, place: int) -> Pair:
    one, other = linked.pairs[place].tolist()
    return one, other


def _side_by_side(
    found: OpenedList,
    linked: Linked,
    places: Sequence[int],
    answers: Mapping[Pair, Sequence[PairAnswer]],
    actor: Actor,
) -> tuple[RowPair, ...]:
    needed = sorted({row for place in places for row in _pair(linked, place)})
    rows = {one.number: one for one in seized.rows_of_list(found.seized.list_id, found.seal, numbers=needed)}
    shown = []
    for place in places:
        one, other = _pair(linked, place)
        said = {row: pairs.said_by(rows[row], found.seized) for row in (one, other)}
        cells: dict[ListField, tuple[str, str]] = {told: (said[one][told], said[other][told]) for told in said[one]}
        reasons = tuple((why.field, why.agreement, why.bits) for why in linked.reasons(place))
        last = _last(answers.get((one, other), ()))
        own = last.get(actor.officer_id, Judgement.NONE_YET)
        count = sum(each is not Judgement.NONE_YET for each in last.values())
        zone = Zone(int(linked.zones[place])).name.lower()
        bits = linked.total_bits(place)
        of_people = (own, count, _agreed(last), _answers(last, actor))
        shown.append(RowPair(one, other, zone, cells, reasons, bits, *of_people))
    return tuple(shown)
