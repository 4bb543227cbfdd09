"""The line between installations: a real door on this machine, real calls, and what comes of lines that fail."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPResponse, HTTPSConnection
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from tsunagu.api import hub_door
from tsunagu.api.hub_door import HubDoor, Rates
from tsunagu.config.examining import exchange_checks
from tsunagu.domain.hub import LineState
from tsunagu.domain.outcome import Outcome, OutcomeCode
from tsunagu.federation.bundle import MOST_SENT_BYTES
from tsunagu.federation.keys import OwnKeys
from tsunagu.federation.line_tls import calling_context
from tsunagu.records import compared, hub_members
from tsunagu.records.session import acting_for
from tsunagu.services.hub import visits as hub_visits
from tsunagu.services.hub.membership import exchange_status, rotate_keys
from tsunagu.services.hub.visits import answer_call, context_for_callers, visit_members, visit_named
from tsunagu.services.members.desk import hub_desk

from .homes import Home
from .three_homes import Three
from .world import now

SAFE = Outcome({OutcomeCode.SAFEGUARDED: 47})


@dataclass
class Door:
    """The door of one installation: each call is worked on there, while the caller waits."""

    home: Home
    port: int
    calls: list[int] = field(default_factory=list)


@contextmanager
def door_of(home: Home, *, cuts: set[int] | None = None) -> Iterator[Door]:
    """Open the door of an installation, and tell its members where it is.

    Args:
        home: whose.
        cuts: numbers of the requests whose answer is lost on its way.
    """
    calls: list[int] = []

    def context() -> ssl.SSLContext:
        with home.here() as world:
            return context_for_callers(now=now(), keys=world.rooms.keys)

    def answer(member_id: UUID, content: bytes) -> bytes:
        calls.append(len(content))
        with home.here() as world:
            said = answer_call(member_id=member_id, content=content, **world.parts)
        if len(calls) in (cuts or ()):
            raise OSError("the line breaks")
        return said

    with HubDoor("127.0.0.1", 0, context=context, answer=answer) as door:
        thread = Thread(target=door.serve_forever)
        thread.start()
        try:
            yield Door(home, door.server_address[1], calls)
        finally:
            door.shutdown()
            thread.join()


@contextmanager
def reached_at(caller: Home, called: Home, port: int) -> Iterator[None]:
    """Let one installation know where another takes calls, until the block ends."""
    assert called.installation_id
    for address in (f"https://127.0.0.1:{port}/hub/", ""):
        with caller.here(), acting_for(called.installation_id):
            hub_members.set_address(called.installation_id, address)
        if address:
            yield


def call(caller: Home, called: Home) -> bool:
    """Let one installation call another once, and return whether it was answered."""
    with caller.here() as world:
        [(name, is_answered)] = visit_named(to=called.name, clock=now, keys=world.rooms.keys, ledger=world.rooms.ledger)
    assert name == called.name
    return is_answered


def test_a_call_of_many_rounds_looks_once_for_what_is_to_be_told(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[UUID] = []

    def look(member_id: UUID) -> tuple[()]:
        looked.append(member_id)
        return ()

    monkeypatch.setattr(compared, "not_told", look)
    monkeypatch.setattr(hub_visits, "MOST_A_ROUND", 1)
    for _ in range(3):
        three.raise_alert()
    assert three.body_home.installation_id
    with three.nordic.here():
        agencies_there = compared.askers_through(three.body_home.installation_id)
    with door_of(three.body_home) as door, reached_at(three.nordic, three.body_home, door.port):
        assert call(three.nordic, three.body_home)
    assert len(door.calls) > 3
    assert looked == [three.body_home.installation_id] * len(agencies_there)


def line_state(caller: Home, called: Home) -> LineState:
    with caller.here():
        return next(one.member.line for one in exchange_status() if one.member.name == called.name)


@pytest.fixture(autouse=True)
def known_at_once(three: Three, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a door look at each call who is a member; and let nothing of one test wait in the next one."""
    monkeypatch.setattr(hub_door, "KNOWN_FOR_S", 0.0)
    yield
    three.settle()


def test_one_call_brings_what_waits_on_both_sides(three: Three) -> None:
    alert = three.raise_alert()
    with door_of(three.body_home) as door, reached_at(three.nordic, three.body_home, door.port):
        assert call(three.nordic, three.body_home)
        assert three.shown(three.body_home, three.body, alert) == "sent"
        three.at(three.body_home, three.body, "acknowledge", alert)
        assert call(three.nordic, three.body_home)
    assert three.state(three.nordic, three.denmark, alert) == three.state(three.body_home, three.body, alert)
    for home, other in ((three.nordic, three.body_home), (three.body_home, three.nordic)):
        assert other.installation_id not in home.out()


def test_an_answer_that_is_lost_loses_and_doubles_nothing(three: Three) -> None:
    alert = three.raise_alert()
    with door_of(three.body_home, cuts={2}) as door, reached_at(three.nordic, three.body_home, door.port):
        assert not call(three.nordic, three.body_home)  # the alert was received, and the receipt lost
        assert line_state(three.nordic, three.body_home).failed == 1
        three.at(three.body_home, three.body, "acknowledge", alert)
        assert call(three.nordic, three.body_home)
        assert line_state(three.nordic, three.body_home).failed == 0
    three.settle()
    assert three.state(three.nordic, three.denmark, alert) == three.state(three.body_home, three.body, alert)
    with three.body_home.here() as world:
        told = [one["act"] for one in world.entries() if one.get("details", {}).get("alert") == str(alert)]
    assert [one for one in told if one != "alert:read"] == ["alert:raised", "alert:arrived", "alert:acknowledged"]


def test_nothing_counts_for_sent_while_nobody_answers(three: Three) -> None:
    three.raise_alert()
    with socket.socket() as taken:  # nobody listens there
        taken.bind(("127.0.0.1", 0))
        with reached_at(three.nordic, three.body_home, taken.getsockname()[1]):
            assert not call(three.nordic, three.body_home)
            assert not call(three.nordic, three.body_home)
    with three.nordic.here():
        [status] = [one for one in exchange_status() if one.member.name == three.body_home.name]
    assert (status.unsent, status.unanswered, status.member.line.failed) == (1, 0, 2)


def test_doctor_complains_of_a_member_that_has_not_answered_for_an_hour(three: Three) -> None:
    with reached_at(three.nordic, three.body_home, 9), three.nordic.here():
        member_id = three.body_home.installation_id
        assert member_id

        def found(*, later: timedelta = timedelta()) -> bool | None:
            [check] = exchange_checks(now() + later)
            return check.ok

        with acting_for(member_id):
            hub_members.note_call(member_id, is_answered=True, now=now())
        assert found(later=timedelta(hours=2)), "nothing waits, and no call has failed"
        with acting_for(member_id):
            hub_members.note_call(member_id, is_answered=False, now=now())
        assert found()
        assert found(later=timedelta(hours=2)) is False
        with acting_for(member_id):
            hub_members.note_call(member_id, is_answered=True, now=now())
    three.raise_alert()
    with reached_at(three.nordic, three.body_home, 9), three.nordic.here():
        assert found()
        assert found(later=timedelta(hours=2)) is False, "a message waits"


def test_a_member_is_called_again_later_each_time_and_at_once_where_something_waits() -> None:
    at = now()
    assert LineState().is_turn(waits=False, now=at)
    idle = LineState(at, at, 0)
    assert idle.is_turn(waits=True, now=at)
    assert not idle.is_turn(waits=False, now=at + timedelta(seconds=59))
    assert idle.is_turn(waits=False, now=at + timedelta(seconds=60))
    for failed, pause_s in ((1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 300), (240, 300)):
        down = LineState(at, None, failed)
        assert not down.is_turn(waits=True, now=at + timedelta(seconds=pause_s - 1))
        assert down.is_turn(waits=False, now=at + timedelta(seconds=pause_s))


def test_the_worker_calls_who_can_be_called_and_acts_upon_what_was_left(three: Three) -> None:
    alert = three.raise_alert()
    assert three.body_home.installation_id
    with three.nordic.here(), acting_for(three.body_home.installation_id):
        hub_members.note_call(three.body_home.installation_id, is_answered=True, now=now() - timedelta(minutes=1))
    with (
        door_of(three.body_home) as door,
        reached_at(three.nordic, three.body_home, door.port),
        three.nordic.here() as world,
    ):
        parts: Any = {"clock": now, "keys": world.rooms.keys, "ledger": world.rooms.ledger}
        assert visit_members(**parts) == 1  # Denmark knows no other member
        assert visit_members(**parts) == 0  # nothing waits any more, and it is no minute ago
    assert three.shown(three.body_home, three.body, alert) == "sent"


def ask(port: int, context: ssl.SSLContext, method: str = "POST", path: str = "/hub/", **more: str) -> int:
    """Ask the door for something without any message, and return the status."""
    with closing(HTTPSConnection("127.0.0.1", port, context=context, timeout=10)) as connection:
        connection.putrequest(method, path)
        for name, value in ({"Content-Length": "0"} | {name.replace("_", "-"): more[name] for name in more}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer: HTTPResponse = connection.getresponse()
        assert {name.lower() for name, _ in answer.getheaders()} <= {"content-type", "content-length", "connection"}
        assert answer.read() == b""
        return answer.status


def context_of(three: Three, *, as_id: UUID | None = None, own: OwnKeys | None = None) -> ssl.SSLContext:
    """Return how Denmark's home calls the body, or as somebody else."""
    with three.nordic.here() as world:
        desk = hub_desk(keys=world.rooms.keys)
        assert three.body_home.installation_id
        with acting_for(three.body_home.installation_id):
            theirs = [one for one, _ in hub_members.keys_of(three.body_home.installation_id)]
    trusted = {three.body_home.installation_id: theirs}
    return calling_context(as_id or desk.own_id, own or desk.newest, trusted, now=now())


def test_the_door_offers_one_thing_and_says_nothing_about_the_rest(three: Three) -> None:
    with door_of(three.body_home) as door:
        context = context_of(three)
        assert ask(door.port, context) == 200
        assert ask(door.port, context, path="/") == ask(door.port, context, path="/hub/../") == 404
        assert ask(door.port, context, "GET") == ask(door.port, context, "DELETE") == 501
        assert ask(door.port, context, Content_Length=str(MOST_SENT_BYTES + 1)) == 413
        assert ask(door.port, context, Content_Length="-1") == 411
        assert ask(door.port, context, Transfer_Encoding="chunked") == 411
    assert door.calls == [0]


def test_a_stranger_comes_past_no_handshake_and_reaches_nothing(three: Three) -> None:
    with door_of(three.body_home) as door:
        for context in (
            context_of(three, own=OwnKeys.fresh(1)),
            context_of(three, as_id=three.japan.installation_id),
        ):
            with pytest.raises(OSError):  # noqa: PT011 - the alert, or a connection that is gone
                ask(door.port, context)
        with socket.create_connection(("127.0.0.1", door.port), timeout=10) as plain, suppress(ConnectionResetError):
            plain.sendall(b"POST /hub/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            assert b"HTTP" not in plain.recv(1000)
    assert door.calls == []


def test_what_is_no_bundle_of_messages_is_refused(three: Three) -> None:
    with door_of(three.body_home) as door:
        connection = HTTPSConnection("127.0.0.1", door.port, context=context_of(three), timeout=10)
        with closing(connection):
            connection.request("POST", "/hub/", b"\x00\x00\x00\x09few")
            assert connection.getresponse().status == 400


def test_who_asks_too_often_is_refused_until_the_minute_is_over(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = Rates(2)
    assert [rates.may("a", at_s=at) for at in (0, 1, 59.9, 60)] == [True, True, False, True]
    assert rates.may("b", at_s=60)
    monkeypatch.setattr(hub_door, "MOST_A_MINUTE", 3)
    with door_of(three.body_home) as door:
        context = context_of(three)
        assert {ask(door.port, context) for _ in range(3)} <= {200, 429}
        with pytest.raises((AssertionError, OSError)):
            assert {ask(door.port, context) for _ in range(4)} == {200}


def test_a_member_that_has_ended_is_let_in_no_more(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    with door_of(three.body_home) as door:
        context = context_of(three)
        assert ask(door.port, context) == 200
        monkeypatch.setattr("tsunagu.services.hub.visits.accepted_members", lambda _: ())
        with pytest.raises(OSError):  # noqa: PT011 - the alert, or a connection that is gone
            ask(door.port, context)


def test_new_keys_open_the_line_once_they_are_told_over_it(three: Three) -> None:
    with door_of(three.body_home) as door, reached_at(three.nordic, three.body_home, door.port):
        assert call(three.nordic, three.body_home)
        for home in (three.nordic, three.body_home):
            with home.here() as world:
                rotate_keys(**world.parts)
        alert = three.raise_alert()
        for _ in range(3):
            assert call(three.nordic, three.body_home)
    assert three.shown(three.body_home, three.body, alert) == "sent"
    for home, other in ((three.nordic, three.body_home), (three.body_home, three.nordic)):
        with home.here():
            [status] = [one for one in exchange_status() if one.member.name == other.name]
        assert status.member.key_number > 1
        assert (status.unsent, status.unanswered) == (0, 0)
