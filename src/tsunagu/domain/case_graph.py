"""What hangs together with a case: cases, series, alerts, lists and reports, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """What stands in a graph."""

    CASE = "case"
    OTHER_CASE = "other-case"
    AGENCY = "agency"
    SERIES = "series"
    ALERT = "alert"
    LIST = "list"
    REPORT = "report"
    CHILD = "child"
    SUBJECT = "subject"


class TieKind(StrEnum):
    """By what two of them hang together."""

    OVERLAP = "overlap"
    NOT_SHARED = "not-shared"
    IN_SERIES = "in-series"
    UNDER_ALERT = "under-alert"
    HOLDS = "holds"
    MERGED = "merged"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One thing that the reader may see.

    Attributes:
        key: tells it from all others; within its kind.
        name: what it is called by; "" for an agency that is not told.
        detail: of another case its agency; "" where there is nothing to say.
    """

    kind: NodeKind
    key: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """That two things hang together.

    Attributes:
        strength: of an overlap that both sides have shared; "" of anything else.
    """

    one: GraphNode
    other: GraphNode
    kind: TieKind
    strength: str = ""


@dataclass(frozen=True, slots=True)
class CaseGraph:
    """A case and what hangs together with it, at most two ties away.

    Attributes:
        centre: the case.
        distances: each thing that is shown, with how many ties away it is; the nearest first, at most `MOST_NODES`.
        ties: between these, each once.
        left_out: how many things more there are at this distance.
    """

    centre: GraphNode
    distances: dict[GraphNode, int]
    ties: tuple[Tie, ...]
    left_out: int = 0
