"""What is asked both by a planned query and by way of the models is asked alike, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tsunagu.domain.actor import Actor
from tsunagu.records import alerts, grants, series
from tsunagu.records.models import AlertPartyRow, GrantRow
from tsunagu.records.planned import rows_of
from tsunagu.records.session import acting_for

from .scene import Scene
from .world import now

Found = set[tuple[Any, ...]]


def _series(actor: Actor) -> tuple[Found, Found]:
    planned = rows_of(f"SELECT s.id FROM series s WHERE {series.SEEN}", actor.officer_id)  # noqa: S608
    return set(planned), set(series.seen_by(actor, "root_id").values_list("id"))


def _alerts(actor: Actor) -> tuple[Found, Found]:
    query = f"SELECT p.alert_id, p.agency_id, ({alerts.DUE}) FROM alert_party p {alerts.HIS}"  # noqa: S608
    rows = AlertPartyRow.objects.filter(alerts.his(actor), agency_id=actor.agency_id)
    due = rows.annotate(due=alerts.newest("due_at", "alert_id"))
    return set(rows_of(query, actor.agency_id, actor.officer_id)), set(due.values_list("alert_id", "agency_id", "due"))


def _grants(actor: Actor) -> tuple[Found, Found]:
    at = now()
    live = GrantRow.objects.filter(agency_id=actor.agency_id, ended_at=None, expires_at__gt=at)
    of_all = live.filter(officer=None).values("permission")
    his = live.filter(officer_id=actor.officer_id, officer__is_active=True, permission__in=of_all)
    return {(one.value,) for one in grants.granted(actor.officer_id, now=at)}, set(his.values_list("permission"))


@pytest.mark.parametrize("both", [_series, _alerts, _grants], ids=["series", "alerts", "grants"])
def test_a_planned_query_finds_what_the_models_find(
    common_scene: Scene, both: Callable[[Actor], tuple[Found, Found]]
) -> None:
    is_something = False
    for person in common_scene.people.values():
        with acting_for(person.actor.agency_id):
            planned, by_models = both(person.actor)
        assert planned == by_models, person.login
        is_something |= bool(planned)
    assert is_something
