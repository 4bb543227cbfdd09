"""Where a vault's objects lie: a folder of this host or a place in a bucket. An object is made once, never changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore, S3Store

from tsunagu.domain.errors import Unavailable
from tsunagu.records.durable import sync_folder
from tsunagu.records.s3 import BucketAccess, BucketPlace, bucket_told


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that lies in a store, by its name.

    Attributes:
        made_at: when, by the store's own clock.
    """

    name: str
    made_at: datetime


class VaultStore(Protocol):
    """Named objects, each written once."""

    def create(self, name: str, data: bytes) -> bool:
        """Keep an object, and return whether there was none of this name before.

        Raises:
            Unavailable: it cannot be written.
        """

    def read(self, name: str) -> bytes | None:
        """Return an object; None when there is none of this name.

        Raises:
            Unavailable: it cannot be read.
        """

    def remove(self, name: str) -> None:
        """Remove an object; there need not be one.

        Raises:
            Unavailable: it cannot be removed.
        """

    def remove_folder(self, name: str) -> None:
        """Remove every object whose name begins with this one's and a slash; there need not be any.

        Raises:
            Unavailable: one cannot be removed.
        """

    def listed(self, folder: str) -> Iterator[Stored]:
        """Yield every object whose name begins with this one's and a slash, in no order.

        Raises:
            Unavailable: they cannot be listed.
        """


class FolderVault:
    """The vault in a folder that nobody else may open."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made when it is needed."""
        self._folder = folder

    def create(self, name: str, data: bytes) -> bool:
        """Keep an object; once this returned, no power cut takes it back."""
        path = self._folder / name
        try:
            obstore.put(self._store(), name, data, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return False
        except (BaseError, OSError):
            raise Unavailable("the folder of the vault cannot be written") from None
        try:
            with path.open("rb") as file:
                os.fsync(file.fileno())
            for one in (path.parent, path.parent.parent):
                sync_folder(one)
        except OSError:
            raise Unavailable("the folder of the vault cannot be written") from None
        return True

    def read(self, name: str) -> bytes | None:
        """Return an object; None when there is none of this name."""
        try:
            return bytes(obstore.get(self._store(), name).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError):
            raise Unavailable("the folder of the vault cannot be read") from None

    def remove(self, name: str) -> None:
        """Remove an object. The blocks that held it are not wiped: without the key they tell nothing."""
        try:
            _remove(self._store(), [name])
        except (BaseError, OSError):
            raise Unavailable("the folder of the vault cannot be written") from None

    def remove_folder(self, name: str) -> None:
        """Remove every object in a folder, likewise."""
        try:
            _remove(self._store(), _names(self._store(), name))
        except (BaseError, OSError):
            raise Unavailable("the folder of the vault cannot be written") from None

    def listed(self, folder: str) -> Iterator[Stored]:
        """Yield every object in a folder."""
        try:
            yield from _listed(self._store(), folder)
        except (BaseError, OSError):
            raise Unavailable("the folder of the vault cannot be read") from None

    def _store(self) -> LocalStore:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self._folder)


class BucketVault:
    """The vault in a place of a bucket. Safe for many threads."""

    def __init__(self, place: BucketPlace, access: Callable[[], BucketAccess]) -> None:
        """Take the place; neither the server nor for its key is asked yet."""
        self._place = place
        self._access = access
        self._lock = threading.Lock()
        self._opened: S3Store | None = None

    def create(self, name: str, data: bytes) -> bool:
        """Keep an object."""
        with bucket_told():
            try:
                obstore.put(self._store(), name, data, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
        return True

    def read(self, name: str) -> bytes | None:
        """Return an object; None when there is none of this name."""
        with bucket_told():
            try:
                return bytes(obstore.get(self._store(), name).bytes())
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Remove an object."""
        with bucket_told():
            _remove(self._store(), [name])

    def remove_folder(self, name: str) -> None:
        """Remove every object whose name begins with this one's and a slash."""
        with bucket_told():
            _remove(self._store(), _names(self._store(), name))

    def listed(self, folder: str) -> Iterator[Stored]:
        """Yield every object whose name begins with this one's and a slash."""
        with bucket_told():
            yield from _listed(self._store(), folder)

    def _store(self) -> S3Store:
        with self._lock:
            if self._opened is None:
                self._opened = self._place.open(self._access())
            return self._opened


def _names(store: LocalStore | S3Store, folder: str) -> list[str]:
    return [one.name for one in _listed(store, folder)]


def _listed(store: LocalStore | S3Store, folder: str) -> Iterator[Stored]:
    for batch in obstore.list(store, prefix=folder):
        for one in batch:
            yield Stored(one["path"], one["last_modified"])


def _remove(store: LocalStore | S3Store, names: Sequence[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            obstore.delete(store, name)
