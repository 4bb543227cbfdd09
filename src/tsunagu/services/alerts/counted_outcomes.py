"""What became of alerts, counted in each agency that is part of them."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.outcome_counts import OutcomeCounts, outcomes_counted
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_counts import CountedBy
from tsunagu.records.alert_outcomes import newest_outcomes
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger


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
        found = outcomes_counted(newest_outcomes(actor), by)
        about = {"alerts": found.alerts}
        ledger.write(Deed(Act.ALERT_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about))
    return found
