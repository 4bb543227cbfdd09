"""How long the pages take when many officers work at once, beside the same pages asked by one officer alone.

The workplace is a home of its own with a million media items (see `workplace.sql`), a ledger of some years, and the
server that `tsunagu serve` starts: a process a processor, the database and a worker beside them, all on this machine,
together with the officers. They sign in over HTTP by both steps. Each goes through his pages in rounds, each
round in another order, and reads between two clicks for `THINK_S`: so many officers who click so often are a busy
office, for an officer who weighs an overlap reads it for minutes. The single officer clicks on as soon as he has his
answer, nobody else does anything meanwhile, and he sees the same pages. Queries are counted apart, within this process,
by Django's own client on the same database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyotp.totp import TOTP

from bench.officers import (
    Address,
    Browser,
    Click,
    Officer,
    pages_of_a_case_worker,
    pages_of_an_overseer,
)
from bench.workplace import PASSWORD, Furnish, Person, make_workplace, targets_of

PROGRAM = Path(sys.executable).with_name("tsunagu")
THINK_S = (2.0, 8.0)
"""Seconds that an officer reads, at least and at most."""
ALONE_ROUNDS = 40
STARTS_WITHIN_S = 60


@contextmanager
def served(home: Path) -> Iterator[int]:
    """Serve a home until the block ends, as its administrator does, and yield the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environ = {**os.environ, "TSUNAGU_HOME": str(home)}
    told = subprocess.DEVNULL
    with subprocess.Popen([PROGRAM, "serve", "--port", str(port)], env=environ, stdout=told, stderr=told) as server:
        try:
            ends = time.monotonic() + STARTS_WITHIN_S
            while not Browser(port).opens("/healthz"):
                if time.monotonic() > ends or server.poll() is not None:
                    raise SystemExit("the server did not start")
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


@dataclass(frozen=True, slots=True)
class Round:
    """Which pages are measured, and what they need in the workplace.

    Attributes:
        of_a_case_worker: his pages, from what he may click on.
        of_an_overseer: the pages of who administers and audits.
        furnish: adds to the workplace what these pages show; None where it shows it already.
        targets: returns what an officer may click on, by the home and his login.
    """

    of_a_case_worker: Callable[[Mapping[str, list[str]]], Mapping[str, Address]]
    of_an_overseer: Callable[[], Mapping[str, Address]]
    furnish: Furnish | None
    targets: Callable[[Path, str], Mapping[str, list[str]]]

    def pages_of(self, person: Person, home: Path) -> Mapping[str, Address]:
        """Return the pages that somebody goes through."""
        return self.of_an_overseer() if person.oversees else self.of_a_case_worker(self.targets(home, person.login))


PAGES = Round(pages_of_a_case_worker, pages_of_an_overseer, None, targets_of)


def come_in(people: Sequence[Person], round_: Round, home: Path, port: int) -> list[Officer]:
    """Let everybody sign in, one after the other."""
    officers = []
    for seed, person in enumerate(people):
        browser = Browser(port)
        browser.sign_in(person.login, PASSWORD, TOTP(person.totp_secret).now)
        pages = round_.pages_of(person, home)
        officers.append(Officer(browser, pages, random.Random(seed)))  # noqa: S311 - the same clicks each time
    return officers


def alone(officers: Sequence[Officer], rounds: int) -> list[Click]:
    """Return the clicks of one officer after the other, each alone, without a pause."""
    for officer in officers:
        for _ in range(rounds):
            for page in officer.pages:
                officer.click(page)
    return taken(officers)


def together(officers: Sequence[Officer], lasts_s: float) -> list[Click]:
    """Return the clicks of all officers at once, with pauses in which they read."""
    ends, stopped = time.monotonic() + lasts_s, threading.Event()
    threads = [
        threading.Thread(target=one.work, kwargs={"until": ends, "think_s": THINK_S, "stopped": stopped})
        for one in officers
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stopped.set()
    return taken(officers)


def taken(officers: Sequence[Officer]) -> list[Click]:
    """Return the clicks so far, and forget them; a complaint ends the measurement."""
    if complaints := [one for officer in officers for one in officer.complaints]:
        raise SystemExit(f"{len(complaints)} clicks had no answer: {complaints[:5]}")
    clicks = [click for officer in officers for click in officer.clicks]
    for officer in officers:
        officer.clicks.clear()
    return clicks


def times_ms(clicks: Sequence[Click]) -> dict[str, dict[str, float]]:
    """Return p50 and p95 of each page, in milliseconds, with how often it was clicked."""
    found: dict[str, list[float]] = {}
    for click in clicks:
        if click.took_s is not None:
            found.setdefault(click.page, []).append(click.took_s * 1000)
    return {page: _quantiles(took) for page, took in sorted(found.items())}


def _quantiles(took_ms: Sequence[float]) -> dict[str, float]:
    p95 = statistics.quantiles(took_ms, n=20, method="inclusive")[-1] if len(took_ms) > 1 else took_ms[0]
    return {"p50_ms": round(statistics.median(took_ms), 1), "p95_ms": round(p95, 1), "clicks": len(took_ms)}


def count_queries(people: Sequence[Person], round_: Round, home: Path) -> dict[str, int]:
    """Return how many statements each page asks the database, transactions and the session's among them."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now
    from django.db import connections  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from tsunagu.config.application import Application  # noqa: PLC0415

    settings.ALLOWED_HOSTS, settings.SECRET_KEY = ["localhost"], os.urandom(32).hex()
    counts: dict[str, int] = {}
    house = Application({"TSUNAGU_HOME": str(home)})
    with house.open(for_workers=True) as rooms:
        house.serve_pages(rooms)
        for person in people:
            client = Client(SERVER_NAME="localhost")
            client.post("/account/login/", {"login": person.login, "password": PASSWORD})
            client.post("/account/2fa/authenticate/", {"code": TOTP(person.totp_secret).now()})
            for page, address in round_.pages_of(person, home).items():
                path = address(random.Random(0))  # noqa: S311
                typed = {"answer": "same:session"} if page == "judge" else {}
                ask = client.post if typed else client.get
                ask(path, typed)  # what is loaded once a process is no part of a page
                with ExitStack() as stack:
                    doors = [stack.enter_context(CaptureQueriesContext(connections[n])) for n in ("default", "linker")]
                    status = ask(path, typed).status_code
                if status not in {200, 302}:
                    raise SystemExit(f"{page} was not opened: {status}")
                counts[page] = sum(len(door.captured_queries) for door in doors)
    return counts


def measure(round_: Round, officers: int, items: int, lasts_s: float, rounds: int) -> dict[str, Any]:
    """Return the figures; see the module's own words."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    django.setup()
    home = Path(tempfile.mkdtemp(prefix="tsunagu-bench-", dir="/tmp"))
    home.chmod(0o711)
    try:
        now = datetime.now(UTC)  # noqa: TID251
        people = make_workplace(home, officers=officers, items=items, now=now, furnish=round_.furnish)
        counting = [next(one for one in people if one.oversees is oversees) for oversees in (False, True)]
        queries = count_queries(counting, round_, home)
        with served(home) as port:
            crew = [one for one in people if one not in counting][:officers]
            working = come_in(crew, round_, home, port)
            at_first = [next(n for n, one in enumerate(crew) if one.oversees is oversees) for oversees in (False, True)]
            single = [working[n] for n in at_first]
            alone(single, 2)  # what is loaded at the first click is no part of either
            by_one = times_ms(alone(single, rounds))
            by_all = times_ms(together(working, lasts_s))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return report(officers, items, by_one, by_all, queries)


def report(
    officers: int,
    items: int,
    by_one: Mapping[str, Mapping[str, float]],
    by_all: Mapping[str, Mapping[str, float]],
    queries: Mapping[str, int],
) -> dict[str, Any]:
    """Return the figures of all pages, with the ratio of p95 of many officers to that of one."""
    pages = {page: {**figures, "queries": queries[page]} for page, figures in by_all.items()}
    ratios = {page: round(figures["p95_ms"] / by_one[page]["p95_ms"], 2) for page, figures in by_all.items()}
    return {
        "officers": officers,
        "items": items,
        "think_s": THINK_S,
        "pages": pages,
        "single": by_one,
        "ratios": ratios,
    }


def main(round_: Round = PAGES, *, officers: int = 50, about: str | None = __doc__) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--officers", type=int, default=officers)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=180, help="how long all officers work at once")
    parser.add_argument("--rounds", type=int, default=ALONE_ROUNDS, help="how often the single officer sees each page")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = measure(round_, given.officers, given.items, given.seconds, given.rounds)
    if given.json:
        print(json.dumps(figures))
        return
    print(f"{given.officers} officers, {given.items} items")
    print(f"{'page':>18} {'p50 ms':>8} {'p95 ms':>8} {'alone':>8} {'ratio':>6} {'queries':>8}")
    for page, one in figures["pages"].items():
        single = figures["single"][page]["p95_ms"]
        ratio = figures["ratios"][page]
        print(f"{page:>18} {one['p50_ms']:8} {one['p95_ms']:8} {single:8} {ratio:6} {one['queries']:8}")


if __name__ == "__main__":
    main()
