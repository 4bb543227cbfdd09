"""Packages in a folder: written beside it and renamed when whole; checked with nothing but what lies in it."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Self

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.package import PackageReport
from tsunagu.records.counted import Counted
from tsunagu.records.durable import sync_folder
from tsunagu.records.keys.signer import public_key_id
from tsunagu.records.ledger.signing import Signer
from tsunagu.records.packages.manifest import (
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    files_in,
    is_signed,
    public_key_from_pem,
)
from tsunagu.records.packages.written import write_signed

_MOST_SMALL_BYTES = 1 << 20
_SIGNATURE_BYTES = 64


class NewPackage:
    """A package that is being written; it stands in its place from `finish` on."""

    def __init__(self, folder: Path, partial: Path) -> None:
        """Write into `partial`, which becomes `folder`."""
        self._final = folder
        self._partial = partial
        self._files: dict[str, str] = {}

    @classmethod
    @contextmanager
    def begin(cls, folder: Path) -> Iterator[Self]:
        """Begin a package beside the place where it will stand; unless it is finished, nothing is left of it.

        Raises:
            Conflict: there is something of that name.
            InputError: there is no such place, or it cannot be written.
        """
        check_is_free(folder)
        partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        with _told_apart():
            partial.mkdir(mode=0o700)
        try:
            yield cls(folder, partial)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Open one new file, mode 0600; at the end it is on the disk for good.

        Raises:
            InputError: it cannot be written.
        """
        with _told_apart(), open(self._partial / name, "xb", opener=_for_its_owner) as file:
            counted = Counted(file)
            yield counted  # type: ignore[misc]  # all that its writers need of a file
            file.flush()
            os.fsync(file.fileno())
        self._files[name] = counted.sha256

    def finish(self, *, signer: Signer, public_key: bytes, now: datetime) -> None:
        """Sign what was written, and put it in its place."""
        write_signed(self, self._files, signer=signer, public_key=public_key, now=now)
        check_is_free(self._final)
        with _told_apart():
            sync_folder(self._partial)
            self._partial.rename(self._final)
            sync_folder(self._final.parent)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def check_is_free(folder: Path) -> None:
    """Do nothing when a package may be written there.

    Raises:
        Conflict: there is something of that name.
        InputError: there is no folder to make it in.
    """
    if os.path.lexists(folder):
        raise Conflict("there is something of that name already, and it is not overwritten")
    if not folder.parent.is_dir():
        raise InputError("there is no such folder to make the package in")


def check_package(folder: Path, public_key: bytes | None = None) -> PackageReport:
    """Return whether a package is as it was signed: every file, no file more, and the signature itself.

    It reads the folder alone. Without a key from elsewhere it is held against the one that it brings along, which
    tells that nothing was changed since, and not who signed: the caller compares the key.

    Args:
        folder: the package.
        public_key: the raw Ed25519 key (32 bytes) that is known to be the signer's.

    Raises:
        InputError: the folder cannot be read.
    """
    if not folder.is_dir():
        raise InputError("there is no such package")
    with _told_apart():
        names = {one.name for one in folder.iterdir()}
        try:
            manifest, signature = _small(folder / MANIFEST), _small(folder / SIGNATURE)
            files = files_in(manifest)
            own_key = public_key_from_pem(_small(folder / PUBLIC_KEY))
        except (InputError, FileNotFoundError):
            return PackageReport("", {}, ("The manifest, its signature or the public key is missing, or no such.",))
        problems = []
        if public_key is not None and public_key != own_key:
            problems.append("It was signed by another key than the one that was given.")
        if len(signature) != _SIGNATURE_BYTES or not is_signed(manifest, signature, own_key):
            problems.append("The signature of the manifest is wrong.")
        problems += [found for name, digest in files.items() if (found := _problem(folder, name, digest))]
        if PUBLIC_KEY not in files:
            problems.append(f"The manifest does not name {PUBLIC_KEY}.")
        if names - {*files, MANIFEST, SIGNATURE}:
            problems.append("There is a file that the manifest does not name.")
        return PackageReport(public_key_id(own_key), files, tuple(problems))


@contextmanager
def reading(folder: Path, name: str, digest: str) -> Iterator[BinaryIO]:
    """Open one file of a package that was checked; whoever reads it to its end has read what was signed.

    Raises:
        InputError: it cannot be read; or at the end of the block, it is not the file of this SHA-256 any more, and
            what was made of it must not stay.
    """
    with _told_apart(), _opened(folder / name) as file:
        read = _Digesting(file)
        yield read  # type: ignore[misc]  # all that its readers need of a file
        if read.sha256 != digest:
            raise InputError("the package was changed while it was read")


class _Digesting:
    """A file with the SHA-256 of what was read of it, from its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._file.read(size)
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        """In hex."""
        return self._digest.hexdigest()


def public_key_in(path: Path) -> bytes:
    """Return the public key that lies in a PEM file.

    Raises:
        InputError: it cannot be read, or holds none.
    """
    with _told_apart():
        return public_key_from_pem(_small(path.resolve()))


def _problem(folder: Path, name: str, digest: str) -> str | None:
    """Return what is wrong with one file. Names in manifests are ours: they are no paths."""
    try:
        with _opened(folder / name) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return f"{name} is missing."
    except InputError:
        return f"{name} is no ordinary file."
    return None if found == digest else f"{name} was changed."


def _small(path: Path) -> bytes:
    with _opened(path) as file:
        content = file.read(_MOST_SMALL_BYTES + 1)
    if len(content) > _MOST_SMALL_BYTES:
        raise InputError("a file of the package is too long to be what it should be")
    return content


def _opened(path: Path) -> io.BufferedReader:
    """Open an ordinary file; a link, a pipe or a device is refused before anybody waits for it.

    Raises:
        InputError: it is no ordinary file.
        OSError: it is missing, or the system does not let it be read, which tells nothing of the package.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.ENXIO}:
            raise
        raise InputError("a file of the package is no ordinary file") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError("a file of the package is no ordinary file")
    return os.fdopen(handle, "rb")


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn what the system refuses into an error that names no path."""
    try:
        yield
    except OSError as refused:
        raise InputError("the folder of the package cannot be used, or is full", errno=refused.errno or 0) from None
