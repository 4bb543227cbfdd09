"""Rows that bear an officer's own name, or a colleague's: nobody is asked about himself, or learns it of others.

Rows of juveniles are withheld with them, from everybody: what is kept of these lies elsewhere.

Homonyms are met too: a name alone tells nobody apart, and what is withheld is answered by others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.actor import Actor
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListField
from tsunagu.records import agencies
from tsunagu.records.juveniles import rows_apart
from tsunagu.resolution.linking.linking import Linked
from tsunagu.resolution.row_facts import RowFacts, name_keys


def withheld_from(reader: Actor) -> tuple[str, ...]:
    """Return the names of which an officer is told nothing: his own, and but for a co-ordinator his colleagues'.

    Call it within `acting_for` his agency.
    """
    is_told = reader.may(Permission.HELD_NOTICE_RELEASE)
    return tuple(one.name for one in agencies.officer_cards() if not is_told or one.officer_id == reader.officer_id)


class NamesWithheld:
    """Tells which rows one officer is not shown, and is told no number of."""

    def __init__(self, names: Iterable[str], facts: RowFacts, apart: Sequence[int] = ()) -> None:
        """Take the names of which no row is shown, what is kept of the rows, and those of juveniles."""
        bearing = facts.bearing(frozenset().union(*(name_keys(name, "") for name in names)))
        self._rows = np.union1d(bearing, np.asarray(apart, np.int32)) if apart else bearing

    @classmethod
    def from_(cls, actor: Actor, facts: RowFacts, list_id: UUID) -> NamesWithheld:
        """Return those of an officer, see `withheld_from`; and juveniles, whom their own store alone shows."""
        return cls(withheld_from(actor), facts, rows_apart(list_id))

    @property
    def rows(self) -> list[int]:
        """The numbers of the rows that bear such a name, ascending."""
        return [int(one) for one in self._rows]

    def hides(self, rows: Iterable[int]) -> bool:
        """Return whether one of some rows bears such a name."""
        return bool(np.isin(np.fromiter(rows, np.int32), self._rows).any())

    def open_pairs(self, linked: Linked) -> NDArray[np.bool_]:
        """Return for each pair of a comparison whether neither row bears such a name."""
        hidden = np.isin(linked.pairs, self._rows)
        return ~(hidden[:, 0] | hidden[:, 1])


def bears_a_name_of(said: Mapping[str, Sequence[str]], names: frozenset[str]) -> bool:
    """Return whether somebody bears one of these names.

    Args:
        said: how he is called, by the codes of fields.
        names: of officers.
    """
    return bears_key_of(said, frozenset().union(*(name_keys(name, "") for name in names)))


def bears_key_of(said: Mapping[str, Sequence[str]], keys: frozenset[str]) -> bool:
    """Return whether somebody bears a name of one of these keys, see `name_keys`.

    Args:
        said: how he is called, by the codes of fields.
        keys: of names.
    """
    called = [(one, "") for one in said.get(ListField.NAME.value, ())]
    called += [("", one) for one in said.get(ListField.KANA.value, ())]
    return any(name_keys(*name) & keys for name in called)
