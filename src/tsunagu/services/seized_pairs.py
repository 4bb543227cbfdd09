"""Pairs of rows as they were compared and as people have answered: what persons are derived from, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from tsunagu.domain.errors import Conflict
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.seized import OF_PEOPLE, ListedPerson, ListField, SeizedList
from tsunagu.records import listed_persons, seized
from tsunagu.records.kept_rows import KeptRow
from tsunagu.records.listed_persons import PairAnswer
from tsunagu.records.seized_seals import ListSeal
from tsunagu.resolution.dates import date_of
from tsunagu.resolution.linking.clusters import Pair, settled
from tsunagu.resolution.linking.kept import linked_in
from tsunagu.resolution.linking.linking import Linked
from tsunagu.resolution.linking.observed import Said
from tsunagu.resolution.people import groups, joint_residence
from tsunagu.resolution.residence import Residence, residence_of
from tsunagu.services.seized_access import LINKS


def linked_of(one: SeizedList, seal: ListSeal) -> Linked:
    """Return what was compared of a list; its rows are counted from 1, as the list counts them.

    Raises:
        Conflict: nothing was compared yet, or what is kept was changed.
    """
    sealed = seized.links_of(one.list_id)
    if sealed is None:
        raise Conflict("the rows of this list were not compared yet: `tsunagu list resolve` does")
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


def residences(said: Sequence[Said]) -> list[Residence]:
    """Return where each row says that somebody lives."""
    return [residence_of(postcode=one.postcode, address=one.address, phone=one.phone) for one in said]


def derive_persons(one: SeizedList, linked: Linked, of_rows: Mapping[int, Residence], *, now: datetime) -> int:
    """Derive anew who the rows name, by the links and by what people say, and return how many persons are new.

    Args:
        linked: of `linked_of`.
        of_rows: where each row that was taken says that somebody lives.
    """
    labels = linked.clusters(settled_pairs(one.list_id)).labels
    persons = (
        _person(rows, of_rows) for rows in groups(labels) if rows[0] in of_rows
    )  # rows that were refused, and the place before the first, name nobody
    return listed_persons.replace_persons(one.list_id, one.agency_id, persons, now=now)


def renumbered(linked: Linked, numbers: Sequence[int], rows: int) -> Linked:
    """Return a comparison with its rows counted as the list counts them: from 1, those that were refused included."""
    named = np.asarray(numbers, np.int32)
    pairs = named[linked.pairs] if len(named) else linked.pairs
    return Linked(
        rows + 1, pairs, linked.levels, linked.bits, linked.prior, linked.zones, linked.too_common, linked.model
    )


def _person(rows: Sequence[int], of_rows: Mapping[int, Residence]) -> ListedPerson:
    lives = joint_residence([of_rows[row] for row in rows])
    return ListedPerson(
        tuple(rows),
        lives.prefecture,
        lives.method.value,
        lives.confidence.value,
        lives.alternatives,
        lives.needs_a_person,
    )
