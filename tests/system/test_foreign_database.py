"""The whole story on a PostgreSQL that somebody else runs: Debian's, in a throw-away cluster.

Two homes share it, as two hosts of one installation do: the second was given the first one's keys.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tsunagu.records.postgres.users import database_account

from ..conftest import quick_folder  # noqa: TID252 - tests are no package with a name

BIN = Path("/usr/lib/postgresql/15/bin")
START = """
cat >"$1/pw"
"$2/initdb" -D "$1/data" -U dba -A scram-sha-256 --pwfile="$1/pw" -N -E UTF8 --no-locale >"$1/out" || exit 1
exec "$2/pg_ctl" -w -l "$1/log" -D "$1/data" -o "-k $1 -h '' -F" start >>"$1/out" 2>&1
"""
STOP = '"$2/pg_ctl" -w -m fast -D "$1/data" stop'


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    """What names a database of Debian's server, whose owner may make roles."""
    if not (BIN / "postgres").exists():
        pytest.skip("Debian's PostgreSQL 15 is not installed: the story is not told on a server of somebody else")
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
        }
    finally:
        account.run(STOP, top, BIN)
        shutil.rmtree(top)


@pytest.fixture(scope="module")
def houses(environ: dict[str, str], make_installation: Callable[..., Any]) -> tuple[Any, Any]:
    """Two homes on one database, with an agency each."""
    first = make_installation(**environ)
    first.found("Agency of Anna", "DK", "anna")
    first.found("Agency of Ben", "AU", "ben")
    second = replace(first, home=make_installation().home)
    shutil.copytree(first.home / "keys", second.home / "keys")
    return first, second


@pytest.fixture(scope="module")
def seizures(tmp_path_factory) -> dict[str, Path]:
    from tsunagu.services.demo import drawing  # an extra

    root = tmp_path_factory.mktemp("seizures")
    photographs = drawing.photographs()
    files = {
        "one/china.jpg": drawing.jpeg(photographs["china"]),
        "one/chelsea.jpg": drawing.jpeg(photographs["chelsea"]),
        "two/mirrored.jpg": drawing.jpeg(photographs["china"], quality=50),
        "two/same.jpg": drawing.jpeg(photographs["chelsea"]),
        "two/broken.jpg": drawing.jpeg(photographs["coffee"])[:5000],
    }
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
    return {"one": root / "one", "two": root / "two"}


@pytest.mark.soak
def test_processes_of_two_homes_tell_the_story_on_one_server_of_somebody_else(
    houses: tuple[Any, Any], seizures: dict[str, Path]
) -> None:
    first, second = houses
    first.run("case", "open", "DK-1", officer="anna")
    second.run("case", "open", "AU-1", officer="ben")
    under_way = [
        first.start("ingest", "--case", "DK-1", "--exhibit", "E1", seizures["one"], "--json", officer="anna"),
        second.start("ingest", "--case", "AU-1", "--exhibit", "P7", seizures["two"], "--json", officer="ben"),
    ]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in under_way]
    assert [(json.loads(out)["kept"], err, status) for out, err, status in ended] == [(2, "", 0), (3, "", 2)]
    [again] = first.json("ingest", "--case", "AU-1", "--exhibit", "P7", seizures["two"], officer="ben")
    assert again == {"files": 3, "kept": 0, "skipped": 3, "refused": {}, "refused_items": []}
    [found] = first.json("overlaps", officer="anna")
    first.run("share", found["overlap"], officer="anna")
    second.run("share", found["overlap"], officer="ben")
    [shared] = second.json("overlaps", officer="ben")
    assert shared["cases"] == ["AU-1", "DK-1"]
    assert (shared["exact"], shared["near"]) == (1, 1)
    assert not (first.home / "pg").exists()


def test_the_ledger_verifies_in_the_home_that_signed_it(houses: tuple[Any, Any]) -> None:
    assert [house.json("ledger", "verify")[0]["ledger_ok"] for house in houses] == [True, True]


def test_doctor_warns_of_a_log_that_quotes_rows_and_of_no_backups_and_finds_nothing_else(
    houses: tuple[Any, Any],
) -> None:
    [answer] = houses[1].json("doctor", status=1)
    checks = {check["name"]: check for check in answer["checks"]}
    assert [name for name, check in checks.items() if check["ok"] is False] == ["backup", "database log"]
    assert checks["database"]["detail"] == "PostgreSQL 15"


def test_a_home_without_the_keys_is_refused(environ: dict[str, str], make_installation: Callable[..., Any]) -> None:
    done = make_installation(**environ).run("ledger", "verify", status=7)
    assert done.stderr.startswith("tsunagu: ")
    assert "Traceback" not in done.stderr
