"""The program killed at any moment, at either end of a real line: nothing is lost, and nothing doubled."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from tsunagu.domain.outcome import Outcome, OutcomeCode
from tsunagu.records import hub_members
from tsunagu.records.ledger.book import all_entries
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.verify import verify
from tsunagu.records.session import acting_for
from tsunagu.services.hub.membership import exchange_status

from .homes import Home
from .three_homes import Three

PROGRAM = Path(__file__).with_name("hub_process.py")
STARTS_WITHIN_S = 60
NO_ANSWER = 7
SAFE = Outcome({OutcomeCode.SAFEGUARDED: 47})


@dataclass
class Site:
    """Three installations, each with a door at a port of its own, and the processes that run there."""

    three: Three
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, what: str, home: Home, *arguments: str) -> None:
        """Start the program at an installation, and remember it under a name."""
        environ = {"PATH": os.environ["PATH"], "TSUNAGU_HOME": str(home.world.folder)}
        environ["HOME_ADDRESSES"] = json.dumps([_address(role, home) for role in ("default", "owner", "linker")])
        command = [sys.executable, PROGRAM, *arguments]
        self.running[what] = subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self, what: str) -> None:
        """Kill one of them."""
        process = self.running.pop(what)
        process.kill()
        process.wait()

    def open_door(self, home: Home) -> None:
        """Start the door of an installation, and wait until it listens."""
        self.start(f"door of {home.name}", home, "hub", "serve", "--port", str(self.ports[home.name]))
        until(lambda: self._is_open(home))

    def _is_open(self, home: Home) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[home.name])):
            return True
        return False


def _address(role: str, home: Home) -> list[str | int]:
    told = connections.databases[role]
    return [told["HOST"], int(told["PORT"]), home.database, told["USER"], told["PASSWORD"]]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def site(three: Three) -> Iterator[Site]:
    """Three installations that know where each other's doors are, with no process running."""
    built = Site(three, {home.name: free_port() for home in three.homes})
    with addresses(built):
        try:
            yield built
        finally:
            for process in built.running.values():
                process.kill()
                process.wait()


@contextmanager
def addresses(site: Site) -> Iterator[None]:
    pairs = [(one, other) for one in site.three.homes for other in site.three.homes]
    for is_known in (True, False):
        for home, other in pairs:
            assert other.installation_id
            with home.here(), acting_for(other.installation_id):
                address = f"https://127.0.0.1:{site.ports[other.name]}/hub/" * is_known
                hub_members.set_address(other.installation_id, address)
        if is_known:
            yield


def entries_at(home: Home) -> int:
    """Return how many entries the ledger of an installation has."""
    with home.here() as world:
        return world.entry_count()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + STARTS_WITHIN_S
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def work_for(three: Three, *, alerts_of_it: int, outcomes: int) -> list[UUID]:
    """Let much wait between all three: alerts that Japan has told much of, and news of them at the body."""
    found = [three.raise_alert() for _ in range(alerts_of_it)]
    three.exchange()
    for alert in found:
        three.at(three.body_home, three.body, "pass_on", alert, three.npa.agency)
    three.exchange()
    for alert in found:
        three.at(three.japan, three.npa, "pass_on", alert, three.kyoto.agency)
        three.at(three.japan, three.kyoto, "take", alert)
        for _ in range(outcomes):
            three.at(three.japan, three.kyoto, "tell", alert, SAFE)
    return [*found, three.raise_alert()]


def check_equal(three: Three, found: list[UUID]) -> None:
    """Find the same wherever an alert went, no step twice in a ledger, and ledgers that are sound."""
    for alert in found:
        whole = three.state(three.body_home, three.body, alert)
        assert three.state(three.nordic, three.denmark, alert) == whole
        if whole[0].value == "answered":
            assert three.state(three.japan, three.kyoto, alert) == whole
    for home in three.homes:
        with home.here() as world:
            assert all((one.unsent, one.unanswered, one.waiting) == (0, 0, 0) for one in exchange_status())
            told = [
                (one["agency"], one["act"], one["details"]["alert"], one["details"]["step"])
                for one in world.entries()
                if one["act"] in {"alert:raised", "alert:passed", "alert:taken", "alert:disposed", "alert:informed"}
            ]
            assert len(told) == len(set(told))
            assert verify(all_entries(), RootStore(world.folder / "roots"), {}).is_sound


def test_a_caller_and_the_one_who_is_called_are_killed_in_the_middle(site: Site) -> None:
    three, chance = site.three, random.Random(47)
    found = work_for(three, alerts_of_it=1, outcomes=1)
    door = f"door of {three.body_home.name}"
    site.open_door(three.body_home)
    for victim in ("caller", door):
        for _ in range(8):
            three.at(three.japan, three.kyoto, "tell", found[0], SAFE)
        before = entries_at(three.body_home)
        site.start("caller", three.japan, "hub", "send")
        until(lambda before=before: entries_at(three.body_home) > before + chance.randrange(12))
        site.kill(victim)
        if victim == door:
            assert site.running.pop("caller").wait(timeout=STARTS_WITHIN_S) in {0, NO_ANSWER}
    three.settle()
    check_equal(three, found)
    steps = three.at(three.nordic, three.denmark, "view", found[0]).steps
    assert sum(one.outcome is not None for one in steps) == 1 + 2 * 8


@pytest.mark.soak
def test_doors_and_workers_are_killed_for_minutes_and_come_to_the_same_end_by_themselves(site: Site) -> None:
    three, chance = site.three, random.Random(1702)
    found = work_for(three, alerts_of_it=8, outcomes=40)

    def begin(what: str) -> None:
        kind, _, name = what.partition(" of ")
        home = next(one for one in three.homes if one.name == name)
        if kind == "door":
            site.open_door(home)
        else:
            site.start(what, home, "worker")

    everything = [f"{kind} of {home.name}" for kind in ("door", "worker") for home in three.homes]
    for what in everything:
        begin(what)
    for _ in range(60):
        time.sleep(chance.uniform(0, 3))
        victim = chance.choice(everything)
        site.kill(victim)
        begin(victim)
    ends = time.monotonic() + 900
    while time.monotonic() < ends and any(_is_waiting(home) for home in three.homes):
        time.sleep(2)
    for what in list(site.running):
        site.kill(what)
    check_equal(three, found)


def _is_waiting(home: Home) -> bool:
    with home.here():
        return any((one.unsent, one.unanswered, one.waiting) != (0, 0, 0) for one in exchange_status())
