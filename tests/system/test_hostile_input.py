"""Hostile files are refused by name, within bounds, and the rest of the batch completes; all as an ordinary user."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pyotp.totp import TOTP

from tsunagu.domain.media import Refusal

from ..conftest import quick_folder  # noqa: TID252 - tests are no package with a name
from . import hostile
from .conftest import KERNELS, PASSWORD

SOURCE = Path(__file__).parents[2] / "src"
PACKAGES = Path(psycopg.__file__).parents[1]
START = "from tsunagu.config.entry import main; main()"
CODES = {None, *(reason.value for reason in Refusal)}
MOST_MEMORY_BYTES = 3 << 30
"""Of the whole tree of processes, memory that they share counted in each of them."""
MOST_S = 120


@dataclass
class Done:
    """What a run printed and what it took."""

    status: int
    stdout: bytes
    stderr: str
    peak_bytes: int
    elapsed_s: float

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.decode().splitlines()]


@dataclass
class OrdinaryUser:
    """Somebody with no rights on this machine, and a folder and a home of his."""

    top: Path
    prefix: tuple[str | Path, ...]
    user_id: int

    @property
    def home(self) -> Path:
        return self.top / "home"

    def run(self, *arguments: str | Path, typed: tuple[str, ...] = ()) -> Done:
        """Run the program, and watch what all of its processes take."""
        environ = {"PATH": "/usr/bin:/bin", "TSUNAGU_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        environ["PYTHONPATH"] = f"{SOURCE}:{PACKAGES}"
        began_s, peak_bytes = time.monotonic(), 0
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            stdin.write("".join(f"{line}\n" for line in typed).encode())
            stdin.seek(0)
            command = [*self.prefix, "-c", START, *arguments]
            with subprocess.Popen(command, stdin=stdin, stdout=out, stderr=err, env=environ, cwd=self.top) as process:
                while process.poll() is None:
                    peak_bytes = max(peak_bytes, memory_bytes(process.pid))
                    if time.monotonic() - began_s > MOST_S:
                        process.kill()
                    time.sleep(0.05)
            out.seek(0)
            err.seek(0)
            return Done(process.returncode, out.read(), err.read().decode(), peak_bytes, time.monotonic() - began_s)


@pytest.fixture(scope="module")
def user() -> Iterator[OrdinaryUser]:
    """An ordinary user: a throw-away one when root runs the tests, whoever runs them otherwise."""
    top = Path(tempfile.mkdtemp(prefix="tsu-hostile-", dir=quick_folder()))
    name = f"tsunagu-test-{os.getpid()}"
    prefix: tuple[str | Path, ...] = (sys.executable,)
    if os.geteuid() == 0:
        subprocess.run(["useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=True)
        setpriv = ("setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups")
        pythons = [one for one in (sys.executable, "/usr/bin/python3") if _runs((*setpriv, one))]
        is_open = all(folder.stat().st_mode & 0o001 for folder in Path(__file__).parents)
        prefix = (*setpriv, pythons[0]) if pythons and is_open else ()
    try:
        (top / "home" / "cache").mkdir(parents=True)
        if KERNELS.exists():
            shutil.copytree(KERNELS, top / "home" / "cache" / "kernels")
        if not prefix:
            pytest.skip("no Python of this version, or not this project, that other users may reach")
        user_id = pwd.getpwnam(name).pw_uid if os.geteuid() == 0 else os.geteuid()
        hand_over(top, user_id)
        yield OrdinaryUser(top, prefix, user_id)
    finally:
        (top / "files" / "closed").chmod(0o700) if (top / "files" / "closed").exists() else None
        shutil.rmtree(top)
        if os.geteuid() == 0:
            subprocess.run(["userdel", name], check=True)


@pytest.fixture(scope="module")
def expected(user: OrdinaryUser) -> hostile.Expected:
    """A folder `files` of all that is hostile, and what each place of it may come to; spoiled copies aside."""
    folder = user.top / "files"
    (folder / "spoiled").mkdir(parents=True)
    hostile.write_spoiled(folder / "spoiled", 100)
    found = hostile.write_bombs(folder) | hostile.write_archives(folder) | hostile.write_places(folder)
    hand_over(folder, user.user_id)
    return found


@pytest.fixture(scope="module")
def fingerprinted(user: OrdinaryUser, expected: hostile.Expected) -> Done:
    """The folder after `fingerprint --json`."""
    return user.run("fingerprint", user.top / "files", "--json")


def test_each_hostile_file_is_refused_by_name_and_all_others_are_fingerprinted(
    user: OrdinaryUser, expected: hostile.Expected, fingerprinted: Done
) -> None:
    assert (fingerprinted.status, fingerprinted.stderr) == (2, "")
    answers = by_path(fingerprinted, user.top / "files")
    wrong = {place: answers.get(place, "no answer") for place in expected}
    assert {place: answer for place, answer in wrong.items() if answer not in expected[place]} == {}
    chance = (b"spoiled/", b"nest-bomb.zip!/")
    assert [place for place in answers if place not in expected and not place.startswith(chance)] == []
    whole = [line for line in fingerprinted.lines if line["refused"] is None and line["media_type"] == "image/jpeg"]
    assert whole
    assert all(len(line["pdq_turns"]) == 8 for line in whole)


def test_every_place_is_answered_with_exactly_one_line_and_a_known_code(
    user: OrdinaryUser, expected: hostile.Expected, fingerprinted: Done
) -> None:
    answered = Counter(path_of(line) for line in fingerprinted.lines)
    assert {path for path, count in answered.items() if count > 1} == set()
    assert {line["refused"] for line in fingerprinted.lines} <= CODES
    spoiled = {os.fsencode(path) for path in (user.top / "files" / "spoiled").iterdir()}
    assert spoiled <= set(answered)
    assert b"\x1b" not in fingerprinted.stdout


def test_the_digests_of_what_is_refused_are_kept_where_it_can_be_read(fingerprinted: Done) -> None:
    for line in fingerprinted.lines:
        if line["size_bytes"] and line["refused"] not in {"unreadable", "not-a-file"}:
            assert len(line["sha256"]) == 64, line["refused"]


def test_all_of_it_takes_bounded_time_and_memory(fingerprinted: Done) -> None:
    assert fingerprinted.peak_bytes < MOST_MEMORY_BYTES
    assert fingerprinted.elapsed_s < MOST_S


def test_a_nest_of_archives_is_cut_off_long_before_it_is_unpacked(fingerprinted: Done) -> None:
    nest = [line for line in fingerprinted.lines if b"nest-bomb.zip" in path_of(line)]
    assert sum(line["size_bytes"] for line in nest) < 60_000_000


@pytest.fixture(scope="module")
def ingested(user: OrdinaryUser, expected: hostile.Expected) -> Done:
    """The folder after `ingest --json` into a case of an agency that was founded for it."""
    enrolled = user.run(
        *("init", "--agency", "Agency", "--country", "DK", "--contact", "desk@dk.example", "--officer", "anna"),
        *("--second", "administrator", "--json"),
        typed=(PASSWORD, PASSWORD),
    )
    secret = {line["login"]: line["totp_secret"] for line in enrolled.lines}["anna"]
    assert user.run("sign-in", "anna", typed=(PASSWORD, TOTP(secret).now())).status == 0
    assert user.run("case", "open", "DK-1").status == 0
    return user.run("ingest", "--case", "DK-1", "--exhibit", "E1", user.top / "files", "--json")


@pytest.mark.soak
def test_ingest_keeps_the_batch_with_the_reasons_of_all_that_was_refused_and_compares_the_rest(
    user: OrdinaryUser, fingerprinted: Done, ingested: Done
) -> None:
    assert (ingested.status, ingested.stderr) == (2, "")
    assert ingested.peak_bytes < MOST_MEMORY_BYTES
    told = Counter(line["refused"] for line in fingerprinted.lines if line["refused"])
    assert ingested.lines[0]["refused"] == dict(sorted(told.items()))

    held = {path_of(line): line for line in user.run("items", "--case", "DK-1", "--json").lines}
    before = {path_of(line): line for line in fingerprinted.lines}
    assert held.keys() == before.keys()
    for path, line in held.items():
        assert line["sha256"] == before[path]["sha256"]
        # One content has one reason; in the nest the same archive is cut off at one place and whole at another.
        assert line["refused"] == before[path]["refused"] or b"nest-bomb.zip" in path
        assert line["compared"] == (line["sha256"] is not None), line["refused"]

    table = user.run("items", "--case", "DK-1")
    assert table.status == 0
    assert not {b"\x1b", b"\x07", b"\r", b"\x9b"} & {table.stdout[at : at + 1] for at in range(len(table.stdout))}
    assert "\u202e" not in table.stdout.decode()
    assert user.run("ledger", "verify").status == 0


@pytest.mark.soak
@pytest.mark.usefixtures("ingested")
def test_a_second_ingest_of_it_keeps_nothing_twice(user: OrdinaryUser) -> None:
    held = user.run("items", "--case", "DK-1", "--json").lines
    again = user.run("ingest", "--case", "DK-1", "--exhibit", "E1", user.top / "files", "--json")
    assert again.lines[0]["skipped"] > 0
    assert len(user.run("items", "--case", "DK-1", "--json").lines) == len(held)
    assert user.run("ledger", "verify").status == 0


@pytest.mark.soak
def test_a_thousand_spoiled_copies_are_all_answered(user: OrdinaryUser) -> None:
    folder = user.top / "thousand"
    folder.mkdir()
    written = hostile.write_spoiled(folder, 1000)
    hand_over(folder, user.user_id)
    done = user.run("fingerprint", folder, "--json")
    assert (done.status, done.stderr) == (2, "")
    answered = Counter(path_of(line) for line in done.lines)
    assert {answered[os.fsencode(path)] for path in written} == {1}
    assert {line["refused"] for line in done.lines} <= CODES
    assert done.peak_bytes < MOST_MEMORY_BYTES


def path_of(line: dict[str, Any]) -> bytes:
    """The exact path that a line speaks of."""
    return base64.b64decode(line["path_b64"]) if line["path_b64"] else line["path"].encode()


def by_path(done: Done, folder: Path) -> dict[bytes, str | None]:
    """The refusals of all places, by path from the folder."""
    start = len(os.fsencode(folder)) + 1
    return {path_of(line)[start:]: line["refused"] for line in done.lines}


def hand_over(folder: Path, user_id: int) -> None:
    """Give a folder and all beneath it to the user."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "--recursive", "--no-dereference", str(user_id), folder], check=True)


def memory_bytes(process_id: int) -> int:
    """The resident memory of a process and of all that it started, as far as it can be seen."""
    parents: dict[int, list[int]] = {}
    resident: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                parents.setdefault(int(stat[1]), []).append(int(entry.name))
                resident[int(entry.name)] = int(stat[21]) * os.sysconf("SC_PAGE_SIZE")
    tree = [process_id]
    for one in tree:
        tree.extend(parents.get(one, []))
    return sum(resident.get(one, 0) for one in tree)


def _runs(command: tuple[str, ...]) -> bool:
    """Say whether the user can run this Python, also out of itself, and it is of the version whose packages we have."""
    within = "import sys; print(*sys.version_info[:2], sep='.')"
    check = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {within!r}], check=True)"
    done = subprocess.run([*command, "-c", check], cwd="/", capture_output=True, text=True, check=False)
    return done.stdout == f"{sys.version_info.major}.{sys.version_info.minor}\n"
