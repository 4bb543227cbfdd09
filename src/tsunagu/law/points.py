"""The five points that must be shown of a lead before anybody may be called a suspect, and why the gate is closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tsunagu.domain.errors import InputError
from tsunagu.law.applying import Showing

LEAST_SOURCES_OF_IDENTITY = 2


class Point(StrEnum):
    """What must be shown of a lead before anybody may be called a suspect."""

    IDENTITY = "identity"
    PAYMENT = "payment"
    DELIVERY = "delivery"
    ITEM = "item"
    DAY = "day"


class GateProblem(StrEnum):
    """Why the gate is closed."""

    IDENTITY_NOT_SHOWN = "identity-not-shown"
    IDENTITY_FROM_ONE_SOURCE = "identity-from-one-source"
    PAYMENT_NOT_SHOWN = "payment-not-shown"
    DELIVERY_NOT_SHOWN = "delivery-not-shown"
    ITEM_NOT_SHOWN = "item-not-shown"
    ITEM_ASSESSED_FOR_ANOTHER_DAY = "item-assessed-for-another-day"
    DAY_NOT_SHOWN = "day-not-shown"
    DAY_NOT_PUNISHABLE = "day-not-punishable"
    DAY_TO_COME = "day-to-come"
    RULE_UNREVIEWED = "rule-unreviewed"
    AGE_UNKNOWN = "age-unknown"
    JUVENILE = "juvenile"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reference to what shows something.

    Attributes:
        reference: as the case calls it.
        source: from whom or from what it comes; two references to one source are one source.
    """

    reference: str
    source: str

    def __post_init__(self) -> None:
        """Refuse what names nothing."""
        if not self.reference.strip() or not self.source.strip():
            raise InputError("evidence has a reference and a source")


@dataclass(frozen=True, slots=True)
class PointFinding:
    """What people found of one point.

    Attributes:
        evidence: at least one where it is shown.
        assessed_for: of the item alone: the day for whose law people assessed it.
    """

    showing: Showing = Showing.UNKNOWN
    evidence: tuple[Evidence, ...] = ()
    assessed_for: date | None = None

    def __post_init__(self) -> None:
        """Refuse what is shown by nothing."""
        if self.is_shown and not self.evidence:
            raise InputError("nothing is shown without evidence")

    @property
    def is_shown(self) -> bool:
        """Whether it is shown, and not disputed."""
        return self.showing is Showing.SHOWN

    @property
    def sources(self) -> frozenset[str]:
        """From where the evidence comes, however it was spaced or capitalized."""
        return frozenset(" ".join(one.source.split()).casefold() for one in self.evidence)


@dataclass(frozen=True, slots=True)
class Points:
    """What was found of each of the five points."""

    identity: PointFinding = PointFinding()
    payment: PointFinding = PointFinding()
    delivery: PointFinding = PointFinding()
    item: PointFinding = PointFinding()
    day: PointFinding = PointFinding()

    def with_finding(self, point: Point, finding: PointFinding) -> Points:
        """Return the points with one of them found anew."""
        return replace(self, **{point.value: finding})

    def problems(self, act_on: date) -> set[GateProblem]:
        """Return what is wrong with the five of them, for an act on this day."""
        found = {GateProblem(f"{one}-not-shown") for one in Point if not getattr(self, one.value).is_shown}
        if self.identity.is_shown and len(self.identity.sources) < LEAST_SOURCES_OF_IDENTITY:
            found.add(GateProblem.IDENTITY_FROM_ONE_SOURCE)
        if self.item.is_shown and self.item.assessed_for != act_on:
            found.add(GateProblem.ITEM_ASSESSED_FOR_ANOTHER_DAY)
        return found


NOTHING_SHOWN = Points()
"""How a lead begins."""
