"""Backups from a server of somebody else into the embedded one and back: other roles, another major version."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tsunagu.records.postgres.users import database_account

from ..conftest import quick_folder  # noqa: TID252 - tests are no package with a name
from .backups import backed_up, certify_again, entries, rows, sign_in_again, superuser, with_keys_of
from .conftest import Installation

BIN = Path("/usr/lib/postgresql/15/bin")
START = """
cat >"$1/pw"
"$2/initdb" -D "$1/data" -U dba -A scram-sha-256 --pwfile="$1/pw" -N -E UTF8 --no-locale >"$1/out" || exit 1
exec "$2/pg_ctl" -w -l "$1/log" -D "$1/data" -o "-k $1 -h '' -F" start >>"$1/out" 2>&1
"""
STOP = '"$2/pg_ctl" -w -m fast -D "$1/data" stop'
ADMIN = "TSUNAGU_DATABASE_ADMIN_URL"


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """What names an empty database of Debian's server, and its superuser."""
    if not (BIN / "postgres").exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed: nothing is backed up from a server of somebody else")
    account, password = database_account(), secrets.token_urlsafe(16)
    top = Path(tempfile.mkdtemp(prefix="tsu-deb-", dir=quick_folder()))
    os.chown(top, account.uid, account.gid)
    try:
        made = account.run(START, top, BIN, stdin=password)
        assert made.returncode == 0, made.stderr
        with psycopg.connect(host=str(top), user="dba", password=password, dbname="postgres", autocommit=True) as dba:
            dba.execute("CREATE ROLE police_owner LOGIN CREATEROLE PASSWORD 'o'")
            dba.execute("CREATE ROLE police_app LOGIN PASSWORD 'a'")
            dba.execute("CREATE DATABASE police OWNER police_owner")
        yield {
            "TSUNAGU_DATABASE_URL": f"postgresql://police_app:a@/police?host={top}",
            "TSUNAGU_DATABASE_OWNER_URL": f"postgresql://police_owner:o@/police?host={top}",
            ADMIN: f"postgresql://dba:{password}@/police?host={top}",
        }
    finally:
        account.run(STOP, top, BIN)
        shutil.rmtree(top)


@pytest.mark.soak
def test_rows_go_from_the_embedded_server_to_another_and_back(
    environ: dict[str, str],
    two_agencies: Installation,
    make_installation: Callable[..., Installation],
    tmp_path: Path,
) -> None:
    with two_agencies.copied() as house:
        there = with_keys_of(house, make_installation, **environ)
        there.run("restore", "--from", backed_up(house, tmp_path / "one"))
        with superuser(house) as before, psycopg.connect(environ[ADMIN]) as after:
            assert after.info.server_version // 10_000 == 15
            assert rows(after) == rows(before)
            assert entries(after)[: len(entries(before))] == entries(before)

        certify_again(there, "anna")
        sign_in_again(there, "anna")
        there.run("case", "open", "DK-elsewhere", officer="anna")
        again = with_keys_of(house, make_installation)
        again.run("restore", "--from", backed_up(there, tmp_path / "two"))
        with superuser(again) as after, psycopg.connect(environ[ADMIN]) as before:
            assert rows(after) == rows(before)
        certify_again(again, "anna")
        sign_in_again(again, "anna")
        assert [one["case"] for one in again.json("case", "list", officer="anna")] == ["DK-elsewhere"]

        in_use = with_keys_of(house, make_installation, **environ)
        shutil.copy(there.home / "keys" / "database.json", in_use.home / "keys")
        assert "the database is not empty" in in_use.run("restore", "--from", tmp_path / "two", status=6).stderr

        del there.extra_environ[ADMIN]
        assert "neither the owner nor the app may read every row" in " ".join(
            there.run("backup", "--to", tmp_path / "three", status=7).stderr.split()
        )
        there.extra_environ[ADMIN] = environ["TSUNAGU_DATABASE_OWNER_URL"]
        refused = there.run("backup", "--to", tmp_path / "three", status=7).stderr
        assert "may not read every row" in refused
        assert list((tmp_path / "three").iterdir()) == []
