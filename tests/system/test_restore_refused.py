"""What a restore refuses, by name, and in what state it leaves the home."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import django
import pytest

from tsunagu.domain.errors import InputError, LedgerBroken, NotFound, Unavailable
from tsunagu.records.backup.manifest import BackupFile, Manifest, read_manifest, signed_manifest
from tsunagu.records.ledger.signing import root_to_json, sign_root
from tsunagu.records.postgres.server import EmbeddedPostgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()  # before any model is imported

from tsunagu.services.upkeep.backups import check_backup  # noqa: E402

from .backups import backed_up, keyring, with_keys_of  # noqa: E402
from .conftest import Installation  # noqa: E402

Make = Callable[..., Installation]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def house(two_agencies: Installation) -> Iterator[Installation]:
    with two_agencies.copied() as copy:
        yield copy


@pytest.fixture(scope="module")
def backup(house: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return backed_up(house, tmp_path_factory.mktemp("backups"))


@pytest.fixture(scope="module")
def empty(house: Installation, make_installation: Make) -> Installation:
    """A home with the right keys, into which nothing was restored yet."""
    return with_keys_of(house, make_installation)


@pytest.fixture
def copy(backup: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be damaged."""
    return Path(shutil.copytree(backup, tmp_path / backup.name))


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def in_manifest(**fields: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | fields))

    return damage


def signed_anew(folder: Path, house: Installation, **fields: object) -> None:
    """Change the manifest as only somebody could who has the ledger's key."""
    keys = keyring(house)
    path = folder / "manifest.json"
    manifest: Manifest = read_manifest(path.read_bytes(), keys.public_keys())
    path.write_bytes(signed_manifest(replace(manifest, **fields), keys.signer()))  # type: ignore[arg-type]


DAMAGE = {
    "no manifest": (lambda one: (one / "manifest.json").unlink(), "has no manifest.json"),
    "an empty manifest": (
        lambda one: (one / "manifest.json").write_bytes(b""),
        "manifest of the backup cannot be read",
    ),
    "another format": (in_manifest(format="x"), "of a format that this release does not know"),
    "a changed number": (in_manifest(entries=1), "signature does not hold"),
    "a changed list": (in_manifest(files={}), "signature does not hold"),
    "another sealed key": (in_manifest(sealed_key="00"), "signature does not hold"),
    "no database": (lambda one: (one / "database.sealed").unlink(), "lacks its database.sealed"),
    "a changed database": (lambda one: edit(one / "database.sealed", flipped), "database.sealed was changed"),
    "a cut database": (lambda one: edit(one / "database.sealed", lambda all_: all_[:-1]), "was cut or lengthened"),
    "a longer database": (lambda one: edit(one / "database.sealed", lambda all_: all_ + b"x"), "cut or lengthened"),
    "no roots": (lambda one: (one / "roots.jsonl").unlink(), "lacks its roots.jsonl"),
    "changed roots": (lambda one: edit(one / "roots.jsonl", flipped), "roots.jsonl was changed"),
    "cut leaves": (lambda one: edit(one / "leaves.bin", lambda all_: all_[32:]), "leaves.bin was cut or lengthened"),
    "changed leaves": (lambda one: edit(one / "leaves.bin", flipped), "leaves.bin was changed"),
    "one file more": (lambda one: (one / "more").touch(), "a file that does not belong to it"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_every_damage_to_a_backup_is_refused_by_name(kind: str, copy: Path, house: Installation) -> None:
    damage, reason = DAMAGE[kind]
    damage(copy)
    with pytest.raises(InputError, match=reason):
        check_backup(folder=copy, roots_elsewhere=None, keys=keyring(house))


def test_a_damaged_backup_leaves_nothing_in_the_home(copy: Path, empty: Installation) -> None:
    edit(copy / "database.sealed", flipped)
    assert "database.sealed was changed" in empty.run("restore", "--from", copy, status=2).stderr
    assert {one.name for one in empty.home.iterdir()} <= {"keys", "cache"}


def test_a_backup_under_another_name_is_refused(copy: Path, house: Installation) -> None:
    other = copy.with_name("20260101T000000Z-00000000")
    copy.rename(other)
    with pytest.raises(InputError, match="does not bear the name"):
        check_backup(folder=other, roots_elsewhere=None, keys=keyring(house))


def test_the_parts_of_two_backups_do_not_mix(house: Installation, copy: Path) -> None:
    other = backed_up(house, copy.parent / "others")
    sealed_key = json.loads((other / "manifest.json").read_text())["sealed_key"]
    signed_anew(copy, house, sealed_key=sealed_key)
    with pytest.raises(Unavailable, match="belongs elsewhere"):
        check_backup(folder=copy, roots_elsewhere=None, keys=keyring(house))
    shutil.copy(other / "database.sealed", copy)
    with pytest.raises(InputError, match=r"database\.sealed was"):
        check_backup(folder=copy, roots_elsewhere=None, keys=keyring(house))


def test_a_backup_of_a_later_release_is_refused(house: Installation, copy: Path, empty: Installation) -> None:
    signed_anew(copy, house, migrations=(("records", "9999_later"),))
    assert "another release" in empty.run("restore", "--from", copy, status=6).stderr


def test_a_folder_without_backups_is_no_backup(house: Installation, tmp_path: Path) -> None:
    (tmp_path / ".unfinished-20260101T000000Z-00000000").mkdir()
    with pytest.raises(NotFound, match="no whole backup"):
        check_backup(folder=tmp_path, roots_elsewhere=None, keys=keyring(house))


def test_other_keys_do_not_open_it(backup: Path, make_installation: Make) -> None:
    stranger = make_installation()
    assert "has no keys yet" in stranger.run("restore", "--from", backup, status=7).stderr
    stranger.run("keys", "init")
    assert "not in this keyring" in stranger.run("restore", "--from", backup, status=7).stderr


def test_to_look_at_an_empty_home_says_that_nothing_is_there_and_leaves_it_fit_to_be_restored_into(
    house: Installation, backup: Path, make_installation: Make
) -> None:
    fresh = with_keys_of(house, make_installation)
    nothing = "there is no database in this home yet"
    [answer] = fresh.json("doctor", status=1)
    assert [one["detail"].startswith(nothing) for one in answer["checks"] if one["name"] == "database"] == [True]
    assert fresh.json("status")[0]["database"].startswith(nothing)
    for command in (("ledger", "verify"), ("ledger", "root"), ("ledger", "erasures"), ("upgrade",)):
        assert nothing in fresh.run(*command, status=7).stderr
    assert {one.name for one in fresh.home.iterdir()} <= {"cache", "keys"}
    [told] = fresh.json("restore", "--from", backup)
    assert told["ledger_ok"]
    assert fresh.json("ledger", "verify")[0]["ledger_ok"]


def test_a_ledger_of_no_entry_is_not_called_sound(make_installation: Make) -> None:
    fresh = make_installation()
    fresh.run("keys", "init")
    with EmbeddedPostgres(fresh.home).use():
        done = fresh.run("ledger", "verify", status=4)
        assert done.stdout == ""
        assert "holds no entry" in done.stderr
        assert not (fresh.home / "ledger").exists(), "nothing was verified"


def test_a_home_in_which_anything_was_done_is_refused_and_told_what_lies_there(
    house: Installation, backup: Path
) -> None:
    before = house.json("ledger", "verify")
    (house.home / "officers-own").touch()
    refused = " ".join(house.run("restore", "--from", backup, status=6).stderr.split())
    assert "not empty, it holds ledger, pg, signed-in, something that is not the program's" in refused
    assert "officers-own" not in refused
    (house.home / "officers-own").unlink()
    assert house.json("ledger", "verify") == before


def test_a_ledger_shorter_than_a_root_kept_elsewhere_is_refused(
    house: Installation, backup: Path, empty: Installation, tmp_path: Path
) -> None:
    house.run("case", "open", "DK-later", officer="anna")
    (tmp_path / "old.json").write_text((backup / "roots.jsonl").read_text())
    (tmp_path / "root.json").write_text(house.run("ledger", "root").stdout)
    refused = empty.run("restore", "--from", backup, "--roots", tmp_path, status=7)
    assert "shorter than the last root kept elsewhere" in refused.stderr
    assert {one.name for one in empty.home.iterdir()} <= {"keys", "cache"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "holds none"),
        ("{}", "a signed root cannot be read"),
        ("forged", "not signed by this ledger's key, or was changed"),
    ],
)
def test_roots_kept_elsewhere_must_be_genuine(
    house: Installation, backup: Path, tmp_path: Path, text: str | None, reason: str
) -> None:
    if text == "forged":
        root = json.loads((backup / "roots.jsonl").read_text().splitlines()[-1])
        text = json.dumps(root | {"size": 1})
    if text is not None:
        (tmp_path / "root.json").write_text(text)
    with pytest.raises(InputError if text is None else LedgerBroken, match=reason):
        check_backup(folder=backup, roots_elsewhere=tmp_path, keys=keyring(house))


def _closed(home: Installation, reason: str, backup: Path) -> None:
    """Nobody works in this home, and it says why; nor is anything restored over it."""
    for command in (("ledger", "verify"), ("backup", "--to", backup.parent), ("upgrade",)):
        told = home.run(*command, status=7).stderr
        assert "did not end well" in told
        assert reason in " ".join(told.split())
    [answer] = home.json("doctor", status=1)
    [check] = [one for one in answer["checks"] if one["name"] == "restore"]
    assert check["ok"] is False
    assert reason in check["detail"]
    assert "remove everything in it but keys" in " ".join(
        home.run("restore", "--from", backup, status=6).stderr.split()
    )


def test_a_ledger_that_conflicts_with_a_root_kept_elsewhere_leaves_the_home_closed(
    house: Installation, backup: Path, make_installation: Make, tmp_path: Path
) -> None:
    fresh = with_keys_of(house, make_installation)
    signed = json.loads((backup / "manifest.json").read_text())["signed"]
    other = sign_root(signed, bytes(32), now=NOW, signer=keyring(house).signer())
    (tmp_path / "root.json").write_text(root_to_json(other))
    refused = fresh.run("restore", "--from", backup, "--roots", tmp_path, status=7)
    reason = f"Another root over the same {signed} entries was signed over other ones"
    assert reason in " ".join(refused.stderr.split())
    _closed(fresh, reason, backup)


@pytest.mark.soak
def test_a_copy_that_breaks_off_while_it_is_loaded_leaves_the_home_closed_until_it_is_cleared(
    house: Installation, backup: Path, copy: Path, make_installation: Make, tmp_path: Path
) -> None:
    fresh = with_keys_of(house, make_installation)
    edit(copy / "database.sealed", lambda all_: all_[:-100])
    data = (copy / "database.sealed").read_bytes()
    files = {"database.sealed": BackupFile(len(data), sha256(data).hexdigest())}
    for name in ("leaves.bin", "roots.jsonl"):
        data = (copy / name).read_bytes()
        files[name] = BackupFile(len(data), sha256(data).hexdigest())
    signed_anew(copy, house, files=files)
    reason = "the sealed copy of the database was changed, cut or put in another order"
    assert reason in " ".join(fresh.run("restore", "--from", copy, status=2).stderr.split())
    _closed(fresh, reason, backup)
    for one in fresh.home.iterdir():
        if one.name != "keys":
            shutil.rmtree(one) if one.is_dir() else one.unlink()

    # Cleared, it is restored into: the newest of a folder is taken, and a root that fits is proof.
    (tmp_path / "witness").mkdir()
    (tmp_path / "witness" / "one.json").write_text(house.run("backup", "--to", tmp_path / "backups").stdout)
    shutil.copytree(backup, tmp_path / "backups" / backup.name)
    [told] = fresh.json("restore", "--from", tmp_path / "backups", "--roots", tmp_path / "witness")
    assert told["entries"] > json.loads((backup / "manifest.json").read_text())["entries"]
    assert told["proven"] == told["entries"]
    assert fresh.json("ledger", "verify")[0]["ledger_ok"]
