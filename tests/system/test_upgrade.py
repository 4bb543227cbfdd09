"""Tables of another release: refused by what works, backed up and upgraded by the operator, restored as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .backups import acts, backed_up, rows, superuser, with_keys_of
from .conftest import Installation

EARLIER = "DELETE FROM django_migrations WHERE app = 'auth' AND name = '0012_alter_user_first_name_max_length'"
LATER = "INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_later', now())"


@pytest.fixture
def house(two_agencies: Installation) -> Iterator[Installation]:
    with two_agencies.copied() as copy:
        yield copy


@pytest.fixture
def older(house: Installation) -> Installation:
    """A home as an earlier release left it: one migration was not there yet."""
    with superuser(house) as admin:
        admin.execute(EARLIER)
    return house


def schema(house: Installation) -> tuple[bool | None, str]:
    [answer] = house.json("doctor", status=None)
    [check] = [one for one in answer["checks"] if one["name"] == "schema"]
    return check["ok"], check["detail"]


def test_older_tables_are_refused_until_they_are_upgraded(older: Installation, tmp_path: Path) -> None:
    refused = older.run("case", "list", officer="anna", status=7)
    assert "`tsunagu upgrade`" in refused.stderr
    assert schema(older) == (False, "of an earlier release (1 missing): `tsunagu upgrade`")
    backed_up(older, tmp_path)
    assert "1 change was" in older.run("upgrade").stdout
    assert schema(older)[0] is True
    older.run("case", "list", officer="anna")
    assert "up to date already" in older.run("upgrade").stdout
    with superuser(older) as admin:
        assert [act for act in acts(admin) if act.startswith(("backup", "schema"))] == [
            "backup:taken",
            "schema:upgraded",
        ]
    assert older.json("ledger", "verify")[0]["ledger_ok"]


@pytest.mark.soak
def test_a_backup_of_an_earlier_release_restores_into_this_one(
    older: Installation, make_installation: Callable[..., Installation], tmp_path: Path
) -> None:
    backup = backed_up(older, tmp_path)
    with superuser(older) as admin:
        before = rows(admin)
    fresh = with_keys_of(older, make_installation)
    fresh.run("restore", "--from", backup)
    assert schema(fresh)[0] is True
    with superuser(fresh) as admin:
        after = rows(admin)
    assert len(after.pop("django_migrations")) == len(before.pop("django_migrations")) + 1
    assert after == before


def test_the_tables_of_a_later_release_are_left_alone(house: Installation) -> None:
    with superuser(house) as admin:
        admin.execute(LATER)
    assert "a later release" in house.run("case", "list", officer="anna", status=7).stderr
    assert "a later release" in house.run("upgrade", status=6).stderr
    assert schema(house) == (False, "of a later release")


def test_data_of_another_major_version_name_the_way_out(house: Installation) -> None:
    (house.home / "pg" / "data" / "PG_VERSION").write_text("17\n")
    for command in ("upgrade", "status"):
        told = house.run(command, status=7 if command == "upgrade" else 0)
        assert "restore it with this one into a new home" in " ".join((told.stdout + told.stderr).split())
