"""Every check of doctor is seen failing once, beside a house in which all is well; status tells no content."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .backups import SECRET_WORDS, acts, backed_up, superuser
from .conftest import Installation

FUTURE = '{"act":"case:read","at":"2100-01-01T00:00:00.000000Z"}'


@pytest.fixture(scope="module")
def well(two_agencies: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A house with a backup, a verified ledger and one holding."""
    with two_agencies.copied() as copy:
        folder = tmp_path_factory.mktemp("seized")
        (folder / "holiday.txt").write_bytes(b"text")
        copy.run("case", "open", "DK-4711", officer="anna")
        copy.run("ingest", "--case", "DK-4711", "--exhibit", "exhibit-seven", folder, officer="anna", status=2)
        backups = tmp_path_factory.mktemp("backups")
        (copy.home / "settings.toml").write_text(f'backup_folder = "{backups}"\n')
        backed_up(copy, backups)
        copy.run("ledger", "verify")
        yield copy


@pytest.fixture
def house(well: Installation) -> Iterator[Installation]:
    with well.copied() as copy:
        yield copy


def checks(house: Installation, status: int, **environ: str) -> dict[str, dict[str, Any]]:
    [answer] = replace(house, extra_environ=environ).json("doctor", status=status)
    assert [set(one) for one in answer["checks"]] == [{"name", "ok", "detail"}] * len(answer["checks"])
    return {one["name"]: one for one in answer["checks"]}


def failing(house: Installation, **environ: str) -> set[str]:
    return {name for name, one in checks(house, 1, **environ).items() if one["ok"] is False}


def test_where_all_is_well_every_check_says_so(well: Installation) -> None:
    found = checks(well, 0)
    assert {name for name, one in found.items() if one["ok"] is not True} == {"certificate", "reviews"}
    assert found["certificate"]["ok"] is None, "there is none to judge"
    assert found.keys() == {
        "disk", "home", "keys", "file clock", "backup", "backup disk", "ledger verified", "database", "app role",
        "database log", "schema", "clock", "erasing by date", "waiting", "certifications", "people", "parked", "jobs",
        "worker", "reviews", "expired", "certificate", "uploads", "decoder",
    }  # fmt: skip


def test_full_disks_and_old_backups_and_old_verifications_are_found(house: Installation, tmp_path: Path) -> None:
    old = {"TSUNAGU_BACKUP_MOST_AGE_H": "0", "TSUNAGU_VERIFIED_MOST_AGE_H": "0", "TSUNAGU_LEAST_FREE_GIB": "999999999"}
    old["TSUNAGU_UPLOAD_SPARE_GIB"] = "999999999"
    assert failing(house, **old) == {"disk", "backup", "backup disk", "ledger verified", "uploads"}
    (house.home / "ledger" / "verified.json").unlink()
    assert failing(house, TSUNAGU_BACKUP_FOLDER=str(tmp_path), TSUNAGU_VERIFIED_MOST_AGE_H="0") == {
        "backup",
        "ledger verified",
    }
    (house.home / "settings.toml").unlink()  # which named the place for backups
    marks = {line.split("  ")[0]: line for line in house.run("doctor", status=1).stdout.splitlines()}
    assert [name for name, line in marks.items() if "NOT OK" in line] == ["backup"]
    assert marks["reviews"].split()[1] == "-", "nothing is judged there"


def test_holdings_and_jobs_that_wait_are_found(house: Installation) -> None:
    with superuser(house) as admin:
        admin.execute("UPDATE holding SET linked_at = NULL")
        admin.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('house', 'none')")
        assert failing(house, TSUNAGU_MOST_WAITING="0") == {"waiting", "worker"}
        admin.execute("UPDATE procrastinate_jobs SET status = 'doing'")  # of a worker that is gone
        assert failing(house, TSUNAGU_MOST_WAITING="0") == {"waiting", "jobs"}


def test_items_that_could_not_be_compared_are_found(house: Installation) -> None:
    with superuser(house) as admin:
        admin.execute("UPDATE media_item SET parked = 'error'")
        assert failing(house) == {"parked"}


def test_an_open_home_and_missing_keys_are_found(house: Installation) -> None:
    house.home.chmod(0o777)
    (house.home / "keys" / "master.key").unlink()
    assert failing(house) == {"home", "keys"}


def test_an_app_role_that_could_pass_row_level_security_is_found(house: Installation) -> None:
    with superuser(house) as admin:
        admin.execute("GRANT pg_read_server_files TO tsunagu_app")
        assert failing(house) == {"database"}


def test_a_log_that_would_quote_rows_is_found(house: Installation) -> None:
    with superuser(house) as admin:
        admin.execute("ALTER ROLE tsunagu_app SET log_statement = 'all'")
        assert failing(house) == {"database log"}


def test_a_lost_decoder_is_found(house: Installation, tmp_path: Path) -> None:
    stub = tmp_path / "tsunagu"
    shutil.copytree(Path(__file__).parents[2] / "src" / "tsunagu", stub)
    with (stub / "media" / "sandbox" / "zygote.py").open("a") as file:
        file.write("\nmain = None\n")  # what starts the children is gone
    assert failing(house, PYTHONPATH=str(tmp_path)) == {"decoder"}


def test_a_clock_that_was_turned_back_is_found_recorded_once_and_flagged(house: Installation) -> None:
    with superuser(house) as admin:
        admin.execute("SELECT ledger.append(ARRAY[%s])", [FUTURE])
        assert failing(house) == {"clock"}
        before = len(acts(admin))
        house.run("case", "list", officer="anna")
        house.run("case", "list", officer="anna")
        assert acts(admin)[before:].count("clock:turned_back") == 1
        assert acts(admin)[before] == "clock:turned_back", "before anything else is written by that clock"
    found = checks(house, 0)["clock"]
    assert found["ok"]
    assert "1 times before" in found["detail"]
    assert house.json("ledger", "verify")[0]["ledger_ok"], "order stays by number"


def test_a_file_of_the_future_is_found(house: Installation) -> None:
    later = time.time() + 3600
    os.utime(house.home / "ledger" / "roots.jsonl", (later, later))
    assert failing(house) == {"file clock"}


def test_an_unknown_setting_stops_every_command_with_its_name(house: Installation) -> None:
    (house.home / "settings.toml").write_text("workmen = 3\n")
    assert "does not exist: workmen" in house.run("status", status=2).stderr


def test_status_tells_how_things_stand_and_no_content(well: Installation) -> None:
    [found] = well.json("status")
    assert {"server", "schema", "waiting", "last root", "backup", "disk", "jobs", "worker", "uploads"} <= found.keys()
    assert found["waiting"] == "0 holdings to be compared"
    told = json.dumps(found) + well.run("status").stdout
    assert not [word for word in (*SECRET_WORDS, str(well.home)) if word in told]
