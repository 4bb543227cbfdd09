"""Queries that are planned once are bound by row-level security whoever asked first, and a failure leaves no trace."""

from __future__ import annotations

import pytest
from django.db import DataError

from tsunagu.records.planned import rows_of
from tsunagu.records.session import acting_for

from .counting import counting
from .scene import OVERSEES, WORKS
from .world import World

LOGINS = "SELECT login, '%' FROM officer WHERE login = ANY($1::text[]) ORDER BY login"
OFTEN = 8
"""Oftener than PostgreSQL plans a query by its values."""


def test_each_agency_finds_its_own_rows_by_the_plan_of_another(world: World) -> None:
    sides = [world.found(WORKS, OVERSEES)[0] for _ in range(2)]
    asked = sorted(one.login for one in sides)
    for _ in range(OFTEN):
        for one in sides:
            with acting_for(one.actor.agency_id):
                assert rows_of(LOGINS, asked) == [(one.login, "%")]


def test_the_first_time_asks_no_oftener_than_the_next(world: World) -> None:
    officer, _ = world.found(WORKS, OVERSEES)
    query = f"SELECT login FROM officer WHERE id = $1::uuid AND '{officer.login}' <> ''"  # noqa: S608
    for _ in range(2):
        with acting_for(officer.actor.agency_id), counting("default") as counts:
            assert rows_of(query, officer.actor.officer_id) == [(officer.login,)]
        assert counts == {"default": 1}


def test_what_failed_the_first_time_can_be_asked_again(world: World) -> None:
    officer, _ = world.found(WORKS, OVERSEES)
    query = f"SELECT $1::text::integer, '{officer.login}'"
    with pytest.raises(DataError), acting_for(officer.actor.agency_id):
        rows_of(query, "none")
    for number in range(2):
        with acting_for(officer.actor.agency_id):
            assert rows_of(query, str(number)) == [(number, officer.login)]
