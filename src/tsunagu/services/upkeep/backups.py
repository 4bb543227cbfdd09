"""Backups taken, and brought back into an empty installation: an operator's acts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from psycopg import Connection

from tsunagu.domain.act import Act
from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import Conflict, InputError, LedgerBroken, Unavailable
from tsunagu.domain.ledger import Deed, LedgerReport, SignedRoot
from tsunagu.records import migrating
from tsunagu.records.backup import folder as backup_folder
from tsunagu.records.backup.folder import DATABASE, LEAVES, MANIFEST, ROOTS, NewBackup
from tsunagu.records.backup.manifest import Manifest, signed_manifest
from tsunagu.records.backup.sealed import KEY_BYTES, read_sealed, write_sealed
from tsunagu.records.backup.tables import dump, holds_tables, load
from tsunagu.records.backup.ways_in import end_every_way_in
from tsunagu.records.ledger.book import all_entries, hashes_after
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.signing import Signer, is_signed_by, root_from_json
from tsunagu.records.ledger.verify import verify
from tsunagu.services.intake.lost_uploads import end_lost_uploads
from tsunagu.services.ledger.accounts import sign_root
from tsunagu.services.parts import Keys, Ledger

SEALS = "backup"


class BackupKeys(Keys, Protocol):
    """The keyring, as far as backups use it."""

    def signer(self) -> Signer:
        """Return what signs with the newest version of the ledger's key."""

    def public_keys(self) -> Mapping[str, bytes]:
        """Return the public keys of all its versions by their ids."""


@dataclass(frozen=True, slots=True)
class TakenBackup:
    """A backup that stands whole.

    Attributes:
        place: where: a folder, or a name in a bucket.
        root: the ledger's root signed for it, to be kept elsewhere; None when the ledger is empty.
    """

    place: str
    manifest: Manifest
    root: SignedRoot | None


def take_backup(
    *,
    parent: Path,
    admin: Connection,
    release: str,
    now: datetime,
    keys: BackupKeys,
    ledger: Ledger,
    roots: RootStore,
) -> TakenBackup:
    """Write a backup into a folder of its own in `parent`. Others may go on working meanwhile.

    The roots are copied before the snapshot is taken, so that the copy holds every entry that they cover.

    Args:
        parent: where the backups are kept; made when it is missing.
        admin: a connection of a role that no row-level security binds; used up.
        release: of this program.

    Raises:
        Unavailable: a row may not be read, the folder cannot be written, or the keyring has no key for backups yet.
    """
    facts = _Facts()
    data_key = os.urandom(KEY_BYTES)
    with NewBackup.begin(parent, now) as backup:
        sealed_key = keys.seal(SEALS, data_key, backup.name.encode())
        ledger.record(Deed(Act.BACKUP_TAKEN, now, None, details={"backup": backup.name}))
        sign_root(store=roots, signer=keys.signer(), now=now)
        with backup.writing(ROOTS) as to_roots, backup.writing(LEAVES) as to_leaves:
            root = roots.copy(to_roots, to_leaves)
        with backup.writing(DATABASE) as file:
            write_sealed(file, dump(admin, facts.read), key=data_key, bound_to=backup.name.encode())
        manifest = Manifest(
            name=backup.name,
            taken_at=utc_text(now),
            release=release,
            postgres=facts.postgres,
            migrations=facts.migrations,
            entries=facts.entries,
            last_hash=facts.last_hash,
            signed=root.size if root else 0,
            root=root.root.hex() if root else "",
            sealed_key=sealed_key.hex(),
            files=backup.files,
        )
        with backup.writing(MANIFEST) as file:
            file.write(signed_manifest(manifest, keys.signer()))
        return TakenBackup(str(backup.finish()), manifest, root)


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """A backup whose files are as they were written, that this release and these keys can open.

    Attributes:
        witnessed: roots that were kept elsewhere, none of which it is too short for.
    """

    path: Path
    manifest: Manifest
    data_key: bytes
    witnessed: tuple[SignedRoot, ...]


def check_backup(*, folder: Path, roots_elsewhere: Path | None, keys: BackupKeys) -> CheckedBackup:
    """Return the backup in `folder` once nothing speaks against it. Nothing is written.

    Args:
        folder: a backup, or a folder of backups, of which the newest is meant.
        roots_elsewhere: a folder of files with signed roots, one a line, as `ledger root` prints them.

    Raises:
        NotFound: there is no backup.
        InputError: a part of it was changed, cut, added or taken away; the message says which.
        Conflict: a later release made it.
        LedgerBroken: its ledger is shorter than a root that was kept elsewhere, or such a root is not genuine.
        Unavailable: it belongs to other keys, or cannot be read.
    """
    path = backup_folder.find_backup(folder)
    manifest = backup_folder.checked_manifest(path, keys.public_keys())
    if manifest.name != path.name:
        raise InputError("the backup's folder does not bear the name that its manifest was signed for")
    data_key = keys.open_sealed(SEALS, bytes.fromhex(manifest.sealed_key), manifest.name.encode())
    if migrating.unknown(manifest.migrations):
        raise Conflict("the backup was made by another release whose tables this one does not know: use that one")
    witnessed = _witnessed(roots_elsewhere, keys.public_keys()) if roots_elsewhere else ()
    longest = max((root.size for root in witnessed), default=0)
    if longest > manifest.entries:
        raise LedgerBroken(
            f"the backup's ledger is shorter than the last root kept elsewhere: {manifest.entries} entries, where "
            f"{longest} were signed. Deeds would be lost without a trace; nothing was restored"
        )
    return CheckedBackup(path, manifest, data_key, witnessed)


def load_backup(*, backup: CheckedBackup, admin: Connection, roots: RootStore) -> None:
    """Put every row and the signed roots back, in tables as they were when the backup was made.

    Raises:
        Conflict: the database is not empty.
        InputError: the copy is not whole.
        Unavailable: the role may not load it.
    """
    if holds_tables(admin):
        raise Conflict("the database is not empty: a backup is restored into an empty one only")
    migrating.migrate_to(backup.manifest.migrations)
    with (backup.path / DATABASE).open("rb") as file:
        load(admin, read_sealed(file, key=backup.data_key, bound_to=backup.manifest.name.encode()))
    admin.execute("ANALYZE")
    if backup.manifest.signed:
        roots.adopt(backup.path / ROOTS, backup.path / LEAVES)


def settle_restored(
    *, backup: CheckedBackup, admin: Connection, now: datetime, keys: BackupKeys, ledger: Ledger, roots: RootStore
) -> LedgerReport:
    """Verify the restored ledger, bring the tables up to date, end what cannot go on, and write down that it was done.

    Every way in ends, and every right beyond the roles: see `end_every_way_in`. So does every upload that was not
    examined yet: see `end_lost_uploads`.

    Raises:
        LedgerBroken: the ledger does not verify against the roots of the backup or those kept elsewhere.
    """
    report = verify(all_entries(), roots, keys.public_keys(), witnessed=backup.witnessed)
    if report.problem is not None:
        raise LedgerBroken(f"the restored ledger does not verify: {report.problem}")
    if report.entries != backup.manifest.entries or _last_hash(report.entries) != backup.manifest.last_hash:
        raise LedgerBroken("the restored ledger is not the one that the manifest was signed for")
    if migrating.schema_state() is not migrating.SchemaState.CURRENT:
        migrating.migrate()
    end_every_way_in(admin, now=now)
    end_lost_uploads(now=now, ledger=ledger)
    ledger.record(Deed(Act.BACKUP_RESTORED, now, None, details={"backup": backup.manifest.name}))
    sign_root(store=roots, signer=keys.signer(), now=now)
    return report


def upgrade_schema(*, now: datetime, keys: BackupKeys, ledger: Ledger, roots: RootStore) -> int:
    """Bring the tables up to date with this release, and return how many migrations were applied.

    Raises:
        Conflict: a later release has been at work.
    """
    state = migrating.schema_state()
    if state is migrating.SchemaState.NEWER:
        raise Conflict("a later release has been at work on this database: use that one")
    count = len(migrating.missing())
    if count:
        migrating.migrate()
        ledger.record(Deed(Act.SCHEMA_UPGRADED, now, None, details={"migrations": count}))
        sign_root(store=roots, signer=keys.signer(), now=now)
    return count


class _Facts:
    """What is read of the database in the snapshot of its copy."""

    postgres: int
    migrations: tuple[tuple[str, str], ...]
    entries: int
    last_hash: str

    def read(self, connection: Connection) -> None:
        """Read it."""
        self.postgres = connection.info.server_version // 10_000
        rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        self.migrations = tuple((app, name) for app, name in rows)
        query = "SELECT number, hash FROM ledger.entry ORDER BY number DESC LIMIT 1"
        number, last = connection.execute(query).fetchone() or (0, b"")
        self.entries, self.last_hash = int(number), bytes(last).hex()


def _last_hash(entries: int) -> str:
    return b"".join(hashes_after(entries - 1)).hex() if entries else ""


def _witnessed(folder: Path, public_keys: Mapping[str, bytes]) -> tuple[SignedRoot, ...]:
    """Return the roots in the files of a folder. One that is unreadable is a finding: it may be the one that counts."""
    try:
        texts = [one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file()]
    except OSError as error:
        raise Unavailable("the roots that were kept elsewhere cannot be read") from error
    roots = tuple(root_from_json(line) for text in texts for line in text.splitlines() if line.strip())
    if not roots:
        raise InputError("the folder of the roots kept elsewhere holds none")
    for root in roots:
        public_key = public_keys.get(root.key_id)
        if public_key is None or not is_signed_by(root, public_key):
            raise LedgerBroken("a root kept elsewhere was not signed by this ledger's key, or was changed")
    return roots
