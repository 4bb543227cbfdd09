"""The tree of agencies: who stands above whom, so that an alert knows its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.errors import InputError


class AgencyKind(StrEnum):
    """What an agency is."""

    INTERNATIONAL_BODY = "international-body"
    NATIONAL_CENTRAL_BUREAU = "national-central-bureau"
    NATIONAL_POLICE = "national-police"
    REGIONAL_POLICE = "regional-police"
    PROSECUTOR = "prosecutor"
    HOTLINE = "hotline"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class ListedAgency:
    """An agency as a file of agencies names it.

    Attributes:
        local_name: what it is called in its own country's writing; empty where that is the same.
        code: what its country calls it by, such as JP-26; empty where there is none.
        country: ISO 3166-1 alpha-2 code.
        parent: name of the agency above it; empty for the first ones of the file.
    """

    name: str
    local_name: str
    kind: AgencyKind
    code: str
    country: str
    parent: str
    contact: str


@dataclass(frozen=True, slots=True)
class AgencyPlace:
    """Where an agency stands: an operator has placed it, and the agency above confirms it.

    Attributes:
        confirmed_at: when an officer of the agency above agreed; None as long as nobody has.
    """

    child_id: UUID
    parent_id: UUID
    confirmed_at: datetime | None


class AgencyTree:
    """Who stands above whom at this moment, as far as it counts.

    A place counts when the agency above has confirmed it. A correspondent cannot, nor can an agency of another
    installation here, so that under one the operator's word counts alone.
    """

    def __init__(self, places: Iterable[AgencyPlace], elsewhere: Iterable[UUID] = ()) -> None:
        """Take the places as they were made, whether or not they count, and the agencies that have no officers here."""
        without = set(elsewhere)
        self._parents: Mapping[UUID, UUID] = {
            one.child_id: one.parent_id for one in places if one.confirmed_at is not None or one.parent_id in without
        }

    def parent_of(self, agency_id: UUID) -> UUID | None:
        """Return the agency above; None where there is none."""
        return self._parents.get(agency_id)

    def children_of(self, agency_id: UUID) -> frozenset[UUID]:
        """Return the agencies beneath."""
        return frozenset(child for child, parent in self._parents.items() if parent == agency_id)

    def beside(self, agency_id: UUID) -> frozenset[UUID]:
        """Return the agencies under the same one, without this one; none where there is nothing above it."""
        above = self.parent_of(agency_id)
        return frozenset() if above is None else self.children_of(above) - {agency_id}


def lines_above(places: Mapping[UUID, UUID], agency_id: UUID) -> Iterator[UUID]:
    """Yield the agencies above one, nearest first; each once, also where places go in a ring."""
    seen = {agency_id}
    above = places.get(agency_id)
    while above is not None and above not in seen:
        yield above
        seen.add(above)
        above = places.get(above)


def refuse_ring(places: Mapping[UUID, UUID], child_id: UUID, parent_id: UUID) -> None:
    """Do nothing when an agency can stand under another.

    Args:
        places: the agency above each, confirmed or not.
        child_id: who is to stand under the other.
        parent_id: the other.

    Raises:
        InputError: it would stand above itself.
    """
    if child_id == parent_id or child_id in lines_above(places, parent_id):
        raise InputError("no agency stands above itself")
