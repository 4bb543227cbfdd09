"""Backups in a bucket: the files of a folder of the same name, the manifest last. Without it there is no backup."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError

from tsunagu.domain.errors import NotFound, Unavailable
from tsunagu.records.backup.folder import MANIFEST, NAME, FoundBackup, taken_at
from tsunagu.records.s3 import BucketAccess, BucketPlace, bucket_told

PART_BYTES = 8 << 20
MOST_PARTS = 9_000
"""A server takes 10,000 parts of one file."""
FETCHED_BYTES = 32 << 20
PARTS_AT_ONCE = 2
LEFT_AFTER = timedelta(days=1)
"""A backup without a manifest that is so old was broken off."""


class BackupBucket:
    """A place in a bucket that holds backups."""

    def __init__(self, place: BucketPlace, access: BucketAccess) -> None:
        """Take the place; the server is not asked yet. Its last part may be the name of one backup."""
        head, _, last = place.prefix.rpartition("/")
        self._name = last if NAME.fullmatch(last) else None
        within = BucketPlace(place.bucket, head) if self._name else place
        self.name = str(within)
        self._store = within.open(access)

    def check(self) -> None:
        """Do nothing when the bucket can be read.

        Raises:
            Unavailable: it cannot.
        """
        self._names()

    def newest(self) -> FoundBackup | None:
        """Return the newest whole backup, by its name, or the one that the place names; None when there is none.

        Raises:
            Unavailable: the bucket cannot be read.
        """
        for name in [self._name] if self._name else sorted(self._names(), reverse=True):
            sizes = self._sizes(name)
            if MANIFEST in sizes:
                return FoundBackup(name, taken_at(name), sum(sizes.values()))
        return None

    def keep(self, folder: Path, now: datetime) -> None:
        """Copy a whole backup out of a folder. It counts from the last moment on, and until then not at all.

        Raises:
            Unavailable: the bucket cannot be written; what was written of it is removed, as far as that is allowed.
        """
        self._sweep(now)
        files = sorted(folder.iterdir(), key=lambda one: (one.name == MANIFEST, one.name))
        try:
            with bucket_told():
                for one in files:
                    self._put(f"{folder.name}/{one.name}", one)
        except Unavailable:
            self._remove(folder.name)
            raise

    def fetch(self, into: Path) -> Path:
        """Copy the newest backup, or the one that the place names, into a folder of its name, and return that.

        Nothing is believed: whoever goes on with it checks the manifest's signature and every file.

        Raises:
            NotFound: there is none.
            Unavailable: the bucket cannot be read, or the disk is full.
        """
        found = self.newest()
        if found is None:
            raise NotFound("there is no whole backup in this place of the bucket")
        folder = into / found.name
        folder.mkdir(mode=0o700)
        with bucket_told():
            for name, size_bytes in self._sizes(found.name).items():
                self._get(f"{found.name}/{name}", folder / name, size_bytes)
        return folder

    def _names(self) -> list[str]:
        with bucket_told():
            listed = obstore.list_with_delimiter(self._store)
        return [one for one in listed["common_prefixes"] if NAME.fullmatch(one)]

    def _sizes(self, name: str) -> dict[str, int]:
        """Return the files of one backup with their sizes; a name that holds a folder belongs to none."""
        with bucket_told():
            listed = obstore.list_with_delimiter(self._store, name)
        return {one["path"].rpartition("/")[2]: one["size"] for one in listed["objects"]}

    def _put(self, name: str, path: Path) -> None:
        size_bytes = path.stat().st_size
        if size_bytes <= PART_BYTES:
            obstore.put(self._store, name, path, mode="create", use_multipart=False)
            return
        part_bytes = max(PART_BYTES, size_bytes // MOST_PARTS)
        obstore.put(self._store, name, path, chunk_size=part_bytes, max_concurrency=PARTS_AT_ONCE)

    def _get(self, name: str, path: Path, size_bytes: int) -> None:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "wb") as file:
            for start in range(0, size_bytes, FETCHED_BYTES):
                end = min(start + FETCHED_BYTES, size_bytes)
                data = obstore.get_range(self._store, name, start=start, end=end)
                try:
                    file.write(data)
                except OSError as error:
                    raise Unavailable("the disk is full: a backup is fetched whole before it is restored") from error

    def _sweep(self, now: datetime) -> None:
        for name in self._names():
            if now - taken_at(name) > LEFT_AFTER and MANIFEST not in self._sizes(name):
                self._remove(name)

    def _remove(self, name: str) -> None:
        """Remove what lies under a name, as far as these credentials may: many may not remove anything."""
        with suppress(BaseError, OSError, Unavailable):
            obstore.delete(self._store, list(self._paths(name)))

    def _paths(self, name: str) -> Iterator[str]:
        return (f"{name}/{file}" for file in self._sizes(name))
