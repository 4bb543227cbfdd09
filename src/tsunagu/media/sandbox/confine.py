"""The doors that are closed before the first hostile byte, in the order in which they must be.

The zygote calls `leave_network` while it is young, and `give_up_rights` once everything is
loaded; each child calls `close_doors` right after it was forked.
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import Final

from tsunagu.media.sandbox.account import Account
from tsunagu.media.sandbox.kernel import CLONE_NEWNET, CLONE_NEWUSER, give_up_capabilities, prctl, unshare
from tsunagu.media.sandbox.limits import Measure, limit_this_process
from tsunagu.media.sandbox.seccomp import close_system_calls

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38

OWN_SOCKET: Final = 3
"""Where a child finds its socket; the filter of system calls lets it write to no higher descriptor."""

_DESCRIPTORS: Final = 1024


def leave_network() -> frozenset[Measure]:
    """Move the calling process, which has one thread, to a network with nobody in it, where the system allows it.

    An ordinary user gets a user namespace too, in which it stays who it is.
    """
    user_id, group_id = os.geteuid(), os.getegid()
    try:
        if user_id == 0:
            unshare(CLONE_NEWNET)
        else:
            unshare(CLONE_NEWUSER | CLONE_NEWNET)
            Path("/proc/self/setgroups").write_text("deny", "ascii")
            Path("/proc/self/uid_map").write_text(f"{user_id} {user_id} 1", "ascii")
            Path("/proc/self/gid_map").write_text(f"{group_id} {group_id} 1", "ascii")
    except OSError:
        return frozenset()
    return frozenset({Measure.NETWORK_NAMESPACE})


def give_up_rights(account: Account | None) -> frozenset[Measure]:
    """Make the calling process see no file and hold no right that it had; it can load nothing any more.

    Args:
        account: the user to become; None when the process was not started by root.

    Raises:
        OSError: the user cannot be changed.
    """
    measures = set()
    if _enter_empty_root():
        measures.add(Measure.EMPTY_ROOT)
    if account is not None:
        os.setgroups([])
        os.setresgid(account.group_id, account.group_id, account.group_id)
        os.setresuid(account.user_id, account.user_id, account.user_id)
        measures.add(Measure.OWN_USER)
    give_up_capabilities()
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_DUMPABLE, 0)
    os.environ.clear()
    return frozenset(measures)


def close_doors(socket_fd: int, *, parent_pid: int, address_space_bytes: int, life_cpu_s: int) -> None:
    """Shut the calling process, just forked, in: from here on it can compute, read what it is given, and answer.

    Args:
        socket_fd: its one way out; it becomes `OWN_SOCKET`, and every other descriptor above 2 is closed.
        parent_pid: the process with which it dies.
        address_space_bytes: all that it may have.
        life_cpu_s: processor seconds that it may use in its life.

    Raises:
        OSError: a door does not close; the process must end.
        NotImplementedError: there is no table of system calls for this machine.
    """
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        raise ProcessLookupError("the zygote is gone")
    limit_this_process(most_address_space_bytes=address_space_bytes, life_cpu_s=life_cpu_s)
    if socket_fd != OWN_SOCKET:
        os.dup2(socket_fd, OWN_SOCKET)
    os.closerange(OWN_SOCKET + 1, _DESCRIPTORS)
    close_system_calls()


def _enter_empty_root() -> bool:
    """Change the root to a folder that is removed already: nothing is in it and nothing can be put there."""
    try:
        empty = tempfile.mkdtemp()
    except OSError:
        return False
    os.chdir(empty)
    Path(empty).rmdir()
    try:
        os.chroot(".")
    except OSError:
        os.chdir("/")
        return False
    return True
