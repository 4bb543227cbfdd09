"""The persons of a case as a network: children beside subjects, those who hang together near each other."""

from __future__ import annotations

from tsunagu.domain.case_graph import GraphNode, NodeKind, Tie, TieKind
from tsunagu.domain.person import PersonKind, PersonName
from tsunagu.services.persons.stating import PersonsView

Columns = tuple[tuple[GraphNode, ...], ...]


def network_of(view: PersonsView) -> tuple[Columns, tuple[Tie, ...]]:
    """Return the persons who are tied, in a column of children and one of subjects, and each tie of them once."""
    import networkx as nx  # noqa: PLC0415 - this page alone needs it

    whole = nx.Graph()
    status = {one.name: one.status for one in view.persons}
    for tie in view.ties:
        one, other = (_node(name, status.get(name, "")) for name in (tie.one, tie.other))
        whole.add_edge(one, other, tie=Tie(one, other, TieKind.STATED))
    groups = sorted(nx.connected_components(whole), key=lambda group: min(map(_place, group)))
    placed = [node for group in groups for node in sorted(group, key=_place)]
    columns = (tuple(node for node in placed if node.kind is kind) for kind in (NodeKind.CHILD, NodeKind.SUBJECT))
    ties = sorted((tie for _, _, tie in whole.edges(data="tie")), key=lambda tie: (_place(tie.one), _place(tie.other)))
    return tuple(column for column in columns if column), tuple(ties)


def _node(name: PersonName, status: str) -> GraphNode:
    kind = NodeKind.CHILD if name.kind is PersonKind.CHILD else NodeKind.SUBJECT
    return GraphNode(kind, str(name.number), str(name), status)


def _place(node: GraphNode) -> tuple[str, int]:
    return node.kind.value, PersonName.parse(node.name).number
