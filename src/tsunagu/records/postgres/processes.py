"""The server's processes: started, found, told to stop, and swept up after a crash."""

from __future__ import annotations

import os
import signal
import socket
import struct
from pathlib import Path

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.folders import SOCKET_NAME, Folders
from tsunagu.records.postgres.install import Installation
from tsunagu.records.postgres.memory import shared_buffers_mib
from tsunagu.records.postgres.users import Account

# Set on the command line, where neither a configuration file nor ALTER SYSTEM overrides them.
# ERROR ranks below LOG for the log, so `log` keeps out every statement that failed: its message may quote a value.
# https://www.postgresql.org/docs/18/runtime-config-logging.html
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "password_encryption=scram-sha-256",
    "log_error_verbosity=terse",
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_statement=none",
    "log_min_duration_statement=-1",
    "log_checkpoints=off",
    "log_timezone=UTC",
    # After a checkpoint the log holds each page whole that is touched: with trees over random values, most of what an
    # import writes.
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
)
KEPT_LOG_BYTES = 4_194_304
FOREIGN_SERVER = 75

# A file of a dead server names a process that may meanwhile be anybody's: PostgreSQL would refuse to start then. The
# caller holds the lock of living servers, so only a server that was started some other way can still be there.
START = """
data=$1; socket=$2; log=$3; shift 3
ulimit -c 0
if [ -f "$data/postmaster.pid" ]; then
  read -r pid <"$data/postmaster.pid"
  [ "/proc/$pid/cwd" -ef "$data" ] && exit 75
  rm -f "$data/postmaster.pid"
fi
rm -f "$socket" "$socket.lock"
[ -f "$log" ] && [ "$(wc -c <"$log")" -gt "$KEPT" ] && mv -f "$log" "$log.1"
"$@" </dev/null >>"$log" 2>&1 &
""".replace("$KEPT", str(KEPT_LOG_BYTES))

# Orphans work in the data directory while the process that postmaster.pid names does not.
END_ORPHANS = """
data=$1
read -r pid <"$data/postmaster.pid" || exit 0
[ "/proc/$pid/cwd" -ef "$data" ] && exit 0
for process in /proc/[0-9]*; do
  [ "$process/cwd" -ef "$data" ] || continue
  read -r name <"$process/comm" && [ "$name" = postgres ] && kill -KILL "${process#/proc/}"
done
exit 0
"""


def start_server(
    account: Account, folders: Folders, installation: Installation, socket_folder: Path, alive: int
) -> None:
    """Start the server and return at once; it goes on by itself, in a session of its own.

    Args:
        account: the user that it runs as.
        folders: where its data and its log are.
        installation: its programs.
        socket_folder: where it shall listen.
        alive: a descriptor that holds the lock of living servers; every process of the server inherits it.

    Raises:
        Unavailable: another server, not started by this program, runs on the data directory.
    """
    own = (f"unix_socket_directories={socket_folder}", f"shared_buffers={shared_buffers_mib()}MB")
    settings = [argument for one in (*SETTINGS, *own) for argument in ("-c", one)]
    done = account.run(
        START,
        folders.data,
        socket_folder / SOCKET_NAME,
        folders.log,
        installation.program("postgres"),
        "-D",
        folders.data,
        *settings,
        pass_fds=[alive],
    )
    if done.returncode == FOREIGN_SERVER:
        raise Unavailable("the database under TSUNAGU_HOME is run by a server that was started some other way")


def listening_process(account: Account, socket_folder: Path) -> int | None:
    """Return the number of the process that listens on the socket: the postmaster, alive; None when none listens.

    The kernel tells it, so that no stale file can. Source: unix(7), SO_PEERCRED.

    Raises:
        Unavailable: another user listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        # A server that takes no calls any more lets them queue up, and one too many would wait for ever.
        connection.setblocking(False)
        try:
            connection.connect(str(socket_folder / SOCKET_NAME))
        except OSError:
            return None
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    process, uid, _ = struct.unpack("3i", peer)
    if uid != account.uid:
        raise Unavailable("another user listens on the socket of the database")
    return int(process)


def ask_to_stop(process: int, *, at_once: bool) -> None:
    """Ask the postmaster to end all sessions and itself; what is committed is kept either way.

    Args:
        process: its number.
        at_once: without the last checkpoint; the next start recovers from the write-ahead log.
    """
    os.kill(process, signal.SIGQUIT if at_once else signal.SIGINT)


def end_orphans(account: Account, folders: Folders) -> None:
    """End the processes of this data directory whose postmaster is dead: they keep a new server from starting."""
    account.run(END_ORPHANS, folders.data)


def log_tail(folders: Folders, size_bytes: int = 2000) -> str:
    """Return the end of the server's log, at most `size_bytes`, or nothing when there is none."""
    try:
        descriptor = os.open(folders.log, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as log:
        log.seek(max(0, os.fstat(log.fileno()).st_size - size_bytes))
        return log.read().decode("utf-8", "replace")
