"""Officers leave their agency, but not those without whom it could not go on."""

from __future__ import annotations

import pytest

from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Role
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.agencies.officers import count_stranded_agencies
from tsunagu.services.cases.life import close_case
from tsunagu.services.cases.opening import staff_case

from .linked import Held
from .scene import OVERSEES, WORKS
from .world import Person, World, random_name

CONFLICT = 6


def end(world: World, leaver: Person, *, by: Person) -> int:
    return end_officer(actor=by.actor, officer_id=leaver.actor.officer_id, **world.parts)


def test_without_the_last_but_one_who_confirms_nobody_could_be_invited_so_he_stays(world: World) -> None:
    carl, anna, adam = world.found({Role.OFFICER}, WORKS, OVERSEES)
    with pytest.raises(Conflict, match="fewer than two people who confirm"):
        end(world, anna, by=adam)
    refused = world.run(adam, "officer", "end", anna.login)
    assert refused.status == CONFLICT
    assert "let a successor accept" in refused.text
    world.invite(adam, random_name("successor"), Role.COORDINATOR)
    with pytest.raises(Conflict):
        end(world, anna, by=adam)  # who has not accepted yet confirms nothing
    world.enroll(adam, Role.ADMINISTRATOR)
    assert end(world, anna, by=adam) == 0
    assert world.run(carl, "case", "list").status == 0


def test_the_last_who_works_on_cases_stays_until_somebody_else_does(world: World) -> None:
    carl, adam, _ = world.found({Role.OFFICER}, OVERSEES, {Role.ADMINISTRATOR})
    with pytest.raises(Conflict, match="nobody who works on cases"):
        end(world, carl, by=adam)
    world.enroll(adam, Role.OFFICER)
    assert end(world, carl, by=adam) == 0


def test_who_is_not_needed_leaves_even_where_an_agency_is_stranded_already(world: World) -> None:
    before = count_stranded_agencies()
    adam, audra, _ = world.found({Role.ADMINISTRATOR}, {Role.AUDITOR}, {Role.OFFICER})
    assert count_stranded_agencies() == before + 1
    assert end(world, audra, by=adam) == 0


def test_it_is_told_how_many_open_cases_nobody_works_on_after_somebody_has_left(world: World) -> None:
    anna, carl, adam = world.found(WORKS, {Role.OFFICER}, OVERSEES)
    for _ in range(2):
        Held.open(world, carl)
    shared, closed = Held.open(world, carl).case.reference, Held.open(world, carl).case.reference
    staff_case(actor=carl.actor, reference=shared, login=anna.login, **world.parts)
    close_case(actor=carl.actor, reference=closed, **world.parts)
    left = world.run(adam, "officer", "end", carl.login)
    assert left.status == 0
    assert "2 open cases have nobody who works on them any more." in left.text
