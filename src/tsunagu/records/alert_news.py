"""Which alerts have news for an agency, asked of the rows. Call everything within `acting_for` that agency.

`services.alerts.reading` says the same of one alert whose steps it has read; home counts it for all of them at once.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tsunagu.domain.actor import Actor
from tsunagu.domain.alert_path import AlertStepKind
from tsunagu.records.models import AlertNoteRow, AlertPartyRow, AlertStepRow

_CAME = (AlertStepKind.RAISED, AlertStepKind.PASSED)
_LEFT = (AlertStepKind.REFUSED, AlertStepKind.HANDED_BACK)


def with_news(parties: QuerySet[AlertPartyRow], actor: Actor, *, now: datetime) -> QuerySet[AlertPartyRow]:
    """Return the actor's parties with `has_news`: whether a step or a note that he is told of has not been read.

    What the agency entered itself is no news to it, except that a time ran out. Of an alert whose way the agency has
    left it is told its own part alone, unless that alert was withdrawn.
    """
    own = actor.agency_id
    steps = AlertStepRow.objects.filter(alert_id=OuterRef("alert_id"))
    turns = Q(to_id=own, kind__in=_CAME) | Q(of_id=own, kind__in=(AlertStepKind.RAISED, *_LEFT))
    rows = parties.annotate(
        turn=Subquery(steps.filter(turns).order_by("-number").values("kind")[:1]),
        is_over=Exists(steps.filter(kind=AlertStepKind.WITHDRAWN)),
    )
    is_within = (
        Q(alert__originator_id=own) | Q(alert__contributors__contains=[str(own)]) | Q(turn__in=list(map(str, _CAME)))
    )
    unread = steps.filter(~Q(entered_by_id=own) | Q(kind=AlertStepKind.ESCALATED), number__gt=OuterRef("told"))
    own_part = steps.filter(Q(of_id=own) | Q(to_id=own) | Q(entered_by_id=own)).order_by("-number").values("number")
    rows = rows.annotate(
        news=Exists(unread),
        own_news=Exists(unread.filter(number__lte=Subquery(own_part[:1]))),
        notes=_notes(),
    )
    is_told = Q(alert__originator_id=own) | Q(is_over=False) & _allowing(actor, now)
    noted = is_within & Q(notes__gt=F("notes_told")) & is_told
    return rows.annotate(has_news=((is_within | Q(is_over=True)) & Q(news=True)) | Q(own_news=True) | noted)


def _notes() -> Coalesce:
    found = AlertNoteRow.objects.filter(alert_id=OuterRef("alert_id")).order_by().values("alert_id")
    return Coalesce(Subquery(found.annotate(many=Count("id")).values("many")), 0, output_field=IntegerField())


def _allowing(actor: Actor, now: datetime) -> Q:
    """Return which alerts the label lets the actor be told of at this moment, as `Restrictions.allows` does."""
    is_meant = Q(alert__agencies=[]) | Q(alert__agencies__contains=[str(actor.agency_id)])
    is_for_it = Q() if actor.purpose is None else Q(alert__purposes__contains=[actor.purpose])
    return is_meant & is_for_it & Q(alert__until__gt=now)
