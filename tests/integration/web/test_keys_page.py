"""An officer makes and ends his own API keys in the browser, after showing again that it is he."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import override_settings

from tsunagu.domain.errors import NotSignedIn
from tsunagu.domain.permission import NEVER_LENT, Role, permissions_of
from tsunagu.services.agencies.api_keys import actor_by_key

from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import PASSWORD, Person, World, now, random_name  # noqa: TID252 - tests are no package with a name
from .visitors import LOGIN, Visitor, seen

KEYS = "/keys/"
Visitors = Callable[[], Visitor]


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


def make(one: Visitor, **typed: object) -> str:
    """Make a key, and return what is shown of it."""
    answer = one.post(KEYS, **{"name": "script", "days": "7", "scopes": ["case:read"], **typed})
    assert answer.status_code == 200, answer.content
    found = re.search(r'id="api-key">([^<]+)<', answer.content.decode())
    assert found
    return found[1]


def opens(world: World, token: str) -> bool:
    try:
        actor_by_key(token=token, now=now(), keys=world.rooms.keys, ledger=world.rooms.ledger)
    except NotSignedIn:
        return False
    return True


def test_a_key_is_shown_once_listed_and_ended(visitor: Visitors, world: World, anna: Person) -> None:
    one = visitor().sits_down_as(anna)
    assert "You have no key." in one.get(KEYS).content.decode()
    token = make(one, name="nightly")
    assert opens(world, token)
    page = one.get(KEYS).content.decode()
    assert "nightly" in page
    assert token.split(".")[3] not in page
    [end] = re.findall(r'action="(/keys/[^"]+/end/)"', page)
    assert one.post(end).status_code == 302
    assert not opens(world, token)
    assert "nightly" not in one.get(KEYS).content.decode()


def test_a_key_that_may_look_up_may_do_so_as_often_as_an_officer_unless_another_number_is_given(
    visitor: Visitors, world: World, anna: Person
) -> None:
    one = visitor().sits_down_as(anna)
    assert 'name="look_ups" type="number" min="0" max="100000000" value="2000"' in one.get(KEYS).content.decode()
    for typed, a_day in (({}, 2000), ({"look_ups": ""}, 2000), ({"look_ups": "0"}, 0), ({"look_ups": "9000"}, 9000)):
        token = make(one, scopes=["media:look_up"], **typed)
        actor = actor_by_key(token=token, now=now(), keys=world.rooms.keys, ledger=world.rooms.ledger)
        assert actor.key is not None
        assert actor.key.daily_look_ups == a_day
    assert '<td class="number">9,000</td>' in one.get(KEYS).content.decode()
    assert {key["look_ups"] for key in world.json(anna, "key", "list")} == {0, 2000, 9000}


def test_making_a_key_asks_for_proof_again_and_then_leads_back(visitor: Visitors, anna: Person) -> None:
    one = visitor().sits_down_as(anna)
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=0):
        answer = one.post(KEYS, name="n", days="1", scopes=["case:read"])
        assert (answer.status_code, answer["Location"]) == (302, "/account/reauthenticate/?next=%2Fkeys%2F")
    assert "You have no key." in one.get(KEYS).content.decode()
    proven = one.post("/account/reauthenticate/?next=%2Fkeys%2F", password=PASSWORD)
    assert (proven.status_code, proven["Location"]) == (302, KEYS)


def test_the_page_offers_what_the_officer_may_himself_and_takes_nothing_else(visitor: Visitors, world: World) -> None:
    olga, adam = world.found({Role.COORDINATOR}, {Role.ADMINISTRATOR})
    one = visitor().sits_down_as(olga)
    assert re.findall(r'name="scopes" value="([^"]+)"', one.get(KEYS).content.decode()) == sorted(
        permissions_of(frozenset({Role.COORDINATOR})) - NEVER_LENT
    )
    assert "can be done for you by a program" in visitor().sits_down_as(adam).get(KEYS).content.decode()
    for typed in (
        {"scopes": ["ledger:read"]},
        {"scopes": ["officer:confirm"]},
        {"scopes": ["soul:sell"]},
        {"scopes": []},
        {"name": ""},
        {"days": "0"},
        {"days": "91"},
        {"days": "-1"},
        {"days": "many"},
        {"days": "9" * 5000},
    ):
        answer = one.post(KEYS, **{"name": "script", "days": "7", "scopes": ["case:read"], **typed})
        assert answer.status_code == 422, typed
    make(one, scopes=["case:read"])


def test_a_colleague_neither_sees_nor_ends_a_key_and_cannot_tell_that_it_is_there(
    visitor: Visitors, world: World, anna: Person
) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    carl = world.enroll(adam, Role.OFFICER)
    name = random_name("key")
    of_anna, of_carl = visitor().sits_down_as(anna), visitor().sits_down_as(carl)
    token = make(of_anna, name=name)
    for stranger in (adam, carl, world.found(WORKS, {Role.ADMINISTRATOR})[0]):
        one = visitor().sits_down_as(stranger)
        assert name not in one.get(KEYS).content.decode()
        absent = seen(one.post("/keys/00000000-0000-4000-8000-000000000000/end/"))
        assert seen(one.post(f"/keys/{token.split('.')[2]}/end/")) == absent
        assert absent.status == 404
    assert opens(world, token)
    assert of_carl.get(KEYS).status_code == 200


def test_a_changed_password_ends_every_key(visitor: Visitors, world: World, anna: Person) -> None:
    one, new = visitor().signs_in(anna), "another correct horse"
    token = make(one)
    assert opens(world, token)
    assert one.post("/account/password/", oldpassword=PASSWORD, password1=new, password2=new).status_code == 302
    assert not opens(world, token)
    assert "You have no key." in one.get(KEYS).content.decode()


def test_an_administrator_ends_an_officers_keys_with_the_officer(visitor: Visitors, world: World) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    leaver = world.enroll(adam, Role.OFFICER)
    token = make(visitor().sits_down_as(leaver))
    assert opens(world, token)
    visitor().sits_down_as(adam).post(f"/officers/{leaver.actor.officer_id}/leave/")
    assert not opens(world, token)


def test_a_stranger_is_sent_to_the_sign_in(visitor: Visitors) -> None:
    assert visitor().get(KEYS)["Location"].startswith(LOGIN)
