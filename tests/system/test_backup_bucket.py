"""Backups in a bucket of a real server: whole or not there, opened by the right key alone, brought back from there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest

from tsunagu.domain.errors import NotFound, Unavailable
from tsunagu.records.backup.bucket import BackupBucket
from tsunagu.records.s3 import BucketPlace

from .backups import acts, rows, superuser, with_keys_of
from .buckets import KEY_ID, SECRET, S3Server, s3_server
from .conftest import Installation
from .test_worker import drive

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "20260301T120000Z-0123abcd"
UPLOADS_FOR_EVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tsunagu.records.backup.bucket import BackupBucket
from tsunagu.records.s3 import BucketAccess, BucketPlace
endpoint, key_id, secret, place, folder = sys.argv[1:]
bucket = BackupBucket(BucketPlace.of(place), BucketAccess(endpoint, "us-east-1", key_id, secret))
print("begun", flush=True)
bucket.keep(Path(folder), datetime(2026, 3, 1, 12, tzinfo=UTC))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3"), "backups") as running:
        yield running


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str:
    """A place in a bucket that no other test uses."""
    return f"s3://backups/{request.node.originalname.replace('_', '-')}"


def bucket(server: S3Server, place: str, **key: str) -> BackupBucket:
    return BackupBucket(BucketPlace.of(place), server.access(**key))


def folder_of(parent: Path, name: str = NAME, *, size: int = 10) -> Path:
    """A folder as a backup leaves it, as far as buckets look at one."""
    folder = parent / name
    folder.mkdir(parents=True)
    for file in ("database.sealed", "leaves.bin", "manifest.json", "roots.jsonl"):
        (folder / file).write_bytes(os.urandom(size))
    return folder


def test_what_was_kept_comes_back_as_it_was(server: S3Server, place: str, tmp_path: Path) -> None:
    older = folder_of(tmp_path, "20260101T120000Z-0123abcd")
    kept = folder_of(tmp_path, size=17 << 20)  # in parts, and fetched in more than one piece when all is counted
    for one in (older, kept):
        bucket(server, place).keep(one, NOW)
    found = bucket(server, place).newest()
    assert found is not None
    assert (found.name, found.taken_at, found.size_bytes) == (NAME, NOW, 4 * (17 << 20))
    for text, source in ((place, kept), (f"{place}/{older.name}", older)):
        (into := tmp_path / source.name[:8]).mkdir()
        fetched = bucket(server, text).fetch(into)
        assert {one.name: one.read_bytes() for one in fetched.iterdir()} == {
            one.name: one.read_bytes() for one in source.iterdir()
        }


def test_a_backup_that_is_killed_on_its_way_is_none_and_goes_with_a_later_one(
    server: S3Server, place: str, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path)
    with (folder / "database.sealed").open("wb") as file:
        file.truncate(1 << 30)
    command = [sys.executable, "-c", UPLOADS_FOR_EVER, server.endpoint, KEY_ID, SECRET, place, folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.3)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
    store = BucketPlace.of(place).open(server.access())
    obstore.put(store, f"{NAME}/leaves.bin", b"left")  # a file that had come through before
    assert bucket(server, place).newest() is None
    with pytest.raises(NotFound, match="no whole backup"):
        bucket(server, place).fetch(tmp_path)
    later = folder_of(tmp_path, "20260303T120000Z-0123abcd")
    bucket(server, place).keep(later, NOW + timedelta(hours=23))
    assert f"{NAME}/leaves.bin" in server.names(place), "it may be under way still"
    shutil.rmtree(later)
    bucket(server, place).keep(folder_of(tmp_path, "20260304T120000Z-0123abcd"), NOW + timedelta(hours=25))
    assert not [name for name in server.names(place) if NAME in name]


@pytest.mark.parametrize("key", [{"secret": "another"}, {"key_id": "nobody"}])
def test_a_wrong_key_is_refused_without_being_told(server: S3Server, place: str, key: dict[str, str]) -> None:
    for act in (lambda one: one.newest(), lambda one: one.check()):
        with pytest.raises(Unavailable, match="refuses these credentials") as refused:
            act(bucket(server, place, **key))
        shown = f"{refused.value!r} {refused.value.details} {server.access(**key)!r}"
        assert not [word for word in (*key.values(), SECRET, KEY_ID, place) if word in shown]


@pytest.mark.soak
def test_the_program_backs_up_into_a_bucket_and_restores_from_it(
    server: S3Server, two_agencies: Installation, make_installation: Callable[..., Installation], tmp_path: Path
) -> None:
    (media := tmp_path / "media").mkdir()
    (media / "one.jpg").write_bytes(b"\xff\xd8\xff")
    place, credentials = "s3://backups/of-the-program", tmp_path / "credentials"
    credentials.write_text(f"{KEY_ID}\n{SECRET}\n")
    credentials.chmod(0o600)
    told = {"TSUNAGU_S3_ENDPOINT": server.endpoint, "TSUNAGU_S3_CREDENTIALS_FILE": str(credentials)}
    with two_agencies.copied() as house:
        house.extra_environ = {**told, "TSUNAGU_BACKUP_BUCKET": place}
        house.run("case", "open", "DK-1", officer="anna")
        waiting = drive(house, "upload", "DK-1", "E1", media)
        credentials.chmod(0o644)
        assert "open to others" in house.run("backup", status=7).stderr
        credentials.chmod(0o600)
        name = backed_up_to_bucket(house, place)
        assert server.names(place) == {
            f"{name}/{file}" for file in ("database.sealed", "leaves.bin", "manifest.json", "roots.jsonl")
        }
        assert not list((house.home / "cache" / "backup").iterdir())
        [found] = [one for one in house.json("doctor", status=None)[0]["checks"] if one["name"] == "backup"]
        assert found["ok"] is True
        fresh = with_keys_of(house, make_installation, **told)
        [report] = fresh.json("restore", "--from", place)
        assert report["ledger_ok"]
        with superuser(house) as before, superuser(fresh) as after:
            was, now = rows(before), rows(after)
            assert {name for name in was if was[name] != now[name]} == {"intake", "intake_file"}
            assert acts(after)[-2:] == ["intake:ended", "backup:restored"]
        fresh.tokens = house.tokens
        with superuser(fresh) as admin:
            assert admin.execute("SELECT id::text, state, failure FROM intake").fetchall() == [
                (waiting, "failed", "not-in-backup")
            ]


def backed_up_to_bucket(house: Installation, place: str) -> str:
    [told] = house.json("backup")
    assert told["backup"].startswith(f"{place}/")
    return str(told["backup"]).rpartition("/")[2]
