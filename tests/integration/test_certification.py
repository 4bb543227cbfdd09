"""Without a certification that has not expired an officer signs in, and reaches no content by any door."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Forbidden, InputError, NotCertified
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import NEEDS_CERTIFICATION, Permission, Role
from tsunagu.records import agencies
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.identity import CERTIFICATION_LASTS, actor_of
from tsunagu.services.agencies.officers import certify_officer
from tsunagu.services.ledger.timeline import own_deeds

from .scene import DOORS, WORKS, Door, Scene
from .world import Person, World, now

OPEN_WITHOUT = {
    Permission.AGENCY_PLACE,
    Permission.HUB_ACCEPT,
    Permission.LAW_CHANGE,
    Permission.LAW_READ,
    Permission.LAW_REVIEW,
    Permission.LEDGER_READ,
    Permission.OFFICER_CONFIRM,
    Permission.OFFICER_ENROLL,
    Permission.PERMISSION_GRANT,
    Permission.RETENTION_SET,
    Permission.STATISTIC_FREEZE,
    Permission.STATISTIC_READ,
}
FORBIDDEN = 5
TO_CONTENT = [door for door in DOORS if door.permission in NEEDS_CERTIFICATION]


def certified_until(person: Person, after: timedelta | None) -> None:
    """Let the certification of somebody end so long from now; None takes it away."""
    with acting_for(person.actor.agency_id):
        agencies.certify(person.actor.officer_id, None if after is None else now() + after)


@pytest.fixture(scope="module")
def lapsed(scene: Scene) -> Person:
    """The co-ordinator of A, whose certification ended a second ago, as did that of who handles juveniles there."""
    for name in ("anna", "june"):
        certified_until(scene.people[name], -timedelta(seconds=1))
    return scene.people["anna"]


def test_what_needs_a_certification_is_all_but_this() -> None:
    assert set(Permission) - NEEDS_CERTIFICATION == OPEN_WITHOUT


@pytest.mark.parametrize("door", TO_CONTENT, ids=str)
def test_no_command_opens_content_and_each_says_why(scene: Scene, lapsed: Person, door: Door) -> None:
    who = scene.people["june"] if door.entitled == "june" else lapsed
    refused = scene.world.run(
        who, *door.typed(scene, scene.targets[door.target] if door.target else ""), lines=door.lines
    )
    assert (refused.status, refused.stdout, refused.entries) == (FORBIDDEN, "", 1)
    assert "certification" in refused.stderr
    assert scene.world.last_entry()["act"] == "access:denied"
    assert not scene.told_in(refused.text)


def test_who_is_not_certified_signs_in_and_goes_on_confirming(scene: Scene, lapsed: Person) -> None:
    assert scene.world.json(lapsed, "whoami")[0]["login"] == lapsed.login
    assert scene.world.run(lapsed, "officer", "proposals").status == 0


def test_his_own_ledger_names_no_case_to_him(scene: Scene, lapsed: Person) -> None:
    told = own_deeds(actor=_now(scene.world, lapsed), before="", most=100, **scene.world.parts)
    assert told
    assert not any(one in str(told) for one in scene.secrets if one.startswith("case-"))


def _now(world: World, person: Person) -> Actor:
    return actor_of(token=person.token, purpose=None, now=now(), keys=world.rooms.keys)


def test_it_is_open_until_the_moment_it_expires_and_not_at_it() -> None:
    moment = now()
    card = OfficerCard(uuid4(), uuid4(), "L", "N", frozenset({Role.OFFICER}), moment)
    asked = [
        Actor.of(card, purpose=None, now=moment + after).may(Permission.CASE_READ)
        for after in (-timedelta(seconds=1), timedelta(0))
    ]
    assert asked == [True, False]


def test_a_role_that_does_not_carry_the_permission_is_told_so_and_not_of_certifications() -> None:
    auditor = Actor.of(OfficerCard(uuid4(), uuid4(), "L", "N", frozenset({Role.AUDITOR})), purpose=None, now=now())
    with pytest.raises(Forbidden) as caught:
        auditor.require(Permission.CASE_READ)
    assert not isinstance(caught.value, NotCertified)


def test_an_administrator_renews_it_for_a_year_and_not_his_own(world: World) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    certified_until(anna, None)
    assert world.run(anna, "case", "list").status == FORBIDDEN
    with pytest.raises(InputError):
        certify_officer(actor=adam.actor, login=adam.login, **world.parts)
    moment = now()
    until = certify_officer(actor=adam.actor, login=anna.login, **world.parts | {"now": moment})
    assert until == moment + CERTIFICATION_LASTS
    entry = world.last_entry()
    assert entry["act"] == "officer:certified"
    assert entry["details"] == {"certified": str(anna.actor.officer_id), "until": until.date().isoformat()}
    assert world.run(anna, "case", "list").status == 0
    [listed] = [one for one in world.json(adam, "officer", "list") if one["login"] == anna.login]
    assert listed["certified_until"] == until.date().isoformat()
