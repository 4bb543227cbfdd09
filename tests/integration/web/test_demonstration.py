"""One-time links sign a demonstration's officers in: once, for ten minutes, from this machine, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tsunagu.domain.permission import Role
from tsunagu.services.demo.links import LINK_LASTS, make_link
from tsunagu.web.pages.demo import FORWARDED, GONE

from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import World, now  # noqa: TID252
from .visitors import HOME, Visitor

DEMO = "tsunagu.web.pages.demo.is_demo"
Visitors = Callable[[], Visitor]


@pytest.fixture
def path(world: World) -> str:
    """Where a link of an officer's leads."""
    officer, _ = world.found(WORKS, {Role.ADMINISTRATOR})
    return f"/demonstration/{make_link(login=officer.login, now=now(), keys=world.rooms.keys).token}/"


def test_a_link_signs_its_officer_in_once(visitor: Visitors, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DEMO, lambda: True)
    first, second = visitor(), visitor()
    assert first.get(path)["Location"] == HOME
    assert first.is_in
    used, never_made = second.get(path), second.get("/demonstration/x/")
    assert used.status_code == never_made.status_code == GONE
    told = {one.content.decode().split("<main", 1)[1].replace(one["X-Reference"], "") for one in (used, never_made)}
    assert len(told) == 1, "used and never made look alike"
    assert "start the workplace again" in told.pop(), "whoever runs it is told what to do"
    assert not second.is_in


def test_a_link_is_worth_nothing_outside_a_demonstration_and_is_not_used_up_there(
    visitor: Visitors, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = visitor()
    assert stranger.get(path).status_code == 404
    assert not stranger.is_in
    monkeypatch.setattr(DEMO, lambda: True)
    assert visitor().get(path)["Location"] == HOME


@pytest.mark.parametrize("told", [{"REMOTE_ADDR": "192.0.2.7"}, *({name: "192.0.2.7"} for name in FORWARDED)])
def test_a_link_opens_to_no_other_machine_and_through_no_proxy(
    visitor: Visitors, path: str, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DEMO, lambda: True)
    stranger = visitor()
    assert stranger.client.get(path, **told).status_code == 404
    assert not stranger.is_in


@pytest.mark.parametrize(("later", "opens"), [(-timedelta(seconds=5), True), (timedelta(seconds=5), False)])
def test_a_link_lasts_ten_minutes(
    visitor: Visitors, path: str, later: timedelta, opens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DEMO, lambda: True)
    moment = now() + LINK_LASTS + later
    monkeypatch.setattr("tsunagu.web.pages.demo.now", lambda: moment)
    assert timedelta(minutes=10) == LINK_LASTS
    assert (visitor().get(path).status_code == 302) is opens


@pytest.mark.parametrize("token", ["x", "a.b.c", "not-a-token"])
def test_what_is_no_link_opens_nothing(visitor: Visitors, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DEMO, lambda: True)
    assert visitor().get(f"/demonstration/{token}/").status_code == GONE


def test_a_link_is_no_invitation_and_sets_no_password(visitor: Visitors, path: str) -> None:
    typed = {"password": "another horse battery", "again": "another horse battery"}
    answer = visitor().post(path.replace("demonstration", "invitation"), **typed)
    assert answer.status_code == 404
