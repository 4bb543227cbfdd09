"""A scan on a host that knows no Tsunagu, carried to one that does."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tsunagu.records.postgres.server import EmbeddedPostgres

from .conftest import KERNELS, PROGRAM, Installation

REFUSED_INPUT, CONFLICT = 2, 6


@pytest.fixture
def house(two_agencies: Installation) -> Iterator[Installation]:
    with two_agencies.copied() as copy, EmbeddedPostgres(copy.home).use():
        copy.run("case", "open", "DK-1", officer="anna")
        copy.run("case", "open", "AU-1", officer="ben")
        yield copy


class Field:
    """A host where somebody scans: a home and a folder for temporary files of its own, and nothing of ours."""

    def __init__(self, folder: Path) -> None:
        self.home, self.temporary, self.stick = (folder / one for one in ("home", "tmp", "stick"))
        for one in (self.home, self.temporary, self.stick):
            one.mkdir()

    def run(self, *arguments: str | Path, status: int) -> subprocess.CompletedProcess[bytes]:
        names = {"HOME": str(self.home), "TMPDIR": str(self.temporary), "XDG_DATA_HOME": str(self.home / "data")}
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environ = {**kept, **names, "NUMBA_CACHE_DIR": str(KERNELS)}
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, env=environ, check=False)
        assert done.returncode == status, done.stderr.decode()
        return done


@pytest.fixture
def field(tmp_path: Path) -> Field:
    return Field(tmp_path)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    folder = tmp_path / "drive"
    folder.mkdir()
    for number in range(3):
        Image.effect_noise((200 + number, 160), 80).convert("RGB").save(folder / f"{number}.jpg")
    return folder


def _counts(report: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(report[one] for one in ("files", "kept", "skipped", "refused"))


def test_a_scan_is_signed_carried_and_compared_and_leaves_nothing_where_it_was_made(
    house: Installation, field: Field, drive: Path
) -> None:
    key, out = field.stick / "e1.key", field.stick / "e1.intake"
    house.run("exhibit", "key", "--case", "DK-1", "--exhibit", "E1", "--out", key, officer="anna")
    done = field.run("scan", drive, "--out", out, "--key", key, status=0)
    assert b"signed by the exhibit's key" in done.stderr
    assert done.stdout == b""
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(one.name for one in field.stick.iterdir()) == ["e1.intake", "e1.key"]
    assert [*field.home.iterdir(), *field.temporary.iterdir()] == []

    house.run("ingest", "--case", "AU-1", "--exhibit", "B1", drive, officer="ben")
    [report] = house.json("ingest", "--case", "DK-1", "--exhibit", "E1", out, officer="anna")
    assert _counts(report) == (3, 3, 0, {})
    [notice] = house.json("notices", officer="anna")
    assert notice["talk_to"] == "Agency of Ben"
    told = [house.json("items", "--case", case, officer=one) for case, one in (("DK-1", "anna"), ("AU-1", "ben"))]
    for items in told:
        for one in items:
            del one["exhibit"]
    assert told[0] == told[1]
    house.run("ledger", "verify")

    house.run("ingest", "--case", "DK-1", "--exhibit", "E2", out, officer="anna", status=REFUSED_INPUT)
    assert [one["exhibit"] for one in house.json("items", "--case", "DK-1", officer="anna")] == ["E1"] * 3


@pytest.mark.soak
def test_a_scan_goes_through_a_pipe_and_says_what_was_refused(house: Installation, field: Field, drive: Path) -> None:
    (drive / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    done = field.run("scan", drive, "--out", "-", status=REFUSED_INPUT)
    assert b"unsigned" in done.stderr
    assert b"refused 1: damaged" in done.stderr
    out = field.stick / "piped"
    out.write_bytes(done.stdout)
    field.run("scan", drive, "--out", out, status=CONFLICT)
    assert out.read_bytes() == done.stdout
    into = ("ingest", "--case", "DK-1", "--exhibit", "E1", out)
    house.run(*into, officer="anna", status=REFUSED_INPUT)
    assert house.json("items", "--case", "DK-1", officer="anna") == []
    [report] = house.json(*into, "--unsigned", officer="anna", status=REFUSED_INPUT)
    assert _counts(report) == (4, 4, 0, {"damaged": 1})
    newest = house.json("ledger", "show", officer="anna-admin")
    assert {one["details"]["intake"] for one in newest if one["act"].startswith("media:acq")} == {"unsigned"}


def test_a_scan_opens_no_door_to_a_database(field: Field, drive: Path) -> None:
    code = (
        "import json, sys; sys.argv = ['tsunagu', 'scan', sys.argv[1], '--out', sys.argv[2]]\n"
        "from tsunagu.config.entry import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "from django.db import connections\n"
        "print(json.dumps([one.alias for one in connections.all(initialized_only=True) if one.connection]))\n"
    )
    environ = {**os.environ, "TSUNAGU_HOME": str(field.home), "NUMBA_CACHE_DIR": str(KERNELS)}
    command = [sys.executable, "-c", code, drive, field.stick / "out"]
    done = subprocess.run(command, capture_output=True, env=environ, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
