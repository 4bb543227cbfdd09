"""Killed at any moment of its import or resolution, a seized list goes on: nothing is lost, and nothing there twice."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tsunagu.resolution.invented.writing import write_list

pytestmark = pytest.mark.soak
ROWS = 60_000
ROUNDS = 8
CASE = ("--case", "list-case")


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A list and its mapping."""
    folder, out = tmp_path_factory.mktemp("seized"), io.BytesIO()
    write_list(ROWS, 7, out=out, truth=io.BytesIO())
    (folder / "list.csv").write_bytes(out.getvalue())
    (folder / "mapping.json").write_text(json.dumps({"columns": {"name": "氏名"}}))
    return folder / "list.csv", folder / "mapping.json"


@pytest.mark.parametrize("part", range(ROUNDS))
def test_an_import_that_is_killed_goes_on_and_doubles_nothing(
    two_agencies: Any, seized: tuple[Path, Path], part: int
) -> None:
    path, mapping = seized
    typed = ("list", "import", path, "--mapping", mapping, *CASE)
    with two_agencies.copied() as house:
        house.run("case", "open", CASE[1], officer="anna")
        process = house.start(*typed, officer="anna")
        time.sleep(1.5 + part)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        [done] = house.json(*typed, officer="anna")
        assert (done["rows"], done["imported"], done["whole"]) == (ROWS, ROWS, True)
        [view] = house.json("list", "status", *CASE, officer="anna")
        assert view["sha256"] == done["sha256"]
        assert view["rows"] == ROWS


def test_a_resolution_that_is_killed_changes_nothing_and_is_done_again(
    two_agencies: Any, seized: tuple[Path, Path]
) -> None:
    path, mapping = seized
    with two_agencies.copied() as house:
        house.run("case", "open", CASE[1], officer="anna")
        house.run("list", "import", path, "--mapping", mapping, *CASE, officer="anna")
        before = house.json("list", "status", *CASE, officer="anna")
        for part in range(4):
            process = house.start("list", "resolve", *CASE, officer="anna")
            time.sleep(1 + 1.5 * part)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate(timeout=60)
            [told] = house.json("list", "status", *CASE, officer="anna")
            assert told["rows"] == ROWS
            assert told["resolved_at"] is not None or [told] == before
        [done] = house.json("list", "resolve", *CASE, officer="anna")
        [again] = house.json("list", "resolve", *CASE, officer="anna")
        assert again == done
        assert done["persons"] > 0
