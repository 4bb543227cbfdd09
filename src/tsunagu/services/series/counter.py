"""How many of somebody's series are known, identified and safeguarded."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_counts import CountedBy, SeriesCounts, counted
from tsunagu.records.series_steps import milestones_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger


def count_series(*, actor: Actor, by: CountedBy, now: datetime, keys: Keys, ledger: Ledger) -> SeriesCounts:
    """Count the series of the actor's cases, which he can list one by one as well: nobody is told of others.

    Args:
        by: whether by day or by year, in UTC.

    Raises:
        Forbidden: the actor reads no series.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.SERIES_READ, asked="series", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = counted(milestones_of(actor), by)
        told: dict[str, str | int] = {"series": found.known}
        ledger.write(Deed(Act.SERIES_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return found
