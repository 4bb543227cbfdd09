"""The graph of a case: what its officer may see hangs together with it, and nothing else; drawn and as a table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from uuid import uuid4

import pytest
from django.urls import reverse

from tsunagu.domain.case_graph import CaseGraph, GraphNode, NodeKind, Tie, TieKind
from tsunagu.domain.errors import NotFound
from tsunagu.services.cases import graph as case_graph
from tsunagu.services.cases.graph import view_case_graph
from tsunagu.services.series.changes import add_to_series
from tsunagu.services.series.reading import open_series
from tsunagu.web.case_graphs import BOX_HEIGHT, BOX_WIDTH, drawn, laid_out

from ..alerted import Cascade  # noqa: TID252 - tests are no package with a name
from ..linked import Held, Made, copy, link, overlap_between  # noqa: TID252 - likewise
from ..reported import a_report, entered  # noqa: TID252 - likewise
from ..world import Person, World, random_name  # noqa: TID252 - likewise
from .visitors import Visitor


@pytest.fixture(scope="module")
def cascade(world: World) -> Cascade:
    cascade = Cascade.open(world)
    cascade.raise_alert()
    return cascade


@pytest.fixture(scope="module")
def second(cascade: Cascade) -> tuple[Held, Held, str]:
    """Another case of the body's in one series with the first; it overlaps with a third agency's, and nobody shares."""
    world, made = cascade.world, Made()
    file = made.file()
    other = Held.open(world, cascade.body).bring(file)
    theirs = Held.open(world, cascade.stranger).bring(copy(file))
    overlap_between(other, theirs)
    name, actor = random_name("series"), {"actor": cascade.body.actor, **world.parts}
    open_series(name=name, case=cascade.held.case.reference, purpose=None, **actor)
    add_to_series(name=name, case=other.case.reference, items=["1"], is_context=False, **actor)
    return other, theirs, name


def seen(person: Person, held: Held) -> CaseGraph:
    return view_case_graph(actor=person.actor, reference=held.case.reference, **held.world.parts)


def told(graph: CaseGraph) -> set[tuple[NodeKind, str]]:
    return {(one.kind, one.name) for one in graph.distances}


def test_a_case_hangs_together_with_what_it_shares_and_with_what_lies_behind_its_series(
    cascade: Cascade, second: tuple[Held, Held, str]
) -> None:
    other, theirs, name = second
    graph = seen(cascade.body, cascade.held)
    assert (NodeKind.OTHER_CASE, cascade.theirs.case.reference) in told(graph)
    assert {(NodeKind.SERIES, name), (NodeKind.CASE, other.case.reference)} <= told(graph)
    assert {one.kind for one in graph.ties} == {TieKind.OVERLAP, TieKind.IN_SERIES, TieKind.UNDER_ALERT}
    assert cascade.stranger.agency not in {text for _, text in told(graph)}  # three ties away
    beside = seen(cascade.body, other)
    assert (NodeKind.AGENCY, cascade.stranger.agency) in told(beside)  # which agency it is, since nobody has shared
    assert theirs.case.reference not in {text for _, text in told(beside)}


def test_who_does_not_work_on_a_case_is_told_of_none(cascade: Cascade) -> None:
    body = cascade.body
    with pytest.raises(NotFound):
        seen(replace(body, actor=replace(body.actor, officer_id=uuid4())), cascade.held)
    with pytest.raises(NotFound):
        seen(cascade.denmark, cascade.held)


def test_no_two_boxes_lie_on_each_other_and_every_tie_is_drawn(
    cascade: Cascade, second: tuple[Held, Held, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = seen(cascade.body, cascade.held)
    drawing = drawn(graph)
    for one, other in combinations(drawing.boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
    assert [line.tie for line in drawing.lines] == list(graph.ties)
    assert all(one.x >= 0 and one.x + BOX_WIDTH <= drawing.width for one in drawing.boxes)
    assert all(one.y >= 0 and one.y + BOX_HEIGHT <= drawing.height for one in drawing.boxes)
    monkeypatch.setattr(case_graph, "MOST_NODES", 2)
    few = seen(cascade.body, cascade.held)
    assert (len(few.distances), few.left_out) == (2, len(graph.distances) - 2)
    assert drawn(few).boxes[0].node == few.centre


def test_a_tie_beside_the_last_column_lies_within_the_drawing() -> None:
    one, other = (GraphNode(NodeKind.SUBJECT, str(number), f"subject-{number}") for number in (1, 2))
    drawing = laid_out([[one, other]], [Tie(one, other, TieKind.STATED)], lambda _: "")
    [line] = drawing.lines
    across = [float(point.split()[0]) for point in re.findall(r"[\d.]+ [\d.]+", line.path)]
    assert BOX_WIDTH < max(across) <= drawing.width


def test_the_page_draws_it_with_links_and_says_the_same_in_a_table(
    cascade: Cascade, second: tuple[Held, Held, str], visitor: Callable[[], Visitor]
) -> None:
    entered(cascade.world, cascade.body, a_report())
    page = visitor().sits_down_as(cascade.body)
    text = page.get(reverse("case_graph", args=[cascade.held.case.reference])).content.decode()
    drawing, _, table = text.partition("</svg>")
    for path in (reverse("series", args=[second[2]]), reverse("case", args=[second[0].case.reference])):
        assert f'<a href="{path}"><g' in drawing
        assert f'<a href="{path}">' in table
    assert cascade.theirs.case.reference in drawing
    assert cascade.theirs.case.reference in table


def test_a_case_of_which_nothing_is_known_says_so(
    world: World, visitor: Callable[[], Visitor], cascade: Cascade
) -> None:
    alone = Held.open(world, cascade.kyoto)
    page = visitor().sits_down_as(cascade.kyoto)
    text = page.get(reverse("case_graph", args=[alone.case.reference])).content.decode()
    assert "Nothing that you may see hangs together with this case yet." in text
    assert "<svg" not in text.partition("<main")[2]


def test_what_is_held_for_a_co_ordinator_is_not_drawn(world: World, cascade: Cascade) -> None:
    file = Made().file()
    covert = Held.open(world, cascade.osaka, covert=True).bring(file)
    theirs = Held.open(world, cascade.kyoto).bring(copy(file))
    link(world)
    assert seen(cascade.osaka, covert).ties == ()
    assert seen(cascade.kyoto, theirs).ties == ()
