"""Backups in a folder: each in one of its own, written beside and renamed when it is whole.

    <UTC time>-<random>/    0700
        database.sealed     every row, encrypted (`sealed`, `tables`)
        leaves.bin          the hashes of the ledger's entries, as they were signed
        roots.jsonl         the ledger's signed roots
        manifest.json       what belongs to it, signed (`manifest`)

What a broken-off backup left behind is removed by the next one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self

from tsunagu.domain.errors import InputError, NotFound, Unavailable
from tsunagu.records.backup.manifest import BackupFile, Manifest, read_manifest
from tsunagu.records.counted import Counted
from tsunagu.records.durable import sync_folder

DATABASE = "database.sealed"
LEAVES = "leaves.bin"
ROOTS = "roots.jsonl"
MANIFEST = "manifest.json"
_PARTIAL = ".unfinished-"
_TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_MOST_MANIFEST_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 20


class NewBackup:
    """A backup that is being written; it counts from `finish` on."""

    def __init__(self, parent: Path, name: str) -> None:
        """Write into a hidden folder beside the place where it will stand."""
        self.name = name
        self._final = parent / name
        self._partial = parent / f"{_PARTIAL}{name}"
        self._files: dict[str, BackupFile] = {}

    @classmethod
    @contextmanager
    def begin(cls, parent: Path, now: datetime) -> Iterator[Self]:
        """Make the folder of a backup in `parent`; unless it is finished within the block, nothing is left of it.

        Raises:
            Unavailable: the folder cannot be written, or the disk is full.
        """
        with _told_apart():
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sweep(parent)
            name = f"{now.astimezone(UTC).strftime(_TIME)}-{secrets.token_hex(4)}"
            backup = cls(parent, name)
            backup._partial.mkdir(mode=0o700)
            held = os.open(backup._partial, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(held, fcntl.LOCK_EX)  # while it is held, nobody else sweeps the folder away
                yield backup
            finally:
                os.close(held)
                shutil.rmtree(backup._partial, ignore_errors=True)

    @property
    def files(self) -> Mapping[str, BackupFile]:
        """What has been written, by file name."""
        return dict(self._files)

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Open one new file of the backup, mode 0600; at the end it is on the disk for good."""
        path = self._partial / name
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(opened, "wb") as file:
            counted = Counted(file)
            yield counted  # type: ignore[misc]  # all that its writers need of a file
            file.flush()
            os.fsync(opened)
            self._files[name] = BackupFile(counted.size_bytes, counted.sha256)

    def finish(self) -> Path:
        """Give the backup its name, and return where it stands."""
        with _told_apart():
            sync_folder(self._partial)
            self._partial.rename(self._final)
            sync_folder(self._final.parent)
        return self._final


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """A whole backup, not looked into.

    Attributes:
        size_bytes: of all its files.
    """

    name: str
    taken_at: datetime
    size_bytes: int


def newest_backup(parent: Path) -> FoundBackup | None:
    """Return the newest whole backup in a folder by its name; None when there is none.

    Raises:
        Unavailable: the folder cannot be read.
    """
    with _told_apart():
        names = [one.name for one in parent.iterdir() if NAME.fullmatch(one.name)] if parent.exists() else []
        if not names:
            return None
        name = max(names)
        return FoundBackup(name, taken_at(name), sum(one.stat().st_size for one in (parent / name).iterdir()))


def taken_at(name: str) -> datetime:
    """Return when a backup was begun, which its name says."""
    return datetime.strptime(name.partition("-")[0], _TIME).replace(tzinfo=UTC)


def find_backup(folder: Path) -> Path:
    """Return the backup that `folder` is, or the newest one in it.

    Raises:
        NotFound: it is none, and there is none in it.
        Unavailable: it cannot be read.
    """
    if (folder / MANIFEST).exists() or NAME.fullmatch(folder.name):
        return folder
    newest = newest_backup(folder)
    if newest is None:
        raise NotFound("there is no whole backup in this folder")
    return folder / newest.name


def checked_manifest(path: Path, public_keys: Mapping[str, bytes]) -> Manifest:
    """Return the manifest of a backup all of whose files are as they were written.

    Raises:
        InputError: the manifest or a file is missing, was changed, cut or added; the message says which.
        Unavailable: it was signed by a key that is not known here, or cannot be read.
    """
    with _told_apart():
        try:
            with (path / MANIFEST).open("rb") as file:
                text = file.read(_MOST_MANIFEST_BYTES)
        except FileNotFoundError:
            raise InputError(f"the backup has no {MANIFEST}") from None
        manifest = read_manifest(text, public_keys)
        found = {one.name for one in path.iterdir()} - {MANIFEST}
        for name, told in manifest.files.items():
            if name not in found:
                raise InputError(f"the backup lacks its {name}")
            _check_file(path / name, told)
        if found - set(manifest.files):
            raise InputError("the backup holds a file that does not belong to it")
    return manifest


def _check_file(path: Path, told: BackupFile) -> None:
    if path.stat().st_size != told.size_bytes:
        raise InputError(f"the backup's {path.name} was cut or lengthened")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != told.sha256:
            raise InputError(f"the backup's {path.name} was changed")


def _sweep(parent: Path) -> None:
    """Remove what broken-off backups left: folders that nobody holds any more."""
    for left in parent.glob(f"{_PARTIAL}*"):
        held = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(held)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn what the system refuses into an error that names no path."""
    try:
        yield
    except OSError as refused:
        raise Unavailable("the folder of the backups cannot be used, or is full", errno=refused.errno or 0) from None
