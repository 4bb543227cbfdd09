"""Rows that bear an officer's own name, or a colleague's: nobody is asked about himself, or learns it of others.

Homonyms are met too: a name alone tells nobody apart, and what is withheld is answered by others.
"""

from __future__ import annotations

from collections.abc import Iterable

from tsunagu.domain.actor import Actor
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListField, RowPair
from tsunagu.records import agencies
from tsunagu.resolution.names import name_of


class NamesWithheld:
    """Tells which pairs of rows one officer is not shown."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names of which no row is shown."""
        self._keys = frozenset().union(*(_keys(name, "") for name in names))

    @classmethod
    def from_(cls, actor: Actor) -> NamesWithheld:
        """Return those of an officer: his own, and but for a co-ordinator those of all his agency's officers.

        Call it within `acting_for` his agency.
        """
        is_told = actor.may(Permission.HELD_NOTICE_RELEASE)
        cards = agencies.officer_cards()
        return cls(one.name for one in cards if not is_told or one.officer_id == actor.officer_id)

    def hides(self, pair: RowPair) -> bool:
        """Return whether one of the two rows bears such a name."""
        names = pair.cells.get(ListField.NAME, ("", ""))
        readings = pair.cells.get(ListField.KANA, ("", ""))
        return any(self._keys & _keys(*both) for both in zip(names, readings, strict=True))


def _keys(name: str, kana: str) -> frozenset[str]:
    """Return the keys by which a whole name is found: as it is written, and as it sounds in two parts."""
    told = name_of(name, kana)
    sound = told.sound if len(told.sounds) == 2 else ""
    return frozenset({told.written, sound} - {""})
