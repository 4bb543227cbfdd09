"""Whose processes and folders: never root's, and no more open than that takes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tsunagu.domain.errors import TsunaguError, Unavailable
from tsunagu.records.postgres import install, users
from tsunagu.records.postgres.processes import listening_process
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.postgres.users import DEDICATED_USER, database_account

from ...conftest import quick_folder  # noqa: TID252 - tests are no package with a name

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
SMOKE = """
import sys
from pathlib import Path
import psycopg
from tsunagu.records.postgres.server import EmbeddedPostgres
for _ in range(2):
    with EmbeddedPostgres(Path(sys.argv[1])).use() as addresses:
        with psycopg.connect(addresses.app.conninfo()) as connection:
            print(connection.execute("SELECT current_user").fetchone()[0])
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@as_root
def test_root_hands_the_server_to_a_user_who_can_do_nothing_else(home: Path) -> None:
    account = database_account()
    assert account.uid != 0
    assert mode(home) == 0o711
    with EmbeddedPostgres(home).use() as addresses:
        process = listening_process(account, Path(addresses.app.host))
        status = Path(f"/proc/{process}/status").read_text()
        assert f"Uid:\t{account.uid}\t{account.uid}\t{account.uid}\t{account.uid}\n" in status
        assert f"Gid:\t{account.gid}\t{account.gid}\t{account.gid}\t{account.gid}\n" in status
        assert "CapEff:\t0000000000000000" in status
        groups = next(line for line in status.splitlines() if line.startswith("Groups:"))
        assert groups.split()[1:] == []
    done = account.run('cat "$1"', home / "keys" / "database.json")
    assert done.returncode != 0, "the passwords stay root's"


@as_root
def test_a_home_with_other_things_in_it_keeps_its_own_bits(empty_home: Path, use_once: Callable[[Path], None]) -> None:
    empty_home.mkdir(mode=0o700)
    empty_home.chmod(0o1750)
    (empty_home / "other").touch()
    use_once(empty_home)
    assert mode(empty_home) == 0o1751


@as_root
def test_programs_out_of_the_users_reach_are_copied_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = install._installed_root()
    with tempfile.TemporaryDirectory() as closed:
        package = Path(closed) / installed.parent.name
        shutil.copytree(installed, package / "pginstall", symlinks=True)
        libraries = installed.parent.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, package.with_name(libraries.name), symlinks=True)
        monkeypatch.setattr(install, "_installed_root", lambda: package / "pginstall")
        (home / "pg-runtime-1.0").mkdir()
        inodes = set()
        for _ in range(2):
            with EmbeddedPostgres(home).use() as addresses, psycopg.connect(addresses.app.conninfo()) as connection:
                connection.execute("SELECT 1")
            (copy,) = home.glob("pg-runtime-*")
            assert copy.stat().st_uid == 0, "the server's user cannot change its own programs"
            inodes.add(copy.stat().st_ino)
        assert len(inodes) == 1


@as_root
def test_a_home_out_of_the_users_reach_is_refused_and_the_kind_of_folder_named(
    refusal: Callable[..., TsunaguError],
) -> None:
    with tempfile.TemporaryDirectory() as closed:
        home = Path(closed) / "home"
        error = refusal(Unavailable, lambda: EmbeddedPostgres(home).use().__enter__())
        assert "a private temporary folder" in str(error)
        assert error.details["folder"] == closed


@as_root
def test_an_ordinary_user_runs_it_as_himself() -> None:
    python = next((one for one in (sys.executable, "/usr/bin/python3") if runs_for_everybody(one)), None)
    if python is None:
        pytest.skip("no Python of this version that other users may run")
    name = f"tsunagu-test-{os.getpid()}"
    subprocess.run(["useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=True)
    top = Path(tempfile.mkdtemp(prefix="tsu-user-", dir=quick_folder()))
    try:
        shutil.chown(top, name, name)
        paths = [str(Path(__file__).parents[3] / "src"), str(Path(psycopg.__file__).parents[1])]
        command = [
            "setpriv",
            f"--reuid={name}",
            f"--regid={name}",
            "--clear-groups",
            python,
            "-W",
            "error",
            "-c",
            SMOKE,
        ]
        done = subprocess.run(
            [*command, top / "home"],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(paths), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "tsunagu_app\ntsunagu_app\n", done.stderr
        assert {one.owner() for one in top.rglob("*")} == {name}
        assert mode(top / "home") == 0o700
    finally:
        shutil.rmtree(top)
        subprocess.run(["userdel", name], check=True)


def runs_for_everybody(python: str) -> bool:
    """Say whether a user with no rights can run this Python, and it is of the version whose packages we have."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    done = users.Account(65_534, 65_534, is_other=True).run(
        '"$1" -c "import sys; print(*sys.version_info[:2], sep=chr(46))"', python
    )
    return done.stdout.strip() == version


def test_a_home_of_another_user_is_refused(refusal: Callable[..., TsunaguError], tmp_path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(tmp_path, DEDICATED_USER)
        home = tmp_path
    else:
        home = Path("/root/tsunagu")
    error = refusal(Unavailable, lambda: EmbeddedPostgres(home).use().__enter__())
    assert "belongs to another user" in str(error)


def test_without_a_way_to_make_the_dedicated_user_root_is_refused(
    monkeypatch: pytest.MonkeyPatch, refusal: Callable[..., TsunaguError]
) -> None:
    monkeypatch.setattr(users.os, "geteuid", lambda: 0)
    monkeypatch.setattr(users, "DEDICATED_USER", "tsunagu-absent")
    monkeypatch.setattr(users.shutil, "which", lambda *_args, **_kwargs: None)
    error = refusal(Unavailable, database_account)
    assert "dedicated user" in str(error)
    assert error.details == {"user": "tsunagu-absent", "problem": "useradd is missing"}


@as_root
def test_the_dedicated_user_is_made_where_it_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"tsunagu-test-{os.getpid()}"
    monkeypatch.setattr(users, "DEDICATED_USER", name)
    try:
        made = database_account()
        assert made.is_other
        assert database_account() == made
    finally:
        subprocess.run(["userdel", name], check=True)
