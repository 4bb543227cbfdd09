"""A case's graph as a drawing: columns by how many ties away things are, so that no two names lie on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from tsunagu.domain.case_graph import CaseGraph, GraphNode, NodeKind, Tie

BOX_WIDTH, BOX_HEIGHT = 270.0, 40.0
"""Of each thing, in units of the drawing."""
_COLUMN, _ROW = 380.0, 52.0
_BEND = (_COLUMN - BOX_WIDTH) / 2
"""How far a curve reaches out of its boxes."""
_EDGE = 4.0
"""Room around the drawing, for the frame of what is in focus."""
_MOST_LETTERS = 30


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in the drawing.

    Attributes:
        x, y: its upper left corner.
        short: its name, as far as it fits.
        path: where it leads; "" where the reader has no page of it.
    """

    node: GraphNode
    x: float
    y: float
    short: str
    path: str


@dataclass(frozen=True, slots=True)
class Line:
    """One tie in the drawing: a curve from the right of one box to the left of another, or beside both."""

    tie: Tie
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of a graph, with its size."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def drawn(graph: CaseGraph) -> Drawing:
    """Return a graph as a drawing: the same for the same graph."""
    return laid_out(_columns(graph), graph.ties, path_of)


def laid_out(
    columns: Sequence[Sequence[GraphNode]], ties: Iterable[Tie], path_of: Callable[[GraphNode], str]
) -> Drawing:
    """Return things that stand in columns as a drawing.

    Args:
        columns: from the left; none of them empty.
        ties: between these things.
        path_of: where each of them leads.
    """
    height = max(map(len, columns)) * _ROW - (_ROW - BOX_HEIGHT) + 2 * _EDGE
    boxes: dict[GraphNode, Box] = {}
    for at, column in enumerate(columns):
        top = (height - len(column) * _ROW + (_ROW - BOX_HEIGHT)) / 2
        for row, node in enumerate(column):
            boxes[node] = Box(node, _EDGE + at * _COLUMN, top + row * _ROW, _short(node.name), path_of(node))
    lines = tuple(Line(tie, _curve(boxes, tie)) for tie in ties)
    last = set(columns[-1])
    beside = _BEND if any(last >= {one.tie.one, one.tie.other} for one in lines) else 0.0
    width = (len(columns) - 1) * _COLUMN + BOX_WIDTH + 2 * _EDGE + beside
    return Drawing(tuple(boxes.values()), lines, width, height)


def path_of(node: GraphNode) -> str:
    """Return the address of a thing's page; "" where there is none for the reader."""
    match node.kind:
        case NodeKind.CASE:
            return reverse("case", args=[node.name])
        case NodeKind.SERIES:
            return reverse("series", args=[node.name])
        case NodeKind.ALERT:
            return reverse("alert", args=[node.key])
        case NodeKind.REPORT:
            return reverse("report", args=[node.key])
        case _:
            return ""


def _columns(graph: CaseGraph) -> list[list[GraphNode]]:
    """Return things by their distance, each as near as can be to what it hangs together with in the column before."""
    columns: list[list[GraphNode]] = [[graph.centre]]
    beside: dict[GraphNode, set[GraphNode]] = {}
    for tie in graph.ties:
        beside.setdefault(tie.one, set()).add(tie.other)
        beside.setdefault(tie.other, set()).add(tie.one)
    for distance in range(1, max(graph.distances.values()) + 1):
        place = {node: row for row, node in enumerate(columns[-1])}
        column = [node for node, far in graph.distances.items() if far == distance]
        columns.append(sorted(column, key=lambda node: (_middle(beside[node], place), node.kind, node.name, node.key)))
    return columns


def _middle(nodes: set[GraphNode], place: Mapping[GraphNode, int]) -> float:
    rows = [place[node] for node in nodes if node in place]
    return sum(rows) / len(rows)


def _curve(boxes: Mapping[GraphNode, Box], tie: Tie) -> str:
    left, right = sorted((boxes[tie.one], boxes[tie.other]), key=lambda box: (box.x, box.y))
    from_y, to_y = left.y + BOX_HEIGHT / 2, right.y + BOX_HEIGHT / 2
    from_x = left.x + BOX_WIDTH
    to_x = right.x if right.x > left.x else right.x + BOX_WIDTH
    near = to_x - _BEND if right.x > left.x else to_x + _BEND
    return f"M{from_x:.1f} {from_y:.1f}C{from_x + _BEND:.1f} {from_y:.1f} {near:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else name[: _MOST_LETTERS - 1] + "…"
