"""What PostgreSQL keeps under TSUNAGU_HOME, and who owns which folder.

home            0711 for root, else 0700; the caller's
├── keys        0700, the caller's: passwords
├── run         0700, the caller's: locks, where the socket is
├── pg-runtime-…      the caller's: a copy of PostgreSQL, only where its user cannot reach the installed one
└── pg          0700, the database user's
    ├── data    0700
    ├── log     0700
    └── run     0700: the socket
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.addresses import DEFAULT_PORT
from tsunagu.records.postgres.users import Account

SOCKET_NAME = f".s.PGSQL.{DEFAULT_PORT}"
SOCKET_PATH_LIMIT_BYTES = 107
"""Longest path of a unix socket on Linux, source: unix(7), `sun_path` of 108 with its closing zero."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The places of one embedded server; `home` is absolute."""

    home: Path

    @property
    def keys(self) -> Path:
        """The passwords."""
        return self.home / "keys"

    @property
    def gate(self) -> Path:
        """The lock under which the server is started and stopped."""
        return self.home / "run" / "database-gate"

    @property
    def use(self) -> Path:
        """The lock that every process using the server shares."""
        return self.home / "run" / "database-use"

    @property
    def alive(self) -> Path:
        """The lock that every process of the server holds as long as it lives."""
        return self.home / "run" / "database-alive"

    @property
    def pg(self) -> Path:
        """All that belongs to the database's user."""
        return self.home / "pg"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.pg / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.pg / "log" / "postgres.log"

    @property
    def _socket_record(self) -> Path:
        return self.home / "run" / "database-socket"

    def create(self, account: Account) -> None:
        """Make what is missing, with the modes of the module's table.

        Raises:
            Unavailable: the home or its database belongs to another user.
        """
        try:
            _make_home(self.home, passable=account.is_other)
            for own in (self.keys, self.gate.parent):
                own.mkdir(mode=0o700, exist_ok=True)
            for theirs in (self.pg, self.log.parent, self.pg / "run"):
                _make_for(theirs, account)
        except PermissionError as error:
            raise Unavailable("TSUNAGU_HOME belongs to another user", home=str(self.home)) from error

    def socket_folder(self, account: Account) -> Path:
        """Return the folder of the socket, 0700 and the database user's, after making it if that is needed.

        It lies in the home, or where the home's path is too long or too strange for a connection string, in a
        private folder of the temporary directory that the home remembers. Call it with the gate held.
        """
        usual = self.pg / "run"
        if _is_fit(usual):
            return usual
        remembered = self.remembered_socket_folder()
        if remembered is not None and _is_private(remembered, account):
            return remembered
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        parents = [Path(runtime)] if runtime and not account.is_other and _is_private(Path(runtime), account) else []
        parent = next((one for one in parents if _is_fit(one / "tsunagu-pg-12345678")), Path("/tmp"))  # noqa: S108 - see below
        # mkdtemp makes it private and new, which is what the rule about /tmp is after.
        folder = Path(tempfile.mkdtemp(prefix="tsunagu-pg-", dir=parent))
        if account.is_other:
            os.chown(folder, account.uid, account.gid)
        self._socket_record.write_text(str(folder), encoding="utf-8")
        return folder

    def remembered_socket_folder(self) -> Path | None:
        """Return the folder outside the home that was made for the socket, if one was."""
        try:
            return Path(self._socket_record.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def forget_socket_folder(self, account: Account) -> None:
        """Remove the folder outside the home, where there is one and the server is down."""
        folder = self.remembered_socket_folder()
        if folder is not None:
            if _is_private(folder, account):
                shutil.rmtree(folder)
            self._socket_record.unlink()


def _make_home(home: Path, *, passable: bool) -> None:
    home.mkdir(mode=0o711 if passable else 0o700, parents=True, exist_ok=True)
    found = home.stat()
    if found.st_uid != os.geteuid():
        raise Unavailable("TSUNAGU_HOME belongs to another user", home=str(home))
    if passable:
        # A folder that holds other things keeps its own bits, for it may be anybody's, even /tmp.
        mode = stat.S_IMODE(found.st_mode) | 0o011 if any(home.iterdir()) else 0o711
        home.chmod(mode)


def _make_for(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid == account.uid:
        return
    if not account.is_other or found.st_uid != 0 or not stat.S_ISDIR(found.st_mode):
        raise Unavailable("the database under TSUNAGU_HOME belongs to another user", folder=str(folder))
    os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _is_fit(folder: Path) -> bool:
    path = str(folder / SOCKET_NAME)
    # A comma would part the path in two; other signs would need quoting in the server's and the client's way.
    return len(path) <= SOCKET_PATH_LIMIT_BYTES and re.fullmatch(r"/[A-Za-z0-9/._+-]*", path) is not None


def _is_private(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
