"""What may be recorded in a gate file, each with what it must say, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from tsunagu.domain.errors import InputError
from tsunagu.domain.gate import Contact, GateStepKind, Position, PositionBasis, RiskBand
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Majority
from tsunagu.law.points import Evidence, Point, PointFinding
from tsunagu.resolution.prefectures import prefectures
from tsunagu.services.references import check_reason

MOST_EVIDENCE = 20


@dataclass(frozen=True, slots=True)
class PointFact:
    """What was found of one of the five points.

    Attributes:
        title: of the item alone: the number of the title, which has to be assessed as illegal for the day.
        words: what the evidence says; "" where it speaks for itself.
    """

    kind: ClassVar = GateStepKind.FOUND
    point: Point
    showing: Showing
    evidence: tuple[Evidence, ...] = ()
    title: int | None = None
    words: str = ""

    def __post_init__(self) -> None:
        """Refuse what is shown by nothing, and an item without its title."""
        _check(self.evidence, needed=False)
        PointFinding(self.showing, self.evidence)
        if self.words:
            check_reason(self.words)
        is_item = self.point is Point.ITEM and self.showing is Showing.SHOWN
        if is_item is (self.title is None):
            raise InputError("an item that is shown names its title (--title), and nothing else does")

    def said(self) -> dict[str, Any]:
        """Return what is kept."""
        told = {"point": self.point.value, "showing": self.showing.value, "words": self.words}
        return {**told, "evidence": _pairs(self.evidence), "title": self.title}


@dataclass(frozen=True, slots=True)
class AgeFact:
    """Whether somebody goes the way of adults, as officially confirmed. Nothing here estimates an age."""

    kind: ClassVar = GateStepKind.AGE
    majority: Majority
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse an age that nothing confirms."""
        _check(self.evidence, needed=self.majority is not Majority.UNKNOWN)

    def said(self) -> dict[str, Any]:
        """Return what is kept."""
        return {"majority": self.majority.value, "evidence": _pairs(self.evidence)}


@dataclass(frozen=True, slots=True)
class ResidenceFact:
    """In which prefecture somebody lives, as confirmed by people: it outweighs what the list told."""

    kind: ClassVar = GateStepKind.RESIDENCE
    prefecture: str
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse what is no prefecture, or is confirmed by nothing."""
        if self.prefecture not in prefectures():
            raise InputError("a prefecture is named by its code, 01 to 47")
        _check(self.evidence, needed=True)

    def said(self) -> dict[str, Any]:
        """Return what is kept."""
        return {"prefecture": self.prefecture, "evidence": _pairs(self.evidence)}


@dataclass(frozen=True, slots=True)
class RiskFact:
    """What an officer's licensed assessment of the risk to children came to; the machine computes none.

    Attributes:
        tool, version: which he is licensed to use.
        assessor: his name and licence.
    """

    kind: ClassVar = GateStepKind.RISK
    tool: str
    version: str
    assessed_on: date
    band: RiskBand
    assessor: str

    def __post_init__(self) -> None:
        """Refuse an assessment that nobody made by nothing."""
        for one in (self.tool, self.version, self.assessor):
            check_reason(one)

    def said(self) -> dict[str, Any]:
        """Return what is kept."""
        told = {"tool": self.tool, "version": self.version, "assessor": self.assessor}
        return {**told, "assessed_on": self.assessed_on.isoformat(), "band": self.band.value}


@dataclass(frozen=True, slots=True)
class WelfareFact:
    """What is planned so that nobody comes to harm when somebody is approached.

    Attributes:
        suicide: against his harming himself.
        children: for children who live with him.
    """

    kind: ClassVar = GateStepKind.WELFARE
    suicide: str
    children: str

    def __post_init__(self) -> None:
        """Refuse a plan that says nothing."""
        check_reason(self.suicide)
        check_reason(self.children)

    def said(self) -> dict[str, Any]:
        """Return what is kept."""
        return {"suicide": self.suicide, "children": self.children}


@dataclass(frozen=True, slots=True)
class PositionFact:
    """What a suspect is at work, as stated or officially confirmed; of nobody else.

    Attributes:
        unit: his station or office, which is passed by; needed of police and officials.
    """

    kind: ClassVar = GateStepKind.POSITION
    position: Position
    basis: PositionBasis
    contact: Contact
    unit: str = ""
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is said to be confirmed by nothing, and police without their station."""
        _check(self.evidence, needed=self.basis is PositionBasis.CONFIRMED)
        if self.unit or self.position in {Position.POLICE, Position.OFFICIAL}:
            check_reason(self.unit)

    def said(self) -> dict[str, Any]:
        """Return what is kept."""
        told = {"position": self.position.value, "basis": self.basis.value, "contact": self.contact.value}
        return {**told, "unit": self.unit, "evidence": _pairs(self.evidence)}


GateFact = PointFact | AgeFact | ResidenceFact | RiskFact | WelfareFact | PositionFact


def _check(evidence: tuple[Evidence, ...], *, needed: bool) -> None:
    if needed and not evidence:
        raise InputError("this is confirmed by evidence, or it is not recorded")
    if len(evidence) > MOST_EVIDENCE:
        raise InputError(f"a step names at most {MOST_EVIDENCE} pieces of evidence")
    for one in evidence:
        check_reason(one.reference)
        check_reason(one.source)


def _pairs(evidence: tuple[Evidence, ...]) -> list[list[str]]:
    return [[one.reference, one.source] for one in evidence]
