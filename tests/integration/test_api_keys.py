"""A key acts for its officer, within what he lent it, for as long as it lasts; it ends at once, and tells nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from pyotp.totp import TOTP

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Forbidden, InputError, NotFound, NotSignedIn
from tsunagu.domain.permission import BY_GRANT, NEVER_LENT, Permission, Role, permissions_of
from tsunagu.records.backup.ways_in import end_every_way_in
from tsunagu.records.models import ApiKeyRow, Officer
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.session import acting_for
from tsunagu.services.access import require
from tsunagu.services.agencies.api_keys import MOST_DAYS, LedgerByKey, actor_by_key, end_key, list_keys, make_key
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.agencies.proposals import propose_officer
from tsunagu.services.agencies.proving import LOCKED_FOR, MOST_FAILURES
from tsunagu.services.cases.opening import list_cases

from .granted import grant, two_administrators
from .scene import WORKS
from .world import PASSWORD, Person, World, now, random_name

READ = frozenset({Permission.CASE_READ})


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


def made(world: World, person: Person, scopes: frozenset[Permission] = READ, *, days: int = 1) -> str:
    token, _ = make_key(actor=person.actor, name="script", scopes=scopes, days=days, **world.parts)
    return token


def opened(world: World, token: str, *, later: timedelta = timedelta()) -> Actor:
    return actor_by_key(token=token, now=now() + later, keys=world.rooms.keys, ledger=world.rooms.ledger)


def refused(world: World, token: str, *, later: timedelta = timedelta()) -> str:
    with pytest.raises(NotSignedIn) as caught:
        opened(world, token, later=later)
    return str(caught.value)


def code_of(person: Person, *, steps: int = 1) -> str:
    return TOTP(person.totp_secret).at(now() + timedelta(seconds=30 * steps))


def test_a_key_acts_for_its_officer_and_for_nobody_else(world: World, anna: Person) -> None:
    actor = opened(world, made(world, anna))
    assert (actor.officer_id, actor.agency_id, actor.roles) == (
        anna.actor.officer_id,
        anna.actor.agency_id,
        anna.actor.roles,
    )
    assert actor.key is not None
    assert actor.key.scopes == READ


def test_a_key_may_what_the_role_and_the_scopes_both_allow(world: World, anna: Person) -> None:
    actor = opened(world, made(world, anna, frozenset({Permission.CASE_READ, Permission.HELD_NOTICE_RELEASE})))
    assert {one for one in Permission if actor.may(one)} == {Permission.CASE_READ, Permission.HELD_NOTICE_RELEASE}
    with pytest.raises(Forbidden):
        actor.require(Permission.CASE_OPEN)
    with acting_for(anna.actor.agency_id):
        Officer.objects.filter(id=anna.actor.officer_id).update(roles=["officer"])
    later = opened(world, made(world, anna, READ))
    assert later.may(Permission.CASE_READ)
    token = made(world, anna, frozenset({Permission.CASE_READ, Permission.HELD_NOTICE_RELEASE}))
    assert {one for one in Permission if opened(world, token).may(one)} == {Permission.CASE_READ}


@pytest.mark.parametrize("permission", sorted(BY_GRANT))
def test_what_two_people_grant_is_not_lent_to_a_key(world: World, anna: Person, permission: Permission) -> None:
    with pytest.raises(InputError):
        made(world, anna, frozenset({permission}))
    actor = opened(world, made(world, anna, frozenset({Permission.MEDIA_READ})))
    key = replace(actor.key, scopes=frozenset({Permission.MEDIA_READ, permission}))
    with pytest.raises(Forbidden, match="key"):
        require(replace(actor, key=key), permission, now=now())


@pytest.mark.parametrize("role", Role)
def test_nobody_lends_what_he_does_not_have(world: World, role: Role) -> None:
    person = world.found({role}, {Role.ADMINISTRATOR})[0]
    lent = permissions_of(frozenset({role})) - NEVER_LENT
    if lent:
        assert opened(world, made(world, person, lent)).key.scopes == lent
    for one in set(Permission) - lent:
        with pytest.raises(InputError):
            made(world, person, frozenset({one}))
    with pytest.raises(InputError):
        made(world, person, frozenset())


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_a_key_lasts_neither_no_time_nor_more_than_ninety_days(world: World, anna: Person, days: int) -> None:
    with pytest.raises(InputError):
        made(world, anna, days=days)


def test_a_key_opens_until_it_expires_and_not_after(world: World, anna: Person) -> None:
    token = made(world, anna, days=MOST_DAYS)
    opened(world, token, later=timedelta(days=MOST_DAYS, minutes=-1))
    refused(world, token, later=timedelta(days=MOST_DAYS, minutes=1))


def _ended(world: World, person: Person, token: str) -> None:
    end_key(actor=person.actor, key_id=UUID(token.split(".")[2]), **world.parts)


def _left(world: World, person: Person, _: str) -> None:
    end_officer(actor=world.administrator.actor, officer_id=person.actor.officer_id, **world.parts)


def _locked_out(world: World, person: Person, _: str) -> None:
    for _ in range(MOST_FAILURES):
        world.run("", "sign-in", person.login, lines=("x" * 20, "000000"))


@pytest.mark.parametrize("happens", [_ended, _left, _locked_out])
def test_what_ends_a_key_ends_it_at_once_and_the_use_of_it_is_written_down(
    world: World, happens: Callable[[World, Person, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    monkeypatch.setattr(world, "administrator", adam, raising=False)
    person = world.enroll(adam, Role.OFFICER)
    token = made(world, person)
    opened(world, token)
    happens(world, person, token)
    before = world.entry_count()
    refused(world, token)
    assert world.entry_count() == before + 1
    entry = world.last_entry()
    assert (entry["act"], entry["officer"]) == ("access:denied", str(person.actor.officer_id))
    assert entry["details"] == {"door": "api", "key": token.split(".")[2]}


def test_a_key_opens_again_when_the_lock_out_is_over(world: World, anna: Person) -> None:
    token = made(world, anna)
    _locked_out(world, anna, token)
    refused(world, token)
    opened(world, token, later=LOCKED_FOR + timedelta(seconds=1))


def test_wrong_expired_ended_and_somebody_elses_are_told_alike(world: World, anna: Person) -> None:
    ben = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    token, ended, theirs = made(world, anna), made(world, anna), made(world, ben)
    _ended(world, anna, ended)
    prefix, agency, key, secret = token.split(".")
    told = {
        refused(world, one)
        for one in (
            "",
            "nonsense",
            anna.token,
            ".".join((prefix, agency, key, secrets.token_urlsafe(32))),
            ".".join((prefix, agency, str(uuid4()), secret)),
            ".".join((prefix, str(uuid4()), key, secret)),
            ".".join((prefix, theirs.split(".")[1], key, secret)),
            ".".join((prefix, agency, theirs.split(".")[2], theirs.split(".")[3])),
            token.removeprefix(prefix + "."),
            token.upper(),
            ended,
        )
    }
    told.add(refused(world, token, later=timedelta(days=2)))
    assert len(told) == 1
    opened(world, token)
    opened(world, theirs)


def test_a_key_is_no_sign_in(world: World, anna: Person) -> None:
    assert world.run(made(world, anna), "case", "list").status == 5


def test_each_entry_of_what_is_done_by_a_key_names_it(world: World, anna: Person) -> None:
    actor = opened(world, made(world, anna))
    list_cases(actor=actor, now=now(), keys=world.rooms.keys, ledger=LedgerByKey(world.rooms.ledger, actor))
    assert world.last_entry()["details"] == {"cases": 0, "key": str(actor.key.key_id)}
    list_cases(actor=anna.actor, **world.parts)
    assert world.last_entry()["details"] == {"cases": 0}


def test_making_and_ending_are_acts_that_name_the_key_and_not_its_name(world: World, anna: Person) -> None:
    token = made(world, anna)
    entry = world.last_entry()
    key_id = token.split(".")[2]
    assert entry["act"] == "api-key:made"
    assert entry["details"] == {"key": key_id, "scopes": "case:read", "days": 1}
    _ended(world, anna, token)
    entry = world.last_entry()
    assert (entry["act"], entry["details"]) == ("api-key:ended", {"key": key_id})


def test_nobody_ends_the_key_of_another_and_cannot_tell_whether_there_is_one(world: World, anna: Person) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    colleague = world.enroll(adam, Role.OFFICER)
    keys = [made(world, anna), made(world, colleague)]
    strangers = [world.found(WORKS, OVERSEER)[0], world.enroll(adam, Role.OFFICER)]
    for stranger in strangers:
        told = set()
        for key_id in (*(UUID(one.split(".")[2]) for one in keys), uuid4()):
            with pytest.raises(NotFound) as caught:
                end_key(actor=stranger.actor, key_id=key_id, **world.parts)
            told.add(str(caught.value))
            entry = world.last_entry()
            assert (entry["act"], set(entry["details"])) == ("access:denied", {"asked"})
        assert len(told) == 1
        assert list_keys(actor=stranger.actor, now=now()) == ()
    for one in keys:
        opened(world, one)


OVERSEER = {Role.ADMINISTRATOR}


def test_a_list_of_keys_holds_those_that_open_something_newest_first(world: World, anna: Person) -> None:
    first, second, third = (made(world, anna, days=days) for days in (3, 2, 1))
    _ended(world, anna, second)
    listed = [str(one.key_id) for one in list_keys(actor=anna.actor, now=now())]
    assert listed == [third.split(".")[2], first.split(".")[2]]
    assert len(list_keys(actor=anna.actor, now=now() + timedelta(days=2))) == 1


def test_no_table_holds_a_key_in_clear(world: World, anna: Person, world_home: Path) -> None:
    secret = made(world, anna).split(".")[3]
    address = replace(EmbeddedPostgres(world_home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as admin:
        (held,) = admin.execute("SELECT string_agg(to_jsonb(t)::text, ' ') FROM api_key t").fetchone()
        (said,) = admin.execute("SELECT string_agg(body, ' ') FROM ledger.entry").fetchone()
    assert "script" in held
    for text in (held, said):
        assert secret not in text
        assert secret.encode().hex() not in text


def test_no_way_in_and_no_right_beyond_the_roles_comes_back_with_a_backup(
    world: World, admin: psycopg.Connection
) -> None:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    made(world, anna)
    both = two_administrators(world, adam)
    grant(world, both, Permission.MEDIA_VIEW, anna)
    world.invite(adam, random_name("newcomer"), Role.OFFICER)
    propose_officer(
        actor=adam.actor, login=random_name("later"), name="Name", roles=frozenset({Role.OFFICER}), **world.parts
    )
    moment = now()
    open_still = (
        ("SELECT count(*) FROM sign_in WHERE ended_at IS NULL", []),
        ("SELECT count(*) FROM api_key WHERE ended_at IS NULL", []),
        ("SELECT count(*) FROM invitation WHERE used_at IS NULL AND expires_at > %s", [moment]),
        ("SELECT count(*) FROM proposal WHERE settled_at IS NULL", []),
        ("SELECT count(*) FROM permission_grant WHERE ended_at IS NULL", []),
        ("SELECT count(*) FROM officer WHERE certified_until IS NOT NULL", []),
    )
    for query, values in open_still:
        assert admin.execute(query, values).fetchone() != (0,), query
    end_every_way_in(admin, now=moment)
    for query, values in open_still:
        assert admin.execute(query, values).fetchone() == (0,), query


def test_a_scope_that_this_release_does_not_know_opens_nothing(world: World, anna: Person, world_home: Path) -> None:
    token = made(world, anna)
    address = replace(EmbeddedPostgres(world_home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as admin:
        admin.execute("UPDATE api_key SET scopes = '{soul:sell}' WHERE id = %s", [token.split(".")[2]])
    actor = opened(world, token)
    assert not any(map(actor.may, Permission))
    with acting_for(anna.actor.agency_id):
        assert ApiKeyRow.objects.filter(scopes=["soul:sell"]).count() == 1


def test_at_the_command_line_a_key_is_made_by_proof_listed_and_ended(world: World, anna: Person) -> None:
    wrong = world.run(anna, "key", "make", "script", "--scope", "case:read", lines=(PASSWORD, "000000"))
    assert (wrong.status, wrong.stdout, wrong.entries) == (5, "", 1)
    assert world.last_entry()["details"] == {"door": "proof-again"}
    done = world.run(
        anna, "key", "make", "script", "--scope", "case:read", "--days", "7", lines=(PASSWORD, code_of(anna))
    )
    assert (done.status, done.entries) == (0, 1)
    token = done.stdout.splitlines()[0]
    assert opened(world, token).officer_id == anna.actor.officer_id
    [listed] = world.json(anna, "key", "list")
    assert (listed["name"], listed["scopes"]) == ("script", ["case:read"])
    assert token not in world.run(anna, "key", "list").text
    assert world.run(anna, "key", "end", listed["id"]).status == 0
    refused(world, token)
    assert world.run(anna, "key", "end", listed["id"]).status == 4
    assert world.json(anna, "key", "list") == []


def test_a_stolen_sign_in_makes_no_key_and_guessing_locks_the_officer_out(world: World, anna: Person) -> None:
    for _ in range(MOST_FAILURES):
        guess = world.run(anna, "key", "make", "thief", "--scope", "case:read", lines=("x" * 20, code_of(anna)))
        assert guess.status == 5
    right = world.run(anna, "key", "make", "mine", "--scope", "case:read", lines=(PASSWORD, code_of(anna)))
    assert right.status == 5
    assert list_keys(actor=anna.actor, now=now()) == ()
