"""A backup brought back is the same installation: every row, a ledger that verifies, officers who sign in."""

from __future__ import annotations

import json
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .backups import (
    SECRET_WORDS,
    acts,
    backed_up,
    certify_again,
    entries,
    fill,
    rows,
    sign_in_again,
    superuser,
    with_keys_of,
)
from .conftest import Installation

Make = Callable[..., Installation]
MANY = 1500
"""So many files are not all kept before a backup of the first of them is taken."""


@pytest.fixture(scope="module")
def house(two_agencies: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two agencies who have shared and judged what they have in common."""
    with two_agencies.copied() as copy:
        fill(copy, tmp_path_factory.mktemp("seized") / "disk")
        yield copy


@pytest.fixture(scope="module")
def backup(house: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return backed_up(house, tmp_path_factory.mktemp("backups"))


@pytest.fixture(scope="module")
def restored(house: Installation, backup: Path, make_installation: Make) -> Installation:
    """The house as its backup brings it back, into a home in which its old passwords lie."""
    fresh = with_keys_of(house, make_installation)
    shutil.copy(house.home / "keys" / "database.json", fresh.home / "keys")
    [told] = fresh.json("restore", "--from", backup.parent)
    assert told["ledger_ok"]
    assert told["erasures"]["known_until"] is None
    return fresh


def test_every_row_is_back_and_the_ledger_goes_on_where_it_was(house: Installation, restored: Installation) -> None:
    with superuser(house) as before, superuser(restored) as after:
        assert rows(after) == rows(before)
        assert len(rows(after)["holding"]) == 2
        there = entries(before)
        assert entries(after)[: len(there)] == there
        assert acts(before)[-1] == "backup:taken"
        assert "backup:restored" in acts(after)[len(there) :]


def test_the_ledger_verifies_also_against_a_root_of_before(
    house: Installation, restored: Installation, tmp_path: Path
) -> None:
    witness = tmp_path / "root.json"
    witness.write_text(house.run("ledger", "root").stdout)
    [report] = restored.json("ledger", "verify", "--against", witness)
    assert (report["ledger_ok"], report["unproven"]) == (True, 0)


def test_nobody_is_signed_in_until_he_signs_in_again_and_finds_what_he_had(
    house: Installation, restored: Installation
) -> None:
    with superuser(restored) as admin:
        restored.run("case", "list", officer="anna", status=5)
        certify_again(restored, "anna", "ben")
        sign_in_again(restored, "anna", "ben")
        assert restored.json("overlaps", officer="ben") == house.json("overlaps", officer="ben")
        [case] = restored.json("case", "list", officer="anna")
        assert case["case"] == "DK-4711"
        assert admin.execute("SELECT count(*) FROM sign_in WHERE ended_at IS NULL").fetchone() == (4,)
        assert admin.execute("SELECT count(*) FROM web_session").fetchone() == (0,)


@pytest.mark.soak
def test_new_rows_take_numbers_that_nobody_has(restored: Installation, tmp_path: Path) -> None:
    with superuser(restored):
        certify_again(restored, "anna")
        sign_in_again(restored, "anna")
        (tmp_path / "new").write_bytes(b"something new")
        [told] = restored.json("ingest", "--case", "DK-4711", "--exhibit", "E8", tmp_path, officer="anna", status=None)
        assert told["files"] == 1
        assert len(restored.json("items", "--case", "DK-4711", officer="anna")) == 2


def test_the_passwords_of_the_roles_are_new_though_the_old_ones_lay_there(
    house: Installation, restored: Installation
) -> None:
    old, new = (json.loads((one.home / "keys" / "database.json").read_text()) for one in (house, restored))
    assert old["embedded"].keys() == new["embedded"].keys()
    assert not set(old["embedded"].values()) & set(new["embedded"].values())


def test_nothing_can_be_read_in_a_backup_and_nobody_else_may_open_it(house: Installation, backup: Path) -> None:
    names = {one.name for one in backup.iterdir()}
    assert names == {"database.sealed", "leaves.bin", "roots.jsonl", "manifest.json"}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    secrets = json.loads((house.home / "keys" / "database.json").read_text())["embedded"].values()
    for file in backup.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        content = file.read_bytes()
        for word in (*SECRET_WORDS, *secrets, *house.secrets.values()):
            assert word.encode() not in content, (file.name, word)


def test_a_backup_says_that_the_keys_are_not_in_it_and_prints_the_root_alone(
    house: Installation, tmp_path: Path
) -> None:
    done = house.run("backup", "--to", tmp_path)
    assert "keys are not in it" in done.stderr
    assert json.loads(done.stdout)["size"] == json.loads(house.run("ledger", "root").stdout)["size"]


def test_a_backup_is_refused_without_a_place_and_within_the_home(house: Installation, tmp_path: Path) -> None:
    assert "say where" in house.run("backup", status=2).stderr
    (tmp_path / "link").symlink_to(house.home)
    for place in (house.home, house.home / "backups", tmp_path / "link" / "backups"):
        assert "lost together with it" in house.run("backup", "--to", place, status=2).stderr
    (tmp_path / "file").touch()
    assert "cannot be used" in house.run("backup", "--to", tmp_path / "file" / "x", status=7).stderr


@pytest.fixture
def many_files(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number}.txt").write_bytes(b"text %d" % number)
    return folder


@pytest.fixture
def own_house(house: Installation) -> Iterator[Installation]:
    with house.copied() as copy:
        yield copy


def test_a_backup_while_an_ingest_runs_is_of_one_moment(
    own_house: Installation, make_installation: Make, many_files: Path, tmp_path: Path
) -> None:
    command = ("ingest", "--case", "DK-4711", "--exhibit", "E9", many_files, "--json")
    with superuser(own_house) as admin:
        count = "SELECT count(*) FROM holding"
        running = own_house.start(*command, officer="anna")
        while admin.execute(count).fetchone() == (2,):
            assert running.poll() is None
            time.sleep(0.01)
        backup = backed_up(own_house, tmp_path / "backups")
        (at_its_end,) = admin.execute(count).fetchone() or (0,)
        out, err = running.communicate(timeout=120)
        assert json.loads(out)["kept"] == MANY, err
    fresh = with_keys_of(own_house, make_installation)
    fresh.run("restore", "--from", backup)
    with superuser(fresh) as admin:
        (held,) = admin.execute(count).fetchone() or (0,)
        assert 2 < held <= at_its_end
        assert admin.execute("SELECT count(*) FROM holding WHERE item_id IS NOT NULL").fetchone() == (held,)
    certify_again(fresh, "anna")
    sign_in_again(fresh, "anna")
    # Where the ingest was sooner at its end than the backup at its moment, nothing is left to do.
    [again] = fresh.json(*command[:-1], officer="anna", status=2 if held < MANY + 2 else 0)
    assert (again["kept"], again["skipped"]) == (MANY + 2 - held, held - 2)
    assert fresh.json("ledger", "verify")[0]["ledger_ok"]


def test_what_was_erased_after_a_backup_is_erased_again_by_the_list_kept_elsewhere(
    own_house: Installation, backup: Path, make_installation: Make, tmp_path: Path
) -> None:
    named = ("--case", "DK-4711", "--exhibit", "exhibit-seven")
    own_house.run("exhibit", "withdraw", *named, "--ground", "ordered", "--yes", officer="anna")
    [submitted] = own_house.json("series", "submissions", officer="ben")
    own_house.run("submissions", "withdraw", submitted["submission"], "--reason", "too much", officer="ben")
    listed = tmp_path / "erasures"
    listed.write_text(own_house.run("ledger", "erasures").stdout)
    fresh = with_keys_of(own_house, make_installation)
    told = " ".join(fresh.run("restore", "--from", backup, "--erasures", listed).stdout.split())
    assert "1 erasure was done again; the backup knew of 0; 0 had nothing to erase." in told
    assert "1 submission was withdrawn again." in told
    assert "something else" not in told
    assert "cannot be known here" in told
    with superuser(fresh) as admin:
        assert admin.execute("SELECT count(*) FROM exhibit").fetchone() == (1,)
        assert admin.execute("SELECT count(*) FROM holding").fetchone() == (1,)
        assert admin.execute("SELECT count(*) FROM overlap_notice WHERE ended").fetchone() == (2,)
        assert acts(admin)[-3:] == ["erasure:repeated", "erasure:completed", "submission:withdrawn_again"]
        assert admin.execute("SELECT count(*) FROM submission WHERE withdrawn_at IS NOT NULL").fetchone() == (1,)
        assert admin.execute("SELECT state, line FROM submission_item").fetchall() == [("withdrawn", b"")]
    assert fresh.json("ledger", "verify")[0]["ledger_ok"]
