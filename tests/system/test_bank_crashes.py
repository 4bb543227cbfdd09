"""Killed at any moment of an import, or while a snapshot is built, the next run completes it: the exact state again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROWS = 120_000
ROUNDS = 20
SOAKED = [pytest.param(part / ROUNDS, marks=pytest.mark.soak, id=f"round {part}") for part in range(ROUNDS)]
IMPORTING = ("bank", "import", "--format", "csv", "--semantics", "alert")


@pytest.fixture(scope="module")
def rows() -> list[str]:
    rng = random.Random(3)
    return [f"{rng.randbytes(16).hex()},{rng.randbytes(32).hex()}" for _ in range(ROWS)]


@pytest.fixture(scope="module")
def site(
    make_installation: Callable[..., Any], rows: list[str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Path, float]:
    """A home, a list, and how long its import takes when nobody disturbs it."""
    house = make_installation()
    house.found("North", "DK", "one")
    house.json("index", "build", officer="one")  # compiles the kernels, once
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_text("\n".join(("md5,pdq", *rows)))
    with house.copied() as copy:
        began = time.monotonic()
        [report] = copy.json(*IMPORTING, path, officer="one")
        took_s = time.monotonic() - began
    assert report["imported"] == ROWS
    return house, path, took_s


def kill_at(house: Any, after_s: float, *arguments: str | Path) -> None:
    """Start a command and kill it after a while, if it has not ended by then."""
    process = house.start(*arguments, officer="one")
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


def known(house: Any, row: str) -> int:
    """Return how many items are told to be near one row of the list."""
    [answer] = house.json("ask", row.split(",")[1], "--type", "pdq", "--purpose", "investigation", officer="one")
    return len(answer["hits"])


@pytest.mark.parametrize("part", [pytest.param(0.4, id="sample"), *SOAKED])
def test_an_import_that_is_killed_goes_on_and_doubles_nothing(
    site: tuple[Any, Path, float], rows: list[str], part: float
) -> None:
    template, path, took_s = site
    with template.copied() as house:
        kill_at(house, took_s * part, *IMPORTING, path)
        answered = known(house, rows[0])
        [report] = house.json(*IMPORTING, path, officer="one")
        # Until its end no row of an import answers, and it goes on; one that had ended before the signal is done.
        assert report["was_done"] is bool(answered)
        assert (report["rows_in"], report["imported"], report["repeated"]) == (ROWS, ROWS, 0)
        assert [known(house, one) for one in (rows[0], rows[-1])] == [1, 1]
        [status] = house.json("index", "status", officer="one")
        assert status["entries"] == ROWS
        assert house.json("ledger", "verify")[0]["ledger_ok"] is True


@pytest.mark.parametrize("part", [pytest.param(0.5, id="sample"), *SOAKED])
def test_a_build_that_is_killed_leaves_the_snapshot_before_it_or_its_own_and_the_exact_state(
    site: tuple[Any, Path, float], rows: list[str], part: float, built: tuple[Any, float]
) -> None:
    filled, took_s = built
    with filled.copied() as house:
        kill_at(house, took_s * part, "index", "build")
        [status] = house.json("index", "status", officer="one")
        assert status["entries"] == ROWS
        assert [known(house, one) for one in (rows[0], rows[-1])] == [1, 1]
        house.json("index", "build", officer="one")
        assert house.json("index", "verify", officer="one") == [{"ok": True, "problem": None}]
        assert not list((house.home / "index").rglob("*.new"))


@pytest.fixture(scope="module")
def built(site: tuple[Any, Path, float]) -> Any:
    """A home whose list is in, and how long a snapshot of it takes to build."""
    template, path, _ = site
    with template.copied() as house:
        house.json(*IMPORTING, path, officer="one")
        began = time.monotonic()
        house.json("index", "build", officer="one")
        yield house, time.monotonic() - began
