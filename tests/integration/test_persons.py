"""Persons of a case: pseudonyms, roles step by step, identities that are read once, and withdrawals that reach."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connections

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.backup.tables import dump
from tsunagu.records.models import PersonRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion

from .granted import grant
from .guested import show_to
from .peopled import SAID, people_a_case
from .submitted import submit
from .world import Person, World, now, random_name

REFUSED, NOT_FOUND, FORBIDDEN, CONFLICT = 2, 4, 5, 6
REASON = ("--reason", "to tell the school whom to protect")


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Person]:
    one, two, lead, *administrators = world.found(
        {Role.OFFICER}, {Role.OFFICER}, {Role.COORDINATOR}, {Role.ADMINISTRATOR}, {Role.ADMINISTRATOR}
    )
    grant(world, (administrators[0], administrators[1]), Permission.IDENTITY_OPEN, one)
    return {"one": one, "two": two, "lead": lead}


@pytest.fixture
def case(world: World, people: dict[str, Person]) -> str:
    opened = random_name("case")
    kept = {"reference": opened, "purpose": Purpose.INVESTIGATION, "covert": False}
    open_case(actor=people["one"].actor, **kept, **world.parts)
    for name in ("two", "lead"):
        assert world.run(people["one"], "case", "join", opened, people[name].login).status == 0
    return opened


def do(world: World, by: Person, *typed: str) -> int:
    return world.run(by, "person", *typed).status


def told(world: World, by: Person, *typed: str) -> list[dict[str, Any]]:
    return world.json(by, "person", *typed)


def keep(world: World, by: Person, case: str, name: str, who: str) -> None:
    file = world.file(json.dumps({"name": who, "born": "2015-04-01"}).encode())
    assert do(world, by, "keep-identity", case, name, file) == 0


def stated(world: World, by: Person, case: str, name: str, value: str, *said: str) -> int:
    return do(world, by, "state", case, name, value, *(said or SAID))


def test_a_child_has_a_pseudonym_and_stands_as_was_stated_last(
    world: World, people: dict[str, Person], case: str
) -> None:
    one = people["one"]
    assert told(world, one, "add-child", case, "--code", "blue") == [{"case": case, "person": "child-1"}]
    assert [each["person"] for each in told(world, one, "add-child", case)] == ["child-2"]
    assert stated(world, one, case, "child-1", "located") == 0
    assert stated(world, people["two"], case, "child-1", "safeguarded") == 0
    assert stated(world, one, case, "child-1", "suspect") == REFUSED
    assert stated(world, one, case, "child-3", "located") == NOT_FOUND
    child, _ = told(world, one, "list", case)
    assert (child["code"], child["stands_as"], child["has_identity"]) == ("blue", "safeguarded", False)
    first = child["steps"][0]
    assert (first["by"], first["grading"], first["reason"]) == (one.login, "B2", SAID[1])


def test_a_subject_goes_on_step_by_step_and_only_a_court_convicts_him_or_says_what_he_was(
    world: World, people: dict[str, Person], case: str
) -> None:
    one = people["one"]
    assert (
        world.run(one, "enquiry", "add", "--case", case, "--what", "w", "--to", "t", "--due", f"{now().date()}").status
        == 0
    )
    asked = (*SAID[:-1], "enquiry:1")
    assert do(world, one, "add-subject", case, *SAID[:-1], "enquiry:7") == NOT_FOUND
    assert do(world, one, "add-subject", case, *asked) == 0
    assert stated(world, one, case, "subject-1", "charged") == REFUSED
    assert stated(world, one, case, "subject-1", "suspect", *asked) == 0
    assert stated(world, one, case, "subject-1", "organizer") == REFUSED
    assert stated(world, one, case, "subject-1", "charged", *asked) == 0
    assert stated(world, one, case, "subject-1", "convicted", *asked) == REFUSED
    assert stated(world, one, case, "subject-1", "convicted") == 0
    assert stated(world, one, case, "subject-1", "organizer") == 0
    [subject] = told(world, one, "list", case)
    assert (subject["stands_as"], subject["court_found"]) == ("convicted", ["organizer"])
    assert [step["value"] for step in subject["steps"]] == [
        "person-of-interest", "suspect", "charged", "convicted", "organizer",
    ]  # fmt: skip


def test_an_identity_is_read_once_by_who_was_granted_it_and_his_colleagues_are_told(
    world: World, people: dict[str, Person], case: str
) -> None:
    one, two = people["one"], people["two"]
    do(world, one, "add-child", case)
    assert do(world, one, "open-identity", case, "child-1", *REASON) == CONFLICT
    who = random_name("who")
    keep(world, one, case, "child-1", who)
    assert told(world, one, "open-identity", case, "child-1", *REASON) == [
        {"name": who, "born": "2015-04-01", "address": "", "contact": ""}
    ]
    assert do(world, two, "open-identity", case, "child-1", *REASON) == FORBIDDEN
    assert do(world, one, "open-identity", case, "child-1", "--reason", "short") == REFUSED
    [opening] = told(world, two, "openings", case)
    assert (opening["by"], opening["reason"], opening["emergency"]) == (one.login, REASON[1], False)
    assert do(world, one, "read-identity", case, opening["opening"]) == NOT_FOUND
    assert who not in world.run(one, "person", "list", case).text


def test_in_an_emergency_a_second_officer_confirms_and_a_third_looks_at_it(
    world: World, people: dict[str, Person], case: str
) -> None:
    one, two, lead = people["one"], people["two"], people["lead"]
    do(world, one, "add-child", case)
    who = random_name("who")
    keep(world, one, case, "child-1", who)
    [asked] = told(world, two, "open-identity", case, "child-1", *REASON, "--emergency")
    at = (case, asked["opening"])
    assert do(world, two, "read-identity", *at) == NOT_FOUND
    assert do(world, two, "confirm-identity", *at) == FORBIDDEN
    assert do(world, lead, "review-identity", *at) == CONFLICT
    assert do(world, one, "confirm-identity", *at) == 0
    assert do(world, lead, "review-identity", *at) == CONFLICT
    assert do(world, one, "read-identity", *at) == NOT_FOUND
    assert told(world, two, "read-identity", *at)[0]["name"] == who
    assert do(world, two, "read-identity", *at) == NOT_FOUND
    assert do(world, one, "review-identity", *at) == FORBIDDEN
    assert do(world, lead, "review-identity", *at) == 0
    assert [each["to_review"] for each in told(world, one, "openings", case)] == [False]


def test_the_app_role_reads_no_identity_and_a_copy_of_the_database_has_each_sealed(
    world: World, people: dict[str, Person], case: str, admin: psycopg.Connection
) -> None:
    one = people["one"]
    do(world, one, "add-child", case)
    who = random_name("who")
    keep(world, one, case, "child-1", who)
    for statement in ("SELECT * FROM identity.person", "DELETE FROM identity.person"):
        with (
            acting_for(one.actor.agency_id),
            pytest.raises(ProgrammingError, match="permission denied"),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)
    rows = admin.execute("SELECT sealed FROM identity.person").fetchall()
    assert rows
    assert all(who.encode() not in bytes(sealed) for (sealed,) in rows)
    admin.rollback()
    copied = b"".join(dump(admin, lambda _: None))  # the ledger is in it too
    assert bytes(rows[-1][0]).hex().encode() in copied
    assert who.encode() not in copied


def test_who_is_withdrawn_is_gone_and_whoever_was_told_is_to_be_told_again(
    world: World, people: dict[str, Person], case: str, admin: psycopg.Connection
) -> None:
    one, two = people["one"], people["two"]
    people_a_case(world, one, case)
    recall, _, answered = told(world, one, "recalls", case)
    assert (recall["person"], recall["kind"], recall["answer"]) == ("subject-2", "told", None)
    assert (answered["recall"], answered["by"]) == (2, one.login)
    [tie] = told(world, two, "network", case)
    assert (tie["one"], tie["other"], tie["how"], tie["grading"]) == ("child-1", "subject-1", "appears-with", "B2")
    assert do(world, one, "withdraw", case, "subject-1", "--why", "acquitted") == REFUSED
    with acting_for(one.actor.agency_id):
        subject = PersonRow.objects.get(case__reference=case, kind="subject", number=1)
    elsewhere, _ = world.found({Role.OFFICER}, {Role.ADMINISTRATOR})
    world.bring_in(one, case, "E1", world.file(b"a picture of nobody"))
    submission = submit(world, one, show_to(world, one, case, elsewhere)[0], elsewhere)
    assert do(world, one, "withdraw", case, "subject-1", "--why", "ruled-out") == 0
    reached = [each for each in told(world, one, "recalls", case) if each["person"] == "subject-1"]
    assert ("submission", str(submission)) in {(each["kind"], each["receiver"]) for each in reached}
    assert [each["person"] for each in told(world, one, "list", case)] == ["child-1", "subject-3", "subject-4"]
    assert told(world, one, "network", case) == []
    query = "SELECT count(*) FROM identity.person WHERE person_id = %s"
    assert admin.execute(query, [subject.id]).fetchone() == (0,)
    assert do(world, one, "recalled", case, "subject-1", "1", "--answer", "destroyed") == 0
    assert do(world, one, "recalled", case, "subject-1", "1", "--answer", "destroyed") == CONFLICT
    assert told(world, one, "add-subject", case, *SAID)[0]["person"] == "subject-5"


def test_persons_go_with_their_case(
    world: World, people: dict[str, Person], case: str, admin: psycopg.Connection
) -> None:
    one, two = people["one"], people["two"]
    people_a_case(world, one, case)
    with acting_for(one.actor.agency_id):
        rows = PersonRow.objects.filter(case__reference=case)
        ids = list(rows.values_list("id", flat=True))
    propose_deletion(actor=one.actor, reference=case, ground=ErasureGround.ORDERED, **world.parts)
    confirm_deletion(actor=two.actor, reference=case, queue=world.rooms.queue, **world.parts)
    query = "SELECT count(*) FROM identity.person WHERE person_id = ANY(%s)"
    assert admin.execute(query, [ids]).fetchone() == (0,)
    with acting_for(one.actor.agency_id):
        assert not PersonRow.objects.filter(id__in=ids).exists()
