"""What no role carries takes two people, who have no hand in what they are granted themselves, and ends by itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connections
from django.db.utils import DatabaseError

from tsunagu.domain.errors import Forbidden, InputError, NotFound
from tsunagu.domain.grant import PROPOSAL_LASTS
from tsunagu.domain.permission import BY_GRANT, ROLE_PERMISSIONS, Permission, Role
from tsunagu.records.models import GrantRow, ProposalRow
from tsunagu.records.session import acting_for
from tsunagu.services.access import require
from tsunagu.services.agencies.grants import confirm_grant, list_grants, propose_grant, withdraw_grant
from tsunagu.services.agencies.invitations import end_officer

from .granted import grant, two_administrators
from .scene import WORKS
from .world import Person, World, now

VIEW, VAULT = Permission.MEDIA_VIEW, Permission.MEDIA_VAULT


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Person]:
    """Two administrators, and three officers of one agency, one of them its co-ordinator."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    first, second = two_administrators(world, adam)
    olga, otto = world.enroll(adam, Role.OFFICER), world.enroll(adam, Role.OFFICER)
    return {"anna": anna, "adam": first, "abel": second, "olga": olga, "otto": otto}


def _propose(world: World, by: Person, permission: Permission, officer: Person | None, days: int = 30) -> UUID:
    login = officer.login if officer else None
    return propose_grant(actor=by.actor, permission=permission, login=login, days=days, **world.parts)


def _confirm(world: World, by: Person, proposal: UUID) -> None:
    confirm_grant(actor=by.actor, proposal_id=proposal, **world.parts)


def _may(person: Person, permission: Permission, *, after_days: int = 0) -> bool:
    try:
        require(person.actor, permission, now=now() + timedelta(days=after_days))
    except Forbidden:
        return False
    return True


def _withdraw_all(world: World, by: Person) -> None:
    book = list_grants(actor=by.actor, **world.parts)
    for one in (*(it.grant_id for it in book.grants), *(it.proposal_id for it in book.proposals)):
        withdraw_grant(actor=by.actor, grant_id=one, **world.parts)


def test_no_role_carries_what_is_granted() -> None:
    assert not any(BY_GRANT & carried for carried in ROLE_PERMISSIONS.values())


def test_a_grant_counts_once_the_agency_has_it_too_and_only_for_whom_and_what_it_is(
    world: World, people: dict[str, Person]
) -> None:
    olga = people["olga"]
    assert not _may(olga, VIEW)
    _confirm(world, people["abel"], _propose(world, people["adam"], VIEW, olga))
    assert not _may(olga, VIEW)
    switch = _propose(world, people["adam"], VIEW, None)
    assert not _may(olga, VIEW)
    _confirm(world, people["anna"], switch)
    assert _may(olga, VIEW)
    assert not _may(olga, VAULT)
    assert not _may(people["otto"], VIEW)
    assert not any(_may(people[one], VIEW) for one in ("adam", "abel", "anna"))
    _withdraw_all(world, people["adam"])


def test_a_grant_ends_by_itself_and_so_does_the_agencys(world: World, people: dict[str, Person]) -> None:
    olga, otto = people["olga"], people["otto"]
    _confirm(world, people["abel"], _propose(world, people["adam"], VIEW, None, days=20))
    _confirm(world, people["abel"], _propose(world, people["adam"], VIEW, olga, days=10))
    _confirm(world, people["abel"], _propose(world, people["adam"], VIEW, otto, days=30))
    assert [_may(olga, VIEW, after_days=days) for days in (9, 10)] == [True, False]
    assert [_may(otto, VIEW, after_days=days) for days in (19, 20)] == [True, False]
    _withdraw_all(world, people["abel"])


def test_either_person_ends_it_alone_and_at_once(world: World, people: dict[str, Person]) -> None:
    olga = people["olga"]
    grant(world, (people["adam"], people["abel"]), VIEW, olga)
    assert _may(olga, VIEW)
    [switch] = [one for one in list_grants(actor=people["anna"].actor, **world.parts).grants if one.officer_id is None]
    assert world.run(people["abel"], "permission", "withdraw", str(switch.grant_id)).status == 0
    assert not _may(olga, VIEW)
    assert world.last_entry()["act"] == "permission:withdrawn"
    with pytest.raises(NotFound):
        withdraw_grant(actor=people["abel"].actor, grant_id=switch.grant_id, **world.parts)
    _withdraw_all(world, people["adam"])


def test_nobody_confirms_what_he_proposed_nor_has_a_hand_in_what_is_for_himself(
    world: World, people: dict[str, Person]
) -> None:
    proposal = _propose(world, people["adam"], VIEW, people["olga"])
    with pytest.raises(InputError, match="himself"):
        _confirm(world, people["adam"], proposal)
    with pytest.raises(InputError, match="himself"):
        _propose(world, people["anna"], VIEW, people["anna"])
    for_anna = _propose(world, people["adam"], VIEW, people["anna"])
    with pytest.raises(InputError, match="himself"):
        _confirm(world, people["anna"], for_anna)
    assert not list_grants(actor=people["adam"].actor, **world.parts).grants
    _withdraw_all(world, people["adam"])


def test_a_proposal_is_confirmed_once_and_not_after_it_was_withdrawn_or_grew_old(
    world: World, people: dict[str, Person]
) -> None:
    proposals = [_propose(world, people["adam"], VIEW, people["olga"]) for _ in range(3)]
    _confirm(world, people["abel"], proposals[0])
    withdraw_grant(actor=people["adam"].actor, grant_id=proposals[1], **world.parts)
    later = {**world.parts, "now": now() + PROPOSAL_LASTS}
    for one, parts in ((proposals[0], world.parts), (proposals[1], world.parts), (proposals[2], later)):
        with pytest.raises(NotFound):
            confirm_grant(actor=people["abel"].actor, proposal_id=one, **parts)
    _withdraw_all(world, people["adam"])


@pytest.mark.parametrize(
    ("permission", "days", "words"),
    [(Permission.MEDIA_READ, 30, "comes with a role"), (VIEW, 0, "1 to 365"), (VIEW, 366, "1 to 365")],
)
def test_what_a_role_carries_and_what_would_last_too_long_is_not_granted(
    world: World, people: dict[str, Person], permission: Permission, days: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        _propose(world, people["adam"], permission, people["olga"], days=days)


def test_who_reads_no_content_is_granted_none(world: World, people: dict[str, Person]) -> None:
    with pytest.raises(InputError, match="only who may read media"):
        _propose(world, people["adam"], VIEW, people["abel"])


def test_what_a_leaver_proposed_is_confirmed_by_nobody_and_what_he_was_granted_is_gone(world: World) -> None:
    _anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    first, second = two_administrators(world, adam)
    third, olga = world.enroll(adam, Role.ADMINISTRATOR), world.enroll(adam, Role.OFFICER)
    grant(world, (first, second), VIEW, olga)
    proposal = _propose(world, third, VAULT, olga)
    for leaver in (third, olga):
        end_officer(actor=first.actor, officer_id=leaver.actor.officer_id, **world.parts)
    with pytest.raises(NotFound):
        _confirm(world, second, proposal)
    assert not any(one.officer_id for one in list_grants(actor=first.actor, **world.parts).grants)


def test_every_step_is_in_the_ledger_with_who_took_it(world: World, people: dict[str, Person]) -> None:
    before = world.entry_count()
    grant(world, (people["adam"], people["abel"]), VAULT, people["olga"])
    entries = world.entries()[before:]
    names = {one.actor.officer_id: name for name, one in people.items()}
    assert [(one["act"], names[UUID(one["officer"])]) for one in entries] == [
        ("permission:proposed", "adam"), ("permission:granted", "abel"),
        ("permission:proposed", "adam"), ("permission:granted", "abel"),
    ]  # fmt: skip
    assert {one["details"]["permission"] for one in entries} == {"media:vault"}
    assert [one["details"]["to"] for one in entries[::2]] == ["agency", str(people["olga"].actor.officer_id)]
    _withdraw_all(world, people["adam"])


def test_two_people_do_it_by_command(world: World, people: dict[str, Person]) -> None:
    made = world.run(people["adam"], "permission", "propose", "media:view", "--officer", people["olga"].login)
    assert made.status == 0, made.text
    [line] = world.json(people["abel"], "permission", "list")
    assert (line["permission"], line["officer"], line["by"]) == (
        "media:view",
        people["olga"].login,
        people["adam"].login,
    )
    assert world.run(people["abel"], "permission", "confirm", line["id"]).status == 0
    [line] = world.json(people["abel"], "permission", "list")
    assert line["state"] == "granted"
    assert world.run(people["adam"], "permission", "withdraw", line["id"]).status == 0
    assert world.json(people["abel"], "permission", "list") == []


def test_the_database_itself_wants_two_people_and_their_agreement(world: World, people: dict[str, Person]) -> None:
    adam, abel, olga = (people[one].actor for one in ("adam", "abel", "olga"))
    fields = {"agency_id": adam.agency_id, "kind": "grant", "terms": {"permission": "media:view", "days": 1}}
    times = {"proposed_at": now(), "expires_at": now() + timedelta(days=1)}
    with pytest.raises(IntegrityError, match="not_for_himself"), acting_for(adam.agency_id):
        ProposalRow.objects.create(**fields, **times, officer_id=adam.officer_id, proposed_by_id=adam.officer_id)
    proposal = _propose(world, people["adam"], VIEW, people["olga"])
    for by, name in ((adam, "by_two"), (olga, "not_by_himself")):
        with pytest.raises(IntegrityError, match=name), acting_for(adam.agency_id):
            ProposalRow.objects.filter(id=proposal).update(confirmed_by_id=by.officer_id, settled_at=now())
    moment = now()
    granted = {"agency_id": adam.agency_id, "permission": "media:view", "proposal_id": proposal}
    for changed in ({}, {"officer_id": abel.officer_id}, {"permission": "media:vault"}):
        row = {**granted, "officer_id": olga.officer_id, "granted_at": moment, "expires_at": moment, **changed}
        with pytest.raises(DatabaseError, match="row-level security"), acting_for(adam.agency_id):
            GrantRow.objects.create(id=uuid4(), **row)
        with acting_for(adam.agency_id):  # confirmed for the next two, which say something else
            ProposalRow.objects.filter(id=proposal, settled_at=None).update(
                confirmed_by_id=abel.officer_id, settled_at=moment
            )
    _withdraw_all(world, people["adam"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE permission_grant SET expires_at = 'infinity'",
        "DELETE FROM permission_grant",
        "UPDATE proposal SET proposed_by_id = officer_id",
        "DELETE FROM proposal",
        "UPDATE reveal SET officer_id = gen_random_uuid()",
    ],
)
def test_what_was_granted_and_shown_stays_as_it_was(world: World, people: dict[str, Person], statement: str) -> None:
    agency = people["adam"].actor.agency_id
    with pytest.raises(DatabaseError, match="permission denied"), acting_for(agency):
        connections["default"].cursor().execute(statement)
