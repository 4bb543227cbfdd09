"""How much waits at an agency, as far as one officer of it is told. Call everything within `acting_for` his agency."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from tsunagu.domain.actor import Actor
from tsunagu.domain.alert_path import AlertState
from tsunagu.domain.outcome import PersonRole
from tsunagu.domain.person import ENDED, PersonKind
from tsunagu.domain.referral import ReferralStepKind
from tsunagu.domain.report_steps import ReportState
from tsunagu.records.alert_news import with_news
from tsunagu.records.alerts import his, newest
from tsunagu.records.models import (
    AlertPartyRow,
    Case,
    PersonRecallRow,
    PersonRow,
    PersonStepRow,
    ReferralStepRow,
)
from tsunagu.records.referral_packages import SignedPackage, package_from
from tsunagu.records.referrals import told_to as referrals_told_to
from tsunagu.records.reports import told_to as reports_told_to
from tsunagu.records.series import mine

WAITS: Final = frozenset({AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED, AlertState.TAKEN})
"""How an alert stands that waits for the agency which has it."""

DEALT_WITH: Final = frozenset({ReferralStepKind.RECEIVED, ReferralStepKind.RETURNED, ReferralStepKind.WITHDRAWN})
"""After these a referral does not wait to be received."""


class AlertCounts(NamedTuple):
    """How many alerts an officer's agency has to look at.

    Attributes:
        waiting: that it has and has not ended.
        late: those of them whose time is over.
        news: that were added to since somebody of it looked, wherever they are.
    """

    waiting: int = 0
    late: int = 0
    news: int = 0


def count_alerts(actor: Actor, *, now: datetime) -> AlertCounts:
    """Count the alerts that the officer is told of, by what they wait for."""
    rows = AlertPartyRow.objects.filter(his(actor), agency_id=actor.agency_id)
    told = with_news(rows, actor, now=now).annotate(
        holder=newest("holder_id", "alert_id"), state=newest("state", "alert_id"), due=newest("due_at", "alert_id")
    )
    held = Q(holder=actor.agency_id, state__in=list(WAITS))
    counted = told.aggregate(
        waiting=Count("id", filter=held),
        late=Count("id", filter=held & Q(due__lte=now)),
        news=Count("id", filter=Q(has_news=True)),
    )
    return AlertCounts(**counted)


def count_reports(actor: Actor) -> tuple[int, int]:
    """Return how many reports wait, and of how many of them a child is said to be at imminent risk."""
    waiting = reports_told_to(actor).filter(state=ReportState.WAITING)
    counted = waiting.aggregate(all=Count("id"), at_risk=Count("id", filter=Q(imminent=True)))
    return counted["all"], counted["at_risk"]


def unreceived(actor: Actor, *, tells_all: bool, most: int) -> tuple[SignedPackage, ...]:
    """Return packages that wait to be received, the newest first.

    Args:
        tells_all: whether the officer is told too of what is for co-ordinators alone.
        most: so many at most.
    """
    dealt_with = ReferralStepRow.objects.filter(referral_id=OuterRef("id"), kind__in=list(DEALT_WITH))
    rows = referrals_told_to(actor, tells_all=tells_all).filter(~Exists(dealt_with), receiver_id=actor.agency_id)
    return tuple(map(package_from, rows.order_by("-sent_at", "id")[:most]))


class CaseToClear(NamedTuple):
    """A case in which a withdrawal is owed.

    Attributes:
        reference: of the case.
        to_withdraw: whether a subject who was acquitted, or against whom there is no case, still stands in it.
        to_tell: whether a receiver is yet to be told that somebody was taken out.
    """

    reference: str
    to_withdraw: bool
    to_tell: bool


def cases_to_clear(actor: Actor) -> tuple[CaseToClear, ...]:
    """Return the cases of the officer in which a withdrawal is owed, by reference."""
    steps = PersonStepRow.objects.filter(person_id=OuterRef("id"), value__in=list(PersonRole)).order_by("-number")
    subjects = PersonRow.objects.filter(case_id=OuterRef("id"), kind=PersonKind.SUBJECT)
    ended = subjects.annotate(stands=Subquery(steps.values("value")[:1])).filter(stands__in=list(ENDED))
    untold = PersonRecallRow.objects.filter(withdrawal__case_id=OuterRef("id"), answered_at=None)
    cases = Case.objects.filter(id__in=mine(actor)).annotate(to_withdraw=Exists(ended), to_tell=Exists(untold))
    owed = cases.filter(Q(to_withdraw=True) | Q(to_tell=True)).order_by("reference")
    return tuple(CaseToClear(*row) for row in owed.values_list("reference", "to_withdraw", "to_tell"))
