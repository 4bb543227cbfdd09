"""What the forms of the gate's page say, as facts: each field as its name calls it, evidence in lines of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import QueryDict

from tsunagu.domain.errors import InputError
from tsunagu.domain.gate import Contact, Position, PositionBasis, RiskBand
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Majority
from tsunagu.law.points import Evidence, Point
from tsunagu.services.gate.facts import AgeFact, GateFact, PointFact, PositionFact, ResidenceFact, RiskFact, WelfareFact
from tsunagu.web.desk import MOST_DIGITS, chosen, day, whole

EVIDENCE_LINES = 3
"""Pieces of evidence that a form has room for; a command takes more."""


def fact_of(sent: QueryDict) -> GateFact:
    """Return what a form says was found.

    Raises:
        InputError: it says nothing that may be recorded.
    """
    read = _FACTS.get(sent.get("fact", ""))
    if read is None:
        raise InputError("there is no such choice")
    return read(sent)


def _point(sent: QueryDict) -> PointFact:
    point, showing = chosen(Point, sent.get("point", "")), chosen(Showing, sent.get("showing", ""))
    typed = sent.get("title", "") if point is Point.ITEM and showing is Showing.SHOWN else ""
    title = whole(typed, most=10**MOST_DIGITS) if typed else None
    return PointFact(point, showing, _evidence(sent), title, sent.get("words", "").strip())


def _age(sent: QueryDict) -> AgeFact:
    return AgeFact(chosen(Majority, sent.get("majority", "")), _evidence(sent))


def _residence(sent: QueryDict) -> ResidenceFact:
    return ResidenceFact(sent.get("prefecture", ""), _evidence(sent))


def _risk(sent: QueryDict) -> RiskFact:
    assessed_on = day(sent.get("assessed_on", ""))
    if assessed_on is None:
        raise InputError("an assessment has its day")
    band = chosen(RiskBand, sent.get("band", ""))
    return RiskFact(sent.get("tool", ""), sent.get("version", ""), assessed_on, band, sent.get("assessor", ""))


def _welfare(sent: QueryDict) -> WelfareFact:
    return WelfareFact(sent.get("suicide", ""), sent.get("children", ""))


def _position(sent: QueryDict) -> PositionFact:
    return PositionFact(
        chosen(Position, sent.get("position", "")),
        chosen(PositionBasis, sent.get("basis", "")),
        chosen(Contact, sent.get("contact", "")),
        sent.get("unit", "").strip(),
        _evidence(sent),
    )


_FACTS: Mapping[str, Callable[[QueryDict], GateFact]] = {
    "found": _point,
    "age": _age,
    "residence": _residence,
    "risk": _risk,
    "welfare": _welfare,
    "position": _position,
}


def _evidence(sent: QueryDict) -> tuple[Evidence, ...]:
    """Return evidence as its lines were filled in; a line that is empty is none."""
    typed = zip(sent.getlist("evidence"), sent.getlist("source"), strict=False)
    return tuple(Evidence(reference.strip(), source.strip()) for reference, source in typed if reference or source)
