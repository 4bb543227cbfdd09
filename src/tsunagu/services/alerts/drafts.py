"""What an alert from a case can rest on, before an officer raises it: signed countries, shared overlaps, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert_route import first_stops
from tsunagu.domain.assessment import CountryAssessment
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.overlap import OverlapSummary
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, agency_places, clues, notices
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class SharedOverlap:
    """An overlap of the case that both sides have shared.

    Attributes:
        agency: name of the agency at its other end.
    """

    overlap_id: UUID
    agency: str
    summary: OverlapSummary


@dataclass(frozen=True, slots=True)
class AlertBasis:
    """What an alert from a case can rest on, and where it can go first.

    Attributes:
        assessment: the newest list of countries that was signed; None where none was.
        overlaps: those that both sides have shared, the newest first.
        stops: names of the agency above and of those beneath, in the order of their letters.
    """

    case: CaseSummary
    assessment: CountryAssessment | None
    overlaps: tuple[SharedOverlap, ...]
    stops: tuple[str, ...]


def alert_basis(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> AlertBasis:
    """Return what an alert from one of the actor's cases can rest on at this moment.

    Raises:
        Forbidden: the actor raises no alerts.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.ALERT_RAISE
    case = case_for(actor=actor, reference=reference, permission=permission, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        signed = clues.assessments_of(case)
        cards = agencies.agency_cards()
        overlaps = tuple(
            SharedOverlap(one.overlap_id, cards[one.other_agency_id].name, one.revealed.summary)
            for one in notices.notices_of(actor)
            if one.case_id == case.case_id and not one.held and not one.ended and one.revealed and one.other_agency_id
        )
        straight = first_stops(agency_places.agency_tree(), actor.agency_id).straight
    newest = max(signed, key=lambda one: one.number, default=None)
    ledger.record(deed(Act.CASE_READ, actor=actor, case=case, now=now, overlaps=len(overlaps)))
    return AlertBasis(case, newest, overlaps, tuple(sorted(cards[one].name for one in straight)))
