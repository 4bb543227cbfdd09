"""A lead that is as far as it can be, and what may be taken away from it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from tsunagu.law.applying import Showing
from tsunagu.law.gate import Allegation, Decision, Lead, Majority, PersonOfInterest
from tsunagu.law.points import Evidence, PointFinding, Points
from tsunagu.law.rule import Review
from tsunagu.law.shipped import shipped_rules

ACT_ON = date(2016, 5, 1)
NOW = datetime(2026, 11, 26, tzinfo=UTC)
POSSESSION = Allegation("JP", "possession", ACT_ON)
REVIEWED = shipped_rules().reviewed({one.sha256: Review("counsel", date(2026, 1, 1)) for one in shipped_rules().rules})
REGISTER, BANK, CARRIER = (Evidence(f"E-{one}", one) for one in ("the family register", "a bank", "a carrier"))


def decision(reasons: str = "the register and the carrier agree") -> Decision:
    return Decision(uuid4(), reasons, NOW)


def shown(*evidence: Evidence, assessed_for: date | None = None) -> PointFinding:
    return PointFinding(Showing.SHOWN, evidence, assessed_for)


ALL_SHOWN = Points(
    identity=shown(REGISTER, CARRIER),
    payment=shown(BANK),
    delivery=shown(CARRIER),
    item=shown(Evidence("A-7", "two assessors"), assessed_for=ACT_ON),
    day=shown(CARRIER),
)


def person(points: Points = ALL_SHOWN, majority: Majority = Majority.ADULT) -> PersonOfInterest:
    return PersonOfInterest(Lead(uuid4()), POSSESSION, decision(), points, majority)
