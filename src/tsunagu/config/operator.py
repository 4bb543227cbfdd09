"""What the operator of a host does: keys, roles, checks."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version as release_of
from pathlib import Path
from threading import Event
from typing import Protocol

import psycopg

from tsunagu.config.configuration import Configuration
from tsunagu.config.databases import check_roles, disconnect, outages_told, point
from tsunagu.config.doctor import NO_DATABASE, Doctor, note_verified
from tsunagu.config.home import Home
from tsunagu.config.notifying import notify_ready
from tsunagu.config.places import backup_place, spool
from tsunagu.config.restoring import closed_until_whole, refuse_unless_empty
from tsunagu.domain.act import Act
from tsunagu.domain.erasure import ErasureList
from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.domain.ledger import Deed, LedgerReport
from tsunagu.records.backup.bucket import BackupBucket
from tsunagu.records.keys import custody
from tsunagu.records.keys.keyring import Keyring, keyring_file
from tsunagu.records.ledger.book import Book
from tsunagu.records.ledger.erasures import erasures_from_lines
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.postgres.foreign import APP_VARIABLE, foreign_addresses, foreign_owner, has_tables, roles_sql
from tsunagu.records.postgres.opening import admin_address, has_database, is_foreign, open_database
from tsunagu.records.postgres.passwords import forget_passwords
from tsunagu.records.postgres.server import PLACE, EmbeddedPostgres
from tsunagu.services.agencies.identity import reseal_second_factors
from tsunagu.services.erasures.replaying import replay_erasures
from tsunagu.services.house import Check, House, Restored, Rooms
from tsunagu.services.ledger.accounts import sign_root
from tsunagu.services.upkeep.backups import (
    CheckedBackup,
    TakenBackup,
    check_backup,
    load_backup,
    settle_restored,
    take_backup,
    upgrade_schema,
)

KEPT_BY_CLEARING = "cache"
MADE_BY_DEMO = frozenset({"DEMO", "demo-media", "keys", "ledger", "pg", "run", "signed-in"})


class OperatorsHouse(House, Protocol):
    """The house, as its operator may open it."""

    def open_as_found(self) -> AbstractContextManager[Rooms]:
        """Open the house whatever release the tables are of."""


class HostOperator:
    """The operator of one installation. It satisfies `services.house.Operator`."""

    def __init__(
        self, home: Home, environ: Mapping[str, str], configuration: Configuration, house: OperatorsHouse
    ) -> None:
        """Serve this home."""
        self._home = home
        self._environ = environ
        self._configuration = configuration
        self._house = house

    def has_keys(self) -> bool:
        """Return whether this home has a keyring."""
        return keyring_file(self._home.folder).exists()

    def create_keys(self) -> None:
        """Make the keyring of a new home.

        Raises:
            Conflict: there is one already; or there is a database or a ledger here, which only its lost keys open.
            Unavailable: a database on another server cannot be asked whether it is new.
        """
        if not self.has_keys() and self._holds_what_keys_open():
            raise Conflict(
                "this home has lost its keys, and new ones would not open what it holds: bring them back with "
                "`tsunagu keys restore`"
            )
        Keyring.create(self._home.folder, self._environ)

    def _holds_what_keys_open(self) -> bool:
        """Return whether anything was done here under a keyring: a signed root, or tables in the database."""
        if any(self._home.ledger.glob("*")):
            return True
        if is_foreign(self._environ):
            return has_tables(foreign_owner(self._environ))
        if not (self._home.folder / "pg" / "data").exists():
            return False
        try:
            with open_database(self._home.folder, self._environ) as addresses:
                return has_tables(addresses.owner)
        except Unavailable:
            return True  # who cannot look must not take it for new

    def claim_for_demo(self) -> None:
        """Make this home a demonstration's: an empty one, or one that an earlier demonstration is removed from.

        Raises:
            Conflict: it is in use, its database is on another server, or it holds anything of another
                kind.
        """
        held = {one.name: one for one in self._home.folder.iterdir() if one.name != KEPT_BY_CLEARING}
        marker = self._home.demo_marker
        if held and marker.name not in held:
            raise Conflict("this home is not empty: give the demonstration one of its own by TSUNAGU_HOME")
        if not all(name in MADE_BY_DEMO or name.startswith("pg-runtime-") for name in held):
            raise Conflict("this home holds something that is not the demonstration's; nothing was removed")
        if self._environ.get(APP_VARIABLE) or EmbeddedPostgres(self._home.folder).status().is_running:
            raise Conflict("the demonstration's database is in use, or on another server")
        for one in sorted(held.values(), key=lambda path: path == marker):  # the marker last: it says whose the rest is
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        marker.touch(mode=0o600)

    def rotate_keys(self) -> int:
        """Change every key, seal the second factors anew, and return how many."""
        with self._house.open() as rooms:
            resealed = reseal_second_factors(keys=rooms.keys.rotate(self._environ))
            rooms.ledger.record(Deed(Act.KEYS_ROTATED, datetime.now(UTC), None))
        return resealed

    def export_keys(self, folder: Path, passphrases: tuple[str, str]) -> tuple[Path, Path]:
        """Write the two custodians' shares."""
        custody.checked(passphrases)  # before it is written down that they were exported
        with self._house.open() as rooms:
            rooms.ledger.record(Deed(Act.KEYS_EXPORTED, datetime.now(UTC), None))
        return custody.export(self._home.folder, self._environ, folder, passphrases=passphrases)

    def restore_keys(self, shares: tuple[Path, Path], passphrases: tuple[str, str]) -> None:
        """Bring the keys back from both shares."""
        custody.restore(*shares, *passphrases, self._home.folder)

    def roles_sql(self) -> str:
        """Return what an administrator of a foreign server runs when the owner may not create roles."""
        return roles_sql(foreign_addresses(self._home.folder, self._environ))

    def refuse_without_database(self) -> None:
        """Refuse to look where nothing is: opening the house would make a database there.

        Raises:
            Unavailable: there is none in this home yet.
        """
        if not has_database(self._home.folder, self._environ):
            raise Unavailable(NO_DATABASE)

    def database_state(self) -> tuple[Check, ...]:
        """Return how the database stands, without starting it."""
        return tuple(self._doctor().server())

    def run_database(self) -> None:
        """Keep the embedded database running until this process is told to end; systemd hears when it is ready.

        Raises:
            InputError: the database is on a server of somebody else.
            Unavailable: it cannot run here.
        """
        if is_foreign(self._environ):
            raise InputError("the database is on a server of your own: there is nothing to run here")
        told = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        with open_database(self._home.folder, self._environ):
            notify_ready(self._environ)
            told.wait()

    def check(self) -> tuple[Check, ...]:
        """Examine the installation, every part whether or not another fails."""
        return self._doctor().check()

    def status(self) -> tuple[Check, ...]:
        """Return how the installation stands, in numbers and times; nothing of its content."""
        return self._doctor().status()

    def note_verified(self, report: LedgerReport) -> None:
        """Keep when the ledger was found sound."""
        note_verified(self._home.verified, entries=report.entries, now=datetime.now(UTC))

    def back_up(self, place: Path | str | None) -> TakenBackup:
        """Write a backup into a folder of its own at `place`, or where the settings say.

        On its way into a bucket it is first written whole beside the database: the snapshot is not held open
        for as long as a network takes.

        Raises:
            InputError: neither says where, or the place is within this home.
            Unavailable: a part is missing; the message says which.
        """
        self.refuse_without_database()
        target = self._place(place)
        if target is None:
            raise InputError("say where the backup goes: --to, or backup_folder or backup_bucket in the settings")
        if isinstance(target, Path):
            if target.resolve().is_relative_to(self._home.folder.resolve()):
                raise InputError("a backup within TSUNAGU_HOME is lost together with it: choose another place")
            return self._taken(target)
        target.check()
        with spool(self._home) as folder:
            taken = self._taken(folder)
            target.keep(folder / taken.manifest.name, datetime.now(UTC))
        return replace(taken, place=f"{target.name}/{taken.manifest.name}")

    def _taken(self, parent: Path) -> TakenBackup:
        with (
            self._house.open_as_found() as rooms,
            _admitted(self._home, self._environ) as admin,
        ):
            return take_backup(
                parent=parent,
                admin=admin,
                release=release_of("tsunagu"),
                now=datetime.now(UTC),
                keys=rooms.keys,
                ledger=rooms.ledger,
                roots=rooms.roots,
            )

    def restore(self, place: Path | str, roots_elsewhere: Path | None, erasures: Path | None) -> Restored:
        """Bring a backup back into this home, which holds its keys and nothing else, and erase anew what was erased.

        Raises:
            Conflict: the home or the database is not empty, or a later release made the backup.
            InputError: the backup was damaged.
            LedgerBroken: the ledger does not fit roots that were kept elsewhere, or does not verify; or the list of
                erasures is not genuine.
            Unavailable: the backup cannot be fetched.
        """
        refuse_unless_empty(self._home, is_foreign=is_foreign(self._environ))
        keys = Keyring.open(self._home.folder, self._environ)
        listed = None if erasures is None else erasures_from_lines(erasures.read_bytes(), keys.public_keys())
        source = self._place(place)
        with ExitStack() as stack:
            if isinstance(source, BackupBucket):
                source = source.fetch(stack.enter_context(spool(self._home)))
            checked = check_backup(folder=source or Path(place), roots_elsewhere=roots_elsewhere, keys=keys)
            with closed_until_whole(self._home):
                return self._restored(checked, listed, keys)

    def _place(self, named: Path | str | None) -> Path | BackupBucket | None:
        return backup_place(named, self._configuration, self._environ)

    def _restored(self, checked: CheckedBackup, listed: ErasureList | None, keys: Keyring) -> Restored:
        if not is_foreign(self._environ):
            forget_passwords(self._home.folder / "keys", PLACE)
        roots = RootStore(self._home.ledger)
        with outages_told(), open_database(self._home.folder, self._environ) as addresses:
            try:
                point(addresses)
                with _admitted(self._home, self._environ) as admin:
                    load_backup(backup=checked, admin=admin, roots=roots)
                    report = settle_restored(
                        backup=checked, admin=admin, now=datetime.now(UTC), keys=keys, ledger=Book(), roots=roots
                    )
                check_roles(addresses)
                replayed = replay_erasures(listed, now=datetime.now(UTC), keys=keys, ledger=Book())
                sign_root(store=roots, signer=keys.signer(), now=datetime.now(UTC))
            finally:
                disconnect()
        self.note_verified(report)
        return Restored(report, replayed)

    def upgrade(self) -> int:
        """Bring the tables up to date with this release, and return how many migrations were applied."""
        self.refuse_without_database()
        with self._house.open_as_found() as rooms:
            return upgrade_schema(now=datetime.now(UTC), keys=rooms.keys, ledger=rooms.ledger, roots=rooms.roots)

    def _doctor(self) -> Doctor:
        return Doctor(self._home, self._environ, self._configuration, datetime.now(UTC))


@contextmanager
def _admitted(home: Home, environ: Mapping[str, str]) -> Iterator[psycopg.Connection]:
    """Connect to the open database as the role that sees every row."""
    with psycopg.connect(admin_address(home.folder, environ).conninfo(), autocommit=True) as connection:
        yield connection
