"""One PostgreSQL under TSUNAGU_HOME, shared by all processes that need it and gone when none does."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.addresses import DEFAULT_PORT, Addresses, DatabaseAddress
from tsunagu.records.postgres.cluster import check_cluster, check_reach, create_cluster
from tsunagu.records.postgres.embedded_roles import ADMIN, EMBEDDED_NAMES, addresses_of, prepare_embedded
from tsunagu.records.postgres.folders import Folders
from tsunagu.records.postgres.install import installation_for
from tsunagu.records.postgres.locks import exclusive, is_held, lock_at_once, open_lock, try_exclusive
from tsunagu.records.postgres.passwords import has_passwords, keep_passwords
from tsunagu.records.postgres.processes import (
    ask_to_stop,
    end_orphans,
    listening_process,
    log_tail,
    start_server,
)
from tsunagu.records.postgres.users import Account, database_account

PLACE = "embedded"
POLL_S = 0.01
ORPHAN_GRACE_S = 1.0
PATIENCE_S = 30.0
"""How long a server may give no sign, or take for its last checkpoint, before it is ended at once."""
PREPARE_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How the embedded server stands.

    Attributes:
        is_running: some process of it lives.
        major_version: of the data directory, such as "18"; None before the first start.
        size_bytes: all files of the data directory; None before the first start.
    """

    is_running: bool
    major_version: str | None
    size_bytes: int | None


class EmbeddedPostgres:
    """The server whose data lie under one home.

    Every use holds a shared lock; whoever leaves last stops the server. Starting and stopping happen behind one gate,
    so nobody enters a server that is being stopped. The kernel drops the locks of a killed process: a server that it
    leaves behind is stopped by the next use's last leaver.
    """

    def __init__(self, home: Path) -> None:
        """Take the folder that holds all state; nothing is made or started yet."""
        self._folders = Folders(Path(os.path.abspath(home)))  # noqa: PTH100 - resolve() would follow links

    @contextmanager
    def use(self) -> Iterator[Addresses]:
        """Yield the addresses of a server that runs at least until the block ends, starting it when it is down.

        Recovery after a crash is waited for as long as the server works on it.

        Raises:
            Unavailable: it cannot run here, or its data are damaged, of another version or another user's.
        """
        account = database_account()
        self._folders.create(account)
        entered_by = os.getpid()
        use = open_lock(self._folders.use)
        try:
            with exclusive(self._folders.gate):
                fcntl.flock(use, fcntl.LOCK_SH)
                addresses = self._enter(account)
            yield addresses
        finally:
            # A forked child that runs out of the block must not take the hold from its parent.
            if os.getpid() == entered_by:
                self._leave(account, use)
            os.close(use)

    def revive(self) -> None:
        """Start the server again when it has died under those who use it; nothing happens while it answers.

        Raises:
            Unavailable: as for `use`.
        """
        account = database_account()
        if _answer(self._folders.socket_folder(account)) != pq.Ping.OK:
            with exclusive(self._folders.gate):
                self._enter(account)

    def status(self) -> ServerStatus:
        """Tell how the server stands, without starting or disturbing it."""
        folders = self._folders
        is_running = folders.alive.exists() and is_held(folders.alive)
        try:
            major = (folders.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            return ServerStatus(is_running, None, None)
        return ServerStatus(is_running, major, _size_bytes(folders.data))

    def admin_address(self) -> DatabaseAddress:
        """Return where the superuser reaches the running server; for backup and repair, never for work."""
        folder = self._folders.socket_folder(database_account())
        return self._admin(folder, keep_passwords(self._folders.keys, PLACE, [ADMIN])[ADMIN])

    def _enter(self, account: Account) -> Addresses:
        if self._folders.data.exists() and not has_passwords(self._folders.keys, PLACE):
            raise Unavailable("the passwords of the database are missing; restore keys/database.json from a backup")
        names = EMBEDDED_NAMES
        passwords = keep_passwords(self._folders.keys, PLACE, [ADMIN, names.owner, names.app, names.linker])
        socket_folder = self._folders.socket_folder(account)
        for attempts_left in reversed(range(PREPARE_ATTEMPTS)):
            self._bring_up(account, socket_folder, passwords[ADMIN])
            try:
                prepare_embedded(self._admin(socket_folder, passwords[ADMIN]), passwords)
                break
            except psycopg.OperationalError as error:
                # It may have crashed just now and be recovering; wrong passwords fail every time.
                if attempts_left == 0:
                    raise Unavailable(
                        "the database does not let its own program in; were its passwords lost?"
                    ) from error
        return addresses_of(str(socket_folder), passwords)

    def _bring_up(self, account: Account, socket_folder: Path, password: str) -> None:
        is_started = False
        silent_since = time.monotonic()
        while True:
            with try_exclusive(self._folders.alive) as alive:
                if alive is not None:
                    if is_started:
                        raise Unavailable("PostgreSQL stopped while starting", log=log_tail(self._folders))
                    self._start(account, socket_folder, password, alive)
                    is_started = True
            answer = _answer(socket_folder)
            if answer == pq.Ping.OK:
                return
            # A server that recovers or shuts down says so, and is waited for without end.
            if answer == pq.Ping.REJECT:
                silent_since = time.monotonic()
            self._sweep(account, socket_folder, time.monotonic() - silent_since)
            time.sleep(POLL_S)

    def _sweep(self, account: Account, socket_folder: Path, silent_s: float) -> None:
        """Clear away what holds the data directory but answers nobody."""
        if silent_s > ORPHAN_GRACE_S:
            end_orphans(account, self._folders)
        if silent_s > PATIENCE_S and (process := listening_process(account, socket_folder)):
            ask_to_stop(process, at_once=True)

    def _start(self, account: Account, socket_folder: Path, password: str, alive: int) -> None:
        if account.is_other:
            check_reach(account, self._folders.pg)
        installation = installation_for(account, self._folders)
        if not self._folders.data.exists():
            create_cluster(account, self._folders, installation, user=ADMIN, password=password, alive=alive)
        check_cluster(account, self._folders, installation)
        start_server(account, self._folders, installation, socket_folder, alive)

    def _leave(self, account: Account, use: int) -> None:
        with exclusive(self._folders.gate):
            fcntl.flock(use, fcntl.LOCK_UN)
            if lock_at_once(use, fcntl.LOCK_EX):
                self._stop(account)

    def _stop(self, account: Account) -> None:
        socket_folder = self._folders.socket_folder(account)
        asked_at = None
        swept_at = time.monotonic()
        while is_held(self._folders.alive):
            now = time.monotonic()
            if asked_at is None or now - asked_at > PATIENCE_S:
                process = listening_process(account, socket_folder)
                if process == 0:
                    return  # it runs in another container, which alone can stop it
                if process is not None:
                    # PostgreSQL 18 hangs when it is asked for a fast shutdown while it recovers from a crash of one
                    # of its sessions. An immediate one loses nothing and always ends.
                    at_once = asked_at is not None or _answer(socket_folder) != pq.Ping.OK
                    ask_to_stop(process, at_once=at_once)
                    asked_at = now
            if now - swept_at > ORPHAN_GRACE_S:
                end_orphans(account, self._folders)
                swept_at = now
            time.sleep(POLL_S)
        self._folders.forget_socket_folder(account)

    @staticmethod
    def _admin(socket_folder: Path, password: str) -> DatabaseAddress:
        return DatabaseAddress(str(socket_folder), DEFAULT_PORT, "postgres", ADMIN, password)


def _answer(socket_folder: Path) -> int:
    target = make_conninfo("", host=str(socket_folder), port=DEFAULT_PORT, dbname="postgres", connect_timeout=5)
    return pq.PGconn.ping(target.encode())


def _size_bytes(folder: Path) -> int:
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(parent) / name).lstat().st_size
            except FileNotFoundError:
                continue  # a running server removes files at any time
    return size
