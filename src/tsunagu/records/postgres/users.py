"""The operating-system user that PostgreSQL runs as: never root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tsunagu.domain.errors import Unavailable

DEDICATED_USER = "tsunagu-pg"
USERADD_OPTIONS = (
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir=/nonexistent",
    "--shell=/usr/sbin/nologin",
)
USERADD_NAME_TAKEN = 9
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system.

    Attributes:
        is_other: this process is root and has to become that user for whatever it starts.
    """

    uid: int
    gid: int
    is_other: bool

    def run(
        self, script: str, *arguments: str | Path, stdin: str = "", pass_fds: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a shell script as this user, in `/` and in a session of its own, and return how it ended.

        The environment holds nothing of the caller's, so that no `PG…` variable changes what PostgreSQL does.

        Args:
            script: the text.
            *arguments: `$1`, `$2` … in it.
            stdin: what it reads.
            pass_fds: descriptors that it inherits.

        Raises:
            Unavailable: root may not become that user here.
        """
        try:
            return subprocess.run(  # noqa: S603 - the scripts are this package's own
                ["/bin/sh", "-c", script, "tsunagu", *map(str, arguments)],
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                cwd="/",
                env=ENVIRONMENT,
                umask=0o077,
                pass_fds=pass_fds,
                start_new_session=True,
                user=self.uid if self.is_other else None,
                group=self.gid if self.is_other else None,
                extra_groups=[] if self.is_other else None,
            )
        except PermissionError as error:
            raise Unavailable("root may not change to the database's user here; start as an ordinary user") from error


def database_account() -> Account:
    """Return the user that PostgreSQL is to run as: the caller, or for root the dedicated user, made if it is absent.

    Raises:
        Unavailable: the caller is root, and the dedicated user neither exists nor can be made.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    entry = _entry() or _create()
    if entry.pw_uid == 0:
        raise Unavailable("the dedicated user of the database is root under another name", user=DEDICATED_USER)
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(DEDICATED_USER)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=ENVIRONMENT["PATH"])
    problem = "useradd is missing"
    if useradd is not None:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [useradd, *USERADD_OPTIONS, DEDICATED_USER],
            capture_output=True,
            text=True,
            check=False,
            env=ENVIRONMENT,
        )
        problem = done.stderr.strip()
        # Another process may have made it in the meantime.
        if done.returncode in {0, USERADD_NAME_TAKEN} and (entry := _entry()) is not None:
            return entry
    raise Unavailable(
        "PostgreSQL never runs as root, and the dedicated user for it cannot be made; "
        "make that user yourself or start as an ordinary user",
        user=DEDICATED_USER,
        problem=problem,
    )
