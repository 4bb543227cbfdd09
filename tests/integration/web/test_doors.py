"""What opens without a sign-in, and the holes in the frameworks' defaults, each closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from allauth.account.adapter import get_adapter
from django.apps import apps
from django.conf import settings
from django.contrib.admin.sites import all_sites
from django.core import checks
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tsunagu.domain.permission import Role

from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, random_name  # noqa: TID252 - tests are no package with a name
from .visitors import HOME, LOGIN, Visitor

OPEN_URLS = {
    "account_login",
    "account_logout",  # sends who is not signed in to the sign-in
    "demonstration",  # only in a demonstration, from this machine, once
    "healthz",
    "invitation",
    "metrics",  # to whoever has the token of the settings; without one it is not there
    "mfa_authenticate",  # the second step: only after the first
    "provider_callback",  # only with the answer to a question of this browser, where a provider is configured
    "provider_sign_in",  # the first step, by the provider that is configured
    "set_language",
}
"""The names of what opens without a sign-in. Nothing is added here without a reason beside it."""
PLACEHOLDERS = {
    "reference": "R",
    "alert_id": "00000000-0000-4000-8000-000000000000",
    "bank": "B",
    "item_id": "00000000-0000-4000-8000-000000000000",
    "list_id": "00000000-0000-4000-8000-000000000000",
    "overlap_id": "00000000-0000-4000-8000-000000000000",
    "officer_id": "00000000-0000-4000-8000-000000000000",
    "guest_id": "00000000-0000-4000-8000-000000000000",
    "grant_id": "00000000-0000-4000-8000-000000000000",
    "report_id": "00000000-0000-4000-8000-000000000000",
    "proposal_id": "00000000-0000-4000-8000-000000000000",
    "reveal_id": "00000000-0000-4000-8000-000000000000",
    "key_id": "00000000-0000-4000-8000-000000000000",
    "intake_id": "00000000-0000-4000-8000-000000000000",
    "hit_id": 1,
    "login": "L",
    "series": "S",
    "pk": 1,
    "number": 1,
    "person": 1,
    "title": 1,
    "called": "child-1",
    "referral_id": "00000000-0000-4000-8000-000000000000",
    "comparison_id": "00000000-0000-4000-8000-000000000000",
    "submission_id": "00000000-0000-4000-8000-000000000000",
    "offset": 0,
    "request_id": "00000000-0000-4000-8000-000000000000",
    "year": 2019,
    "known_on": "2020-01-05",
    "token": "t",
}


def patterns(found: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """Yield every URL of the pages."""
    for one in get_resolver().url_patterns if found is None else found:
        if isinstance(one, URLResolver) and one.namespace in {"api", "hma"}:
            continue  # opens by keys, as `test_api_doors` and `test_hma_door` try
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns)
        else:
            yield one


def path_of(pattern: URLPattern) -> str:
    """Return a path that leads to a URL; nothing is there."""
    name = str(pattern.name)
    [(_, arguments)] = get_resolver().reverse_dict.getlist(name)[0][0]
    return reverse(name, kwargs={one: PLACEHOLDERS[one] for one in arguments})


def test_only_these_urls_open_without_a_sign_in() -> None:
    found = {one.name for one in patterns() if getattr(one.callback, "login_required", True) is False}
    assert found == OPEN_URLS


@pytest.mark.parametrize("name", sorted({str(one.name) for one in patterns()} - OPEN_URLS))
def test_every_other_url_sends_a_stranger_to_the_sign_in(name: str, visitor: Callable[[], Visitor]) -> None:
    [path] = [path_of(one) for one in patterns() if one.name == name]
    for method in ("get", "post", "put", "delete"):
        answer = getattr(visitor().client, method)(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, LOGIN), method


def test_every_form_wants_its_token(world: World, visitor: Callable[[], Visitor]) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one = visitor()
    one.client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    one.sits_down_as(anna)
    for pattern in patterns():
        answer = one.post(path_of(pattern))
        assert answer.status_code == 403, pattern.name
        assert answer["X-Reference"].encode() in answer.content, pattern.name
    assert one.is_in


@pytest.mark.parametrize(
    "path", ["admin/", "accounts/signup/", "account/signup/", "account/password/reset/", "api/docs"]
)
def test_what_frameworks_would_open_is_not_there(path: str, visitor: Callable[[], Visitor]) -> None:
    assert visitor().get(f"/{path}").status_code == 404
    assert visitor().post(f"/{path}", login="a", password="b").status_code == 404


def test_no_admin_site_and_no_sign_up_is_installed() -> None:
    assert not apps.is_installed("django.contrib.admin")
    # An admin's edits pass services and ledger by: no model is ever registered with one.
    assert {model for site in all_sites for model in site._registry} == set()
    for name in ("account_signup", "account_reset_password", "account_email", "mfa_login_webauthn", "admin:index"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_nobody_could_sign_up_where_there_were_a_page_for_it(visitor: Callable[[], Visitor]) -> None:
    assert not get_adapter().is_open_for_signup(visitor().get(LOGIN).wsgi_request)


def test_the_cookies_are_for_this_site_over_an_encrypted_connection_and_not_for_scripts(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one = visitor().signs_in(anna)
    one.get(HOME)
    one.post("/language/", language="ja")
    cookies = one.client.cookies
    assert set(cookies) >= {"sessionid", "csrftoken", settings.LANGUAGE_COOKIE_NAME}
    assert {(it["secure"], it["httponly"], it["samesite"]) for it in cookies.values()} == {(True, True, "Lax")}
    assert not one.client.cookies["sessionid"]["max-age"]  # it ends with the browser


def test_every_answer_forbids_scripts_frames_and_other_hosts_and_pages_are_not_kept(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one = visitor().sits_down_as(anna)
    for path in (
        HOME,
        "/cases/",
        "/overlaps/",
        "/notices/",
        "/alerts/",
        "/banks/",
        "/nothing/",
        "/healthz",
        LOGIN,
        "/account/2fa/",
    ):
        answer = one.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        if path != "/healthz":
            assert "no-store" in answer["Cache-Control"], path


EXPLAINED = {
    "security.W005",  # what lies beneath the host's name is not ours: Strict-Transport-Security speaks of it alone
    "security.W008",  # the way from http to https is the web server's in front
    "security.W021",  # a closed network's host is in no browser's list
    "templates.W003",  # the tags that are written once take the place of Django's under the name that templates load
}
"""What `check --deploy` warns of, and why it is right here."""


def test_djangos_deployment_check_finds_nothing_that_is_not_explained() -> None:
    found = {one.id for one in checks.run_checks(include_deployment_checks=True)}
    assert found == EXPLAINED


def test_a_host_that_is_not_ours_is_refused_with_a_plain_page(visitor: Callable[[], Visitor]) -> None:
    one = visitor()
    answer = one.client.get(LOGIN, headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert b"elsewhere" not in answer.content
    assert answer["X-Reference"].encode() in answer.content


def test_a_case_may_have_any_printable_reference_and_every_page_still_opens(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    person = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one = visitor().sits_down_as(person)
    for reference in ("DK/2026/17", "..", "a~1b", "100 % sûr?", "#1", "事件-3", "x/items", random_name("plain")):
        answer = one.post("/cases/", reference=reference, purpose="investigation")
        assert answer.status_code == 302, reference
        page = one.get(answer["Location"])
        assert page.status_code == 200, reference
        assert one.get(answer["Location"] + "items/").status_code == 200, reference
        assert one.get(HOME).status_code == 200
        assert "/../" not in answer["Location"]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/cases/", {"reference": "R-bad", "purpose": "curiosity"}),
        ("/cases/", {"reference": "", "purpose": "investigation"}),
        ("/banks/", {"name": "n", "legal_ground": "g", "semantics": "any"}),
        ("/overlaps/00000000-0000-4000-8000-000000000000/hits/1/judge/", {"answer": "same:soul"}),
        ("/overlaps/00000000-0000-4000-8000-000000000000/hits/1/judge/", {"answer": ""}),
    ],
)
def test_what_no_form_offers_is_refused_as_input(
    path: str, typed: dict[str, str], world: World, visitor: Callable[[], Visitor]
) -> None:
    anna: Person = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    assert visitor().sits_down_as(anna).post(path, **typed).status_code == 422


def test_a_page_that_only_takes_answers_says_so_plainly(world: World, visitor: Callable[[], Visitor]) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    answer = visitor().sits_down_as(anna).get("/overlaps/00000000-0000-4000-8000-000000000000/share/")
    assert answer.status_code == 405
    assert answer["X-Reference"].encode() in answer.content
