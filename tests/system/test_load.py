"""Officers at work while server, worker and database are killed: nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyotp.totp import TOTP

from bench.officers import Browser, Click, NotAnswered, Officer, pages_of_a_case_worker, pages_of_an_overseer
from bench.workplace import PASSWORD, Person, targets_of

from .conftest import Installation
from .serving import Made, Served, Upload, until
from .test_crashes import kill_database
from .test_worker import admin_of

ROOT = Path(__file__).parents[2]
RECOVERS_WITHIN_S = 60
FEW = pytest.param(5, 3, 4.0, (0.1, 0.5), id="5 officers")
MANY = pytest.param(50, 8, 30.0, (2.0, 8.0), id="50 officers")
AWAY = ("RemoteDisconnected", "Connection", "503", "IncompleteRead", "BadStatusLine", "TimeoutError", "BrokenPipe")


def people_of(home: Path, officers: int) -> list[Person]:
    command = [sys.executable, "-m", "bench.workplace", home, "--officers", str(officers), "--items", "20000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [Person(**json.loads(line)) for line in done.stdout.splitlines()]


def come_in(served: Served, people: list[Person]) -> list[Officer]:
    officers = []
    for seed, one in enumerate(people):
        browser = Browser(served.port)
        browser.sign_in(one.login, PASSWORD, TOTP(one.totp_secret).now)
        targets = targets_of(served.house.home, one.login)
        pages = pages_of_an_overseer() if one.oversees else pages_of_a_case_worker(targets)
        officers.append(Officer(browser, pages, random.Random(seed)))
    return officers


def upload_through_everything(upload: Upload, done: threading.Event) -> None:
    """Go on with an upload until it is whole, whatever dies meanwhile."""
    while not done.is_set():
        try:
            if upload.send():
                upload.finish()
                return
        except (NotAnswered, AssertionError, ValueError):
            time.sleep(0.5)


def p95(clicks: list[Click]) -> float:
    return statistics.quantiles([one.took_s for one in clicks if one.took_s is not None], n=20)[-1]


@pytest.mark.soak
@pytest.mark.parametrize(("count", "kills", "between_s", "think_s"), [FEW, MANY])
def test_nothing_acknowledged_is_lost_when_processes_are_killed_under_load(
    make_installation: Callable[..., Installation],
    count: int,
    kills: int,
    between_s: float,
    think_s: tuple[float, float],
) -> None:
    house, rng, done = make_installation(), random.Random(7), threading.Event()
    people = people_of(house.home, count)[:count]
    with Served.at(house) as served:
        officers = come_in(served, people)
        uploader = next(one for one in officers if "case" in one.pages)
        case = uploader.pages["case"](rng).split("/")[2]
        browser = Browser(served.port, dict(uploader.browser.cookies))
        upload = Upload(browser, case, "brought in", [Made("disk.img", 40 << 20, 1)])
        told = {"until": time.monotonic() + 3600, "think_s": think_s, "stopped": done}
        threads = [threading.Thread(target=one.work, kwargs=told) for one in officers]
        threads.append(threading.Thread(target=upload_through_everything, args=(upload, done)))
        for thread in threads:
            thread.start()
        began = time.monotonic()
        try:
            time.sleep(between_s)
            first = time.monotonic()
            for number in range(kills):
                kill_one(served, number, rng)
                time.sleep(between_s * rng.uniform(0.5, 1.5))
            until(lambda: Browser(served.port).opens("/account/login/"), RECOVERS_WITHIN_S)
            recovered = time.monotonic()
            if count > 5:
                time.sleep(RECOVERS_WITHIN_S)
        finally:
            threads[-1].join(timeout=RECOVERS_WITHIN_S)
            done.set()
            for thread in threads:
                thread.join()
            for one in officers:
                one.browser.hang_up()
        browser.hang_up()  # its connection may be to a server that was killed since
        upload.wait_until_examined(RECOVERS_WITHIN_S * 2)
        browser.hang_up()
        complaints = [told for one in officers for told in one.complaints]
        assert [one for one in complaints if not any(word in one for word in AWAY)] == []
        check_judgements(house, officers)
    assert house.json("ledger", "verify")[0]["ledger_ok"] is True
    clicks = [click for one in officers for click in one.clicks]
    if count > 5:
        before = [one for one in clicks if began < one.at < first]
        after = [one for one in clicks if one.at > recovered + RECOVERS_WITHIN_S / 2]
        print(f"p95 before {p95(before):.3f} s, after {p95(after):.3f} s, {len(clicks)} clicks, {len(complaints)} away")
        assert p95(after) < 3 * p95(before)


def kill_one(served: Served, number: int, rng: random.Random) -> None:
    """Kill the database, the worker or the process that answers, or `serve` itself."""
    if number % 3 == 0:
        kill_database(served.house)
    elif number % 3 == 1:
        for pid in rng.sample(served.children(), 1):
            os.kill(pid, 9)
    else:
        served.kill_and_start()


def check_judgements(house: Any, officers: list[Officer]) -> None:
    """Find every judgement that was acknowledged, in its table and in the ledger, and no job that waits for ever."""
    acknowledged = Counter(int(path.split("/")[4]) for one in officers for path in one.judged)
    assert acknowledged
    with admin_of(house) as admin:
        kept = dict(admin.execute("SELECT hit_id, count(*) FROM judgement GROUP BY hit_id").fetchall())
        noted = dict(
            admin.execute(
                "SELECT (body::jsonb -> 'details' ->> 'hit')::bigint, count(*) FROM ledger.entry "
                'WHERE body LIKE \'%"act":"hit:judged"%\' GROUP BY 1'
            ).fetchall()
        )
        assert {hit for hit, count in acknowledged.items() if min(kept.get(hit, 0), noted.get(hit, 0)) < count} == set()
        jobs = "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'run-intake'"
        assert [one for one in admin.execute(jobs).fetchall() if one[1] != "succeeded"] == []
