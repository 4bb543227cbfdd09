"""Killed at any moment of an import, or while a snapshot is built, the next run completes it: the exact state again."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROWS = 400_000 if os.environ.get("TSUNAGU_SOAK") else 16_000
ROUNDS = 20
SOAKED = [pytest.param(part / ROUNDS, marks=pytest.mark.soak, id=f"round {part}") for part in range(ROUNDS)]
IMPORTING = ("bank", "import", "--format", "csv", "--semantics", "alert")


@pytest.fixture(scope="module")
def rows() -> list[str]:
    rng = random.Random(3)
    return [f"{rng.randbytes(16).hex()},{rng.randbytes(32).hex()}" for _ in range(ROWS)]


@pytest.fixture(scope="module")
def site(
    two_agencies: Any, rows: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Path, float]]:
    """A home, a list, and how long its import takes when nobody disturbs it."""
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_text("\n".join(("md5,pdq", *rows)))
    with two_agencies.copied() as house:
        house.json("index", "build", officer="anna")  # compiles the kernels, once
        with house.copied() as copy:
            told, took_s = undisturbed(copy, *IMPORTING, path, "--json")
        assert json.loads(told)["imported"] == ROWS
        yield house, path, took_s


def undisturbed(house: Any, *arguments: str | Path) -> tuple[str, float]:
    """Return what a command prints that is started as the killed ones are, and the seconds that it takes."""
    began = time.monotonic()
    process = house.start(*arguments, officer="anna")
    told, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    return told, time.monotonic() - began


def kill_at(house: Any, after_s: float, *arguments: str | Path) -> None:
    """Start a command and kill it after a while, if it has not ended by then."""
    process = house.start(*arguments, officer="anna")
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


def known(house: Any, row: str) -> int:
    """Return how many items are told to be near one row of the list."""
    [answer] = house.json("ask", row.split(",")[1], "--type", "pdq", "--purpose", "investigation", officer="anna")
    return len(answer["hits"])


@pytest.mark.parametrize("part", [pytest.param(0.8, id="sample"), *SOAKED])
def test_an_import_that_is_killed_goes_on_and_doubles_nothing(
    site: tuple[Any, Path, float], rows: list[str], part: float
) -> None:
    template, path, took_s = site
    with template.copied() as house:
        kill_at(house, took_s * part, *IMPORTING, path)
        answered = known(house, rows[0])
        [report] = house.json(*IMPORTING, path, officer="anna")
        # Until its end no row of an import answers, and it goes on; one that had ended before the signal is done.
        assert report["was_done"] is bool(answered)
        assert (report["rows_in"], report["imported"], report["repeated"]) == (ROWS, ROWS, 0)
        assert [known(house, one) for one in (rows[0], rows[-1])] == [1, 1]
        [status] = house.json("index", "status", officer="anna")
        assert status["entries"] == ROWS
        assert house.json("ledger", "verify")[0]["ledger_ok"] is True


@pytest.mark.parametrize("part", [pytest.param(0.8, id="sample"), *SOAKED])
def test_a_build_that_is_killed_leaves_the_snapshot_before_it_or_its_own_and_the_exact_state(
    site: tuple[Any, Path, float], rows: list[str], part: float, built: tuple[Any, float]
) -> None:
    filled, took_s = built
    with filled.copied() as house:
        kill_at(house, took_s * part, "index", "build")
        [status] = house.json("index", "status", officer="anna")
        assert status["entries"] == ROWS
        assert [known(house, one) for one in (rows[0], rows[-1])] == [1, 1]
        house.json("index", "build", officer="anna")
        assert house.json("index", "verify", officer="anna") == [{"ok": True, "problem": None}]
        assert not list((house.home / "index").rglob("*.new"))


@pytest.fixture(scope="module")
def built(site: tuple[Any, Path, float]) -> Any:
    """A home whose list is in, and how long a snapshot of it takes to build."""
    template, path, _ = site
    with template.copied() as house:
        house.json(*IMPORTING, path, officer="anna")
        _, took_s = undisturbed(house, "index", "build")
        yield house, took_s
