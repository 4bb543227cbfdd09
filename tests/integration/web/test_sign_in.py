"""Signing in by the browser: two steps, each counted, none telling why it failed; sessions end when they must."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pyotp.totp import TOTP

from tsunagu.domain.permission import Role
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.proving import MOST_FAILURES
from tsunagu.services.ledger.accounts import end_expired_sessions

from ..counting import counting  # noqa: TID252 - tests are no package with a name
from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import PASSWORD, Person, World, now, random_name  # noqa: TID252 - tests are no package with a name
from .visitors import HOME, LOGIN, SECOND_STEP, Visitor, next_code, seen

ACTIVATE = "/account/2fa/totp/activate/"
RECOVERY = "/account/2fa/recovery-codes/generate/"
Visitors = Callable[[], Visitor]


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


def test_password_and_one_time_code_open_the_workplace_and_neither_alone_does(visitor: Visitors, anna: Person) -> None:
    one = visitor()
    answer = one.name(anna.login)
    assert (answer.status_code, answer["Location"]) == (302, SECOND_STEP)
    assert not one.is_in
    assert one.prove(next_code(anna))["Location"] == HOME
    assert one.is_in


def test_a_wrong_login_and_a_wrong_password_look_alike(visitor: Visitors, anna: Person) -> None:
    answers = [
        seen(visitor().name(login, password))
        for login, password in ((random_name("nobody"), PASSWORD), (anna.login, "x" * 20), (random_name("no"), "y"))
    ]
    typed = re.compile(rb'name="login" value="[^"]*"')
    contents = {typed.sub(b"LOGIN", one.content) for one in answers}
    assert len(contents) == 1
    assert {(one.status, one.headers) for one in answers} == {(200, answers[0].headers)}


def test_a_failed_sign_in_is_read_by_the_auditor_of_whose_login_was_tried(
    visitor: Visitors, world: World, anna: Person
) -> None:
    visitor().name(random_name("nobody"), "x" * 20)  # the first one of all finds less prepared
    with counting() as tried:
        visitor().name(anna.login, "x" * 20)
    entry = world.last_entry()
    assert (entry["act"], entry["details"]) == ("access:denied", {"door": "sign-in"})
    assert (entry["agency"], entry["officer"]) == (str(anna.actor.agency_id), str(anna.actor.officer_id))
    with counting() as absent:
        visitor().name(random_name("nobody"), "x" * 20)
    assert tried == absent
    assert not {"agency", "officer"} & set(world.last_entry())


def test_a_locked_officer_is_told_the_same_as_for_a_wrong_password(
    visitor: Visitors, world: World, anna: Person
) -> None:
    wrong = seen(visitor().name(anna.login, "x" * 20))
    for _ in range(MOST_FAILURES):
        world.run("", "sign-in", anna.login, lines=("x" * 20, "000000"))
    assert seen(visitor().name(anna.login)) == wrong


def test_failures_in_the_browser_lock_the_command_line_out_too(visitor: Visitors, world: World, anna: Person) -> None:
    for _ in range(MOST_FAILURES):
        visitor().name(anna.login, "x" * 20)
    assert world.run("", "sign-in", anna.login, lines=(PASSWORD, next_code(anna))).status == 5


def test_wrong_codes_at_the_second_step_lock_the_officer_out(visitor: Visitors, world: World, anna: Person) -> None:
    one = visitor()
    one.name(anna.login)
    for _ in range(MOST_FAILURES):
        assert one.prove("000000").status_code == 200
    one.prove(next_code(anna))
    assert not one.is_in
    assert world.run("", "sign-in", anna.login, lines=(PASSWORD, next_code(anna))).status == 5


def test_a_code_works_once_also_when_it_was_used_on_the_command_line(
    visitor: Visitors, world: World, anna: Person
) -> None:
    code = next_code(anna)
    assert world.run("", "sign-in", anna.login, lines=(PASSWORD, code)).status == 0
    one = visitor()
    one.name(anna.login)
    assert one.prove(code).status_code == 200
    assert not one.is_in


def test_a_code_that_opened_the_browser_opens_nothing_else(visitor: Visitors, world: World, anna: Person) -> None:
    code = next_code(anna)
    one, other = visitor(), visitor()
    for each in (one, other):
        each.name(anna.login)
    assert one.prove(code).status_code == 302
    assert other.prove(code).status_code == 200
    assert world.run("", "sign-in", anna.login, lines=(PASSWORD, code)).status == 5


def _recovery_codes(world: World, person: Person, visitor: Visitors) -> list[str]:
    one = visitor().sits_down_as(person)
    one.post(RECOVERY)
    found = re.findall(r"\b\d{8}\b", one.get("/account/2fa/recovery-codes/").content.decode())
    assert len(found) == 10
    return found


def test_a_recovery_code_works_once_and_is_shown_once(visitor: Visitors, world: World, anna: Person) -> None:
    codes = _recovery_codes(world, anna, visitor)
    for opens in (True, False):
        one = visitor()
        one.name(anna.login)
        assert (one.prove(codes[0]).status_code == 302) is opens
        assert one.is_in is opens
    one = visitor().sits_down_as(anna)
    for path in ("/account/2fa/recovery-codes/", "/account/2fa/recovery-codes/download/"):
        text = one.get(path).content.decode()
        assert not [code for code in codes if code in text]


def test_a_right_recovery_code_is_no_failed_attempt(visitor: Visitors, world: World, anna: Person) -> None:
    codes = _recovery_codes(world, anna, visitor)
    for code in codes[: MOST_FAILURES + 1]:
        one = visitor()
        assert one.name(anna.login).status_code == 302
        assert one.prove(code).status_code == 302


def test_recovery_codes_open_nothing_while_the_officer_is_locked_out(
    visitor: Visitors, world: World, anna: Person
) -> None:
    code, *_ = _recovery_codes(world, anna, visitor)
    one = visitor()
    one.name(anna.login)
    for _ in range(MOST_FAILURES):
        one.prove("000000")
    assert one.prove(code).status_code == 200
    assert not one.is_in


def _invited(world: World, visitor: Visitors) -> tuple[str, Visitor]:
    """Return the login of an officer who has accepted an invitation and given his password, and his browser."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    login = random_name("invited")
    assert visitor().sits_down_as(adam).post("/officers/", login=login, name="N", roles=["officer"]).status_code == 302
    [proposal] = world.json(adam, "officer", "proposals")
    page = visitor().sits_down_as(anna).post(f"/proposals/{proposal['proposal']}/confirm/")
    found = re.search(r'id="invitation-link">[^<]*(/invitation/[^<]+)<', page.content.decode())
    assert found
    one = visitor()
    assert one.get(found[1]).status_code == 200
    assert one.post(found[1], password=PASSWORD, again=PASSWORD)["Location"] == LOGIN
    assert visitor().post(found[1], password=PASSWORD, again=PASSWORD).status_code == 404
    one.name(login)
    return login, one


def _secret_shown(one: Visitor) -> str:
    found = re.search(r'value="([A-Z2-7]{32})"', one.get(ACTIVATE).content.decode())
    assert found
    return found[1]


def test_who_has_no_second_factor_is_sent_to_make_one_whatever_he_asks_for(world: World, visitor: Visitors) -> None:
    _, one = _invited(world, visitor)
    for path in (HOME, "/cases/", "/overlaps/", "/notices/", "/banks/", "/officers/", "/ledger/"):
        answer = one.get(path)
        assert (answer.status_code, answer["Location"]) == (302, ACTIVATE), path
    assert one.post("/cases/", reference=random_name("case"), purpose="investigation")["Location"] == ACTIVATE


def test_the_code_that_enrolled_a_second_factor_signs_nobody_in(world: World, visitor: Visitors) -> None:
    login, one = _invited(world, visitor)
    secret = _secret_shown(one)
    code = TOTP(secret).at(now())
    assert one.post(ACTIVATE, code=code).status_code == 302
    assert one.get(HOME).status_code == 200
    other = visitor()
    other.name(login)
    assert other.prove(code).status_code == 200
    assert not other.is_in


def test_nobody_takes_off_his_last_second_factor(visitor: Visitors, anna: Person) -> None:
    one = visitor().sits_down_as(anna)
    one.post("/account/2fa/totp/deactivate/")
    other = visitor()
    other.name(anna.login)
    assert not other.is_in
    assert other.prove(next_code(anna)).status_code == 302


def test_a_change_of_second_factors_asks_for_proof_again(visitor: Visitors, anna: Person) -> None:
    one = visitor().sits_down_as(anna)
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=0):
        for path in ("/account/2fa/webauthn/add/", "/account/2fa/totp/deactivate/", RECOVERY):
            answer = one.post(path)
            assert answer.status_code == 302, path
            assert "reauthenticate" in answer["Location"], path


def test_a_session_that_idles_for_an_hour_is_over(visitor: Visitors, anna: Person, monkeypatch) -> None:
    one, later = visitor().signs_in(anna), now()
    for idle, opens in ((timedelta(minutes=59), True), (timedelta(minutes=61), False)):
        later += idle
        with monkeypatch.context() as patch:
            patch.setattr("tsunagu.web.sessions.now", lambda later=later: later)
            assert one.is_in is opens


@pytest.mark.parametrize(("after_s", "is_written"), [(30, False), (90, True)])
def test_a_session_is_prolonged_by_a_minute_at_least(
    visitor: Visitors, anna: Person, monkeypatch: pytest.MonkeyPatch, after_s: int, *, is_written: bool
) -> None:
    one = visitor().signs_in(anna)
    assert one.is_in
    later = now() + timedelta(seconds=after_s)
    monkeypatch.setattr("tsunagu.web.sessions.now", lambda: later)
    with CaptureQueriesContext(connections["default"]) as asked:
        assert one.is_in
    assert any('UPDATE "web_session"' in one["sql"] for one in asked.captured_queries) is is_written


def test_a_session_that_is_never_idle_is_over_after_a_working_day(
    visitor: Visitors, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, began = visitor().signs_in(anna), now()
    opened = []
    for minutes in range(50, 550, 50):
        with monkeypatch.context() as patch:
            patch.setattr("tsunagu.web.sessions.now", lambda minutes=minutes: began + timedelta(minutes=minutes))
            opened.append(one.is_in)
    assert opened == [True] * 9 + [False]


def test_sessions_that_have_expired_leave_no_row(visitor: Visitors, anna: Person) -> None:
    from tsunagu.records.models import WebSession

    visitor().signs_in(anna)
    end_expired_sessions(now=now())
    assert WebSession.objects.exists()
    end_expired_sessions(now=now() + timedelta(days=1))
    assert not WebSession.objects.exists()


def test_signing_out_ends_the_session_even_for_who_kept_its_cookie(visitor: Visitors, anna: Person) -> None:
    one, thief = visitor().signs_in(anna), visitor()
    thief.client.cookies.update(one.client.cookies)
    assert thief.is_in
    assert one.get("/account/logout/").status_code == 200  # a link signs nobody out
    assert one.is_in
    assert one.post("/account/logout/")["Location"] == LOGIN
    assert not thief.is_in


def test_a_leaver_is_out_of_the_browser_and_of_the_command_line_at_once(visitor: Visitors, world: World) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    leaver = world.enroll(adam, Role.OFFICER)
    one = visitor().signs_in(leaver)
    half_way = visitor()
    half_way.name(leaver.login)
    assert world.run(leaver, "case", "list").status == 0
    admin = visitor().sits_down_as(adam)
    assert admin.post(f"/officers/{leaver.actor.officer_id}/leave/").status_code == 302
    assert not one.is_in
    assert world.run(leaver, "case", "list").status == 5
    half_way.prove(next_code(leaver))
    assert not half_way.is_in
    assert visitor().name(leaver.login).status_code == 200
    assert leaver.login not in admin.get("/officers/").content.decode()


def test_a_changed_password_ends_every_other_session_and_is_written_down(
    visitor: Visitors, world: World, anna: Person
) -> None:
    one, other = visitor().signs_in(anna), visitor().sits_down_as(anna)
    assert world.run(anna, "case", "list").status == 0
    new = "another correct horse"
    answer = one.post("/account/password/", oldpassword=PASSWORD, password1=new, password2=new)
    assert answer.status_code == 302, answer.content
    assert world.last_entry()["act"] == "officer:password_changed"
    assert not other.is_in
    assert one.is_in
    assert world.run(anna, "case", "list").status == 5
    assert visitor().name(anna.login).status_code == 200
    assert visitor().name(anna.login, new).status_code == 302


def test_a_new_session_is_begun_when_somebody_signs_in(visitor: Visitors, anna: Person) -> None:
    one = visitor()
    one.name(anna.login)
    before = one.client.cookies["sessionid"].value
    one.prove(next_code(anna))
    assert one.client.cookies["sessionid"].value != before


def _held_in_clear(home: Path) -> dict[str, str]:
    """Return all that is in each table, read by the one role that row-level security does not bind."""
    address = replace(EmbeddedPostgres(home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as admin:
        tables = admin.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'ledger')"
        ).fetchall()
        return {
            table: "\n".join(row for (row,) in admin.execute(f"SELECT to_jsonb(t)::text FROM {table} t"))  # noqa: S608
            for (table,) in tables
        }


def test_no_table_holds_a_secret_in_clear_after_signing_in(
    visitor: Visitors, world: World, world_home: Path, anna: Person
) -> None:
    codes = _recovery_codes(world, anna, visitor)
    one = visitor().signs_in(anna)
    session_key = one.client.cookies["sessionid"].value
    invited, _ = _invited(world, visitor)
    half_way = visitor()
    half_way.name(anna.login)
    known = {PASSWORD, anna.totp_secret, anna.token, session_key, half_way.client.cookies["sessionid"].value, *codes}
    known |= {hashlib.sha256(session_key.encode()).hexdigest(), hashlib.md5(session_key.encode()).hexdigest()}  # noqa: S324
    held = _held_in_clear(world_home)
    assert invited in held["public.officer"]
    assert held["public.web_session"]
    found = {(table, known_one[:4]) for table, text in held.items() for known_one in known if known_one in text}
    assert found == set()


def test_the_secrets_of_second_factors_are_sealed_in_their_rows(visitor: Visitors, world: World, anna: Person) -> None:
    _recovery_codes(world, anna, visitor)
    with acting_for(anna.actor.agency_id):
        rows = {row.type: row.data for row in Authenticator.objects.filter(user_id=anna.actor.officer_id)}
        officer = get_user_model().objects.get(pk=anna.actor.officer_id)
    assert anna.totp_secret not in json.dumps(rows["totp"])
    assert not re.fullmatch(r"[0-9a-f]{80}", rows["recovery_codes"]["seed"])
    assert officer.password.startswith("argon2")


def test_a_secret_that_was_made_in_the_browser_is_sealed_in_its_row(
    visitor: Visitors, world: World, world_home: Path
) -> None:
    login, one = _invited(world, visitor)
    secret = _secret_shown(one)
    assert one.post(ACTIVATE, code=TOTP(secret).at(now())).status_code == 302
    held = _held_in_clear(world_home)
    [officer] = [row for row in map(json.loads, held["public.officer"].splitlines()) if row["login"] == login]
    [row] = [row for row in held["public.mfa_authenticator"].splitlines() if officer["id"] in row and "totp" in row]
    assert secret not in row


def test_every_change_of_second_factors_is_written_down(visitor: Visitors, world: World) -> None:
    _, one = _invited(world, visitor)
    secret = _secret_shown(one)
    before = world.entry_count()
    one.post(ACTIVATE, code=TOTP(secret).at(now()))
    one.post(RECOVERY)
    acts = [entry["act"] for entry in world.entries()[before:]]
    assert acts == ["factor:added", "factor:codes_made", "factor:codes_made"]
    assert len({entry["officer"] for entry in world.entries()[before:]}) == 1
    one.post(ACTIVATE, code="000000")
    assert world.entry_count() == before + 3


def test_a_second_factor_that_is_taken_off_is_written_down(visitor: Visitors, world: World, anna: Person) -> None:
    with acting_for(anna.actor.agency_id):
        passkey = Authenticator.objects.create(
            user_id=anna.actor.officer_id, type=Authenticator.Type.WEBAUTHN, data={"name": "a key"}
        )
    one = visitor().sits_down_as(anna)
    assert one.post(reverse("mfa_remove_webauthn", args=[passkey.pk])).status_code == 302
    assert (world.last_entry()["act"], world.last_entry()["details"]) == ("factor:removed", {"factor": "webauthn"})
