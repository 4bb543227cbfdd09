"""Officers at their browsers, as a server sees them: they sign in by both steps, click, read, and click again."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

TIMEOUT_S = 60
KEPT_S = 20
OPENED, FOUND, TOO_MANY = 200, 302, 429
MOST_TRIES, BETWEEN_TRIES_S = 20, 4
"""Thirty a minute may sign in from one address: who is one too many tries again."""
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
Address = Callable[[random.Random], str]
"""Where a click leads, by chance."""
LOGIN, SECOND_STEP = "/account/login/", "/account/2fa/authenticate/"


class NotAnswered(Exception):
    """A click had no answer, or one that no officer should see."""


@dataclass(frozen=True, slots=True)
class Click:
    """One click and its answer.

    Attributes:
        at: when it was clicked, by the clock of `time.monotonic`.
        took_s: until the last byte was here; None when there was no answer.
    """

    page: str
    at: float
    took_s: float | None


@dataclass
class Browser:
    """One browser, with its cookies and one connection that it keeps."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: HTTPConnection | None = None
    _asked_at: float = 0.0

    def ask(
        self, method: str, path: str, *, form: Mapping[str, str] | None = None, data: bytes = b""
    ) -> tuple[int, str]:
        """Return status and body of an answer; the address to go on with, where it is a redirection.

        Raises:
            NotAnswered: the server could not be reached, or broke off.
        """
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if token := self.cookies.get("csrftoken"):
            headers["X-CSRFToken"] = token
        if form is not None:
            data = urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self._asked_at > KEPT_S:
            self.hang_up()  # the server ends what is idle for half a minute
        self._asked_at = time.monotonic()
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            self._connection.request(method, path, body=data or None, headers=headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException) as error:
            self.hang_up()
            raise NotAnswered(type(error).__name__) from error
        for one in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.getheader("Location") or body.decode("utf-8", "replace")

    def opens(self, path: str) -> bool:
        """Return whether a page opens just now, and hang up."""
        try:
            return self.ask("GET", path)[0] == OPENED
        except NotAnswered:
            return False
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection; the next click opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def sign_in(self, login: str, password: str, code: Callable[[], str]) -> None:
        """Sign in by password and one-time code, each step on its own page.

        Args:
            code: returns one that holds now; it is asked again after waiting where the server asks to wait.

        Raises:
            NotAnswered: either was not taken.
        """
        for path, typed in ((LOGIN, {"login": login, "password": password}), (SECOND_STEP, {})):
            _, page = self.ask("GET", path)
            token = FIELD.search(page)
            if token is None:
                raise NotAnswered("the page has no form")
            status = TOO_MANY
            for _ in range(MOST_TRIES):
                shown = typed or {"code": code()}
                status, _ = self.ask("POST", path, form={"csrfmiddlewaretoken": token[1], **shown})
                if status != TOO_MANY:
                    break
                time.sleep(BETWEEN_TRIES_S)
            if status != FOUND:
                raise NotAnswered(f"signing in: {status}")


@dataclass
class Officer:
    """Somebody who goes through the pages in rounds, each time in another order.

    Attributes:
        pages: the address of each page, as a function of chance.
    """

    browser: Browser
    pages: Mapping[str, Address]
    chance: random.Random
    clicks: list[Click] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)

    def work(self, *, until: float, think_s: tuple[float, float], stopped: threading.Event) -> None:
        """Click until a moment, and think between two clicks.

        Args:
            until: by the clock of `time.monotonic`.
            think_s: the least and the most seconds; each time is as likely as any other.
            stopped: set to end at once.
        """
        stopped.wait(self.chance.uniform(0, think_s[1]))  # nobody comes in at the same moment
        while True:
            for page in self.chance.sample(sorted(self.pages), len(self.pages)):
                if time.monotonic() >= until or stopped.is_set():
                    self.browser.hang_up()
                    return
                self.click(page)
                stopped.wait(self.chance.uniform(*think_s))

    def click(self, page: str) -> None:
        """Click on a page and note how long it took."""
        path = self.pages[page](self.chance)
        judges = page == "judge"
        form = {"answer": "same:session"} if judges else None
        began = time.monotonic()
        try:
            status, _ = self.browser.ask("POST" if judges else "GET", path, form=form)
        except NotAnswered as error:
            self.clicks.append(Click(page, began, None))
            self.complaints.append(f"{page}: {error}")
            return
        if status != (FOUND if judges else OPENED):
            self.clicks.append(Click(page, began, None))
            self.complaints.append(f"{page}: {status}")
            return
        self.clicks.append(Click(page, began, time.monotonic() - began))
        if judges:
            self.judged.append(path)


def one_of(found: Sequence[str], address: str) -> Address:
    """Return an address that is completed by chance with one of those found."""
    return lambda chance: address.format(chance.choice(found))


def pages_of_a_case_worker(targets: Mapping[str, list[str]]) -> dict[str, Address]:
    """Return the pages of an officer who works on cases, from what he may click on."""

    def one(kind: str, address: str) -> Address:
        return one_of(targets[kind], address)

    return {
        "home": lambda _: "/",
        "cases": lambda _: "/cases/",
        "case": one("case", "/cases/{}/"),
        "items": one("case", "/cases/{}/items/?exhibit=E-1"),
        "items further on": lambda chance: (
            f"/cases/{targets['case'][0]}/items/?exhibit=E-1&after={chance.randrange(1_000_000)}"
        ),
        "intake": one("case", "/cases/{}/intake/"),
        "intake run": one("intake", "/intakes/{}/"),
        "overlaps": lambda _: "/overlaps/",
        "overlap": one("overlap", "/overlaps/{}/"),
        "notices": lambda _: "/notices/",
        "banks": lambda _: "/banks/",
        "judge": one("hit", "/overlaps/{}/judge/"),
    }


def pages_of_an_overseer() -> dict[str, Address]:
    """Return the pages of an officer who administers and audits."""
    return {
        "officers": lambda _: "/officers/",
        "permissions": lambda _: "/permissions/",
        "ledger": lambda _: "/ledger/",
    }
