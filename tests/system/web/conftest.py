"""The workplace as officers use it: a server that is a process of its own, and Debian's Chromium."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, sync_playwright
from pyotp.totp import TOTP

from ..conftest import PASSWORD, Installation  # noqa: TID252 - tests are no package with a name
from .seats import ENGLISH, Seat

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 30


@dataclass
class Workplace:
    """An installation that is served.

    Attributes:
        spent: the last half minute whose code each login has used.
    """

    house: Installation
    address: str
    spent: dict[str, int] = field(default_factory=dict)

    def code(self, login: str) -> str:
        """Return a code that the officer has not used yet; wait for one if need be."""
        # It is the oldest that counts, and will for ten seconds yet.
        step = max(self.spent.get(login, 0) + 1, int(time.time() + 10) // 30 - 1)
        while step > int(time.time()) // 30 + 1:
            time.sleep(0.5)
        self.spent[login] = step
        return TOTP(self.house.secrets[login]).at(step * 30)

    def enrolled(self, login: str, secret: str) -> str:
        """Take note of a second factor that was made in the browser, and return the code that shows so."""
        self.house.secrets[login] = secret
        self.spent[login] = int(time.time()) // 30 - 1
        return self.code(login)

    def signs_in_at_the_terminal(self, login: str, *, status: int = 0) -> None:
        self.house.run("sign-in", login, lines=(PASSWORD, self.code(login)), status=status)
        if status == 0:
            self.house.tokens[login] = self.house.token_file.read_text()


@pytest.fixture(scope="session")
def workplace(two_agencies: Installation) -> Iterator[Workplace]:
    """Two agencies, of `anna` (DK) and `ben` (AU), whose workplace is served."""
    with two_agencies.copied() as house:
        yield from _served(house)


def _served(house: Installation) -> Iterator[Workplace]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile("w+") as told:
        server = house.start("serve", "--port", str(port), complaints=told)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", server)
            now = int(time.time()) // 30
            yield Workplace(house, f"http://localhost:{port}", dict.fromkeys(house.secrets, now))
        finally:
            server.terminate()
            server.communicate(timeout=ENDS_WITHIN_S)
        told.seek(0)
        complaints = told.read()
    # A job that is under way when the worker ends is given back, and done by the next one.
    unforeseen = [
        line
        for line in complaints.splitlines()
        if re.search("Traceback|Error", line) and '"event": "job_aborted"' not in line
    ]
    assert not unforeseen, "\n".join(unforeseen)


def _wait_for(address: str, server: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - it is ours
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium without a window. Gone with the tests of one file: while it is there, this thread runs an event loop."""
    if CHROMIUM is None:
        pytest.skip("MISSING: chromium (Debian: chromium). No page is tried in a browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def sit_down(chromium: Browser, workplace: Workplace) -> Iterator[Callable[..., Seat]]:
    """A function that returns a browser of its own; what its pages complained of fails the test at the end."""
    seats: list[Seat] = []

    def sit(*, by_keyboard: bool = False, locale: str = ENGLISH) -> Seat:
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale=locale)
        seat = Seat(context.new_page(), workplace.address, by_keyboard=by_keyboard, locale=locale)
        seats.append(seat)
        return seat

    yield sit
    for seat in seats:
        seat.page.context.close()
    assert [complaint for seat in seats for complaint in seat.complaints] == []
