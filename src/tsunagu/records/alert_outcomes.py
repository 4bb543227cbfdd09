"""Outcomes of alerts, as they are counted. Call everything within `acting_for` an agency."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, Subquery

from tsunagu.domain.actor import Actor
from tsunagu.domain.alert_path import AlertStepKind
from tsunagu.domain.outcome import OutcomeCode
from tsunagu.domain.outcome_counts import ToldOfChildren
from tsunagu.records.alerts import his
from tsunagu.records.models import AlertPartyRow, AlertStepRow


def newest_outcomes(actor: Actor) -> tuple[ToldOfChildren, ...]:
    """Return the newest outcome that tells of children, of each alert that counts in the officer's agency."""
    own = actor.agency_id
    steps = AlertStepRow.objects.filter(alert_id=OuterRef("alert_id"))
    told = steps.filter(kind=AlertStepKind.OUTCOME).exclude(children={}).order_by("-number")
    parties = AlertPartyRow.objects.filter(his(actor), agency_id=own).annotate(newest=Subquery(told.values("id")[:1]))
    counts = parties.exclude(newest=None).filter(~Exists(steps.filter(kind=AlertStepKind.WITHDRAWN)))
    rows = AlertStepRow.objects.filter(id__in=counts.values("newest"))
    part = Q(of_id=own) | Q(alert__originator_id=own) | Q(alert__contributors__contains=[str(own)])
    return tuple(
        ToldOfChildren(at, {OutcomeCode(code): count for code, count in children.items()})
        for at, children in rows.filter(part).order_by(F("at"), "id").values_list("at", "children")
    )
