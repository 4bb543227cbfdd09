"""Who may come in, for how long, and that no failure tells which part of it was wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from pyotp.totp import TOTP

from tsunagu.cli.main import program
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotSignedIn
from tsunagu.domain.permission import ROLE_PERMISSIONS, Permission, Role
from tsunagu.records import second_factors
from tsunagu.records.models import Officer, SignIn
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.identity import (
    SIGN_IN_LASTS,
    NewOfficer,
    actor_of,
    found_agency,
    sign_in,
    sign_out,
)
from tsunagu.services.agencies.proposals import propose_officer
from tsunagu.services.agencies.proving import LOCKED_FOR, MOST_FAILURES

from .counting import counting
from .scene import OVERSEES, WORKS
from .world import PASSWORD, Person, World, now, random_name

STEP = timedelta(seconds=30)
WRONG = "x" * len(PASSWORD)
COUNTING_AND_SIGNING = frozenset(
    {
        Permission.LAW_CHANGE,
        Permission.LAW_READ,
        Permission.LEDGER_READ,
        Permission.OFFICER_CONFIRM,
        Permission.OFFICER_ENROLL,
        Permission.PERMISSION_GRANT,
        Permission.RETENTION_SET,
    }
)


@dataclass
class Door:
    """The door of sign-in, at a time of the test's choosing."""

    world: World
    person: Person
    at: datetime

    def code(self, steps: int = 0) -> str:
        return TOTP(self.person.totp_secret).at(self.at + steps * STEP)

    def wrong_code(self) -> str:
        right = {self.code(steps) for steps in (-1, 0, 1)}
        return next(one for one in ("000000", "111111", "222222", "333333") if one not in right)

    def knock(self, login: str | None = None, password: str = PASSWORD, code: str | None = None) -> str:
        """Try to sign in, and return the token."""
        return sign_in(
            login=login or self.person.login,
            password=password,
            code=self.code() if code is None else code,
            now=self.at,
            keys=self.world.rooms.keys,
            ledger=self.world.rooms.ledger,
        )[0]

    def is_open(self, **how: str) -> bool:
        try:
            self.knock(**how)
        except NotSignedIn:
            return False
        return True

    def lock(self) -> None:
        for _ in range(MOST_FAILURES):
            assert not self.is_open(password=WRONG)


@pytest.fixture
def door(world: World) -> Door:
    """An officer who signed in yesterday."""
    anna, _ = world.found(WORKS, OVERSEES)
    return Door(world, anna, now() + timedelta(days=1))


FAILURES: dict[str, Callable[[Door], dict[str, str]]] = {
    "wrong login": lambda _: {"login": random_name("nobody")},
    "wrong password": lambda _: {"password": WRONG},
    "wrong code": lambda door: {"code": door.wrong_code()},
    "both wrong": lambda door: {"password": WRONG, "code": door.wrong_code()},
    "no code": lambda _: {"code": ""},
    "digits of another script": lambda _: {"code": "\N{FULLWIDTH DIGIT ONE}" * 6},
    "no text": lambda _: {"code": "\udcff"},
    "old code": lambda door: {"code": door.code(-2)},
    "code used before": lambda door: {"code": (door.knock(), door.code())[1]},
    "code from before the one used": lambda door: {"code": (door.knock(), door.code(-1))[1]},
    "locked out": lambda door: (door.lock(), {})[1],
}


def test_every_way_to_fail_looks_alike_and_does_the_same_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counted(hasher: object, *args: object, _original: Callable = original) -> object:
            hashed.append("once")
            return _original(hasher, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    seen = {}
    for failure, prepared in FAILURES.items():
        anna, _ = world.found(WORKS, OVERSEES)
        door = Door(world, anna, now() + timedelta(days=1))
        how = prepared(door)
        hashed.clear()
        entries = world.entry_count()
        with counting() as queries, pytest.raises(NotSignedIn) as caught:
            door.knock(**how)
        seen[failure] = (str(caught.value), dict(caught.value.details), queries, len(hashed),
                         world.entry_count() - entries, world.last_entry()["act"])  # fmt: skip
    assert len(set(map(str, seen.values()))) == 1, seen
    assert seen["wrong login"][3:] == (1, 1, "access:denied")


def test_the_command_says_the_same_bytes_whichever_part_was_wrong(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    wrong = Door(world, anna, now()).wrong_code()
    outcomes = [
        world.run("", "sign-in", login, lines=(password, code))
        for login, password, code in (
            (random_name("nobody"), PASSWORD, wrong),
            (anna.login, WRONG, wrong),
            (anna.login, PASSWORD, wrong),
            (anna.login, PASSWORD, TOTP(anna.totp_secret).at(now())),  # used when she was signed in
        )
    ]
    assert len(set(map(str, outcomes))) == 1, outcomes
    assert (outcomes[0].status, outcomes[0].stdout, outcomes[0].entries) == (5, "", 1)
    assert world.table.token() == ""


def test_a_denied_sign_in_is_recorded_for_the_agency_without_the_login(world: World, door: Door) -> None:
    assert not door.is_open(password=WRONG)
    entry = world.last_entry()
    assert (entry["act"], entry["agency"]) == ("access:denied", str(door.person.actor.agency_id))
    assert entry["officer"] == str(door.person.actor.officer_id)
    assert not door.is_open(login=(nobody := random_name("nobody")))
    assert world.last_entry().keys() == {"act", "at", "details"}
    assert nobody not in str(world.last_entry())
    assert door.person.login not in str(entry)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_is_good_one_step_around_its_time_and_once(door: Door, steps: int) -> None:
    assert not door.is_open(code=door.code(2))
    code = door.code(steps)
    assert door.is_open(code=code)
    assert not door.is_open(code=code)


def test_too_many_failures_lock_an_officer_out_for_a_time_and_no_longer(door: Door) -> None:
    door.lock()
    began = door.at
    assert not door.is_open()
    door.at = began + LOCKED_FOR - timedelta(seconds=1)
    assert not door.is_open()  # and an attempt while locked out does not lock longer
    door.at = began + LOCKED_FOR
    assert door.is_open()


def test_a_right_sign_in_forgets_the_failures_before_it(door: Door) -> None:
    for _ in range(2):
        for _ in range(MOST_FAILURES - 1):
            assert not door.is_open(password=WRONG)
        assert door.is_open()
        door.at += STEP * 2


def _is_anybody(world: World, token: str, at: datetime) -> Actor | str:
    try:
        return actor_of(token=token, purpose=None, now=at, keys=world.rooms.keys)
    except NotSignedIn as refused:
        return str(refused)


def test_a_token_is_good_until_it_expires_or_is_signed_out(world: World, door: Door) -> None:
    token = door.knock()
    last = door.at + SIGN_IN_LASTS - timedelta(seconds=1)
    assert _is_anybody(world, token, last) == door.person.actor
    refused = _is_anybody(world, token, door.at + SIGN_IN_LASTS)
    assert isinstance(refused, str)
    sign_out(token=token, now=door.at, keys=world.rooms.keys, ledger=world.rooms.ledger)
    assert _is_anybody(world, token, door.at) == refused
    with pytest.raises(NotSignedIn):
        sign_out(token=token, now=door.at, keys=world.rooms.keys, ledger=world.rooms.ledger)


def test_a_token_that_was_tampered_with_is_nobodys(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    ben, _ = world.found(WORKS, OVERSEES)
    (agency, sign_in_id, secret), (agency_b, id_b, secret_b) = anna.token.split("."), ben.token.split(".")
    assert _is_anybody(world, anna.token, now()) == anna.actor
    tampered = (
        f"{agency_b}.{sign_in_id}.{secret}",
        f"{agency_b}.{id_b}.{secret}",
        f"{agency}.{id_b}.{secret_b}",
        f"{agency}.{sign_in_id}.{secret_b}",
        f"{agency}.{sign_in_id}.",
        f"{agency}.{sign_in_id}",
        f"{agency}.{sign_in_id}.{secret}x",
        f"{agency.upper()}.{sign_in_id}.{secret}",
        f"{agency}.{uuid4()}.{secret}",
        f"{uuid4()}.{sign_in_id}.{secret}",
        "no token",
        "",
    )
    answers = {_is_anybody(world, token, now()) for token in tampered}
    assert len(answers) == 1
    assert isinstance(answers.pop(), str)


def test_no_token_and_no_secret_is_kept_in_clear(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    with acting_for(anna.actor.agency_id):
        kept = str([bytes(one) for one in SignIn.objects.values_list("token_mac", flat=True)])
        kept += str(list(Officer.objects.values_list("password", flat=True)))
        sealed = [held for _, _, held in second_factors.sealed_fields()]
    assert anna.token.split(".")[2] not in kept
    assert PASSWORD not in kept
    assert sealed
    assert not any(anna.totp_secret in one for one in sealed)


@pytest.mark.parametrize("roles", [{Role.OFFICER}, {Role.COORDINATOR}, {Role.AUDITOR}])
def test_only_an_administrator_proposes_officers_and_every_attempt_is_recorded(world: World, roles: set[Role]) -> None:
    person, _ = world.found(roles, {Role.ADMINISTRATOR})
    puppet, held = random_name("puppet"), frozenset({Role.OFFICER})
    with pytest.raises(Forbidden):
        propose_officer(actor=person.actor, login=puppet, name="N", roles=held, **world.parts)
    entry = world.last_entry()
    assert (entry["act"], entry["officer"]) == ("access:denied", str(person.actor.officer_id))
    assert puppet not in str(entry)


@pytest.mark.parametrize(
    "roles", [set(), {Role.OFFICER, Role.ADMINISTRATOR}, {Role.COORDINATOR, Role.AUDITOR}, set(Role)]
)
def test_nobody_both_works_on_cases_and_oversees_who_does(world: World, roles: set[Role]) -> None:
    _, adam = world.found(WORKS, OVERSEES)
    with pytest.raises(InputError):
        propose_officer(actor=adam.actor, login=random_name("both"), name="N", roles=frozenset(roles), **world.parts)
    with pytest.raises(InputError):
        world.found(roles, OVERSEES)


def test_who_oversees_has_no_permission_that_shows_content() -> None:
    assert ROLE_PERMISSIONS[Role.ADMINISTRATOR] | ROLE_PERMISSIONS[Role.AUDITOR] == COUNTING_AND_SIGNING


def test_an_administrator_enrols_for_his_own_agency_alone(world: World) -> None:
    _, adam = world.found(WORKS, OVERSEES)
    assert world.enroll(adam, Role.OFFICER).actor.agency_id == adam.actor.agency_id


@pytest.mark.parametrize("password", ["short-pass", "1qaz2wsx3edc"])
def test_a_weak_password_is_refused_and_nobody_is_enrolled(world: World, password: str) -> None:
    officers = tuple(NewOfficer(random_name("weak"), "Name", frozenset(roles), password) for roles in (WORKS, OVERSEES))
    entries = world.entry_count()
    with pytest.raises(InputError):
        found_agency(name=random_name("weak"), country="DK", contact="c", officers=officers, **world.parts)
    assert world.entry_count() == entries


def test_an_agency_needs_two_officers_and_logins_that_are_free(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    one = NewOfficer(random_name("one"), "Name", frozenset(WORKS), PASSWORD)
    taken = NewOfficer(anna.login, "Name", frozenset(OVERSEES), PASSWORD)
    for officers, refusal in (((one,), InputError), ((one, one), InputError), ((one, taken), Conflict)):
        with pytest.raises(refusal) as caught:
            found_agency(name=random_name("agency"), country="DK", contact="c", officers=officers, **world.parts)
        assert anna.login not in str(caught.value)


@pytest.mark.parametrize("word", ["", " ", "a\nb", "\udcff", "x" * 201, "nul\0"])
def test_a_name_that_is_no_printable_text_is_refused(world: World, word: str) -> None:
    _, adam = world.found(WORKS, OVERSEES)
    for login, name in ((word, "Name"), (random_name("login"), word)):
        with pytest.raises(InputError):
            propose_officer(actor=adam.actor, login=login, name=name, roles=frozenset(WORKS), **world.parts)
    with pytest.raises(InputError):
        sign_in(login=word, password=PASSWORD, code="000000", **world.parts)


def test_a_password_that_is_no_text_is_refused(world: World) -> None:
    done = world.runner.invoke(program, ["sign-in", "anybody"], input=b"\xff\xfe\n000000\n", obj=world.table)
    assert (done.exit_code, done.stdout) == (2, "")
