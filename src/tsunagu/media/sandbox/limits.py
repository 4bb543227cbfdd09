"""What one decode child may use: memory, time, files. The kernel enforces each; none depends on the decoder."""

from __future__ import annotations

import math
import resource
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tsunagu.domain.errors import InputError

OPEN_FILES: Final = 16
"""Descriptors that one child may hold: three for `/dev/null`, its socket, the item, and what libraries duplicate."""

THREADS: Final = 1024
"""Threads and processes that the user of the children may have, all children together; no child can make a process."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one item may cost before it is refused.

    Attributes:
        memory_bytes: address space of a child beyond what it has when its doors close.
        cpu_s: processor seconds of one item; it may get a quarter more (see `life_cpu_s`).
        wait_s: seconds that the parent waits for one item in all; time that the parent spends itself does not count.
        silence_s: seconds that the parent waits for any one message.
        items_per_child: items after which a child is replaced, so that a broken one does not stay.
    """

    memory_bytes: int = 1 << 30
    cpu_s: int = 3600
    wait_s: float = 7200.0
    silence_s: float = 60.0
    items_per_child: int = 500

    def __post_init__(self) -> None:
        """Refuse limits under which nothing can be decoded.

        Raises:
            InputError: a limit is not above 0.
        """
        if min(self.memory_bytes, self.cpu_s, self.wait_s, self.silence_s, self.items_per_child) <= 0:
            raise InputError("a limit of a decode child is not above 0")

    @property
    def reuse_s(self) -> float:
        """Processor seconds after which a child is given no further item."""
        return self.cpu_s / 4

    @property
    def life_cpu_s(self) -> int:
        """Processor seconds of a child's whole life, which the kernel counts and ends.

        A container's root may not set the limits of another user's process, so they cannot be set anew for each
        item; as no child begins one after `reuse_s`, each item has at least `cpu_s`.
        """
        return math.ceil(self.reuse_s + self.cpu_s)


class Measure(StrEnum):
    """One way in which a decode child is shut in."""

    SECCOMP = "seccomp"
    NETWORK_NAMESPACE = "network-namespace"
    EMPTY_ROOT = "empty-root"
    OWN_USER = "own-user"


def limit_this_process(*, most_address_space_bytes: int, life_cpu_s: int) -> None:
    """Set the resource limits of the calling process for ever.

    Args:
        most_address_space_bytes: all the address space it may have.
        life_cpu_s: processor seconds of its whole life; SIGXCPU ends it then, SIGKILL a second later.

    Raises:
        OSError: the kernel refuses a limit.
    """
    _limit(resource.RLIMIT_CPU, life_cpu_s, life_cpu_s + 1)
    for which, bound in (
        (resource.RLIMIT_AS, most_address_space_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, THREADS),
    ):
        _limit(which, bound, bound)


def _limit(which: int, soft: int, hard: int) -> None:
    most = resource.getrlimit(which)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(which, (soft, hard))


def address_space_bytes() -> int:
    """Return how much address space the calling process has, in bytes.

    Raises:
        OSError: the system shows no processes.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split(maxsplit=1)[0])
    return pages * resource.getpagesize()
