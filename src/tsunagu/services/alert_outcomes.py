"""What became of alerts, where it is needed: in the case that one rests on, and counted in each agency."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.outcome_counts import OutcomeCounts, outcomes_counted
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_counts import CountedBy
from tsunagu.records import alert_outcomes, alerts
from tsunagu.records.cases import case_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.alerts import AlertView, views_of
from tsunagu.services.parts import Keys, Ledger


def alerts_of_case(
    *, actor: Actor, reference: str, most: int, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[AlertView, ...]:
    """Return the alerts that one of the actor's cases has raised, contributed to or taken, the newest first.

    Args:
        most: so many at most.

    Raises:
        Forbidden: the actor reads no alerts.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.ALERT_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        found = views_of(actor, alerts.alerts_told(actor, case_id=case.case_id, most=most), now=now)
        ledger.write(deed(Act.ALERT_READ, actor=actor, case=case, now=now, alerts=len(found)))
    return found


def count_outcomes(*, actor: Actor, by: CountedBy, now: datetime, keys: Keys, ledger: Ledger) -> OutcomeCounts:
    """Count the children of alerts that the actor's agency has raised, contributed to, or told the outcome of itself.

    An alert counts once, in however many ways and cases the agency is part of it, and only where the actor is told of
    it; one that was withdrawn counts no more.

    Args:
        by: whether by day or by year, in UTC.

    Raises:
        Forbidden: the actor reads no alerts.
    """
    permission = Permission.ALERT_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="outcomes", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = outcomes_counted(alert_outcomes.newest_outcomes(actor), by)
        about = {"alerts": found.alerts}
        ledger.write(Deed(Act.ALERT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about))
    return found
