"""The data directory: made whole or not at all, and looked over before a server opens it."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.folders import Folders
from tsunagu.records.postgres.install import Installation
from tsunagu.records.postgres.users import Account

# The password goes through a file, since initdb reads none from a pipe of another user; the file is gone before the
# script ends, and swept away by the next run after a crash.
INITDB = """
data=$1; shift
ulimit -c 0
rm -rf "$data.new" "$data.password"
cat >"$data.password" || exit 1
"$@" -D "$data.new" --pwfile="$data.password"
status=$?
rm -f "$data.password"
exit $status
"""
INITDB_OPTIONS = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-locale",
    "--data-checksums",
    "--no-instructions",
)
FIRST_CLOSED_FOLDER = 'for one do [ -x "$one" ] || { printf %s "$one"; exit 1; }; done'


def create_cluster(
    account: Account, folders: Folders, installation: Installation, *, user: str, password: str, alive: int
) -> None:
    """Make the data directory. Killed in the middle, it leaves none behind.

    Args:
        account: the user whose it will be.
        folders: where it will be.
        installation: the programs.
        user: the name of its superuser.
        password: the superuser's.
        alive: a descriptor that holds the lock of living servers; initdb inherits it, so that nobody begins anew
            while the initdb of a killed caller still works.

    Raises:
        Unavailable: initdb failed.
    """
    command = (installation.program("initdb"), f"--username={user}", *INITDB_OPTIONS)
    done = account.run(INITDB, folders.data, *command, stdin=password, pass_fds=[alive])
    if done.returncode != 0:
        raise Unavailable("a new database could not be made", problem=done.stderr[-2000:])
    folders.data.with_name(f"{folders.data.name}.new").rename(folders.data)
    # Without this the rename could be lost with the power while later commits, inside the folder, were not.
    descriptor = os.open(folders.pg, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_cluster(account: Account, folders: Folders, installation: Installation) -> None:
    """Refuse a data directory that this server cannot or must not open.

    Raises:
        Unavailable: it is not a data directory, is damaged, belongs to another user or another major version.
    """
    data = folders.data
    found = data.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise Unavailable("the database under TSUNAGU_HOME is damaged", folder=str(data))
    if found.st_uid != account.uid:
        raise Unavailable("the database under TSUNAGU_HOME belongs to another user", folder=str(data))
    try:
        major = (data / "PG_VERSION").read_text(encoding="ascii").strip()
        control_bytes = (data / "global" / "pg_control").stat().st_size
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable("the database under TSUNAGU_HOME is damaged", folder=str(data)) from error
    if not major.isdecimal() or control_bytes == 0:
        raise Unavailable("the database under TSUNAGU_HOME is damaged", folder=str(data))
    if int(major) != installation.major:
        raise Unavailable(
            "the database under TSUNAGU_HOME is of another major version of PostgreSQL: back it up with the release "
            "that made it, and restore it with this one into a new home",
            found=major,
            installed=installation.major,
        )


def check_reach(account: Account, folder: Path) -> None:
    """Refuse a folder that the database's user cannot enter.

    Raises:
        Unavailable: it, or a folder above it, is closed; the message tells which kind of folder.
    """
    ways = [*reversed(folder.parents), folder]
    done = account.run(FIRST_CLOSED_FOLDER, *ways)
    if done.returncode == 0:
        return
    closed = Path(done.stdout)
    if closed == Path("/root"):
        kind = "root's own folder"
    elif closed.is_relative_to(tempfile.gettempdir()):
        kind = "a private temporary folder"
    else:
        kind = "a folder closed to other users"
    raise Unavailable(
        f"TSUNAGU_HOME lies in {kind}, which the database's own user may not pass; "
        "choose another TSUNAGU_HOME or open that folder for passing (mode 0711)",
        folder=str(closed),
    )
