"""Pairs of rows as they were compared and as people have answered: what persons are derived from, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from tsunagu.domain.errors import Conflict
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.seized import BY_OFFICER, OF_PEOPLE, ListedPerson, ListField, PrefectureDecision, SeizedList
from tsunagu.records import listed_persons, seized, seized_compared
from tsunagu.records.kept_rows import KeptRow
from tsunagu.records.listed_persons import PairAnswer
from tsunagu.records.seized_seals import ListSeal
from tsunagu.resolution.dates import date_of
from tsunagu.resolution.linking.clusters import Pair, settled
from tsunagu.resolution.linking.kept import linked_in
from tsunagu.resolution.linking.linking import Linked
from tsunagu.resolution.linking.observed import Said
from tsunagu.resolution.people import groups, joint_residence
from tsunagu.resolution.residence import Confidence, Residence, residence_of
from tsunagu.resolution.row_facts import RowFacts, facts_in, row_facts
from tsunagu.services.seized.access import FACTS, LINKS

NOT_COMPARED: Final = "the rows of this list were not compared with each other yet"


def refuse_unresolved(one: SeizedList) -> None:
    """Do nothing when the rows of a list were compared.

    Raises:
        Conflict: they were not.
    """
    if one.resolved_at is None:
        raise Conflict(NOT_COMPARED)


def linked_of(one: SeizedList, seal: ListSeal) -> Linked:
    """Return what was compared of a list; its rows are counted from 1, as the list counts them.

    Raises:
        Conflict: nothing was compared yet, or what is kept was changed.
    """
    sealed = seized_compared.links_of(one.list_id)
    if sealed is None:
        raise Conflict(NOT_COMPARED)
    return linked_in(seal.opened(LINKS, sealed))


def answers_by_pair(list_id: UUID) -> dict[Pair, list[PairAnswer]]:
    """Return what was said of each pair, in order of time."""
    found: dict[Pair, list[PairAnswer]] = {}
    for one in listed_persons.answers_of(list_id):
        found.setdefault((one.one, one.other), []).append(one)
    return found


def settled_pairs(list_id: UUID) -> dict[Pair, Judgement]:
    """Return what two people say alike of each pair that anything was said of; NONE_YET until they do."""
    return {
        pair: settled((str(one.officer_id), one.answer) for one in answers)
        for pair, answers in answers_by_pair(list_id).items()
    }


def said_by(row: KeptRow, one: SeizedList) -> dict[ListField, str]:
    """Return what a row says of each field that the list has."""
    at = {title: place for place, title in enumerate(one.columns)}
    return {told: (row.cells or ())[at[title]] for told, title in one.mapping.columns.items()}


def observations(rows: Iterable[KeptRow], one: SeizedList) -> tuple[list[int], list[Said]]:
    """Return the numbers of the rows that were taken, and what each says of a person."""
    at = {title: place for place, title in enumerate(one.columns)}
    places = [at.get(one.mapping.columns.get(told, "")) for told in OF_PEOPLE]
    is_1904 = one.mapping.is_1904
    numbers, said = [], []
    for row in rows:
        if row.cells is None:
            continue
        cells = [row.cells[place] if place is not None else "" for place in places]
        if is_1904 is not None and (born := date_of(cells[-1], is_1904=is_1904)) is not None:
            cells[-1] = born.isoformat()
        numbers.append(row.number)
        said.append(Said(*cells))
    return numbers, said


def facts_of(one: SeizedList, seal: ListSeal) -> RowFacts:
    """Return what was derived from the rows of a list; of one that an earlier release has compared, derived anew.

    Raises:
        Conflict: what is kept was changed.
    """
    sealed = seized_compared.facts_of(one.list_id)
    if sealed is None:
        return facts_from(*observations(seized.rows_of_list(one.list_id, seal), one))
    return facts_in(seal.opened(FACTS, sealed))


def facts_from(numbers: Sequence[int], said: Sequence[Said]) -> RowFacts:
    """Return what is derived from rows: where each says that somebody lives, and the keys of its name."""
    lives = [residence_of(postcode=one.postcode, address=one.address, phone=one.phone) for one in said]
    return row_facts(numbers, lives, [(one.name, one.kana) for one in said])


def derive_persons(one: SeizedList, linked: Linked, facts: RowFacts, *, now: datetime) -> int:
    """Derive anew who the rows name, by the links and by what people say, and return how many persons are new.

    What an officer has decided of where somebody lives stands while the same rows name him.

    Args:
        linked: of `linked_of`.
        facts: of `facts_of`.
    """
    labels = linked.clusters(settled_pairs(one.list_id)).labels
    of_rows, decided = facts.by_row(), listed_persons.decisions_of(one.list_id)
    persons = (
        placed(rows, of_rows, decided.get(rows)) for rows in groups(labels) if rows[0] in of_rows
    )  # rows that were refused, and the place before the first, name nobody
    return listed_persons.replace_persons(one.list_id, one.agency_id, persons, now=now)


def renumbered(linked: Linked, numbers: Sequence[int], rows: int) -> Linked:
    """Return a comparison with its rows counted as the list counts them: from 1, those that were refused included."""
    named = np.asarray(numbers, np.int32)
    pairs = named[linked.pairs] if len(named) else linked.pairs
    return Linked(
        rows + 1, pairs, linked.levels, linked.bits, linked.prior, linked.zones, linked.too_common, linked.model
    )


def placed(
    rows: tuple[int, ...], of_rows: Mapping[int, Residence], decision: PrefectureDecision | None
) -> ListedPerson:
    """Return the person whom rows name, and where he lives: as was decided, or else as his rows say together."""
    lives = joint_residence([of_rows[row] for row in rows])
    if decision is not None:
        spoken_for = {*lives.alternatives, lives.prefecture} - {None, decision.prefecture}
        confidence = Confidence.NONE if decision.prefecture is None else Confidence.FIRM
        others = tuple(sorted(one for one in spoken_for if one is not None))
        return ListedPerson(rows, decision.prefecture, BY_OFFICER, confidence, others, needs_a_person=False)
    return ListedPerson(
        rows,
        lives.prefecture,
        lives.method.value,
        lives.confidence.value,
        lives.alternatives,
        lives.needs_a_person,
    )
