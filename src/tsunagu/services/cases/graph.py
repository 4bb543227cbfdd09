"""The graph of a case: what one officer may see of what hangs together with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.case_graph import CaseGraph, GraphNode, NodeKind, Tie, TieKind
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, alerts, cases, notices, reports, seized
from tsunagu.records.series_summaries import summaries_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import seal_of

MOST_NODES: Final = 60
"""So many things are shown: more of them nobody can follow."""
RADIUS: Final = 2
"""How many ties away a thing may be."""


def view_case_graph(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> CaseGraph:
    """Return what hangs together with one of the actor's cases, of what he can list as well.

    Of the other side of an overlap it is told which agency it is, and its case once both sides have shared; of what is
    held for a co-ordinator, nothing.

    Raises:
        Forbidden: the actor reads no cases.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.CASE_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = cases.case_of(actor, reference)
        centre = _case_node(actor, case.reference)
        his = {one.case_id: one.reference for one in cases.cases_of(actor)}
        graph = _near(centre, _ties(actor, case, his, keys, now))
        ledger.write(deed(Act.CASE_READ, actor=actor, case=case, now=now, ties=len(graph.ties)))
    return graph


def _near(centre: GraphNode, ties: Iterable[Tie]) -> CaseGraph:
    """Return the part of all ties that lies around the centre."""
    import networkx as nx  # noqa: PLC0415 - this page alone needs it

    whole = nx.Graph()
    whole.add_node(centre)
    for tie in ties:
        whole.add_edge(tie.one, tie.other, tie=tie)
    distances = nx.single_source_shortest_path_length(whole, centre, cutoff=RADIUS)
    nearest = sorted(distances, key=lambda node: (distances[node], node.kind, node.name, node.key))[:MOST_NODES]
    part = whole.subgraph(nearest)
    shown = sorted((tie for _, _, tie in part.edges(data="tie")), key=lambda tie: (distances[tie.one], tie.one.name))
    return CaseGraph(centre, {one: distances[one] for one in nearest}, tuple(shown), len(distances) - len(nearest))


def _ties(actor: Actor, case: CaseSummary, his: Mapping[UUID, str], keys: Keys, now: datetime) -> Iterator[Tie]:
    """Yield all ties of the actor's cases; of lists and reports those of the case alone."""
    centre = _case_node(actor, case.reference)
    if actor.may(Permission.OVERLAP_READ):
        yield from _overlaps(actor, frozenset(his.values()))
    if actor.may(Permission.SERIES_READ):
        for one in summaries_of(actor, now=now):
            node = GraphNode(NodeKind.SERIES, str(one.series_id), one.name)
            yield from (Tie(_case_node(actor, held), node, TieKind.IN_SERIES) for held in one.cases)
    if actor.may(Permission.ALERT_READ):
        yield from _alerts(actor, his)
    if actor.may(Permission.SEIZED_LIST_READ):
        for each in seized.lists_of(case, lambda list_id, key: seal_of(list_id, key, keys)):
            yield Tie(centre, GraphNode(NodeKind.LIST, str(each.list_id), str(each.number)), TieKind.HOLDS)
    if actor.may(Permission.REPORT_READ):
        for report in reports.reports_of_case(case.case_id):
            node = GraphNode(NodeKind.REPORT, str(report.report_id), str(report.report_id)[:8], report.source)
            yield Tie(centre, node, TieKind.MERGED)


def _overlaps(actor: Actor, his: frozenset[str]) -> Iterator[Tie]:
    cards = agencies.agency_cards()
    for one in notices.notices_of(actor):
        if one.held or one.ended:
            continue
        own, other_id = _case_node(actor, one.case), one.other_agency_id
        name = cards[other_id].name if other_id else ""
        if one.revealed is None:
            node = GraphNode(NodeKind.AGENCY, str(other_id or one.overlap_id), name)
            yield Tie(own, node, TieKind.NOT_SHARED)
        elif other_id == actor.agency_id and one.revealed.case in his:
            strength = one.revealed.summary.strength.value
            yield Tie(own, _case_node(actor, one.revealed.case), TieKind.OVERLAP, strength)
        else:
            theirs = GraphNode(NodeKind.OTHER_CASE, f"{other_id} {one.revealed.case}", one.revealed.case, name)
            yield Tie(own, theirs, TieKind.OVERLAP, one.revealed.summary.strength.value)


def _alerts(actor: Actor, his: Mapping[UUID, str]) -> Iterator[Tie]:
    for alert, party in alerts.alerts_told(actor):
        reference = his.get(party.case_id) if party.case_id else None
        if reference is not None:
            node = GraphNode(NodeKind.ALERT, str(alert.alert_id), str(alert.alert_id)[:8])
            yield Tie(_case_node(actor, reference), node, TieKind.UNDER_ALERT)


def _case_node(actor: Actor, reference: str) -> GraphNode:
    return GraphNode(NodeKind.CASE, f"{actor.agency_id} {reference}", reference)
