"""Where an alert can go from where it is: the neighbours of its holder in the tree of agencies."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tsunagu.domain.agency_tree import AgencyTree
from tsunagu.domain.alert_path import AlertPath


@dataclass(frozen=True, slots=True)
class NextStops:
    """Where an alert can go.

    Attributes:
        straight: beneath its holder; and above, unless it came from there.
        beside: under the same agency as its holder, by a form.
        back: who sent it; None at its originator.
    """

    straight: frozenset[UUID]
    beside: frozenset[UUID]
    back: UUID | None = None


def first_stops(tree: AgencyTree, agency_id: UUID) -> NextStops:
    """Return where an agency can send what it raises: beneath it, or to the one above."""
    above = tree.parent_of(agency_id)
    return NextStops(tree.children_of(agency_id) | ({above} if above else set()), frozenset())


def next_stops(tree: AgencyTree, path: AlertPath) -> NextStops:
    """Return where its holder can pass an alert on to, and whom it can hand it back to.

    An alert comes to no agency a second time that is on its way already.
    """
    holder = path.hops[path.live]
    sender = None if holder.sender is None else path.hops[holder.sender].agency_id
    beneath, above = tree.children_of(holder.agency_id), tree.parent_of(holder.agency_id)
    rises = above is not None and (sender is None or sender in beneath)
    line = {path.hops[one].agency_id for one in path.line}
    straight = beneath | ({above} if above is not None and rises else set())
    return NextStops(straight - line, tree.beside(holder.agency_id) - line, sender)
