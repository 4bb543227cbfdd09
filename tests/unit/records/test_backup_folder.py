"""A backup stands whole under its name, or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tsunagu.domain.errors import Unavailable
from tsunagu.records.backup.folder import NewBackup, newest_backup

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def write(parent: Path, now: datetime = NOW) -> Path:
    with NewBackup.begin(parent, now) as backup:
        with backup.writing("one") as file:
            file.write(b"abc")
        return backup.finish()


def test_a_finished_backup_bears_its_time_and_is_closed_to_others(tmp_path: Path) -> None:
    path = write(tmp_path / "new" / "place")
    assert path.name.startswith("20260301T120000Z-")
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path, path / "one")] == [0o700, 0o700, 0o600]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    def fill() -> None:
        with NewBackup.begin(tmp_path, NOW) as backup, backup.writing("one") as file:
            file.write(b"abc")
            raise OSError(errno.ENOSPC, "the path is quoted here")

    with pytest.raises(Unavailable, match="cannot be used, or is full"):
        fill()
    assert list(tmp_path.iterdir()) == []
    assert newest_backup(tmp_path) is None


def test_the_next_backup_removes_what_a_killed_one_left_but_not_one_under_way(tmp_path: Path) -> None:
    left, under_way = (tmp_path / f".unfinished-20260101T000000Z-0000000{number}" for number in (1, 2))
    for one in (left, under_way):
        one.mkdir()
        (one / "database.sealed").touch()
    handle = os.open(under_way, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    path = write(tmp_path)
    os.close(handle)
    assert {one.name for one in tmp_path.iterdir()} == {path.name, under_way.name}


def test_the_newest_is_the_last_by_its_name_whatever_else_lies_there(tmp_path: Path) -> None:
    assert newest_backup(tmp_path / "nothing") is None
    write(tmp_path, datetime(2026, 2, 1, tzinfo=UTC))
    newest = write(tmp_path)
    (tmp_path / "99999999T000000Z-notours").mkdir()
    found = newest_backup(tmp_path)
    assert found is not None
    assert (found.name, found.taken_at, found.size_bytes) == (newest.name, NOW, 3)
