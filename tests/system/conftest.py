"""The program as its users run it: real processes, a real database, a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import IO, Any

import pytest
from pyotp.totp import TOTP

from tsunagu.records.postgres.server import EmbeddedPostgres

from ..conftest import KERNELS, ROOM_BYTES, made_once, quick_folder  # noqa: TID252 - tests are no package with a name
from .warm import WarmProgram

PROGRAM = Path(sys.executable).with_name("tsunagu")
PASSWORD = "correct horse battery"


@dataclass
class Installation:
    """One home, with the officers who have been enrolled in it and their open sign-ins."""

    home: Path
    extra_environ: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        ours = {"TSUNAGU_HOME": str(self.home), "NUMBA_CACHE_DIR": str(KERNELS), "TSUNAGU_SERVER_PROCESSES": "1"}
        return {**_kept(), **ours, **self.extra_environ}

    def start(
        self, *arguments: str | bytes | Path, officer: str | None = None, complaints: IO[str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a command and do not wait.

        Args:
            complaints: takes its error stream; without one that is a pipe, which holds up whoever fills it.
        """
        self._sit_down(officer)
        return subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints or subprocess.PIPE,
            text=True,
            env=self.environ(),
        )

    def run(
        self,
        *arguments: str | bytes | Path,
        officer: str | None = None,
        lines: tuple[str, ...] = (),
        status: int | None = 0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, as an officer who is signed in or as nobody, and check its exit status unless it is None."""
        self._sit_down(officer)
        given = "".join(f"{line}\n" for line in lines)
        if "PYTHONPATH" in self.extra_environ:  # another program than the one that is loaded
            done = subprocess.run(
                [PROGRAM, *arguments], input=given, capture_output=True, text=True, env=self.environ(), check=False
            )
        else:
            done = warm_program().run(arguments, lines=given, environ=self.environ())
        if status is not None:
            assert done.returncode == status, f"exit {done.returncode}: {done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str | bytes | Path, officer: str | None = None, status: int | None = 0) -> list[Any]:
        """Run a command with --json and return the objects that it prints, one a line."""
        return [
            json.loads(line)
            for line in self.run(*arguments, "--json", officer=officer, status=status).stdout.splitlines()
        ]

    def found(self, agency: str, country: str, officer: str) -> None:
        """Found an agency whose first officer works on cases and whose second, `<officer>-admin`, administers."""
        command = ("agency", "add") if self.secrets else ("init",)
        names = ("--agency", agency, "--country", country, "--contact", f"desk@{country.lower()}.example")
        logins = ("--officer", officer, "--second", f"{officer}-admin")
        done = self.run(*command, *names, *logins, "--json", lines=(PASSWORD, PASSWORD))
        for line in done.stdout.splitlines():
            enrolled = json.loads(line)
            self.secrets[enrolled["login"]] = enrolled["totp_secret"]
            self.sign_in(enrolled["login"])

    def sign_in(self, login: str) -> None:
        """Sign an officer in with a code that he has not used yet, and remember his token."""
        self.run("sign-in", login, lines=(PASSWORD, TOTP(self.secrets[login]).now()))
        self.tokens[login] = self.token_file.read_text()

    @contextmanager
    def copied(self, room_bytes: int = ROOM_BYTES) -> Iterator[Installation]:
        """Copy the home, whose database is at rest, for a test of its own; the copy is gone at the end.

        Args:
            room_bytes: that the test may take; memory that has not so much is left to others, and the disk used.
        """
        home = Path(tempfile.mkdtemp(prefix=f"{self.home.name}-", dir=quick_folder(room_bytes)))
        try:
            subprocess.run(["cp", "-a", f"{self.home}/.", home], check=True)
            yield replace(self, home=home, secrets=dict(self.secrets), tokens=dict(self.tokens))
        finally:
            shutil.rmtree(home)

    @property
    def token_file(self) -> Path:
        return self.home / "signed-in" / f"{os.geteuid()}.token"

    def _sit_down(self, officer: str | None) -> None:
        if officer is None:
            self.token_file.unlink(missing_ok=True)
        else:
            self.token_file.parent.mkdir(mode=0o700, exist_ok=True)
            self.token_file.write_text(self.tokens[officer])


@cache
def warm_program() -> WarmProgram:
    """The program as every `Installation` of this process runs it."""
    return WarmProgram(_kept() | {"NUMBA_CACHE_DIR": str(KERNELS)})


def _kept() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}


@pytest.fixture(scope="session")
def make_installation() -> Iterator[Callable[..., Installation]]:
    """A function that makes an empty installation; all are removed at the end."""
    homes: list[Path] = []

    def make(**environ: str) -> Installation:
        home = Path(tempfile.mkdtemp(prefix="tsunagu-test-", dir=quick_folder()))
        home.chmod(0o711)
        homes.append(home)
        return Installation(home, dict(environ))

    yield make
    warm_program().close()
    warm_program.cache_clear()
    for home in homes:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def two_agencies(
    make_installation: Callable[..., Installation], tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """An installation with the agencies of officers `anna` (DK) and `ben` (AU), and nothing brought in: copy it."""
    installation = make_installation()
    people = installation.home / "people.json"

    def found() -> None:
        with EmbeddedPostgres(installation.home).use():  # not begun and ended anew for each command
            installation.found("Agency of Anna", "DK", "anna")
            installation.found("Agency of Ben", "AU", "ben")
        people.write_text(json.dumps([installation.secrets, installation.tokens]))

    made_once(tmp_path_factory, "two-agencies", installation.home, found)
    installation.secrets, installation.tokens = json.loads(people.read_text())
    people.unlink()
    return installation
