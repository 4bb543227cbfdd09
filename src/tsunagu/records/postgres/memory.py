"""How much memory the server may keep pages in, by the machine or the container that it runs in."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_LEAST_MIB: Final = 128
_MOST_MIB: Final = 1024
_SHARE: Final = 8
_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


def shared_buffers_mib(limit: Path = _LIMIT) -> int:
    """Return an eighth of the memory, and at least 128 and at most 1,024 MiB.

    The trees of ten million items take more than PostgreSQL's own 128 MiB: each row would read and write pages.

    Args:
        limit: what tells the container's limit in bytes, where there is one.
    """
    size_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # no container, or one without a limit, which says "max"
        size_bytes = min(size_bytes, int(limit.read_text(encoding="ascii")))
    return min(max(_LEAST_MIB, (size_bytes >> 20) // _SHARE), _MOST_MIB)
