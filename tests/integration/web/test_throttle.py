"""Attempts are counted by the address of who makes them, over all processes, whatever he claims to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tsunagu.domain.errors import InputError
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.web.client_address import client_address, networks_of
from tsunagu.web.middleware.proxies import ProxyMiddleware
from tsunagu.web.throttle import SharedCounts

from ..world import random_name  # noqa: TID252 - tests are no package with a name
from .visitors import LOGIN, Visitor

PROXY, OUTER_PROXY = "10.0.0.1", "10.0.0.2"
MOST_A_MINUTE = 10
"""Failures from one address: allauth's `10/m/ip`."""


@pytest.fixture
def behind_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workplace, with two web servers in front of it."""
    monkeypatch.setattr(settings, "TSUNAGU_TRUSTED_PROXIES", networks_of(f"{PROXY}, {OUTER_PROXY}/32"))


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (PROXY, f"203.0.113.7, {OUTER_PROXY}", "203.0.113.7"),
        (PROXY, f"198.51.100.1,203.0.113.7 ,{OUTER_PROXY}", "203.0.113.7"),
        (f"::ffff:{PROXY}", "2001:db8::7", "2001:db8::7"),
        (PROXY, "", PROXY),
        (PROXY, "no address", PROXY),
        (PROXY, f"no address, {OUTER_PROXY}", OUTER_PROXY),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", PROXY, "203.0.113.9"),
        ("203.0.113.9", None, "203.0.113.9"),
    ],
)
def test_the_address_is_the_last_one_that_no_proxy_of_ours_has(peer: str, forwarded: str | None, address: str) -> None:
    told = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **told)) == address


@pytest.mark.usefixtures("behind_proxies")
@pytest.mark.parametrize(("peer", "believed"), [(PROXY, True), ("203.0.113.9", False), ("127.0.0.1", False)])
def test_only_a_proxy_of_ours_says_that_a_connection_is_encrypted(peer: str, believed: bool) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https")
    answered = ProxyMiddleware(lambda asked: HttpResponse("yes" if asked.is_secure() else "no"))(request)
    assert (answered.content == b"yes") is believed


def test_without_proxies_of_ours_nobodys_word_counts() -> None:
    assert settings.TSUNAGU_TRUSTED_PROXIES == ()
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert client_address(request) == "127.0.0.1"


@pytest.mark.parametrize("text", ["localhost", "10.0.0.1/33", "10.0.0.1;10.0.0.2", "10.0.0.1/8"])
def test_what_is_no_address_is_no_proxy(text: str) -> None:
    with pytest.raises(InputError):
        networks_of(text)


@pytest.mark.usefixtures("behind_proxies")
def test_a_forged_header_of_an_untrusted_peer_gives_no_further_attempts() -> None:
    cache.clear()
    forged = _counted("203.0.113.9", lambda number: f"198.51.100.{number}")
    cache.clear()
    assert forged == _counted("203.0.113.9", lambda _: None)
    cache.clear()
    assert _counted(PROXY, lambda number: f"198.51.100.{number}, 203.0.113.9") == forged


@pytest.mark.usefixtures("behind_proxies")
def test_officers_behind_one_proxy_do_not_hold_each_other_up() -> None:
    assert _counted(PROXY, lambda number: f"203.0.113.{number}") == MOST_A_MINUTE + 2


def _counted(peer: str, forwarded: Callable[[int], str | None]) -> int:
    """Return how many of the attempts were looked at, and not sent away for being too many."""
    looked_at = 0
    for number in range(MOST_A_MINUTE + 2):
        told = forwarded(number)
        client = Client(SERVER_NAME="localhost", REMOTE_ADDR=peer)
        headers = {} if told is None else {"x-forwarded-for": told}
        answer = client.post(LOGIN, {"login": random_name("nobody"), "password": "x" * 12}, headers=headers)
        looked_at += b"Too many" not in answer.content
    return looked_at


def test_what_one_process_has_counted_another_one_sees() -> None:
    here, there = SharedCounts("", {}), SharedCounts("", {})
    here.set("attempts", [1.5, 2.5], 60)
    assert there.get("attempts") == [1.5, 2.5]
    assert there.add("lock", True, 10)
    assert not here.add("lock", True, 10)
    assert here.delete("lock")
    assert there.add("lock", True, 10)
    here.set("attempts", [3.5], -1)
    assert there.get("attempts", "nothing") == "nothing"
    assert there.add("attempts", [4.5], 60)


def test_no_address_lies_in_the_table_in_clear(world_home: Path, visitor: Callable[[], Visitor]) -> None:
    visitor().name(random_name("nobody"))
    address = replace(EmbeddedPostgres(world_home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as admin:
        rows = [str(row) for row in admin.execute("SELECT encode(key_mac, 'escape'), held FROM throttle")]
    assert rows
    assert not any(re.search(r"127\.0\.0\.1|allauth|nobody", row) for row in rows)
