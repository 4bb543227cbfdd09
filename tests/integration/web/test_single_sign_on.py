"""A provider outside is a second way in: in place of the password, for who bound himself, past no rule of ours."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.http import HttpResponse

from tsunagu.config.configuration import Configuration
from tsunagu.config.providers import policy_with, provider_of
from tsunagu.domain.errors import InputError
from tsunagu.domain.permission import Role
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.agencies.proposals import propose_reset
from tsunagu.services.agencies.proving import MOST_FAILURES
from tsunagu.web import rooms as served
from tsunagu.web.provider import FLOW_LASTS_S, Provider

from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, random_name  # noqa: TID252 - tests are no package with a name
from .oidc import CLIENT, SECRET, SmallProvider, small_provider
from .test_languages import in_japanese, left_in_english
from .visitors import HOME, LOGIN, SECOND_STEP, Visitor, next_code, seen

PAGE, BIND, SIGN_IN, CALLBACK = (f"/account/provider/{one}" for one in ("", "bind/", "sign-in/", "callback/"))
Visitors = Callable[[], Visitor]


@pytest.fixture
def outside(_served: None) -> Iterator[SmallProvider]:
    """The provider, which the settings name."""
    with small_provider() as provider:
        served._provider[:] = [Provider(provider.address, CLIENT, SECRET)]
        yield provider
    served._provider[:] = [None]


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


def _binds(one: Visitor, outside: SmallProvider, subject: str) -> HttpResponse:
    return one.get(CALLBACK, **outside.authorize(one.post(BIND)["Location"], subject))


def _comes_in(one: Visitor, outside: SmallProvider, login: str, subject: str, **changed: str) -> HttpResponse:
    back = outside.authorize(one.post(SIGN_IN, login=login)["Location"], subject)
    return one.get(CALLBACK, **back | changed)


def test_who_bound_himself_comes_in_and_is_asked_for_the_second_factor(
    outside: SmallProvider, anna: Person, visitor: Visitors, world: World
) -> None:
    bound = _binds(visitor().sits_down_as(anna), outside, "anna at the provider")
    assert (bound.status_code, bound["Location"]) == (302, PAGE)
    assert world.last_entry()["act"] == "subject:bound"
    one = visitor()
    answer = _comes_in(one, outside, anna.login, "anna at the provider")
    assert (answer.status_code, answer["Location"]) == (302, SECOND_STEP)
    assert not one.is_in
    assert one.prove(next_code(anna))["Location"] == HOME
    assert one.is_in


def _other_subject(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
    return _comes_in(one, outside, login, "somebody else at the provider")


def _claims(**changed: Any) -> Callable[[SmallProvider, Visitor, str], HttpResponse]:
    def ask(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
        outside.claims = changed
        return _comes_in(one, outside, login, "anna")

    return ask


def _signed_otherwise(key: Any, algorithm: str) -> Callable[[SmallProvider, Visitor, str], HttpResponse]:
    def ask(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
        outside.signs_with, outside.algorithm = key, algorithm
        return _comes_in(one, outside, login, "anna")

    return ask


def _discovered(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
    back = outside.authorize(one.post(SIGN_IN, login=login)["Location"], "anna")
    outside.discovered = {"issuer": "https://elsewhere.example"}
    return one.get(CALLBACK, **back)


def _replayed(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
    """Come back twice to one question: the first answer uses it up, whatever it was."""
    back = outside.authorize(one.post(SIGN_IN, login=login)["Location"], "anna")
    one.get(CALLBACK, **back | {"code": "guessed"})
    return one.get(CALLBACK, **back)


def _somebody_elses_answer(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
    """Put the answer to another browser's question into this one."""
    other = Visitor(one.world)
    back = outside.authorize(other.post(SIGN_IN, login=login)["Location"], "anna")
    one.post(SIGN_IN, login=login)
    return one.get(CALLBACK, **back)


def _token_of_another_question(outside: SmallProvider, one: Visitor, login: str) -> HttpResponse:
    """Exchange the code of another question under this one's state."""
    first = outside.authorize(one.post(SIGN_IN, login=login)["Location"], "anna")
    second = outside.authorize(one.post(SIGN_IN, login=login)["Location"], "anna")
    outside.codes[second["code"]] = (
        outside.codes[second["code"]][0] | {"nonce": outside.codes[first["code"]][0]["nonce"]},
        "anna",
    )
    return one.get(CALLBACK, **second)


REFUSED: dict[str, Callable[[SmallProvider, Visitor, str], HttpResponse]] = {
    "nobody has this login": lambda outside, one, _: _comes_in(one, outside, random_name("nobody"), "anna"),
    "no login could be this": lambda outside, one, _: _comes_in(one, outside, "a\nb", "anna"),
    "unbound subject": _other_subject,
    "wrong issuer": _claims(iss="https://elsewhere.example"),
    "wrong audience": _claims(aud="another-client"),
    "for somebody else as well": _claims(aud=[CLIENT, "another-client"], azp="another-client"),
    "wrong nonce": _claims(nonce="n"),
    "no nonce": _claims(nonce=None),
    "expired": _claims(exp=int(time.time()) - 3600),
    "no subject": _claims(sub=None),
    "another key": _signed_otherwise(ec.generate_private_key(ec.SECP256R1()), "ES256"),
    "a shared secret": _signed_otherwise(SECRET * 3, "HS256"),
    "no signature": _signed_otherwise("", "none"),
    "another issuer answers there": _discovered,
    "another issuer sends back": lambda outside, one, login: _comes_in(
        one, outside, login, "anna", iss="https://elsewhere.example"
    ),
    "wrong state": lambda outside, one, login: _comes_in(one, outside, login, "anna", state="s"),
    "no code": lambda outside, one, login: _comes_in(one, outside, login, "anna", code=""),
    "unknown code": lambda outside, one, login: _comes_in(one, outside, login, "anna", code="c"),
    "replayed": _replayed,
    "the answer to somebody else's question": _somebody_elses_answer,
    "the token of another question": _token_of_another_question,
    "nobody asked": lambda _, one, __: one.get(CALLBACK, code="c", state="s"),
}


def test_everything_else_is_refused_with_the_same_answer_and_written_down(
    outside: SmallProvider, anna: Person, visitor: Visitors, world: World
) -> None:
    _binds(visitor().sits_down_as(anna), outside, "anna")
    answers = {}
    for name, ask in REFUSED.items():
        outside.claims, outside.discovered, outside.signs_with, outside.algorithm = {}, {}, None, "ES256"
        one = visitor()
        answers[name] = seen(ask(outside, one, anna.login))
        assert not one.is_in, name
        assert one.prove(next_code(anna)).status_code == 302, name
        assert not one.is_in, name
        assert world.last_entry()["act"] == "access:denied", name
        assert world.last_entry()["details"] == {"door": "provider"}, name
    assert {one.status for one in answers.values()} == {403}
    assert len({one.content for one in answers.values()}) == 1
    outside.claims, outside.discovered, outside.signs_with, outside.algorithm = {}, {}, None, "ES256"
    assert _comes_in(visitor(), outside, anna.login, "anna")["Location"] == SECOND_STEP


def test_an_answer_that_comes_too_late_is_refused(
    outside: SmallProvider, anna: Person, visitor: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    _binds(visitor().sits_down_as(anna), outside, "anna")
    monkeypatch.setattr("tsunagu.web.provider.FLOW_LASTS_S", -1)
    assert FLOW_LASTS_S == 600
    assert _comes_in(visitor(), outside, anna.login, "anna").status_code == 403


def test_a_locked_officer_comes_in_by_no_way(
    outside: SmallProvider, anna: Person, visitor: Visitors, world: World
) -> None:
    _binds(visitor().sits_down_as(anna), outside, "anna")
    for _ in range(MOST_FAILURES):
        world.run("", "sign-in", anna.login, lines=("x" * 20, "000000"))
    assert _comes_in(visitor(), outside, anna.login, "anna").status_code == 403


def test_leaving_and_a_reset_end_this_way_too(outside: SmallProvider, world: World, visitor: Visitors) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    leaver, lost = world.enroll(adam, Role.OFFICER), world.enroll(adam, Role.OFFICER)
    for one in (leaver, lost):
        _binds(visitor().sits_down_as(one), outside, one.login)
    end_officer(actor=adam.actor, officer_id=leaver.actor.officer_id, **world.parts)
    world.confirm(adam, propose_reset(actor=adam.actor, login=lost.login, **world.parts))
    for one in (leaver, lost):
        assert _comes_in(visitor(), outside, one.login, one.login).status_code == 403


def test_an_officer_takes_this_way_away_again(
    outside: SmallProvider, anna: Person, visitor: Visitors, world: World
) -> None:
    one = visitor().sits_down_as(anna)
    _binds(one, outside, "anna")
    assert one.post("/account/provider/unbind/").status_code == 302
    assert world.last_entry()["act"] == "subject:unbound"
    assert _comes_in(visitor(), outside, anna.login, "anna").status_code == 403


def test_binding_asks_for_a_new_proof_and_for_a_signed_in_officer(
    outside: SmallProvider, anna: Person, visitor: Visitors
) -> None:
    stale = visitor().sits_down_as(anna, proven_s=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 5)
    for path in (BIND, "/account/provider/unbind/"):
        assert "reauthenticate" in stale.post(path)["Location"]
    assert visitor().post(BIND)["Location"].startswith(LOGIN)
    one = visitor().sits_down_as(anna)
    back = outside.authorize(one.post(BIND)["Location"], "anna")
    one.post("/account/logout/")
    assert one.get(CALLBACK, **back).status_code == 403


def test_the_provider_proves_nothing_of_who_sits_at_the_desk_of_an_officer_who_is_signed_in(
    outside: SmallProvider, anna: Person, visitor: Visitors, world: World
) -> None:
    _binds(visitor().sits_down_as(anna), outside, "anna")
    stale = visitor().sits_down_as(anna, proven_s=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 5)
    asked = len(outside.asked)
    assert stale.post(SIGN_IN, login=anna.login)["Location"] == HOME
    assert len(outside.asked) == asked
    earlier = visitor()
    back = outside.authorize(earlier.post(SIGN_IN, login=anna.login)["Location"], "anna")
    assert earlier.signs_in(anna).get(CALLBACK, **back).status_code == 403
    assert world.last_entry()["officer"] == str(anna.actor.officer_id)
    by_provider = visitor().sits_down_as(anna, by="provider")
    assert "reauthenticate" in by_provider.post("/account/provider/unbind/")["Location"]


def test_what_an_officer_is_called_there_lies_nowhere_in_clear(
    outside: SmallProvider, anna: Person, visitor: Visitors, world_home: Path
) -> None:
    subject = random_name("subject")
    _binds(visitor().sits_down_as(anna), outside, subject)
    address = replace(EmbeddedPostgres(world_home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as admin:
        rows = [bytes(row) for (row,) in admin.execute("SELECT sealed FROM provider_subject")]
    assert rows
    assert not any(subject.encode() in row for row in rows)


def test_without_a_provider_nothing_is_asked_outside_and_there_is_no_such_page(anna: Person, visitor: Visitors) -> None:
    one = visitor().sits_down_as(anna)
    assert one.get(PAGE).status_code == 404
    assert one.post(BIND).status_code == 404
    stranger = visitor()
    assert stranger.post(SIGN_IN, login=anna.login).status_code == 404
    assert stranger.get(CALLBACK).status_code == 404
    page = stranger.get(LOGIN)
    assert b"provider" not in page.content
    assert "form-action 'self';" in page["Content-Security-Policy"] + ";"


def test_forms_may_lead_to_the_provider_only_where_one_is_named(
    outside: SmallProvider, visitor: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outside.address not in visitor().get(LOGIN)["Content-Security-Policy"]
    monkeypatch.setattr(settings, "CONTENT_SECURITY_POLICY", policy_with(Provider(outside.address, CLIENT, SECRET)))
    assert f"form-action 'self' {outside.address};" in visitor().get(LOGIN)["Content-Security-Policy"] + ";"


def test_nothing_is_asked_before_somebody_chooses_this_way(outside: SmallProvider, visitor: Visitors) -> None:
    assert b"/account/provider/sign-in/" in visitor().get(LOGIN).content
    assert outside.asked == []


def test_a_provider_that_does_not_answer_is_said_to_be_missing(visitor: Visitors, anna: Person) -> None:
    with small_provider() as gone:
        address = gone.address
    served._provider[:] = [Provider(address, CLIENT, SECRET)]
    try:
        assert visitor().post(SIGN_IN, login=anna.login).status_code == 503
    finally:
        served._provider[:] = [None]


def test_a_provider_that_speaks_no_http_is_said_to_be_missing(visitor: Visitors, anna: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answers_once() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"nonsense\r\n\r\n")

        thread = threading.Thread(target=answers_once)
        thread.start()
        served._provider[:] = [Provider(f"http://127.0.0.1:{server.getsockname()[1]}", CLIENT, SECRET)]
        try:
            assert visitor().post(SIGN_IN, login=anna.login).status_code == 503
        finally:
            served._provider[:] = [None]
            thread.join()


def test_the_page_of_this_way_speaks_japanese(outside: SmallProvider, anna: Person, visitor: Visitors) -> None:
    one = in_japanese(visitor()).sits_down_as(anna)
    assert left_in_english(one.get(PAGE)) == set()
    _binds(one, outside, "anna")
    assert left_in_english(one.get(PAGE)) == set()
    assert left_in_english(in_japanese(visitor()).get(LOGIN)) == set()


@pytest.mark.parametrize(
    "issuer",
    ["http://sso.example.org", "ftp://127.0.0.1", "https://", "https://sso.example.org/?a=b", "sso.example.org"],
)
def test_a_secret_goes_to_no_address_in_clear(issuer: str) -> None:
    with pytest.raises(InputError):
        Provider(issuer, CLIENT, SECRET)


def test_the_settings_name_a_whole_provider_or_none(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    secret.chmod(0o600)
    issuer = "https://sso.example.org/realm"
    found = provider_of(Configuration(oidc_issuer=issuer, oidc_client_id=CLIENT, oidc_client_secret_file=secret))
    assert found == Provider(issuer, CLIENT, SECRET)
    assert found.origin == "https://sso.example.org"
    assert SECRET not in repr(found)
    assert provider_of(Configuration()) is None
    for half in (
        Configuration(oidc_issuer=issuer),
        Configuration(oidc_issuer=issuer, oidc_client_id=CLIENT),
        Configuration(oidc_issuer=issuer, oidc_client_id=CLIENT, oidc_client_secret_file=tmp_path / "none"),
    ):
        with pytest.raises(InputError):
            provider_of(half)
