"""Where backups and vaults are kept: a folder, or a place in a bucket whose key a file or the environment holds."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tsunagu.config.configuration import Configuration
from tsunagu.config.home import Home
from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.records.backup.bucket import BackupBucket
from tsunagu.records.keys.private_files import read_private
from tsunagu.records.s3 import SCHEME, BucketAccess, BucketPlace
from tsunagu.records.vault.store import BucketVault, FolderVault, VaultStore

KEY_ID, SECRET = "TSUNAGU_S3_KEY_ID", "TSUNAGU_S3_SECRET"


def backup_place(
    named: Path | str | None, configuration: Configuration, environ: Mapping[str, str]
) -> Path | BackupBucket | None:
    """Return the place that was named, or else that of the settings; None when neither names one.

    Raises:
        InputError: the settings name two, or a bucket's place or server is not told properly.
        Unavailable: the bucket's key is missing, or open to others.
    """
    if named is None:
        if configuration.backup_folder and configuration.backup_bucket:
            raise InputError("the settings name both backup_folder and backup_bucket: keep one")
        named = configuration.backup_folder or configuration.backup_bucket
    if isinstance(named, str) and named.startswith(SCHEME):
        return BackupBucket(BucketPlace.of(named), bucket_access(configuration, environ))
    if isinstance(named, str):
        raise InputError("the setting backup_bucket begins with s3://")
    return named


def vault_place(home: Home, configuration: Configuration, environ: Mapping[str, str]) -> VaultStore:
    """Return where the vault lies: as the settings say, or in the home.

    Raises:
        InputError: the settings name two, or a bucket's place is not told properly.
    """
    bucket = configuration.vault_bucket
    if bucket is None:
        return FolderVault(configuration.vault_folder or home.folder / "vault")
    if configuration.vault_folder:
        raise InputError("the settings name both vault_folder and vault_bucket: keep one")
    return BucketVault(BucketPlace.of(bucket), lambda: bucket_access(configuration, environ))


def bucket_access(configuration: Configuration, environ: Mapping[str, str]) -> BucketAccess:
    """Return what opens the buckets of the server that the settings name.

    Raises:
        InputError: the server is not named, or would be asked in clear.
        Unavailable: its key is missing, or open to others.
    """
    if configuration.s3_endpoint is None:
        raise InputError("the settings do not say which server holds the bucket: s3_endpoint")
    key_id, secret = _credentials(configuration.s3_credentials_file, environ)
    authority = configuration.s3_authority_file
    try:
        pem = authority.read_bytes() if authority else None
    except OSError:
        raise Unavailable("the s3_authority_file cannot be read") from None
    return BucketAccess(configuration.s3_endpoint, configuration.s3_region, key_id, secret, pem)


@contextmanager
def spool(home: Home) -> Iterator[Path]:
    """Lend an empty folder of the home for a backup on its way to or from a bucket; nothing of it is left at the end.

    Raises:
        Conflict: another one is on its way.
    """
    folder = home.folder / "cache" / "backup"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _hold(held)
        _empty(folder)  # of what a killed one has left
        try:
            yield folder
        finally:
            _empty(folder)
    finally:
        os.close(held)


def _hold(folder: int) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("another backup is on its way to or from a bucket") from None


def _credentials(file: Path | None, environ: Mapping[str, str]) -> tuple[str, str]:
    if environ.get(KEY_ID) and environ.get(SECRET):
        return environ[KEY_ID], environ[SECRET]
    content = read_private(file) if file else None
    if content is None:
        raise Unavailable(f"the key of the bucket's server is missing: {KEY_ID} and {SECRET}, or s3_credentials_file")
    lines = content.decode("utf-8", "replace").split()
    if len(lines) != 2:
        raise InputError("the s3_credentials_file holds two lines, the key's id and its secret")
    return lines[0], lines[1]


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        shutil.rmtree(one, ignore_errors=True)
